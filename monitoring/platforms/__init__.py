"""The networks: one file each, and one line here."""

from django.utils.module_loading import import_string

from .access import Access
from .base import Platform, Token

# Imported when first used: the models name `base`, and a web process needs no HTTP clients.
_NETWORKS = {
    "vk": "vk.Vk",
    "ok": "ok.Ok",
    "telegram": "telegram.Telegram",
    "max": "max.Max",
}


def network(code: str) -> type[Platform]:
    """What is known of a network without asking it: its tokens, their limits, the size of a batch."""
    return import_string(f"{__name__}.{_NETWORKS[code]}")


def tokens_for(code: str) -> list[Token]:
    """The accesses that the settings give to a network; none where it needs a token and has none."""
    return network(code).tokens()


def connect(code: str, access: Access) -> Platform:
    """A client of the network; every request gets its token and its turn from `access`. Close it after use."""
    return network(code)(access)
