"""The contract between Gospub and a network: what is read, and how reading can fail.

Everything that differs between networks lives in one file beside this one; nothing above it knows HTTP.
Readings never invent: a figure that the network did not give is None, never 0.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Failure(StrEnum):
    """The closed set of ways in which a page, or the whole network, cannot be read."""

    # about the network or the token: the page stays due, another attempt may succeed
    THROTTLED = "throttled"  # too many requests, flood control or a spent quota: not before `until`
    TOKEN_DEAD = "token_dead"  # noqa: S105  revoked or wrong; needs the operator
    NEEDS_PERSON = "needs_person"  # captcha, validation, blocked address: never solved by itself
    BAD_ANSWER = "bad_answer"  # not JSON, not the agreed shape, cut short
    UNREACHABLE = "unreachable"  # no connection, time-out, 5xx
    TOO_LARGE = "too_large"  # the answer is over the size cap
    INTERRUPTED = "interrupted"  # our own worker was told to stop before the page was asked for
    # about the page: an answer in its own right
    NOT_FOUND = "not_found"  # no such page, or the address belongs to a person, a bot, a chat
    DELETED = "deleted"
    BLOCKED = "blocked"  # by the network
    CLOSED = "closed"  # exists, but its figures are hidden from us


PAGE_FAILURES = frozenset({Failure.NOT_FOUND, Failure.DELETED, Failure.BLOCKED, Failure.CLOSED})


class PlatformError(Exception):
    """A failure of a whole call. `until` (aware) is set where the network said when to come back.

    `detail` is for the operator; it never holds a token or the body of an answer.
    """

    def __init__(self, failure: Failure, detail: str = "", until: dt.datetime | None = None) -> None:
        super().__init__(f"{failure}: {detail}" if detail else str(failure))
        self.failure = failure
        self.detail = detail
        self.until = until


class PosWidget(StrEnum):
    """The feedback-platform (ПОС) button of a page, judged by the ОГРН in its link."""

    ABSENT = "absent"
    WRONG = "wrong"  # a ПОС link, but with somebody else's ОГРН or none
    RIGHT = "right"  # carries the ОГРН of the page's own institution
    PRESENT = "present"  # a ПОС link, but the institution's ОГРН is not known to us


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page to be read. At least one of `handle` and `external_id` is not empty.

    `page_id` is our own key and comes back in the reading; `ogrn` is the institution's, "" if not known.
    `check_mark`: where the state mark costs a request of its own (VK's HTML), spend it on this page.
    """

    page_id: int
    handle: str
    external_id: str = ""
    ogrn: str = ""
    check_mark: bool = True


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a network said of one page at one moment.

    subscribers: people; None = hidden or not given. subscribers_step: 1 = exact, 100 = rounded to hundreds.
    failure: set where the page itself cannot be read (PAGE_FAILURES) or its part of a batch failed;
        figures are None then. until: not before this moment (aware), where a part was refused for pace.
    handle: present short name, canonical lower case. external_id: the network's own id as text.
    has_avatar, has_cover, has_description, state_mark: None = the network does not say.
    widgets: menu widgets 0, 1, 2 (2 = two or more); None = the network has none or does not say.
    pos_widget: None where the network has no such thing.
    posts_total: number of posts of all time where the network gives it.
    answer_hash: sha256 (hex) of the raw answer of this page, the proof behind the figures.
    """

    page_id: int
    answer_hash: str = ""
    failure: Failure | None = None
    until: dt.datetime | None = None
    external_id: str = ""
    handle: str = ""
    title: str = ""
    subscribers: int | None = None
    subscribers_step: int = 1
    posts_total: int | None = None
    has_avatar: bool | None = None
    has_cover: bool | None = None
    has_description: bool | None = None
    state_mark: bool | None = None
    pos_widget: PosWidget | None = None
    widgets: int | None = None


class PostKind(StrEnum):
    OWN = "own"
    REPOST = "repost"


@dataclass(frozen=True, slots=True)
class PostReading:
    """One post with its counters as they stood when read; None = the network does not give that counter.

    views_step: 1 = exact, 100 = rounded to hundreds (Telegram's "1.2K"). likes: all reactions together.
    """

    external_id: str
    published_at: dt.datetime
    kind: PostKind = PostKind.OWN
    pinned: bool = False
    advertisement: bool = False
    views: int | None = None
    views_step: int = 1
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None


@dataclass(frozen=True, slots=True)
class WallReading:
    """The posts of one page published at or after the moment asked for.

    complete_since: every post from this moment (aware) on is in `posts`; later than the moment asked for when
        a network or a cap on pages read cut the list short. None together with `failure`.
    failure: PAGE_FAILURES (wall off, feed closed) or the failure of this page's part of a batch.
    until: not before this moment (aware), where the part was refused for pace.
    """

    page_id: int
    posts: tuple[PostReading, ...] = ()
    complete_since: dt.datetime | None = None
    answer_hash: str = ""
    failure: Failure | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One access to a network. `kind`: service, user, community (VK), application (OK), bot (Telegram, MAX),
    "" for the public pages that need none. `value` is a secret: never logged, never stored."""

    kind: str = ""
    value: str = field(default="", repr=False)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that tell tokens apart without giving them away; "" where there is none."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:12] if self.value else ""


class Platform(Protocol):
    """One network through one token. Made by `monitoring.platforms.connect(code, token, pace)`, used by one batch
    at a time; `pace()` is called before every request and returns when the request may go out."""

    code: str
    batch_size: int  # pages that one task reads: full requests, and done within a minute at the network's pace
    daily_limits: dict[str, int]  # calls a day and token by method, where the network has such a limit
    calls: Counter[str]  # calls made through this object by method: what the day's budgets are charged with

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """One reading for every page asked for, in any order.

        Raises PlatformError where the whole call failed; a page's own failure is in its reading.
        """
        ...

    def read_walls(self, pages: Sequence[PageRef], since: dt.datetime) -> list[WallReading]:
        """Posts published since that moment (aware), one WallReading for every page asked for.

        Raises PlatformError where the whole call failed.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
