"""Telegram through its public pages: t.me/<name> has the exact count, t.me/s/<name> the posts.

A bot, where the settings name one, is the second source of the count: a name costs one of about 200 look-ups a day,
a known id none.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .access import Access
from .answers import Count, answer_hash, bad_answer, convert, line
from .base import CommentsReading, Failure, Gives, PageReading, PageRef, PlatformError, PostRef, Token, WallReading
from .batches import WallSoFar, no_page, no_wall, read_each
from .presentation import presented
from .telegram_pages import read_feed, read_landing, with_zero_likes
from .transport import HTML_BYTES, Answer, Transport

BOT_PACE = 30  # requests a second of a bot, in those of the public pages
NAME_LOOK_UPS = 200  # a day and bot
_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


class Telegram:
    code = "telegram"
    gives = frozenset({Gives.VIEWS, Gives.INTERACTIONS, Gives.AVATAR, Gives.DESCRIPTION})
    wall_method = None

    def __init__(self, access: Access) -> None:
        self.access = access
        self._transport = Transport(self.code)

    @staticmethod
    def tokens() -> list[Token]:
        """The public pages need none; bots are the second source."""
        return [Token("public"), *(Token("bot", value, BOT_PACE, aside=True) for value in settings.TELEGRAM_BOT_TOKENS)]

    @staticmethod
    def batch_size(tokens: Sequence[Token]) -> int:
        return 20

    @staticmethod
    def daily_limits(token: Token) -> dict[str, int]:
        """Look-ups of names by a bot; those by id are free."""
        return {"getChat": NAME_LOOK_UPS} if token.kind == "bot" else {}

    def read_comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        """See `Platform`. Not given here."""
        return []

    def close(self) -> None:
        self._transport.close()

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """See `Platform`. One request a page."""
        return read_each(pages, lambda part: [self._page(part[0])], no_page, self.access.at_once)

    def _page(self, page: PageRef) -> PageReading:
        if not _HANDLE.fullmatch(page.handle):
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        try:
            url = f"{settings.NETWORK_URLS['TELEGRAM_WEB_URL']}/{page.handle}"
            return read_landing(page, self._public("page", url).require_ok().body)
        except PlatformError as error:
            if error.failure == Failure.INTERRUPTED:
                raise
            by_bot = self._by_bot(page)
            if by_bot is None:
                raise
            return by_bot

    def _public(self, method: str, url: str, **parts: Any) -> Answer:
        """A public page. A status that is no refusal for pace is left to the caller, but 403 is one."""

        def send(token: Token) -> Answer:
            answer = self._transport.send("GET", url, HTML_BYTES, **parts)
            return answer.require_ok() if answer.status == 403 else answer

        return self.access.ask({method: 1}, send, _is_public)

    def _by_bot(self, page: PageRef) -> PageReading | None:
        """The count from the Bot API; None where no bot can tell."""
        chat = page.external_id or f"@{page.handle}"
        try:
            found = self._ask_bot("getChat", chat, {"getChat(id)" if page.external_id else "getChat": 1})
            subscribers = convert(self._ask_bot("getChatMemberCount", chat, {"getChatMemberCount": 1}), Count)
            return _bot_reading(page, found, subscribers)
        except PlatformError:
            return None

    def _ask_bot(self, method: str, chat: str, charge: dict[str, int]) -> Any:
        def send(bot: Token) -> Any:
            url = f"{settings.NETWORK_URLS['TELEGRAM_BOT_URL']}/bot{bot.value}/{method}"
            answer = self._transport.send("POST", url, data={"chat_id": chat})
            if answer.status in (401, 404):
                raise PlatformError(Failure.TOKEN_DEAD, f"{method}: HTTP {answer.status}")
            found = answer.json()
            if answer.status != 200 or not isinstance(found, dict) or "result" not in found:
                raise PlatformError(Failure.BAD_ANSWER, f"{method}: HTTP {answer.status}")
            return found["result"]

        return self.access.ask(charge, send, _is_bot)

    def read_walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        """See `Platform`. One request for about 20 posts; no feed (preview off) = closed."""
        return read_each(pages, lambda part: [self._wall(part[0])], no_wall, self.access.at_once)

    def _wall(self, page: PageRef) -> WallReading:
        if not _HANDLE.fullmatch(page.handle):
            return WallReading(page.page_id, failure=Failure.NOT_FOUND)
        url = f"{settings.NETWORK_URLS['TELEGRAM_WEB_URL']}/s/{page.handle}"
        wall = WallSoFar(page.page_id, page.posts_since, page.posts_from)
        before: int | None = None
        channel_id = ""
        while wall.wants_more:
            answer = self._public("feed", url, params={"before": before} if before else {})
            if answer.status in (301, 302) and _leads_to_landing(answer.headers.get("Location", ""), page.handle):
                return WallReading(page.page_id, failure=Failure.CLOSED)
            feed = read_feed(page.handle, answer.require_ok().body)
            further = feed.before is not None and (before is None or feed.before < before)
            wall.add(feed.posts, answer_hash(answer.body), further, feed.oldest)
            before = feed.before
            channel_id = channel_id or feed.channel_id
        return dataclasses.replace(with_zero_likes(wall.reading()), external_id=channel_id)


def _is_public(token: Token) -> bool:
    return token.kind == "public"


def _is_bot(token: Token) -> bool:
    return token.kind == "bot"


def _bot_reading(page: PageRef, found: Any, subscribers: int) -> PageReading:
    """What getChat and getChatMemberCount say. Raises PlatformError (bad answer) where it is no chat."""
    if not isinstance(found, dict) or type(found.get("id")) is not int:
        raise bad_answer("getChat: no chat", found)
    if found.get("type") != "channel":
        return PageReading(page.page_id, failure=Failure.NOT_FOUND)
    title, description = line(str(found.get("title") or "")), str(found.get("description") or "")
    username = str(found.get("username") or "")
    return PageReading(
        page.page_id,
        answer_hash=answer_hash([found, subscribers]),
        external_id=str(found["id"]),
        handle=(username if _HANDLE.fullmatch(username) else page.handle).lower(),
        title=title,
        subscribers=subscribers,
        has_avatar="photo" in found,
        has_description=bool(description.strip()),
        **asdict(presented(page, description, title)),
    )


def _leads_to_landing(location: str, handle: str) -> bool:
    """Whether a redirect from the feed leads to the same channel's landing page: its preview is off."""
    try:
        return urlsplit(location).path.strip("/").lower() == handle.lower()
    except ValueError:
        return False
