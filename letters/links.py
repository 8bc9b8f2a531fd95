"""Addresses in letters: tasks have no request to take the installation's address from."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse


def absolute(name: str, *args: object, **query: object) -> str:
    """Where people open the address of that name; query: its parameters."""
    return settings.PUBLIC_URL + reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def host() -> str:
    """The installation's host without a port."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
