"""What anybody may ask without a sign-in, with something put into it; who the installation calls meanwhile."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import reverse

from monitoring.models import PlatformCode
from tests.permission_world import World
from tests.permissions import TABLE

# Parameters of the public part and of the API that take words, and those that take numbers, days, a name of a list.
WORDS = ("q", "network", "page", "group", "code", "region", "platform", "institution", "dimension", "cursor", "limit",
         "since", "until", "format", "url", "address", "callback")  # fmt: skip
SCREENS = ("public_start", "official_check", "public_region", "public_pages", "announcements", "public_method",
           "public_page", "public_rating", "robots", "sitemap", "region_sitemap", "api_docs")  # fmt: skip
HELP = ("api_docs", "api_missing")  # a screen of the public part, and what there is not
API = [name for name in TABLE if name.startswith("api_") and TABLE[name].public and name not in HELP]
# Calls that Python tells of, whatever makes them; the database's own go past it.
CALLS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request")
SECRET_FILE = "/etc/passwd"

_listeners: list[list[str]] = []


def _hook(event: str, args: tuple) -> None:
    if _listeners and (event in CALLS or (event == "open" and args[0] == SECRET_FILE)):
        _listeners[-1].append(f"{event} {args!r}")


sys.addaudithook(_hook)  # cannot be taken away again: it is deaf outside `listening`


@contextmanager
def listening() -> Iterator[list[str]]:
    """What of CALLS is made meanwhile."""
    _listeners.append(heard := [])
    try:
        yield heard
    finally:
        _listeners.pop()


def paths(here: World, *names: str) -> dict[str, str]:
    """Addresses of the open region by the name of the view."""
    return {name: reverse(name, args=TABLE[name].args(here.here)) for name in names}


def checks() -> list[dict[str, str]]:
    """Queries of the check of a page, but for the text."""
    return [{}, *({"network": code} for code in PlatformCode.values)]
