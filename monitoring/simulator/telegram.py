"""Telegram: t.me/<name>, t.me/s/<name>, and the Bot API."""

from . import limits
from .counts import MISSING, shown
from .pages import Page
from .posts import Rendered
from .shapes import reshaped
from .state import Moment, Simulation
from .telegram_pages import (
    FIRST_NUMBER,
    NUMBERS_A_POST,
    canonical,
    contact,
    feed,
    landing,
    message,
    message_id,
    sign_in,
)
from .texts import about
from .wire import HTML, Answer, Call, as_json

BOT_TOKEN = "1000001:sim-telegram"  # noqa: S105
ADDRESS = "https://t.me"
MESSAGES_A_PAGE = 20
COUNT_METHODS = ("getchatmembercount", "getchatmemberscount")


class Telegram:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._rendered = Rendered(message)

    # --- public pages ---------------------------------------------------------------------------

    def landing(self, call: Call, page: Page) -> Answer:
        refused = self._refused(call)
        if refused:
            return refused
        if not self._simulation.exists(page, call.moment):
            return contact(call.path.strip("/"))
        people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
        if "tg_no_counter" in call.faults:
            people = MISSING
        return landing(page, call.moment.day(page.zone), people)

    def feed(self, call: Call, name: str) -> Answer:
        """20 messages, oldest first; where there is no preview, the way to the landing page."""
        refused = self._refused(call)
        if refused:
            return refused
        page = self._simulation.by_handle(name, call.moment, "telegram")
        if page is None or not self._simulation.exists(page, call.moment) or not _has_feed(page):
            return Answer(b"", 302, HTML, {"Location": f"{ADDRESS}/{name}"})
        first, last = self._range(call, self._simulation.count_posts(page, call.moment))
        newest = self._simulation.newest(self._rendered, page, first, last, call.moment)
        messages = list(reshaped(newest[::-1], call.faults))
        people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
        older = message_id(first) if first else None
        return feed(page, call.moment.day(page.zone), people, messages, older)

    def _range(self, call: Call, total: int) -> tuple[int, int]:
        """Posts from one number up to another (not included), as ?before and ?after ask."""
        before, after = call.values.get("before", ""), call.values.get("after", "")
        if after.isdigit():
            first = min(max((int(after) - FIRST_NUMBER) // NUMBERS_A_POST + 1, 0), total)
            return first, min(first + MESSAGES_A_PAGE, total)
        last = total
        if before.isdigit():
            last = min(max(-((FIRST_NUMBER - int(before)) // NUMBERS_A_POST), 0), total)
        return max(last - MESSAGES_A_PAGE, 0), last

    def _refused(self, call: Call) -> Answer | None:
        """A limit or a fault in place of the page."""
        plain = "text/plain"
        if "tg_429" in call.faults or "tg_429_no_header" in call.faults:
            headers = {"Retry-After": "30"} if "tg_429" in call.faults else {}
            return Answer(b"Too Many Requests", 429, plain, headers)
        if not self._simulation.limits.allow(f"telegram {call.caller}", limits.TELEGRAM_PAGES):
            return Answer(b"Too Many Requests", 429, plain, {"Retry-After": "2"})
        if "tg_403" in call.faults:
            return Answer(b"Forbidden", 403, plain)
        return sign_in() if "tg_captcha" in call.faults else None

    # --- bots -----------------------------------------------------------------------------------

    def bot(self, call: Call, token: str, method: str) -> Answer:
        """method: in lower case, since Telegram knows no case here."""
        try:
            self._check_bot(call, token)
            if method == "getme":
                me = {"id": 1_000_001, "is_bot": True, "first_name": "Госпаблики", "username": "gospub_simulated_bot"}
                return as_json({"ok": True, "result": me})
            if method != "getchat" and method not in COUNT_METHODS:
                raise _RefusedError(404, "Not Found")
            page = self._chat(call, token)
            people = self._simulation.subscribers(page, call.moment)
            if people is None:
                raise _RefusedError(403, "Forbidden: bot is not a member of the channel chat")
            people = shown(people, call.faults_of(page))
            result = people if method in COUNT_METHODS else _chat(page, call.moment)
            return as_json({"ok": True} if result is MISSING else {"ok": True, "result": result})
        except _RefusedError as refused:
            return refused.answer

    def _check_bot(self, call: Call, token: str) -> None:
        if ":" not in token or token.startswith("0") or len(token) > 80:
            raise _RefusedError(401, "Unauthorized: invalid token specified")
        if token != BOT_TOKEN or "tg_bot_401" in call.faults:
            raise _RefusedError(401, "Unauthorized")
        if "tg_bot_429" in call.faults:
            raise _RefusedError(429, "Too Many Requests", 37)

    def _chat(self, call: Call, token: str) -> Page:
        """By its number, or by its name: that costs one of the day's look-ups."""
        chat, page = call.values.get("chat_id", ""), None
        if not chat:
            raise _RefusedError(400, "Bad Request: chat_id is empty")
        if chat.startswith("@"):
            day = call.moment.at.date()
            if not self._simulation.limits.spend("getChat", token, day):
                raise _RefusedError(429, "Too Many Requests", 86_400 - call.moment.unix % 86_400)
            page = self._simulation.by_handle(chat[1:], call.moment, "telegram")
        elif chat.startswith("-100"):
            page = self._simulation.by_id("telegram", chat.removeprefix("-100"), call.moment)
        if page is None or not self._simulation.exists(page, call.moment):
            raise _RefusedError(400, "Bad Request: chat not found")
        return page


class _RefusedError(Exception):
    def __init__(self, code: int, text: str, retry_after: int = 0) -> None:
        super().__init__(text)
        body: dict[str, object] = {"ok": False, "error_code": code, "description": text}
        headers = {}
        if retry_after:
            body["description"] = f"{text}: retry after {retry_after}"
            body["parameters"] = {"retry_after": retry_after}
            headers = {"Retry_After": str(retry_after)}
        self.answer = as_json(body, code, **headers)


def _has_feed(page: Page) -> bool:
    return page.looks.preview and not page.looks.group and not page.hidden


def _chat(page: Page, moment: Moment) -> dict[str, object]:
    name = canonical(page, moment.day(page.zone))
    chat: dict[str, object] = {
        "id": int(f"-100{page.external_id}"),
        "title": page.institution.name,
        "username": name,
        "type": "supergroup" if page.looks.group else "channel",
        "active_usernames": [name],
    }
    if page.looks.description:
        chat["description"] = about(page.institution.name, page.institution.place.town)
    if page.looks.avatar:
        chat["photo"] = {"small_file_id": f"small{page.key}", "big_file_id": f"big{page.key}"}
    return chat
