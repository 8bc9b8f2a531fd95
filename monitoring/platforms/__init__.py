"""The networks: one file each, and one line here."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

from .base import Platform, Token

# Imported when first used: the models name `base`, and a web process needs no HTTP clients.
_NETWORKS = {
    "vk": "vk.Vk",
    "ok": "ok.Ok",
    "telegram": "telegram.Telegram",
    "max": "max.Max",
}


def tokens_for(code: str) -> list[Token]:
    """The accesses that the settings give to a network; none where it needs a token and has none."""
    return _network(code).tokens()


def connect(code: str, token: Token, pace: Callable[[], None]) -> Platform:
    """A client of the network with that token; `pace()` is called before every request. Close it after use."""
    return _network(code)(token, pace)


def batch_size(code: str) -> int:
    """Pages that one task reads: the smallest batch among the network's tokens, since any of them may be drawn."""
    sizes = []
    for token in tokens_for(code):
        client = connect(code, token, pace=lambda: None)
        sizes.append(client.batch_size)
        client.close()
    return min(sizes, default=1)


def _network(code: str) -> Any:
    return import_string(f"{__name__}.{_NETWORKS[code]}")
