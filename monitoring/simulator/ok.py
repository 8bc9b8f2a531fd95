"""Odnoklassniki's API: /fb.do and /api/<group>/<name>, with the signature checked."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from . import limits, texts
from .chance import mix
from .counts import MISSING, shown
from .pages import Page
from .posts import Post, Rendered
from .shapes import reshaped
from .state import Simulation
from .wire import Answer, Call, as_json, dumps

KEY, SECRET, TOKEN = "sim-ok-key", "sim-ok-secret", "sim-ok-token"
GROUPS_A_CALL = TOPICS_A_CALL = 100
SESSIONLESS = frozenset({"url.getInfo", "group.getInfo"})
ERRORS = {
    2: "SERVICE : Service temporary unavailable",
    3: "METHOD : Method does not exist",
    8: "FLOOD_BLOCKED : Flood detected",
    9: "IP_BLOCKED : IP is blocked",
    10: "PERMISSION_DENIED : Permission denied",
    11: "LIMIT_REACHED : Method call limit reached",
    100: "PARAM : Missing required parameter",
    101: "PARAM_API_KEY : No application key",
    102: "PARAM_SESSION_EXPIRED : Session expired",
    103: "PARAM_SESSION_KEY : Invalid session key",
    104: "PARAM_SIGNATURE : Invalid signature",
    160: "PARAM_GROUP_ID : Invalid group id",
    300: "NOT_FOUND : Object not found",
}
_FAULTS = {"ok_service": 2, "ok_flood": 8, "ok_ip_blocked": 9, "ok_limit": 11, "ok_session_expired": 102}
# Fields of a topic that must be asked for, singly or as media_topic.*.
_SUMMARIES = ("like_summary", "reshare_summary", "discussion_summary", "views_count", "media", "author_ref")


class OkError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Ok:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._rendered: dict[frozenset[str], Rendered] = {}
        self._methods: dict[str, Callable[[Call], bytes]] = {
            "url.getInfo": self._url,
            "group.getInfo": self._groups,
            "group.getCounters": self._counters,
            "mediatopic.getTopics": self._topics,
            "discussions.getComments": self._comments,
            "users.getCallsLeft": self._calls_left,
        }

    def answer(self, call: Call, method: str) -> Answer:
        """Errors come with status 200 and a header of their own."""
        try:
            self._refuse(call, method)
            return Answer(self._methods[method](call))
        except OkError as error:
            body = {"error_code": error.code, "error_msg": ERRORS[error.code], "error_data": None}
            return as_json(body, Invocation_Error=str(error.code))

    def _refuse(self, call: Call, method: str) -> None:
        """Raise what stands before any answer."""
        token = call.values.get("access_token") or call.values.get("session_key")
        if call.values.get("application_key") != KEY:
            raise OkError(101)
        if method not in self._methods:
            raise OkError(10 if method.startswith("group.getStat") else 3)
        if token != TOKEN and (token or method not in SESSIONLESS):
            raise OkError(103)
        if call.values.get("sig") != signature(call.values):
            raise OkError(104)
        if not self._simulation.limits.allow(f"ok {KEY}", limits.OK_CALLS):
            raise OkError(8)
        for fault, code in _FAULTS.items():
            if fault in call.faults:
                raise OkError(code)

    # --- groups ---------------------------------------------------------------------------------

    def _url(self, call: Call) -> bytes:
        name = call.values.get("url", "").partition("?")[0].rstrip("/").rpartition("/")[2].lower()
        page = self._simulation.by_handle(name, call.moment, "ok")
        if page is None and name.removeprefix("group").isdigit():
            page = self._simulation.by_id("ok", name.removeprefix("group"), call.moment)
        if page is None or not self._simulation.exists(page, call.moment):
            return dumps({"objectId": 0, "objectIdStr": "0", "type": "UNKNOWN"})
        return dumps({"objectId": int(page.external_id), "objectIdStr": page.external_id, "type": "GROUP"})

    def _groups(self, call: Call) -> bytes:
        """In any order; ids that are unknown or deleted are skipped."""
        ids = call.values.get("uids", "").split(",")
        if not ids[0] or len(ids) > GROUPS_A_CALL:
            raise OkError(100)
        if not all(key.strip().isdigit() for key in ids):
            raise OkError(160)
        fields = frozenset(call.values.get("fields", "uid,name").replace(" ", "").split(","))
        pages = {page.key: page for page in (self._simulation.by_id("ok", k.strip(), call.moment) for k in ids) if page}
        groups = [self._group(pages[key], fields, call) for key in sorted(pages, key=lambda key: mix(key, 40))]
        found = reshaped([group for group in groups if group], call.faults)
        return dumps({"groups": found} if "ok_old_shape" in call.faults else found)

    def _group(self, page: Page, fields: frozenset[str], call: Call) -> dict[str, Any] | None:
        """The fields that were asked for; blocked groups keep little more than their name. None = deleted."""
        day, looks, institution = call.moment.day(page.zone), page.looks, page.institution
        group: dict[str, Any] = {"uid": page.external_id, "name": institution.name}
        if not page.exists(day):
            group |= {"blocked": True, "access_type": "OPEN"}
            return _only(group, fields) if page.death == "banned" else None
        group |= {
            "shortname": None if page.handle.endswith(page.external_id) else page.handle_on(day),
            "description": texts.about(institution.name, institution.place.town) if looks.description else "",
            "access_type": "OPEN" if looks.access == "open" else "CLOSED",
            "category": "GOVERNMENT",
            "city": institution.place.town.partition(" ")[2],
            "created_ms": (page.born.toordinal() - 719_163) * 86_400_000,
            "homepage_url": f"https://{institution.stem.replace('_', '-')}.example",
            "blocked": False,
            "verified": False,
            "gos_org": looks.marked(day),
            "rkn_mark": False,
        }
        if looks.avatar:
            photo = str(mix(page.key, 41) % 10**12)
            group |= {"photo_id": photo, "main_photo": {"id": photo, "pic128x128": f"https://i.okcdn.example/{photo}"}}
        if looks.cover:
            group["cover"] = {"photo_id": str(mix(page.key, 42) % 10**12)}
        people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
        if people is not MISSING:
            group["members_count"] = people
        if group["shortname"] is None:
            del group["shortname"]
        return _only(group, fields)

    def _page(self, group_id: str, call: Call) -> Page:
        page = self._simulation.by_id("ok", group_id, call.moment)
        if page is None or not self._simulation.exists(page, call.moment):
            raise OkError(160)
        if page.looks.access != "open":
            raise OkError(10)
        return page

    def _counters(self, call: Call) -> bytes:
        page = self._page(call.values.get("group_id", ""), call)
        known = {
            "themes": self._simulation.count_posts(page, call.moment),
            "members": shown(self._simulation.subscribers(page, call.moment), call.faults_of(page)),
            "photos": mix(page.key, 43) % 900,
            "videos": mix(page.key, 44) % 90,
            "links": 0,
        }
        given = {name: value for name, value in known.items() if value is not MISSING}
        wanted = call.values.get("counterTypes", "").lower().split(",")
        return dumps({"counters": {name: value for name, value in given.items() if name in wanted}})

    # --- topics ---------------------------------------------------------------------------------

    def _topics(self, call: Call) -> bytes:
        """Newest first; the anchor says from which topic on the next call reads."""
        page = self._page(call.values.get("gid", ""), call)
        try:
            count, anchor = call.whole("count", 20), call.values.get("anchor", "")
            last = int(anchor.removeprefix("a")) if anchor else self._simulation.count_posts(page, call.moment)
        except ValueError:
            raise OkError(100) from None
        if not 0 < count <= TOPICS_A_CALL:
            raise OkError(100)
        last = min(last, self._simulation.count_posts(page, call.moment))
        first = max(last - count, 0)
        items = self._simulation.newest(self._rendering(call), page, first, last, call.moment)
        items = reshaped(items, call.faults)
        more = b"true" if first else b"false"
        return b'{"media_topics":[%b],"anchor":"a%d","has_more":%b,"entities":{}}' % (b",".join(items), first, more)

    def _rendering(self, call: Call) -> Rendered:
        """What makes topics with the fields that this call asks for."""
        names = {name.strip().removeprefix("media_topic.") for name in call.values.get("fields", "").split(",")}
        fields = frozenset(_SUMMARIES if "*" in names else names.intersection(_SUMMARIES))
        if fields not in self._rendered:
            self._rendered[fields] = Rendered(lambda page, post: _topic(page, post, fields))
        return self._rendered[fields]

    def _comments(self, call: Call) -> bytes:
        """Comments of a topic; dates are local and without a zone."""
        group_id, number = divmod(int(call.values.get("discussionId") or 0), 100_000)
        page = self._page(str(group_id), call)
        if not 0 <= number < self._simulation.count_posts(page, call.moment):
            raise OkError(300)
        count = min(call.whole("count", 20), 100)
        comments = [
            {
                "id": f"{call.values['discussionId']}{comment.number}",
                "text": "Спасибо!",
                "date": dt.datetime.fromtimestamp(comment.at, ZoneInfo("Europe/Moscow")).strftime("%Y-%m-%d %H:%M:%S"),
                **_author(page, comment.answers is not None, mix(page.key, number, comment.number)),
            }
            for comment in self._simulation.comments(page, number, call.moment)[:count]
        ]
        return dumps({"comments": comments, "entities": {"users": []}})

    def _calls_left(self, call: Call) -> bytes:
        methods = json.loads(call.values.get("methods") or "[]") or list(self._methods)
        return dumps([{"name": name, "available": name in self._methods, "callsLeft": 100_000} for name in methods])


def _only(group: dict[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name in fields or name == "uid"}


def _author(page: Page, by_page: bool, chance: int) -> dict[str, str]:
    if by_page:
        return {"author_id": page.external_id, "author_type": "GROUP"}
    return {"author_id": str(chance % 10**12)}


def topic_id(page: Page, number: int) -> str:
    return f"{int(page.external_id) * 100_000 + number}"


def _topic(page: Page, post: Post, fields: frozenset[str]) -> bytes:
    media = f'{{"type":"text","text":{texts.as_json(page, post)}}}'
    if post.repost:
        media += f',{{"type":"topic","reshare_owner_refs":["group:{post.chance % 10**12}"]}}'
    parts = {
        "author_ref": f'"group:{page.external_id}","owner_ref":"group:{page.external_id}"',
        "media": f"[{media}]",
        "like_summary": f'{{"count":{post.likes},"self":false}}',
        "reshare_summary": f'{{"count":{post.reposts},"self":false}}',
        "discussion_summary": f'{{"discussion_type":"GROUP_TOPIC","comments_count":{post.comments}}}',
    }
    if page.looks.views_given and post.views is not None:
        parts["views_count"] = str(post.views)
    given = "".join(f',"{name}":{value}' for name, value in parts.items() if name in fields)
    return f'{{"id":"{topic_id(page, post.number)}","created_ms":{post.at}000{given}}}'.encode()


def signature(values: dict[str, str]) -> str:
    """MD5 (hex) over the sorted parameters and the secret, which in a session is MD5 of token and secret.

    Source: apiok.ru, signing requests.
    """
    token = values.get("access_token") or values.get("session_key")
    secret = _md5(f"{token}{SECRET}") if token else SECRET
    signed = sorted((k, v) for k, v in values.items() if k not in ("sig", "access_token", "session_key"))
    return _md5("".join(f"{name}={value}" for name, value in signed) + secret)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  the network's choice
