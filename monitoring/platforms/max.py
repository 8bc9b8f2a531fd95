"""MAX: the public page max.ru/<name> has the count; a bot that an institution made administrator reads posts too.

The Bot API finds no channel by its link: it takes a chat id that somebody has told us.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from .access import REFUSALS, Access
from .answers import Count, Id, MomentMs, answer_hash, bad_answer, convert, counted, counter, line, moment, text_hash
from .base import (
    CommentsReading,
    Failure,
    Gives,
    PageReading,
    PageRef,
    PlatformError,
    PostKind,
    PostReading,
    PostRef,
    Token,
    WallReading,
)
from .batches import WallSoFar, no_page, no_wall, read_each
from .max_page import read_public_page
from .presentation import presented
from .transport import HTML_BYTES, Answer, Transport

MESSAGES_A_CALL = 100
BOT_PACE = 30  # requests a second of a bot, in those of the public pages
_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_BOT = re.compile(r"id\d+_bot", re.IGNORECASE)
_CHAT_ID = re.compile(r"-?\d{1,19}")


class _Chat(msgspec.Struct):
    chat_id: Id
    type: str = ""
    title: str | None = None
    description: str | None = None
    icon: dict[str, Any] | None = None
    link: str | None = None
    participants_count: Any = None
    messages_count: Count | None = None


class _Body(msgspec.Struct):
    mid: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    text: Any = None


class _Link(msgspec.Struct):
    type: str = ""


class _Message(msgspec.Struct):
    timestamp: MomentMs
    body: _Body | None = None
    link: _Link | None = None
    stat: Any = None


class _Messages(msgspec.Struct):
    messages: list[_Message]


class Max:
    code = "max"
    gives = frozenset({Gives.VIEWS, Gives.AVATAR, Gives.DESCRIPTION})
    wall_method = None

    def __init__(self, access: Access) -> None:
        self.access = access
        self._transport = Transport(self.code)
        self._bots = [token for token in access.tokens if token.kind == "bot"]
        self._fault: PlatformError | None = None  # of the Bot API as a whole: it is not asked again

    @staticmethod
    def tokens() -> list[Token]:
        """The public pages need none; bots see the channels that made them administrators."""
        return [Token("public"), *(Token("bot", value, BOT_PACE, aside=True) for value in settings.MAX_BOT_TOKENS)]

    @staticmethod
    def batch_size(tokens: Sequence[Token]) -> int:
        return 20

    @staticmethod
    def daily_limits(token: Token) -> dict[str, int]:
        """None that is known."""
        return {}

    def read_comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        """See `Platform`. Not given here."""
        return []

    def close(self) -> None:
        self._transport.close()

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """See `Platform`. A bot is asked first where it may know the chat: it tells the number of posts as well."""
        return read_each(pages, lambda part: [self._page(part[0])], no_page, self.access.at_once)

    def _page(self, page: PageRef) -> PageReading:
        by_bot = self._by_bot(page)
        if isinstance(by_bot, PageReading):
            return by_bot
        if page.handle.startswith("-"):  # known by its number only: where no bot is in it, nobody can tell
            error = by_bot or PlatformError(Failure.CLOSED)
            # The bots' refusal is no refusal of the public pages beside it.
            refused = error.failure in REFUSALS
            return no_page(page, PlatformError(Failure.UNREACHABLE, until=error.until) if refused else error)
        if not _HANDLE.fullmatch(page.handle) or _BOT.fullmatch(page.handle):
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        url = f"{settings.NETWORK_URLS['MAX_WEB_URL']}/{page.handle}"

        def send(token: Token) -> bytes:
            return self._transport.send("GET", url, HTML_BYTES).require_ok().body

        return read_public_page(page, self.access.ask({"page": 1}, send, lambda token: token.kind == "public"))

    def _by_bot(self, page: PageRef) -> PageReading | PlatformError | None:
        """The chat as a bot sees it; None where no bot is in it, or what kept the bots from telling."""
        chat_id = _chat_id(page)
        if not chat_id:
            return None
        refusal = self._fault
        for bot in self._bots if not refusal else []:
            try:
                found = self._ask(bot, "chats/id", f"/chats/{chat_id}", {})
                return _chat_reading(page, found)
            except PlatformError as error:
                if error.failure == Failure.INTERRUPTED:
                    raise
                self._note(error)
                if error.failure != Failure.CLOSED:
                    refusal = error
        return refusal

    def _note(self, error: PlatformError) -> None:
        if error.failure in (Failure.UNREACHABLE, Failure.THROTTLED):
            self._fault = error

    def read_walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        """See `Platform`. Closed, unless one of our bots is an administrator of the channel."""
        return read_each(pages, lambda part: [self._wall(part[0])], no_wall, self.access.at_once)

    def _wall(self, page: PageRef) -> WallReading:
        chat_id = _chat_id(page)
        for bot in self._bots if chat_id and not self._fault else []:
            try:
                return self._messages(bot, page, chat_id)
            except PlatformError as error:
                self._note(error)
                if error.failure not in (Failure.CLOSED, Failure.TOKEN_DEAD):
                    raise
        if chat_id and self._fault:
            raise self._fault
        return WallReading(page.page_id, failure=Failure.CLOSED)

    def _messages(self, bot: Token, page: PageRef, chat_id: str) -> WallReading:
        wall = WallSoFar(page.page_id, page.posts_since, page.posts_from)
        before: int | None = None
        while wall.wants_more:
            found = self._ask_messages(bot, chat_id, page.posts_since, before)
            messages = convert(found, _Messages).messages
            older = [m for m in messages if before is None or m.timestamp < before]
            wall.add(map(_post, older), answer_hash(found), more=bool(older))
            before = min((m.timestamp for m in older), default=None)
        return wall.reading()

    def _ask_messages(self, bot: Token, chat_id: str, since: dt.datetime, before: int | None) -> Any:
        """The newest messages, or those before a moment (milliseconds).

        Sources disagree which of `from` and `to` is the later one: where one order brings nothing, the other is tried.
        """
        params: dict[str, str | int] = {"chat_id": chat_id, "count": MESSAGES_A_CALL}
        if before is None:
            return self._ask(bot, "messages", "/messages", params)
        start, end = min(int(since.timestamp() * 1000), before - 1), before - 1
        found = self._ask(bot, "messages", "/messages", {**params, "from": end, "to": start})
        if not found.get("messages"):
            found = self._ask(bot, "messages", "/messages", {**params, "from": start, "to": end})
        return found

    def _ask(self, bot: Token, method: str, path: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        url = f"{settings.NETWORK_URLS['MAX_API_URL']}{path}"

        def send(token: Token) -> dict[str, Any]:
            answer = self._transport.send("GET", url, params=params, headers={"Authorization": token.value})
            if answer.status != 200:
                raise PlatformError(_refusal(answer), f"{method}: HTTP {answer.status}")
            found = answer.json()
            if not isinstance(found, dict):
                raise bad_answer(f"{method}: not an object", found)
            return found

        return self.access.ask({method: 1}, send, lambda token: token == bot)


def _refusal(answer: Answer) -> Failure:
    """Why the Bot API refused. The body may be plain text, and one key comes with different statuses."""
    if answer.status == 401 or b"verify.token" in answer.body:
        return Failure.TOKEN_DEAD
    return Failure.CLOSED if answer.status in (403, 404) else Failure.BAD_ANSWER


def _chat_id(page: PageRef) -> str:
    """The chat's number where it is known; "" otherwise."""
    known = page.external_id or page.handle
    return known if known.isascii() and _CHAT_ID.fullmatch(known) else ""


def _chat_reading(page: PageRef, found: dict[str, Any]) -> PageReading:
    chat = convert(found, _Chat)
    if chat.type != "channel":
        return PageReading(page.page_id, failure=Failure.NOT_FOUND)
    people = counted(chat.participants_count)
    if chat.participants_count is None:
        raise bad_answer("a chat without its count", found)
    try:
        handle = urlsplit(chat.link or "").path.strip("/").lower()
    except ValueError:
        handle = ""
    return PageReading(
        page.page_id,
        answer_hash=answer_hash(found),
        external_id=str(chat.chat_id),
        handle=handle if _HANDLE.fullmatch(handle) else page.handle.lower(),
        title=line(chat.title),
        subscribers=people.value,
        subscribers_step=people.step,
        subscribers_raw=people.raw,
        posts_total=chat.messages_count,
        has_avatar=bool(chat.icon),
        has_description=bool((chat.description or "").strip()),
        **asdict(presented(page, chat.description or "", line(chat.title))),
    )


def _post(message: _Message) -> PostReading:
    """A message of a channel. A pure forward has no body, so its moment stands for its id."""
    mid = message.body.mid if message.body else None
    return PostReading(
        external_id=mid or f"at{message.timestamp}",
        published_at=moment(message.timestamp / 1000),
        kind=PostKind.REPOST if message.link and message.link.type == "forward" else PostKind.OWN,
        views=counter(message.stat, "views").value,
        text_hash=text_hash(message.body.text if message.body else None),
    )
