"""VK: /method/<name>, execute in the forms that its users send, and the community's page."""

import json
import re
from typing import Any

from aiohttp import web

from .answers import as_json
from .state import WALL_GETS_A_DAY, Simulation
from .world import Page

KINDS = ("service", "user", "community")
HISTORY_DAYS = 400
ERRORS = {
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    9: "Flood control",
    10: "Internal server error",
    13: "Runtime error occurred during code invocation: response size is too big",
    14: "Captcha needed",
    15: "Access denied: wall is disabled",
    18: "User was deleted or banned",
    28: "Application authorization failed: access_token is invalid for this method",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    113: "Invalid user id",
    125: "Invalid group id",
}
FAULT_CODES = {f"vk_error_{code}": code for code in ERRORS}
DEFAULT_MENU = {"title": "Запись на приём", "type": "app", "url": "https://vk.com/app1", "id": 3}
CALL = re.compile(r"API\.(\w+\.\w+)\(\s*(\{.*?\})\s*\)(?:(?:\.items)?@\.\w+)?", re.S)


class VkError(Exception):
    def __init__(self, code: int, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class Vk:
    def __init__(self, simulation: Simulation, recorded: dict[str, Any] | None) -> None:
        """`recorded`: groups of a recorded groups.getById answer by id and short name, served as they stand."""
        self.simulation = simulation
        self.recorded = recorded
        self.cache: dict[tuple[int, int], dict[str, Any]] = {}

    async def method(self, request: web.Request) -> web.Response:
        values = {**request.query, **(await request.post() if request.method == "POST" else {})}
        name = request.match_info["name"]
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = values.get("access_token") or bearer
        try:
            return as_json(self.answer(name, values, token))
        except VkError as error:
            return web.json_response({"error": self.error_body(error, values)})

    def error_body(self, error: VkError, values: dict[str, Any]) -> dict[str, Any]:
        shown = [{"key": k, "value": v} for k, v in values.items() if k != "access_token"]
        message = ERRORS.get(error.code, "Unknown error occurred")
        return {"error_code": error.code, "error_msg": message, "request_params": shown, **error.more}

    def answer(self, name: str, values: dict[str, Any], token: str) -> dict[str, Any]:
        sim = self.simulation
        sim.calls[f"vk:{name}"] += 1
        kind = next((k for k in KINDS if token.startswith(f"sim-vk-{k}")), None)
        if kind is None:
            raise VkError(5)
        if sim.too_fast(f"vk {token}", "vk_community" if kind == "community" else "vk"):
            raise VkError(6)
        for fault, code in FAULT_CODES.items():
            if sim.faults.strike(fault):
                more = {"captcha_sid": "1", "captcha_img": "https://vk.com/captcha"} if code == 14 else {}
                raise VkError(code, **more)
        if name == "execute":
            return self.execute(values.get("code", ""), kind, token)
        return {"response": self.call(name, values, kind, token)}

    def call(self, name: str, values: dict[str, Any], kind: str, token: str) -> Any:
        if name == "groups.getById":
            return self.groups(values)
        if name == "wall.get":
            if kind == "community":
                raise VkError(15)
            if not self.simulation.spend(f"wall.get {token}", WALL_GETS_A_DAY):
                raise VkError(29)
            return self.wall(values)
        if name == "utils.resolveScreenName":
            page = self.simulation.by_handle(str(values.get("screen_name", "")), "vk")
            return {"type": "group", "object_id": int(page.external_id)} if page else []
        raise VkError(3)

    def execute(self, code: str, kind: str, token: str) -> dict[str, Any]:
        """Up to 25 inner calls: an array of calls, or vk_api's two loops over `values`."""
        faults = self.simulation.faults
        if kind == "service" and faults.strike("vk_service_execute_forbidden"):
            raise VkError(28)
        calls = inner_calls(code)
        if calls is None or len(calls) > 25:
            raise VkError(12)
        if len(calls) > 5 and faults.strike("vk_execute_too_big"):
            raise VkError(13)
        spoilt = faults.strike("vk_execute_errors")
        results, errors = [], []
        for index, (name, values) in enumerate(calls):
            self.simulation.calls[f"vk:execute:{name}"] += 1
            try:
                if spoilt and index % 3 == 1:
                    raise VkError(10)
                results.append(self.call(name, values, kind, token))
            except VkError as error:
                results.append(False)
                errors.append({"method": name, "error_code": error.code, "error_msg": ERRORS.get(error.code, "")})
        if faults.strike("vk_execute_fewer_errors"):
            errors = errors[:-1]
        return {"response": results, **({"execute_errors": errors} if errors else {})}

    # --- groups ---------------------------------------------------------------------------------

    def groups(self, values: dict[str, Any]) -> Any:
        keys = [key.strip() for key in str(values.get("group_ids") or values.get("group_id") or "").split(",")]
        if len(keys) > 500 or not any(keys):
            raise VkError(100)
        if any(not re.fullmatch(r"[\w.]{1,60}", key) for key in keys):
            raise VkError(100)
        fields = set(str(values.get("fields", "")).split(","))
        if self.recorded is not None:
            found = [self.recorded[key.lower()] for key in keys if key.lower() in self.recorded]
        else:
            pages = [self.page(key) for key in keys]
            found = [self.group(page, fields) for page in pages if page]
        # The answer keeps no order.
        found = sorted(found, key=lambda group: group["id"] * 7919 % 10007)
        return found if self.simulation.faults.strike("vk_old_shape") else {"groups": found, "profiles": []}

    def page(self, key: str) -> Page | None:
        numbered = re.fullmatch(r"(?:club|public|event)?(\d+)", key)
        return self.simulation.by_id("vk", numbered[1]) if numbered else self.simulation.by_handle(key, "vk")

    def group(self, page: Page, fields: set[str]) -> dict[str, Any]:
        day = self.simulation.day(page)
        alive = page.exists(day)
        closed = int(page.chance("closed") < 0.01)
        group: dict[str, Any] = {
            "id": int(page.external_id),
            "name": page.institution.name[:100],
            "screen_name": page.handle_on(day),
            "is_closed": closed,
            "type": "page" if page.chance("type") < 0.3 else "group",
            "photo_50": photo(page),
            "photo_100": photo(page),
            "photo_200": photo(page),
        }
        if not alive:
            return group | {"deactivated": page.death}
        given = {
            "members_count": self.simulation.subscribers(page),
            "activity": "Государственная организация",
            "description": ""
            if page.chance("description") < 0.05
            else f"Официальная страница. {page.institution.name}",
            "status": "",
            "verified": 0,
            "cover": {"enabled": int(page.chance("cover") > 0.12)},
            "menu": menu(page, day),
            "is_government_organization": state_mark(page, day),
            "wall": 0 if wall_off(page) else 1,
        }
        if given["members_count"] is None:
            del given["members_count"]
        if not given["menu"]:
            del given["menu"]
        if page.chance("mark field") < 0.04 or self.simulation.faults.strike("vk_no_mark_field"):
            del given["is_government_organization"]
        return group | {name: value for name, value in given.items() if name in fields}

    # --- walls ----------------------------------------------------------------------------------

    def wall(self, values: dict[str, Any]) -> dict[str, Any]:
        owner = str(values.get("owner_id", "")).removeprefix("-")
        page = self.page(owner) if owner else self.page(str(values.get("domain", "")))
        if page is None:
            raise VkError(100)
        if not page.exists(self.simulation.day(page)):
            raise VkError(18)
        if wall_off(page):
            raise VkError(15)
        count, offset = min(int(values.get("count", 20)), 100), int(values.get("offset", 0))
        found = []
        for number, post in enumerate(self.simulation.posts(page, HISTORY_DAYS)):
            if number >= offset + count:
                break
            if number >= offset:
                found.append(self.post(page, post))
        if page.chance("pinned") < 0.15 and offset == 0 and found:
            pinned = {**found[-1], "id": 1, "date": found[-1]["date"] - 500 * 86_400, "is_pinned": 1}
            found = [pinned, *found][:count]
        return {"count": offset + len(found) + 50, "items": found}

    def post(self, page: Page, post: Any) -> dict[str, Any]:
        result = {
            "id": post.number,
            "owner_id": -int(page.external_id),
            "from_id": -int(page.external_id),
            "date": int(post.at.timestamp()),
            "text": f"Запись {post.number}",
            "post_type": "post",
            "marked_as_ads": int(post.advertisement),
            "likes": {"count": post.likes},
            "reposts": {"count": post.reposts},
            "comments": {"count": post.comments},
        }
        if page.chance("views", post.number) > 0.01:
            result["views"] = {"count": post.views}
        if post.repost:
            result["copy_history"] = [{"id": 1, "owner_id": -1, "from_id": -1, "date": result["date"] - 3600}]
        return result

    # --- the page itself ------------------------------------------------------------------------

    def html(self, page: Page) -> str:
        badge = '<span class="GovernmentCommunityBadge"></span>' if state_mark(page, self.simulation.day(page)) else ""
        return (
            f'<!DOCTYPE html><html><head><title>{page.handle}</title></head><body><div class="page_block" '
            f'data-group-id="{page.external_id}"><h1 class="page_name">{page.handle}</h1>{badge}'
            f'<a href="https://vk.com/public{page.external_id}">{page.handle}</a></div></body></html>'
        )


def inner_calls(code: str) -> list[tuple[str, dict[str, Any]]] | None:
    """Calls of an execute script: `return [API.a.b({…}), …];` or one of vk_api's two loops over `values`.

    None where the script is of no form that is known here.
    """
    if "while" not in code:
        found = [(name, json.loads(values)) for name, values in CALL.findall(code)]
        return found if found and code.strip().startswith("return") else None
    method = re.search(r"API\.(\w+\.\w+)\(", code)
    values = literal(code, "values")
    if not method or values is None:
        return None
    common = literal(code, "def_values")
    if common is None:
        return [(method[1], item) for item in values]
    key = re.search(r"def_values\.(\w+) = values\[i\]", code)
    return [(method[1], {**common, key[1]: item}) for item in values] if key else None


def literal(code: str, name: str) -> Any:
    """The JSON value that the script gives to a variable; None where it has no such variable."""
    start = re.search(rf"\b(?<!\.){name} = ", code)
    return json.JSONDecoder().raw_decode(code, start.end())[0] if start else None


def photo(page: Page) -> str:
    """VK shows a stock picture where a page has none of its own."""
    return "https://vk.com/images/community_200.png" if page.chance("avatar") < 0.03 else "https://sun9-1.example/a.jpg"


def wall_off(page: Page) -> bool:
    return page.chance("wall") < 0.004


def state_mark(page: Page, day: Any) -> bool:
    """Most have it; a few lost it lately."""
    lost = page.chance("lost mark") < 0.006 and day.isoformat() >= "2024-10-18"
    return page.chance("mark") > 0.11 and not lost


def menu(page: Page, day: Any) -> dict[str, Any] | None:
    """Menu with ПОС buttons: right for most, else with somebody else's ОГРН, a broken link, or none."""
    kind = page.chance("pos")
    ogrn = page.institution.ogrn
    if kind < 0.06 or (page.chance("lost widget") < 0.006 and day.isoformat() >= "2024-10-20"):
        return None
    medium = "utm_mediu%20m" if kind > 0.97 else "utm_medium"
    campaign = "1022701234567" if kind < 0.12 else f" {ogrn}" if kind > 0.95 else ogrn
    items = [
        {
            "title": "Решаем вместе",
            "type": "other",
            "url": f"https://pos.gosuslugi.ru/form/?opaId={page.key}&utm_source=vk&{medium}=27&utm_campaign={campaign}",
            "id": 1,
        }
    ]
    if page.chance("second widget") > 0.2:
        url = f"https://pos.gosuslugi.ru/og/org-activities?mun_code=08701000&utm_source=vk1&utm_campaign={campaign}"
        items.append({"title": "Решаем вместе", "type": "other", "url": url, "id": 2})
    if page.chance("third widget") < 0.3:
        items.append(DEFAULT_MENU)
    return {"items": items}
