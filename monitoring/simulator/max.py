"""MAX: the public page of a channel, and the Bot API for channels that added the bot."""

import html
from typing import Any

from aiohttp import web

from .state import Simulation
from .world import Page

BOT_TOKEN = "sim-max"  # noqa: S105
HISTORY_DAYS = 400


class Max:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    def landing(self, page: Page) -> web.Response:
        self.simulation.calls["max:landing"] += 1
        if self.simulation.faults.strike("max_429"):
            return web.Response(status=429, text="Too Many Requests")
        people = self.simulation.subscribers(page)
        title = html.escape(page.institution.name)
        key = '"participantsCount"' if page.chance("quoted") < 0.5 else "participantsCount"
        if self.simulation.faults.strike("max_drift"):
            key = "membersNumber"
        count = "" if people is None else f"{key}:{people},"
        icon = f'icon:"https://cdn.example/{page.key}.jpg",' if page.chance("avatar") > 0.05 else ""
        script = f'channel:{{id:{page.external_id},{count}title:"{title}",description:"Официальный канал",{icon}}}'
        return web.Response(
            text=f'<!DOCTYPE html><html><head><meta property="og:title" content="{title}"></head>'
            f"<body><script>window.__data={{{script}}}</script></body></html>",
            content_type="text/html",
            charset="utf-8",
        )

    async def api(self, request: web.Request) -> web.Response:
        path = request.path
        kind = "messages" if path == "/messages" else "me" if path == "/me" else "chats"
        self.simulation.calls[f"max:{kind}"] += 1
        if self.simulation.faults.strike("max_429") or self.simulation.too_fast("max", "max"):
            return refusal(429, "rate.limit", "Too many requests")
        if self.simulation.faults.strike("max_text_error"):
            return web.Response(status=500, text="internal error")
        if request.headers.get("Authorization") != BOT_TOKEN or self.simulation.faults.strike("max_token"):
            return refusal(401, "verify.token", "Invalid access_token")
        if kind == "me":
            return web.json_response({"user_id": 1, "first_name": "Gospub", "is_bot": True})
        chat = request.query.get("chat_id", "") if kind == "messages" else request.match_info.get("chat", "")
        if not chat.lstrip("-").isdigit():
            return refusal(404, "method.not.found", f"Path {path} is not recognized.")
        page = self.simulation.by_id("max", chat)
        if page is None or not page.exists(self.simulation.day(page)):
            return refusal(404, "chat.not.found", "Chat not found")
        if not has_bot(page):
            return refusal(403, "chat.denied", "No access to the chat")
        if path.endswith("/members/me"):
            return web.json_response({"is_admin": is_admin(page), "permissions": ["read_all_messages"]})
        if kind == "chats":
            return web.json_response(self.chat(page))
        if not is_admin(page):
            return refusal(403, "access.denied", "The bot is no administrator")
        return web.json_response({"messages": self.messages(page, request.query)})

    def chat(self, page: Page) -> dict[str, Any]:
        return {
            "chat_id": int(page.external_id),
            "type": "channel",
            "status": "active",
            "title": page.institution.name,
            "icon": {"url": "https://cdn.example/a.jpg"},
            "last_event_time": int(self.simulation.now.timestamp() * 1000),
            "participants_count": self.simulation.subscribers(page) or 0,
            "is_public": True,
            "link": f"https://max.ru/{page.handle}",
            "description": "Официальный канал",
            "messages_count": sum(1 for _post in self.simulation.posts(page, HISTORY_DAYS)),
        }

    def messages(self, page: Page, query: Any) -> list[dict[str, Any]]:
        """Newest first; `from` and `to` are taken in either order, the documents disagree."""
        bounds = sorted(int(query[name]) for name in ("from", "to") if name in query)
        first = bounds[0] if len(bounds) == 2 else 0
        last = bounds[-1] if bounds else 2**62
        count = min(int(query.get("count", 50)), 100)
        found = []
        for post in self.simulation.posts(page, HISTORY_DAYS):
            at = int(post.at.timestamp() * 1000)
            if first <= at <= last and len(found) < count:
                found.append(
                    {
                        "recipient": {"chat_id": int(page.external_id), "chat_type": "channel", "user_id": None},
                        "timestamp": at,
                        "body": {"mid": f"mid.{post.number:012d}", "seq": post.number, "text": "Запись"},
                        "stat": {"views": post.views},
                        "url": f"https://max.ru/{page.handle}/{post.number}",
                    }
                )
        return found


def has_bot(page: Page) -> bool:
    return page.chance("bot") < 0.5


def is_admin(page: Page) -> bool:
    return page.chance("bot admin") < 0.8


def refusal(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)
