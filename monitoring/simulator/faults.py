"""Faults by name: `[network:]name[=token][%P][@page][*N]`.

`name` strikes every time, `name*3` three times, `name%1` one request in a hundred (spread evenly, by chance within);
`name@page` only where that page is asked for (by short name or number), `name=token` only with that token. A general
one may be kept to one network (`ok:http_500`), or it strikes them all.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .chance import share
from .counts import COUNTS, VIEWS


class Fault(NamedTuple):
    """network: "" = all. methods: () = all of the network's (see the names that /_simulator/calls counts).

    within: aimed at a page, it spoils what is said of that page and leaves the rest of the answer alone.
    """

    what: str
    network: str = ""
    methods: tuple[str, ...] = ()
    within: bool = False


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
    "retry_after": Fault("status 429 with Retry-After: 30"),
    "wrong_charset": Fault("the answer in cp1251, declared as utf-8"),
    "huge_answer": Fault("300 MB of blanks before the answer, without a Content-Length"),
    "shuffled": Fault("items of a list in an order that differs from time to time"),
    "missing_items": Fault("every tenth item of a list left out"),
    "duplicate_items": Fault("every item of a list twice"),
    **{f"count_{kind}": Fault(f"subscribers: {what}", within=True) for kind, (what, _value) in COUNTS.items()},
    **{
        f"views_{kind}": Fault(f"views of posts: {value}", "vk", ("wall.get", "wall.getById", "execute"), True)
        for kind, value in VIEWS.items()
    },
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
    """The name is none of FAULTS, or what stands around it cannot be read."""


_ENTRY = re.compile(
    r"(?:(?P<network>\w+):)?(?P<name>\w+)(?:=(?P<token>[\w:.-]+))?(?:%(?P<percent>\d+(?:\.\d+)?))?"
    r"(?:@(?P<page>[\w.-]+))?(?:\*(?P<times>\d+))?"
)


@dataclass(slots=True)
class _Active:
    """One entry. left: strikes that are left, None = no end. seen: requests that it might have struck."""

    text: str
    name: str
    network: str
    token: str
    percent: float
    page: str
    left: int | None
    seen: int = 0

    def happens(self, seed: int) -> bool:
        """Whether it strikes the next request that it fits; `percent` of each stretch of 100 / percent requests."""
        if self.left == 0:
            return False
        nth, self.seen = self.seen, self.seen + 1
        if self.percent < 100 and not _is_hit(nth, self.percent, seed):
            return False
        if self.left is not None:
            self.left -= 1
        return True


def _is_hit(nth: int, percent: float, seed: int) -> bool:
    step = 100 / percent if percent else float("inf")
    stretches = {int(nth / step), int((nth + 1) / step)}
    return any(nth <= (stretch + share(seed, 90, stretch)) * step < nth + 1 for stretch in stretches)


class Strikes(NamedTuple):
    """What a request meets: faults of the whole answer, and by the key of a page those that were aimed at it."""

    whole: frozenset[str] = frozenset()
    of_page: dict[int, frozenset[str]] = {}


NO_STRIKES = Strikes()


class Faults:
    """The active faults and how often they still strike."""

    def __init__(self, entries: Iterable[str] = (), seed: int = 1) -> None:
        """seed: of those that strike some requests only. Raises UnknownFaultError."""
        self._seed = seed
        self._entries = [_read(entry) for entry in entries]
        self.aimed = any(entry.page for entry in self._entries)

    def active(self) -> list[str]:
        """The entries that still strike, without how often."""
        return [entry.text for entry in self._entries if entry.left != 0]

    def strike(
        self, network: str, method: str, token: str = "", asked: Callable[[str], int | None] = lambda page: None
    ) -> Strikes:
        """The faults that this request meets; each counts as one strike.

        token: with which it comes. asked: a page's key by short name or number, None = the request is not about it.
        """
        if not self._entries:
            return NO_STRIKES
        whole: set[str] = set()
        of_page: dict[int, frozenset[str]] = {}
        for entry in self._entries:
            fault = FAULTS[entry.name]
            if (entry.network or fault.network) not in ("", network) or entry.token not in ("", token):
                continue
            if fault.methods and method not in fault.methods:
                continue
            key = asked(entry.page) if entry.page else None
            if (entry.page and key is None) or not entry.happens(self._seed):
                continue
            if key is not None:
                of_page[key] = of_page.get(key, frozenset()) | {entry.name}
            if key is None or not (fault.within or (method == "execute" and entry.name.startswith("vk_error_"))):
                whole.add(entry.name)
        return Strikes(frozenset(whole), of_page)


def _read(entry: str) -> _Active:
    """Raises UnknownFaultError."""
    found = _ENTRY.fullmatch(entry)
    if not found or found["name"] not in FAULTS or (found["network"] and FAULTS[found["name"]].network):
        raise UnknownFaultError(f"unknown fault: {entry}")
    percent = float(found["percent"] or 100)
    if percent > 100:
        raise UnknownFaultError(f"more than all requests: {entry}")
    times = int(found["times"]) if found["times"] else None
    text = entry.partition("*")[0]
    return _Active(
        text, found["name"], found["network"] or "", found["token"] or "", percent, found["page"] or "", times
    )
