"""Telegram through its public pages: t.me/<name> has the exact count, t.me/s/<name> the posts.

A bot, where the settings name one, is the second source of the count: a name costs one of about 200 look-ups a day,
a known id none.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .answers import Count, answer_hash, convert, line
from .base import Failure, PageReading, PageRef, PlatformError, Token, WallReading
from .batches import WallSoFar, no_page, no_wall, read_each
from .telegram_pages import read_feed, read_landing, with_zero_likes
from .transport import HTML_BYTES, Transport

_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


class Telegram:
    code = "telegram"
    batch_size = 20

    def __init__(self, token: Token, pace: Callable[[], None]) -> None:
        self._transport = Transport(self.code, pace)
        self._bots = list(settings.TELEGRAM_BOT_TOKENS)
        self._refusal: PlatformError | None = None
        self.calls = self._transport.calls
        self.daily_limits: dict[str, int] = {}

    @staticmethod
    def tokens() -> list[Token]:
        """The public pages need no token."""
        return [Token()]

    def close(self) -> None:
        self._transport.close()

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """See `Platform`. One request a page."""
        return read_each(pages, lambda part: [self._page(part[0])], no_page)

    def _page(self, page: PageRef) -> PageReading:
        if not _HANDLE.fullmatch(page.handle):
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        try:
            return self._landing(page)
        except PlatformError as error:
            if error.failure == Failure.THROTTLED:
                self._refusal = error
            by_bot = self._by_bot(page)
            if by_bot is None:
                raise
            return by_bot

    def _landing(self, page: PageRef) -> PageReading:
        if self._refusal:
            raise self._refusal
        url = f"{settings.NETWORK_URLS['TELEGRAM_WEB_URL']}/{page.handle}"
        return read_landing(page, self._transport.request({"page": 1}, "GET", url, HTML_BYTES).require_ok().body)

    def _by_bot(self, page: PageRef) -> PageReading | None:
        """The count from the Bot API; None where no bot can tell."""
        chat = page.external_id or f"@{page.handle}"
        while self._bots:
            try:
                found = self._ask_bot("getChat", chat)
                subscribers = convert(self._ask_bot("getChatMemberCount", chat), Count)
                return _bot_reading(page, found, subscribers)
            except PlatformError as error:
                if error.failure != Failure.TOKEN_DEAD:
                    return None
                self._bots.pop(0)
        return None

    def _ask_bot(self, method: str, chat: str) -> Any:
        url = f"{settings.NETWORK_URLS['TELEGRAM_BOT_URL']}/bot{self._bots[0]}/{method}"
        answer = self._transport.request({method: 1}, "POST", url, data={"chat_id": chat})
        if answer.status in (401, 404):
            raise PlatformError(Failure.TOKEN_DEAD, f"{method}: HTTP {answer.status}")
        found = answer.json()
        if answer.status != 200 or not isinstance(found, dict) or "result" not in found:
            raise PlatformError(Failure.BAD_ANSWER, f"{method}: HTTP {answer.status}")
        return found["result"]

    def read_walls(self, pages: Sequence[PageRef], since: dt.datetime) -> list[WallReading]:
        """See `Platform`. One request for about 20 posts; no feed (preview off) = closed."""
        return read_each(pages, lambda part: [self._wall(part[0], since)], no_wall)

    def _wall(self, page: PageRef, since: dt.datetime) -> WallReading:
        if not _HANDLE.fullmatch(page.handle):
            return WallReading(page.page_id, failure=Failure.NOT_FOUND)
        url = f"{settings.NETWORK_URLS['TELEGRAM_WEB_URL']}/s/{page.handle}"
        wall = WallSoFar(page.page_id, since)
        before: int | None = None
        while wall.wants_more:
            params = {"before": before} if before else {}
            answer = self._transport.request({"feed": 1}, "GET", url, HTML_BYTES, params=params)
            if answer.status in (301, 302) and _leads_to_landing(answer.headers.get("Location", ""), page.handle):
                return WallReading(page.page_id, failure=Failure.CLOSED)
            feed = read_feed(page.handle, answer.require_ok().body)
            further = feed.before is not None and (before is None or feed.before < before)
            wall.add(feed.posts, answer_hash(answer.body), further, feed.oldest)
            before = feed.before
        return with_zero_likes(wall.reading())


def _bot_reading(page: PageRef, found: Any, subscribers: int) -> PageReading:
    """What getChat and getChatMemberCount say. Raises PlatformError (bad answer) where it is no chat."""
    if not isinstance(found, dict) or type(found.get("id")) is not int:
        raise PlatformError(Failure.BAD_ANSWER, "getChat: no chat")
    if found.get("type") != "channel":
        return PageReading(page.page_id, failure=Failure.NOT_FOUND)
    username = str(found.get("username") or "")
    return PageReading(
        page.page_id,
        answer_hash=answer_hash([found, subscribers]),
        external_id=str(found["id"]),
        handle=(username if _HANDLE.fullmatch(username) else page.handle).lower(),
        title=line(str(found.get("title") or "")),
        subscribers=subscribers,
        has_avatar="photo" in found,
        has_description=bool(str(found.get("description") or "").strip()),
    )


def _leads_to_landing(location: str, handle: str) -> bool:
    """Whether a redirect from the feed leads to the same channel's landing page: its preview is off."""
    try:
        return urlsplit(location).path.strip("/").lower() == handle.lower()
    except ValueError:
        return False
