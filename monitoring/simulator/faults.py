"""Faults by name. `name` strikes every time, `name*3` three times; a general one may be kept to one network
(`ok:http_500`), or it strikes them all."""

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """network: "" = all. methods: () = all of the network's (see the names that /_simulator/calls counts)."""

    what: str
    network: str = ""
    methods: tuple[str, ...] = ()


VK_CODES = (1, 5, 6, 7, 9, 10, 13, 14, 15, 17, 18, 19, 27, 28, 29, 30, 100, 113, 125, 203)

FAULTS: dict[str, Fault] = {
    # of all networks
    "http_500": Fault("status 500 with an HTML body"),
    "html_instead_of_json": Fault("status 200 with an HTML page of maintenance works, also instead of pages"),
    "truncated_json": Fault("the first half of the answer, whole by its Content-Length"),
    "broken_gzip": Fault("the answer packed, and cut in the middle"),
    "empty": Fault("status 200 without a body"),
    "slow": Fault("the answer after 60 s"),
    "drip": Fault("one byte of the answer a second"),
    "reset": Fault("the connection is reset before the answer"),
    # VK
    **{f"vk_error_{code}": Fault(f"error {code}", "vk") for code in VK_CODES},
    "vk_captcha_bare": Fault("error 14 without captcha_sid", "vk"),
    "vk_old_shape": Fault("a bare list of groups, as before version 5.139", "vk", ("groups.getById",)),
    "vk_no_mark_field": Fault("no is_government_organization", "vk", ("groups.getById",)),
    "vk_service_execute_forbidden": Fault("error 28 for service tokens", "vk", ("execute",)),
    "vk_execute_errors": Fault("every third inner call, from the second on, fails with error 10", "vk", ("execute",)),
    "vk_execute_fewer_errors": Fault("the last entry of execute_errors is missing", "vk", ("execute",)),
    "vk_execute_too_big": Fault("error 13 for more than five inner calls", "vk", ("execute",)),
    # OK
    "ok_service": Fault("error 2", "ok"),
    "ok_flood": Fault("error 8", "ok"),
    "ok_ip_blocked": Fault("error 9", "ok"),
    "ok_limit": Fault("error 11", "ok"),
    "ok_session_expired": Fault("error 102", "ok"),
    "ok_old_shape": Fault('{"groups": […]} instead of a list', "ok", ("group.getInfo",)),
    # Telegram
    "tg_429": Fault("status 429 with Retry-After: 30", "telegram", ("landing", "feed")),
    "tg_429_no_header": Fault("status 429 without Retry-After", "telegram", ("landing", "feed")),
    "tg_403": Fault("status 403", "telegram", ("landing", "feed")),
    "tg_captcha": Fault("a page that asks to sign in", "telegram", ("landing", "feed")),
    "tg_no_counter": Fault("a channel without its counter: the markup has changed", "telegram", ("landing",)),
    "tg_bot_429": Fault("status 429 with retry_after 37", "telegram", ("getchat", "getchatmembercount")),
    "tg_bot_401": Fault("the bot's token was revoked", "telegram", ("getme", "getchat", "getchatmembercount")),
    # MAX
    "max_drift": Fault("a page without participantsCount: the markup has changed", "max", ("landing",)),
    "max_429": Fault("status 429", "max"),
    "max_token": Fault("status 401, verify.token", "max", ("me", "chats", "messages", "members")),
    "max_text_error": Fault("status 500 with a plain text", "max", ("me", "chats", "messages", "members")),
}


class UnknownFaultError(ValueError):
    """The name is none of FAULTS, or what follows it is no number."""


class Faults:
    """The active faults and how often they still strike."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Raises UnknownFaultError."""
        self._left: dict[tuple[str, str], int | None] = {}
        for entry in names:
            name, star, times = entry.partition("*")
            network, _colon, name = name.rpartition(":")
            if name not in FAULTS or (star and not times.isdigit()) or (network and FAULTS[name].network):
                raise UnknownFaultError(f"unknown fault: {entry}")
            self._left[name, network] = int(times) if star else None

    def active(self) -> list[str]:
        """Names of the faults that still strike."""
        return [name for (name, _network), left in self._left.items() if left != 0]

    def strike(self, network: str, method: str) -> frozenset[str]:
        """The faults that this request meets; each counts as one strike."""
        if not self._left:
            return frozenset()
        met = []
        for (name, only), left in list(self._left.items()):
            fault = FAULTS[name]
            if (only or fault.network) not in ("", network) or (fault.methods and method not in fault.methods):
                continue
            if left == 0:
                continue
            if left is not None:
                self._left[name, only] = left - 1
            met.append(name)
        return frozenset(met)
