"""What `manage.py check --deploy` says of an installation on a network besides what Django says: databases that anybody
may enter, and a Redis that is known to be broken into."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

# First versions without CVE-2025-49844 (code is run by a script, CVSS 10), by their first two numbers.
# https://redis.io/blog/security-advisory-cve-2025-49844/
MENDED = {(6, 2): 20, (7, 2): 11, (7, 4): 6, (8, 0): 4, (8, 2): 2}
SECONDS = 2


@register(Tags.security, deploy=True)
def servers_ask_for_a_password(**_: object) -> list[CheckMessage]:
    """PostgreSQL and Redis on other machines are entered by password."""
    found: list[CheckMessage] = []
    base = settings.DATABASES["default"]
    if not base["ENGINE"].endswith("sqlite3") and not is_here(base.get("HOST", "")) and not base.get("PASSWORD"):
        text = "DATABASE_URL has no password: whoever reaches PostgreSQL may read and write it."
        found.append(Error(text, hint="Give the role a password, and put it into DATABASE_URL.", id="gospub.E001"))
    parts = urlsplit(settings.REDIS_URL)
    if settings.REDIS_URL and not is_here(parts.hostname or "") and not parts.password:
        text = "REDIS_URL has no password: whoever reaches Redis may forge tasks."
        found.append(Error(text, hint="Start Redis with --requirepass, and put it into REDIS_URL.", id="gospub.E002"))
    return found


@register(Tags.security, deploy=True)
def redis_is_mended(**_: object) -> list[CheckMessage]:
    """The Redis that answers has no hole that is known; of one that does not answer others will tell."""
    if not settings.REDIS_URL:
        return []
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL.replace("redis+socket", "unix"), socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        )
        version = client.info("server")["redis_version"]
    except redis.RedisError:
        return []
    if is_mended(version):
        return []
    text = f"Redis {version} can be broken into by whoever may run scripts in it (CVE-2025-49844)."
    return [Warning(text, hint="Take a newer one, and let nobody but Gospub reach it.", id="gospub.W001")]


def is_here(host: str) -> bool:
    """Whether it is this machine: a socket, a loop-back address or its name."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_mended(version: str) -> bool:
    """Whether a Redis of that version (8.2.2) is free of CVE-2025-49844."""
    major, minor, patch = numbers(version)
    if (major, minor) in MENDED:
        return patch >= MENDED[major, minor]
    return (major, minor) > max(MENDED)


def numbers(version: str) -> Sequence[int]:
    """The first three numbers of a version; 0 where there is none."""
    parts = [int(part) if part.isdigit() else 0 for part in version.split(".")]
    return (*parts, 0, 0, 0)[:3]
