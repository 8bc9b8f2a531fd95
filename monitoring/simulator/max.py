"""MAX: the public page of a channel, and the Bot API for channels that let our bot in."""

import html
import json
from typing import Any

from . import limits, texts
from .chance import mix
from .counts import MISSING, shown
from .pages import Page
from .posts import Post, Rendered
from .shapes import reshaped
from .state import Simulation
from .telegram_pages import NOT_FOUND_IN_MAX
from .wire import Answer, Call, as_html, as_json

BOT_TOKEN = "sim-max"  # noqa: S105
MESSAGES_A_CALL = 100
BOT_ID = 1_000_002


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        """code: "" = a plain text, as the servers in front of the API answer."""
        super().__init__(message)
        self.answer = as_json({"code": code, "message": message}, status)
        if not code:
            self.answer = Answer(message.encode(), status, "text/plain")


class Max:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._rendered = Rendered(_message)

    # --- public page ----------------------------------------------------------------------------

    def landing(self, call: Call, page: Page) -> Answer:
        """max.ru/<name>: the channel is an object in a script, its keys bare or in quotes."""
        if "max_429" in call.faults or not self._may_come(call):
            return Answer(b"Too Many Requests", 429, "text/plain")
        if not self._simulation.exists(page, call.moment):
            return as_html("<title>MAX</title>", f"<p>{NOT_FOUND_IN_MAX}</p>")
        people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
        title = page.institution.name
        channel: dict[str, Any] = {"title": title}
        if people is not MISSING:
            channel["participantsCount" if "max_drift" not in call.faults else "membersNumber"] = people
        channel["description"] = _description(page)
        if page.looks.avatar:
            channel["icon"] = f"https://i.oneme.example/i?r={mix(page.key, 60):x}"
        safe = html.escape(title)
        return as_html(
            f'<title>{safe}</title><meta property="og:title" content="{safe}">',
            f'<div id="app"></div><script>window.__data={{type:"data",{_script(channel, page.looks.quoted)}}};</script>'
            f'<a href="https://web.max.ru/{page.external_id}">Открыть в MAX</a>',
        )

    def _may_come(self, call: Call) -> bool:
        return self._simulation.limits.allow(f"max {call.caller}", limits.MAX_CALLS)

    # --- bots -----------------------------------------------------------------------------------

    def api(self, call: Call, path: list[str]) -> Answer:
        """path: steps behind the host, such as ["chats", "-70…"]."""
        try:
            self._refuse(call)
            if path == ["me"]:
                return as_json(_me(call))
            return self._messages(call, path[1:]) if path[0] == "messages" else self._chats(call, path)
        except _RefusedError as refused:
            return refused.answer

    def _refuse(self, call: Call) -> None:
        """Raise what stands before any answer: pace, token, faults."""
        if "max_429" in call.faults or not self._may_come(call):
            raise _RefusedError(429, "rate.limit", "Too many requests")
        if "max_text_error" in call.faults:
            raise _RefusedError(500, "", "upstream request failed")
        if call.headers.get("Authorization") != BOT_TOKEN or "max_token" in call.faults:
            raise _RefusedError(401, "verify.token", "Invalid access_token")

    def _chats(self, call: Call, path: list[str]) -> Answer:
        """A channel by its number, and our rights in it. No list of them, and nothing by a link."""
        if len(path) == 1 or not path[1].lstrip("-").isdigit() or path[2:] not in ([], ["members", "me"]):
            text = f"Path /{'/'.join(path)} is not recognized. Please check docs at https://dev.max.ru/docs"
            raise _RefusedError(404, "method.not.found", text)
        page = self._known(path[1], call)
        if not path[2:]:
            return as_json(self._chat(page, call))
        rights = ["read_all_messages"] if page.looks.bot_admin else []
        return as_json({**_me(call), "is_admin": page.looks.bot_admin, "permissions": rights})

    def _known(self, chat_id: str, call: Call) -> Page:
        """The channel that our bot was added to."""
        page = self._simulation.by_id("max", chat_id, call.moment)
        if page is None or not self._simulation.exists(page, call.moment):
            raise _RefusedError(404, "chat.not.found", f"Chat {chat_id} not found")
        if not page.looks.bot:
            raise _RefusedError(403, "chat.denied", f"No access to chat {chat_id}")
        return page

    def _chat(self, page: Page, call: Call) -> dict[str, Any]:
        day, total = call.moment.day(page.zone), self._simulation.count_posts(page, call.moment)
        last = self._simulation.post(page, total - 1, call.moment).at if total else call.moment.unix
        icon = {"url": f"https://i.oneme.example/i?r={mix(page.key, 60):x}"} if page.looks.avatar else None
        people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
        chat = {
            "chat_id": int(page.external_id),
            "type": "channel",
            "status": "active",
            "title": page.institution.name,
            "icon": icon,
            "last_event_time": last * 1000,
            "participants_count": people,
            "owner_id": 1000 + page.key,
            "is_public": True,
            "link": f"https://max.ru/{page.handle_on(day)}",
            "description": _description(page),
            "messages_count": total,
            "pinned_message": None,
        }
        return {name: value for name, value in chat.items() if value is not MISSING}

    def _messages(self, call: Call, path: list[str]) -> Answer:
        """Newest first, to administrators only; `from` and `to` are taken in either order, the documents disagree."""
        if path:
            raise _RefusedError(404, "not.found", f"Message {path[0]} not found")
        page = self._known(call.values.get("chat_id", ""), call)
        if not page.looks.bot_admin:
            raise _RefusedError(403, "access.denied", "The bot is not an administrator of the chat")
        try:
            count = call.whole("count", 50)
            bounds = sorted(int(call.values[name]) for name in ("from", "to") if call.values.get(name))
        except ValueError:
            count, bounds = 0, []
        if not 1 <= count <= MESSAGES_A_CALL:
            raise _RefusedError(400, "proto.payload", "count must be between 1 and 100")
        last = self._before(page, bounds[-1] // 1000 if bounds else call.moment.unix, call)
        first = self._before(page, -(-bounds[0] // 1000) - 1, call) if len(bounds) == 2 else 0
        found = self._simulation.newest(self._rendered, page, max(first, last - count), last, call.moment)
        return Answer(b'{"messages":[%b]}' % b",".join(reshaped(found, call.faults)))

    def _before(self, page: Page, unix: int, call: Call) -> int:
        """How many of the posts that there are now were published up to that second."""
        return self._simulation.count_posts_before(page, min(unix, call.moment.unix))


def _script(channel: dict[str, Any], quoted: bool) -> str:
    """The channel as a JavaScript object; `</` is broken up, as in any script."""
    keys = {name: f'"{name}"' if quoted else name for name in channel}
    pairs = (f"{keys[name]}:{json.dumps(value, ensure_ascii=not quoted)}" for name, value in channel.items())
    own = '"channel"' if quoted else "channel"
    return f"{own}:{{{','.join(pairs)}}}".replace("</", "<\\/")


def _description(page: Page) -> str:
    return texts.about(page.institution.name, page.institution.place.town) if page.looks.description else ""


def _message(page: Page, post: Post) -> bytes:
    text = f'"text":{texts.as_json(page, post)},"attachments":null,"markup":null'
    body = f'{{"mid":"mid.{page.key:08x}{post.number:08x}","seq":{post.at * 1000},{text}}}'
    link = ""
    if post.repost:
        link = f',"link":{{"type":"forward","chat_id":-{post.chance % 10**12},"message":{{"mid":"mid.0","seq":1}}}}'
        body = "null" if post.chance % 5 == 0 else body
    views = "" if post.views is None else f',"stat":{{"views":{post.views}}}'
    return (
        f'{{"recipient":{{"chat_id":{page.external_id},"chat_type":"channel","user_id":null}},'
        f'"timestamp":{post.at}000,"body":{body}{link}{views},'
        f'"url":"https://max.ru/{page.handle}/{post.chance:x}"}}'
    ).encode()


def _me(call: Call) -> dict[str, Any]:
    name = "Госпаблики"
    return {"user_id": BOT_ID, "first_name": name, "name": name, "username": "id0000000000_bot", "is_bot": True,
            "last_activity_time": call.moment.unix * 1000, "description": None, "commands": []}  # fmt: skip
