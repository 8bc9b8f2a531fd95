"""The contract between Gospub and a network: what is read, and how reading can fail.

Everything that differs between networks lives in one file beside this one; nothing above it knows HTTP.
Readings never invent: a figure that the network did not give is None, never 0.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
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

    `detail` is for the operator; it never holds a token or the body of an answer. `method`: the one that is refused,
    "" = all of them. answer_hash: sha256 (hex) of an answer that could not be understood, as far as it came.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str = "",
        until: dt.datetime | None = None,
        method: str = "",
        answer_hash: str = "",
    ) -> None:
        super().__init__(f"{failure}: {detail}" if detail else str(failure))
        self.failure = failure
        self.detail = detail
        self.until = until
        self.method = method
        self.answer_hash = answer_hash

    @property
    def passing(self) -> bool:
        """Whether it may be gone in a second: neither a refusal nor an answer that would be the same again."""
        return self.failure in (Failure.UNREACHABLE, Failure.BAD_ANSWER) and self.until is None


class Gives(StrEnum):
    """What a network can tell at all; what it cannot is held against nobody."""

    VIEWS = "views"
    INTERACTIONS = "interactions"
    ANSWERS = "answers"  # comments and the page's answers to them
    AVATAR = "avatar"
    DESCRIPTION = "description"
    COVER = "cover"
    STATE_MARK = "state_mark"
    MENU = "menu"  # widgets, among them that of the feedback platform


class PosWidget(StrEnum):
    """The feedback-platform (ПОС) button of a page, judged by the ОГРН in its link."""

    ABSENT = "absent"
    WRONG = "wrong"  # a ПОС link, but with somebody else's ОГРН or none
    RIGHT = "right"  # carries the ОГРН of the page's own institution
    PRESENT = "present"  # a ПОС link, but the institution's ОГРН is not known to us


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page to be read. At least one of `handle` and `external_id` is not empty.

    `page_id` is our own key and comes back in the reading; `ogrn` and `institution` are the institution's number and
    name, "" if not known.
    `posts_since`: the moment (aware) from which every post is wanted, whatever it costs; None = no posts are.
    `posts_from`: not later; older posts back to it are taken where they come along.
    `check_mark`: where the state mark costs a request of its own (VK's HTML), spend it on this page.
    """

    page_id: int
    handle: str
    external_id: str = ""
    ogrn: str = ""
    check_mark: bool = True
    posts_since: dt.datetime | None = None
    posts_from: dt.datetime | None = None
    institution: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a network said of one page at one moment.

    subscribers: people; None = hidden or not given. subscribers_step: 1 = exact, 100 = rounded to hundreds.
    subscribers_raw: what stood in the number's place where it is no sane count; "" otherwise.
    failure: set where the page itself cannot be read (PAGE_FAILURES) or its part of a batch failed;
        figures are None then. until: not before this moment (aware), where a part was refused for pace.
    closed: for members only, though it shows its figures.
    handle: present short name, canonical lower case. external_id: the network's own id as text.
    has_avatar, has_cover, has_description, state_mark: None = the network does not say; so are has_site, has_contacts,
        names_institution (see `presentation`): what the description says of who keeps the page.
    widgets: menu widgets 0, 1, 2 (2 = two or more); None = the network has none or does not say.
    pos_widget: None where the network has no such thing.
    posts_total: number of posts of all time where the network gives it.
    answer_hash: sha256 (hex) of the raw answer of this page, the proof behind the figures, or of what came instead.
    asked: False where the page's turn did not come, since the network had refused or failed the pages before it.
    """

    page_id: int
    answer_hash: str = ""
    failure: Failure | None = None
    until: dt.datetime | None = None
    closed: bool = False
    external_id: str = ""
    handle: str = ""
    title: str = ""
    subscribers: int | None = None
    subscribers_step: int = 1
    subscribers_raw: str = ""
    posts_total: int | None = None
    has_avatar: bool | None = None
    has_cover: bool | None = None
    has_description: bool | None = None
    has_site: bool | None = None
    has_contacts: bool | None = None
    names_institution: bool | None = None
    state_mark: bool | None = None
    pos_widget: PosWidget | None = None
    widgets: int | None = None
    asked: bool = True


class PostKind(StrEnum):
    OWN = "own"
    REPOST = "repost"


class Content(IntFlag):
    """What a post holds beside its text; 0 = text alone."""

    PICTURE = 1
    VIDEO = 2
    LINK = 4


@dataclass(frozen=True, slots=True)
class PostReading:
    """One post with its counters as they stood when read; None = the network does not give that counter.

    views_step: 1 = exact, 100 = rounded to hundreds (Telegram's "1.2K"). likes: all reactions together.
    text_hash: see answers.text_hash. content: see Content; None = the network does not say.
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
    text_hash: int | None = None
    content: int | None = None


@dataclass(frozen=True, slots=True)
class MembersAsk:
    """Up to a thousand subscribers of a page are wanted, those from `offset` on."""

    page_id: int
    external_id: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class MembersReading:
    """Numbers of the subscribers from `offset` on, and how many there are in all. They are counted at once and never
    kept. failure: why there are none: the page hides them (PAGE_FAILURES), or the answer made no sense."""

    page_id: int
    offset: int
    count: int = 0
    ids: tuple[int, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post whose comments are to be read; `page_external_id` is the network's id of its page."""

    page_id: int
    page_external_id: str
    post_id: str


@dataclass(frozen=True, slots=True)
class CommentsReading:
    """The comments of one post: `people` = those that the page did not write, `answered` of them, and the minutes
    from each of these to the page's first answer. No text and no id of a person is kept."""

    page_id: int
    post_id: str
    people: int
    answered: int
    answer_minutes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WallReading:
    """The posts of one page published at or after the moment asked for, and older ones that came along.

    complete_since: every post from this moment (aware) on is in `posts`; later than the moment asked for when
        a network or a cap on pages read cut the list short, earlier when the network gave more at once.
        None together with `failure`.
    failure: PAGE_FAILURES (wall off, feed closed) or the failure of this page's part of a batch.
    until: not before this moment (aware), where the part was refused for pace.
    external_id: whose wall it is, where only the wall tells (Telegram).
    asked: see PageReading.
    """

    page_id: int
    posts: tuple[PostReading, ...] = ()
    complete_since: dt.datetime | None = None
    answer_hash: str = ""
    failure: Failure | None = None
    until: dt.datetime | None = None
    external_id: str = ""
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """One access to a network. `kind`: service, user, community (VK), application (OK), bot (Telegram, MAX),
    public for the pages that need none. `value` is a secret: never logged, never stored.

    pace: how many times the network's usual requests a second this token may make. aside: a second source, through
    which alone the network cannot be read.
    """

    kind: str = ""
    value: str = field(default="", repr=False)
    pace: float = 1
    aside: bool = False

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that tell tokens apart without giving them away; "" where there is none."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:12] if self.value else ""


class Platform(Protocol):
    """One network. Made by `monitoring.platforms.connect(code, access)`; every request gets its token and its turn
    from `access` (see access.py), and several of them are under way at once."""

    code: str
    gives: frozenset[Gives]
    wall_method: str | None  # the method that walls cost, where the network limits it by the day

    @staticmethod
    def tokens() -> list[Token]:
        """The accesses that the settings give; none where the network needs a token and has none."""
        ...

    @staticmethod
    def batch_size(tokens: Sequence[Token]) -> int:
        """Pages that one task reads: full requests, and done within a minute or two at the network's pace."""
        ...

    @staticmethod
    def daily_limits(token: Token) -> dict[str, int]:
        """Calls a day of that token by method, where the network has such a limit."""
        ...

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """One reading for every page asked for, in any order.

        Raises PlatformError where the whole call failed; a page's own failure is in its reading.
        """
        ...

    def read_walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        """Posts published since each page's `posts_since`, one WallReading for every page asked for.

        Raises PlatformError where the whole call failed.
        """
        ...

    def read_comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        """The comments of posts, those that could be read; none where the network does not give them."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
