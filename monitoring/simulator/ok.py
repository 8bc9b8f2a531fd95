"""Odnoklassniki: /fb.do and /api/<group>/<name>, with the signature checked."""

import hashlib
from typing import Any

from aiohttp import web

from .answers import as_json
from .state import Simulation
from .world import Page

KEY, SECRET, TOKEN = "sim-ok-key", "sim-ok-secret", "sim-ok-token"
HISTORY_DAYS = 400
ERRORS = {
    2: "SERVICE : Service temporary unavailable",
    3: "METHOD : Method does not exist",
    8: "FLOOD_BLOCKED : Flood detected",
    10: "PERMISSION_DENIED : Permission denied",
    11: "LIMIT_REACHED : Limit reached",
    100: "PARAM : Missing required parameter",
    101: "PARAM_API_KEY : No application key",
    102: "PARAM_SESSION_EXPIRED : Session expired",
    104: "PARAM_SIGNATURE : Invalid signature",
    160: "PARAM_GROUP_ID : Invalid group id",
}
FAULT_CODES = {"ok_flood": 8, "ok_limit": 11, "ok_session_expired": 102, "ok_service": 2}


class OkError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Ok:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    async def method(self, request: web.Request) -> web.Response:
        values = {**request.query, **(await request.post() if request.method == "POST" else {})}
        info = request.match_info
        name = f"{info['group']}.{info['name']}" if "group" in info else str(values.get("method", ""))
        try:
            return as_json(self.answer(name, {key: str(value) for key, value in values.items()}))
        except OkError as error:
            body = {"error_code": error.code, "error_msg": ERRORS[error.code], "error_data": None}
            return web.json_response(body, headers={"Invocation-Error": str(error.code)})

    def answer(self, name: str, values: dict[str, str]) -> Any:
        self.simulation.calls[f"ok:{name}"] += 1
        if values.get("application_key") != KEY:
            raise OkError(101)
        if values.get("access_token", TOKEN) != TOKEN:
            raise OkError(102)
        if values.get("sig") != signature(values):
            raise OkError(104)
        if self.simulation.too_fast("ok", "ok"):
            raise OkError(8)
        for fault, code in FAULT_CODES.items():
            if self.simulation.faults.strike(fault):
                raise OkError(code)
        methods = {
            "url.getInfo": self.url,
            "group.getInfo": self.groups,
            "group.getCounters": self.counters,
            "mediatopic.getTopics": self.topics,
            "users.getCallsLeft": lambda values: [{"name": "group.getInfo", "available": True, "callsLeft": 10_000}],
        }
        if name not in methods:
            raise OkError(3)
        return methods[name](values)

    def page(self, group_id: str) -> Page:
        page = self.simulation.by_id("ok", group_id)
        if page is None or not page.exists(self.simulation.day(page)):
            raise OkError(160)
        return page

    def url(self, values: dict[str, str]) -> Any:
        name = values.get("url", "").rstrip("/").rpartition("/")[2].lower()
        page = self.simulation.by_handle(name, "ok")
        if page is None:
            return {"objectId": 0, "type": "UNKNOWN"}
        return {"objectId": int(page.external_id), "objectIdStr": page.external_id, "type": "GROUP"}

    def groups(self, values: dict[str, str]) -> Any:
        ids = [key for key in values.get("uids", "").split(",") if key]
        if not ids or len(ids) > 100:
            raise OkError(100)
        pages = [self.simulation.by_id("ok", key) for key in ids]
        found = [self.group(page) for page in pages if page and page.exists(self.simulation.day(page))]
        found.reverse()
        return {"groups": found} if self.simulation.faults.strike("ok_old_shape") else found

    def group(self, page: Page) -> dict[str, Any]:
        day = self.simulation.day(page)
        group: dict[str, Any] = {
            "uid": page.external_id,
            "name": page.institution.name,
            "shortname": page.handle_on(day),
            "description": "" if page.chance("description") < 0.1 else "Официальная страница",
            "access_type": "CLOSED" if page.hidden else "OPEN",
            "blocked": False,
            "gos_org": page.chance("mark") > 0.4,
        }
        if page.chance("avatar") > 0.05:
            group |= {"photo_id": page.external_id, "main_photo": {"id": page.external_id}}
        if page.chance("cover") > 0.3:
            group["cover"] = {"photo_id": page.external_id}
        people = self.simulation.subscribers(page)
        return group if people is None else group | {"members_count": people}

    def counters(self, values: dict[str, str]) -> Any:
        page = self.page(values.get("group_id", ""))
        themes = sum(1 for _post in self.simulation.posts(page, HISTORY_DAYS))
        return {"counters": {"themes": themes, "members": self.simulation.subscribers(page) or 0}}

    def topics(self, values: dict[str, str]) -> Any:
        page = self.page(values.get("gid", ""))
        if page.hidden:
            raise OkError(10)
        count = min(int(values.get("count", 20)), 100)
        start = int(values.get("anchor") or 0)
        found = []
        for number, post in enumerate(self.simulation.posts(page, HISTORY_DAYS)):
            if number >= start + count:
                break
            if number >= start:
                found.append(self.topic(page, post))
        return {
            "media_topics": found,
            "anchor": str(start + len(found)),
            "has_more": len(found) == count,
            "entities": {},
        }

    def topic(self, page: Page, post: Any) -> dict[str, Any]:
        media = [{"type": "text", "text": f"Запись {post.number}"}]
        if post.repost:
            media.append({"type": "topic", "reshare": True})
        return {
            "id": f"{int(page.external_id) % 10**9}{post.number:07d}",
            "created_ms": int(post.at.timestamp() * 1000),
            "author_ref": f"group:{page.external_id}",
            "owner_ref": f"group:{page.external_id}",
            "media": media,
            "like_summary": {"count": post.likes},
            "reshare_summary": {"count": post.reposts},
            "discussion_summary": {"comments_count": post.comments},
        }


def signature(values: dict[str, str]) -> str:
    """md5 over the sorted parameters and the secret, see the networks' documentation."""
    token = values.get("access_token")
    secret = hashlib.md5(f"{token}{SECRET}".encode()).hexdigest() if token else SECRET  # noqa: S324
    signed = sorted((k, v) for k, v in values.items() if k not in ("sig", "access_token", "session_key"))
    return hashlib.md5(("".join(f"{k}={v}" for k, v in signed) + secret).encode()).hexdigest()  # noqa: S324
