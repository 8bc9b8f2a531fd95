"""Telegram: the landing page and the feed of a channel, and the Bot API."""

import datetime as dt
import html
from typing import Any

from aiohttp import web

from .state import RESOLVES_A_DAY, Simulation
from .world import Page

BOT_TOKEN = "1000001:sim-telegram"  # noqa: S105
HISTORY_DAYS = 400
POSTS_A_PAGE = 20
ADDRESS = "https://t.me"


class Telegram:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.ids: set[str] = set()

    # --- public pages ---------------------------------------------------------------------------

    def refuse(self) -> web.Response | None:
        """A fault or a limit in place of the answer."""
        faults = self.simulation.faults
        if faults.strike("tg_429") or self.simulation.too_fast("telegram", "telegram"):
            return web.Response(status=429, headers={"Retry-After": "30"}, text="Too Many Requests")
        if faults.strike("tg_429_no_header"):
            return web.Response(status=429, text="Too Many Requests")
        if faults.strike("tg_captcha"):
            return page_of("<title>Telegram</title>", '<form class="login">Log in to continue</form>')
        return None

    def landing(self, page: Page) -> web.Response:
        self.simulation.calls["telegram:landing"] += 1
        refused = self.refuse()
        if refused:
            return refused
        people = self.simulation.subscribers(page)
        if not page.exists(self.simulation.day(page)):
            return contact(page.handle)
        name = canonical(page)
        counter = "" if people is None else f"{people:,} subscriber{'' if people == 1 else 's'}".replace(",", " ")
        if self.simulation.faults.strike("tg_no_counter"):
            counter = ""
        photo = (
            ""
            if page.chance("avatar") < 0.03
            else '<img class="tgme_page_photo_image" src="https://cdn.example/a.jpg">'
        )
        about = "" if page.chance("description") < 0.1 else '<div class="tgme_page_description">Официальный канал</div>'
        preview = (
            f'<div class="tgme_page_context_link_wrap"><a class="tgme_page_context_link" href="/s/{name}">Preview</a></div>'
            if has_preview(page)
            else ""
        )
        title = html.escape(page.institution.name)
        return page_of(
            f'<meta property="og:title" content="{title}">',
            f'<div class="tgme_page">{photo}<div class="tgme_page_title"><span dir="auto">{title}</span></div>'
            f'<div class="tgme_page_extra">{counter}</div>{about}'
            f'<div class="tgme_page_action"><a class="tgme_action_button_new" href="tg://resolve?domain={name}">View</a>'
            f"</div>{preview}</div>",
        )

    async def feed(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.simulation.calls["telegram:feed"] += 1
        refused = self.refuse()
        if refused:
            return refused
        page = self.simulation.by_handle(name, "telegram")
        if page is None or not page.exists(self.simulation.day(page)) or not has_preview(page):
            return web.Response(status=302, headers={"Location": f"{ADDRESS}/{name}"})
        before = request.query.get("before")
        found = []
        for post in self.simulation.posts(page, HISTORY_DAYS):
            if before is None or post.number < int(before):
                found.append(post)
            if len(found) == POSTS_A_PAGE:
                break
        return page_of("", feed_header(self.simulation, page) + feed_messages(page, found[::-1]))

    # --- bots -----------------------------------------------------------------------------------

    async def bot(self, request: web.Request) -> web.Response:
        values = {**request.query, **(await request.post() if request.method == "POST" else {})}
        method = request.match_info["method"].lower()
        self.simulation.calls[f"telegram:{method}"] += 1
        if request.match_info["token"] != BOT_TOKEN:
            return refusal(401, "Unauthorized")
        if method == "getme":
            return web.json_response({"ok": True, "result": {"id": 1000001, "is_bot": True, "first_name": "Gospub"}})
        chat = str(values.get("chat_id", ""))
        page = self.simulation.by_handle(chat[1:], "telegram") if chat.startswith("@") else self.known(chat)
        if chat.startswith("@") and not self.simulation.spend("telegram resolve", RESOLVES_A_DAY):
            return refusal(429, "Too Many Requests: retry after 86400", {"retry_after": 86400})
        if page is None or not page.exists(self.simulation.day(page)):
            return refusal(400, "Bad Request: chat not found")
        if method == "getchat":
            result: Any = {
                "id": int(f"-100{page.external_id}"),
                "title": page.institution.name,
                "username": canonical(page),
                "type": "channel",
                "description": "Официальный канал",
            }
        elif method in ("getchatmembercount", "getchatmemberscount"):
            result = self.simulation.subscribers(page)
        else:
            return refusal(404, "Not Found")
        return web.json_response({"ok": True, "result": result})

    def known(self, chat: str) -> Page | None:
        return self.simulation.by_id("telegram", chat.removeprefix("-100"))


def refusal(code: int, text: str, parameters: dict[str, int] | None = None) -> web.Response:
    body = {"ok": False, "error_code": code, "description": text, **({"parameters": parameters} if parameters else {})}
    headers = {"Retry-After": str(parameters["retry_after"])} if parameters else {}
    return web.json_response(body, status=code, headers=headers)


def page_of(head: str, body: str) -> web.Response:
    text = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def contact(name: str) -> web.Response:
    """What every network shows for a name it does not know: always 200, never a counter."""
    safe = html.escape(name)
    return page_of(
        f'<meta property="og:title" content="Telegram: Contact @{safe}">',
        f'<div class="tgme_page"><div class="tgme_page_extra"></div><div class="tgme_page_description">If you have '
        f"<b>Telegram</b>, you can contact <b>@{safe}</b> right away.</div>"
        '<a class="tgme_action_button_new" href="#">Send Message</a></div><p>Не нашли чат по этой ссылке</p>',
    )


def canonical(page: Page) -> str:
    """Names have letter case, addresses do not."""
    return page.handle.capitalize() if page.chance("case") < 0.5 else page.handle


def has_preview(page: Page) -> bool:
    return page.chance("preview") > 0.03


def short(number: int) -> str:
    """12345 -> 12.3K as t.me shows it."""
    for unit, size in (("M", 1_000_000), ("K", 1000)):
        if number >= size:
            digits = 2 if number < 10 * size else 1 if number < 100 * size else 0
            text = f"{int(number / size * 10**digits) / 10**digits:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + unit
    return str(number)


def feed_header(simulation: Simulation, page: Page) -> str:
    people = simulation.subscribers(page) or 0
    counters = [("subscribers", short(people)), ("photos", "3.7K"), ("links", "1.63K")]
    if page.chance("order") < 0.5:
        counters.reverse()
    cells = "".join(
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{value}</span> '
        f'<span class="counter_type">{kind}</span></div>'
        for kind, value in counters
    )
    return (
        f'<div class="tgme_channel_info"><div class="tgme_channel_info_header"><div class="tgme_channel_info_header_title">'
        f'<span dir="auto">{html.escape(page.institution.name)}</span></div></div>'
        f'<div class="tgme_channel_info_counters">{cells}</div></div>'
    )


def feed_messages(page: Page, found: list[Any]) -> str:
    if not found:
        return '<section class="tgme_channel_history"><div class="tme_no_messages_found">No posts</div></section>'
    name = canonical(page)
    more = f'<a class="tme_messages_more js-messages_more" href="/s/{name}?before={found[0].number}" data-before="{found[0].number}"></a>'
    service = message(
        name,
        found[0].number - 1,
        '<div class="tgme_widget_message_text">Channel photo updated</div>',
        "",
        found[0].at,
        "service_message",
    )
    quoted = message(
        "Another_channel", 77, '<div class="tgme_widget_message_text">Foreign</div>', views(5), found[0].at, ""
    )
    blocks = "".join(
        message(
            name,
            post.number,
            text(page, post),
            views(post.views) if page.chance("no views", post.number) > 0.01 else "",
            post.at,
            "",
        )
        for post in found
    )
    return f'<section class="tgme_channel_history js-message_history">{more}{service}{quoted}{blocks}</section>'


def views(number: int) -> str:
    return f'<span class="tgme_widget_message_views">{short(number)}</span><span class="copyonly"> views</span>'


def text(page: Page, post: Any) -> str:
    album = ""
    if page.chance("album", post.number) < 0.1:
        link = f"{ADDRESS}/{page.handle}/{post.number}?single"
        album = f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="{link}"></a>' * 3
    paid = (
        '<span class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>2</span>'
        if page.chance("paid", post.number) < 0.02
        else ""
    )
    reactions = (
        f'<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>{short(post.likes)}</span>' if post.likes else ""
    )
    forwarded = (
        '<div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other">Other</a></div>'
        if post.repost
        else ""
    )
    return (
        f'{forwarded}{album}<div class="tgme_widget_message_text js-message_text" dir="auto">Запись {post.number}</div>'
        f'<div class="tgme_widget_message_reactions js-message_reactions">{reactions}{paid}</div>'
    )


def message(name: str, number: int, body: str, shown: str, at: Any, kind: str) -> str:
    stamp = at.astimezone(dt.UTC).isoformat()
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {kind} '
        f'js-widget_message" data-post="{name}/{number}"><div class="tgme_widget_message_bubble">{body}'
        f'<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">{shown}'
        f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="{ADDRESS}/{name}/{number}">'
        f'<time datetime="{stamp}" class="time">20:00</time></a></span></div></div></div></div></div>'
    )
