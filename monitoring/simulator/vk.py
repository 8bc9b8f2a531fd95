"""VK's API: /method/<name>."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import limits
from .asked import names_asked
from .chance import mix
from .counts import shown
from .pages import Page
from .shapes import reshaped
from .state import Simulation
from .vk_execute import CompileError, InnerCall, inner_calls, project
from .vk_groups import group
from .vk_walls import Walls
from .wire import Answer, Call, as_json, dumps

KINDS = ("service", "user", "community")
OBJECTS_SINCE = (5, 139)  # from this version on groups.getById answers with an object
GROUPS_A_CALL, POSTS_A_CALL, MEMBERS_A_CALL, CALLS_A_SCRIPT = 500, 100, 1000, 25
SCRIPT_BYTES = 5 * 1024 * 1024
ERRORS = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    9: "Flood control",
    10: "Internal server error",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    14: "Captcha needed",
    15: "Access denied",
    17: "Validation required: please open redirect_uri in browser",
    18: "User was deleted or banned",
    19: "Content blocked",
    27: "Group authorization failed: method is unavailable with group auth.",
    28: "Application authorization failed: method is unavailable with service token.",
    29: "Rate limit reached",
    30: "This profile is private",
    100: "One of the parameters specified was missing or invalid",
    113: "Invalid user id",
    125: "Invalid group id",
    203: "Access to group denied",
}
_MORE = {
    14: {"captcha_sid": "239633676097", "captcha_img": "https://api.vk.com/captcha.php?sid=239633676097"},
    17: {"redirect_uri": "https://m.vk.com/login?act=security_check"},
}


class VkError(Exception):
    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = ERRORS[code] + (f": {detail}" if detail else "")


class Vk:
    def __init__(self, simulation: Simulation, recorded: Path | None = None) -> None:
        """recorded: a file with an answer of groups.getById, which is then served as it stands."""
        self._simulation = simulation
        self._recorded = _groups_of(recorded) if recorded else None
        self._walls = Walls(simulation)
        self._methods: dict[str, Callable[[Call], bytes]] = {
            "groups.getById": self._groups,
            "groups.getMembers": self._members,
            "utils.resolveScreenName": self._resolve,
            "wall.get": self._wall,
            "wall.getById": self._posts,
            "wall.getComments": self._comments,
        }

    def answer(self, call: Call, method: str) -> Answer:
        """Errors come with status 200."""
        try:
            token = self._token(call)
            self._refuse(call, token)
            if method == "execute":
                return Answer(self._execute(call, token))
            return Answer(b'{"response":%b}' % self._call(method, call, token))
        except VkError as error:
            return as_json({"error": self._error(error, call, method)})

    def _error(self, error: VkError, call: Call, method: str) -> dict[str, Any]:
        shown = {"method": method, **{k: v for k, v in call.values.items() if k != "access_token"}}
        more = {} if "vk_captcha_bare" in call.faults else _MORE.get(error.code, {})
        params = [{"key": key, "value": value} for key, value in shown.items()]
        return {"error_code": error.code, "error_msg": error.message, "request_params": params, **more}

    def _token(self, call: Call) -> str:
        bearer = call.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return call.values.get("access_token") or bearer

    def _refuse(self, call: Call, token: str) -> None:
        """Raise what stands before any answer: token, pace, and the errors that are played."""
        kind = _kind(token)
        per_second = limits.VK_COMMUNITY_CALLS if kind == "community" else limits.VK_CALLS
        if not self._simulation.limits.allow(f"vk {token}", per_second):
            raise VkError(6)
        _play_error(call.faults)

    def _call(self, method: str, call: Call, token: str) -> bytes:
        """The response of one method. Raises VkError."""
        found = self._methods.get(method)
        if found is None:
            raise VkError(7 if method.startswith("stats.") else 3)
        if method.startswith("wall."):
            if _kind(token) == "community":
                raise VkError(27)
            day = call.moment.day("Europe/Moscow")
            if not self._simulation.limits.spend(method, f"vk {token}", day):
                raise VkError(29)
        try:
            return found(call)
        except ValueError:
            raise VkError(100, "a number is expected") from None

    # --- execute --------------------------------------------------------------------------------

    def _execute(self, call: Call, token: str) -> bytes:
        """Up to 25 calls; a failed one is `false` in its place and has an entry in execute_errors."""
        if _kind(token) == "service" and "vk_service_execute_forbidden" in call.faults:
            raise VkError(28)
        try:
            calls = inner_calls(call.values.get("code", ""))
        except CompileError as error:
            raise VkError(12, str(error)) from None
        if len(calls) > CALLS_A_SCRIPT:
            raise VkError(13, "too many API calls")
        if len(calls) > 5 and "vk_execute_too_big" in call.faults:
            raise VkError(13, "response size is too big")
        results, errors = [], []
        for place, inner in enumerate(calls):
            self._simulation.calls[f"vk:execute:{inner.method}"] += 1
            try:
                if place % 3 == 1 and "vk_execute_errors" in call.faults:
                    raise VkError(10)
                results.append(self._inner(inner, call, token))
            except VkError as error:
                results.append(b"false")
                errors.append({"method": inner.method, "error_code": error.code, "error_msg": error.message})
        body = b'{"response":[%b]' % b",".join(results)
        if len(body) > SCRIPT_BYTES:
            raise VkError(13, "response size is too big")
        if "vk_execute_fewer_errors" in call.faults:
            errors = errors[:-1]
        return body + (b',"execute_errors":%b}' % dumps(errors) if errors else b"}")

    def _inner(self, inner: InnerCall, call: Call, token: str) -> bytes:
        values = {"v": call.values.get("v", ""), **inner.values}
        if call.page_faults:
            pages = (self._page(name, call) for name in names_asked("vk", inner.method, "", values) if name)
            for page in filter(None, pages):
                _play_error(call.page_faults.get(page.key, frozenset()))
        result = self._call(
            inner.method,
            Call(call.path, values, call.headers, call.moment, call.faults, call.caller, call.page_faults),
            token,
        )
        return dumps(project(json.loads(result), inner.projection)) if inner.projection else result

    # --- methods --------------------------------------------------------------------------------

    def _groups(self, call: Call) -> bytes:
        """Unknown groups are skipped, and no order is kept."""
        keys = (call.values.get("group_ids") or call.values.get("group_id") or "").lower().split(",")
        keys = [key.strip() for key in keys]
        if not all(keys) or len(keys) > GROUPS_A_CALL or not all(re.fullmatch(r"[\w.]{1,100}", key) for key in keys):
            raise VkError(100, "group_ids is invalid")
        if any(key.isdigit() and int(key) == 0 for key in keys):
            raise VkError(125)
        if self._recorded is not None:
            found = {g["id"]: dumps(g) for g in (self._recorded.get(key) for key in keys) if g}
        else:
            found = self._made_up_groups(keys, call)
        order = sorted(found, key=lambda key: mix(key, call.moment.unix))
        items = b",".join(reshaped([found[key] for key in order], call.faults))
        if "vk_old_shape" in call.faults or _version(call) < OBJECTS_SINCE:
            return b"[%b]" % items
        return b'{"groups":[%b],"profiles":[]}' % items

    def _made_up_groups(self, keys: list[str], call: Call) -> dict[int, bytes]:
        fields = frozenset(name.strip() for name in call.values.get("fields", "").split(","))
        if "vk_no_mark_field" in call.faults:
            fields -= {"is_government_organization"}
        found = {}
        for page in filter(None, (self._page(key, call) for key in keys)):
            day = call.moment.day(page.zone)
            people = shown(self._simulation.subscribers(page, call.moment), call.faults_of(page))
            found[page.key] = group(page, fields, day, people)
        return found

    def _page(self, key: str, call: Call) -> Page | None:
        """By number, `club5`, `public5`, `event5`, or short name."""
        return self._simulation.named("vk", key, call.moment)

    def _readable(self, page: Page | None, call: Call) -> Page:
        """The page, if its wall may be read; else VkError."""
        if page is None:
            raise VkError(100, "owner_id is undefined")
        if not self._simulation.exists(page, call.moment):
            raise VkError(19 if page.death == "banned" else 18)
        if page.looks.access == "private":
            raise VkError(203)
        if page.looks.access == "closed" or not page.looks.wall:
            raise VkError(15, "wall is disabled")
        return page

    def _owner(self, call: Call) -> Page:
        owner = call.values.get("owner_id", "")
        if owner and not owner.startswith("-"):
            raise VkError(30)
        return self._readable(self._page((owner[1:] or call.values.get("domain", "")).lower(), call), call)

    def _wall(self, call: Call) -> bytes:
        offset, count = call.whole("offset", 0), call.whole("count", 20)
        if not 0 <= count <= POSTS_A_CALL or offset < 0:
            raise VkError(100, "count should be between 0 and 100")
        page = self._owner(call)
        if call.values.get("filter", "all") not in ("owner", "all"):
            return b'{"count":0,"items":[]}'
        return self._walls.wall(page, offset, count, call)

    def _posts(self, call: Call) -> bytes:
        found = re.findall(r"-(\d+)_(\d+)", call.values.get("posts", ""))
        if not found or len(found) > POSTS_A_CALL:
            raise VkError(100, "posts is invalid")
        pages = [(self._page(owner, call), int(number)) for owner, number in found]
        readable = [(page, number) for page, number in pages if page and page.looks.wall]
        return self._walls.posts(
            [(page, n) for page, n in readable if self._simulation.exists(page, call.moment)], call
        )

    def _comments(self, call: Call) -> bytes:
        found = self._walls.comments(self._owner(call), call)
        if found is None:
            raise VkError(100, "post_id is invalid")
        return found

    def _members(self, call: Call) -> bytes:
        page = self._page(call.values.get("group_id", "").lower(), call)
        if page is None:
            raise VkError(125)
        people = self._simulation.subscribers(page, call.moment)
        if people is None or page.looks.access != "open":
            raise VkError(15)
        offset = max(call.whole("offset", 0), 0)
        last = min(people, offset + min(call.whole("count", 1000), MEMBERS_A_CALL))
        return dumps({"count": people, "items": self._simulation.members(page, offset, last)})

    def _resolve(self, call: Call) -> bytes:
        name = call.values.get("screen_name", "").lower()
        page = self._page(name, call) if not name.isdigit() else None
        return dumps({"type": "group", "object_id": int(page.external_id)} if page else [])


def _play_error(faults: frozenset[str]) -> None:
    """Raise the error that is played, if any."""
    for fault in faults:
        if fault.startswith("vk_error_"):
            raise VkError(int(fault.rpartition("_")[2]))
        if fault == "vk_captcha_bare":
            raise VkError(14)


def _kind(token: str) -> str:
    """service, user or community. Raises VkError for a token that is none of ours."""
    for kind in KINDS:
        if token.startswith(f"sim-vk-{kind}"):
            return kind
    raise VkError(5)


def _version(call: Call) -> tuple[int, ...]:
    text = call.values.get("v", "")
    return tuple(map(int, text.split("."))) if re.fullmatch(r"\d+\.\d+", text) else OBJECTS_SINCE


def _groups_of(path: Path) -> dict[str, Any]:
    """Groups of a recorded answer by number and by short name."""
    answer = json.loads(path.read_text("utf-8"))["response"]
    groups = answer["groups"] if isinstance(answer, dict) else answer
    return {key: each for each in groups for key in (str(each["id"]), each["screen_name"].lower())}
