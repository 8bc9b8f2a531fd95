"""VK's communities: group objects, and the page that a browser shows."""

import datetime as dt
import html
from functools import lru_cache
from typing import Any, NamedTuple

from .chance import mix
from .counts import MISSING
from .pages import Page
from .texts import about
from .wire import Answer, as_html, dumps

STUB = "https://vk.com/images/community_{size}.png?ava=1"
DEAD_STUB = "https://vk.com/images/deactivated_{size}.png"
_ACCESS = {"open": 0, "closed": 1, "private": 2}
_FORM = "https://pos.gosuslugi.ru/form/?opaId={opa}&utm_source=vk"
_SURVEY = "https://pos.gosuslugi.ru/og/org-activities?mun_code={place}&utm_source=vk2&utm_medium={region}"
_POS_LINKS = {
    "message": _FORM + "&utm_medium={region}&utm_campaign={ogrn}",
    "message_broken": _FORM + "&utm_mediu%20m={region}&utm_campaign={ogrn}",
    "message_spaced": _FORM.replace("={opa}", "=%20{opa}") + "&utm_medium={region}&utm_campaign=%20{ogrn}",
    "message_wrong": _FORM + "&utm_medium={region}&utm_campaign=1022700000017",
    "message_bare": "https://pos.gosuslugi.ru/form/?opaId={opa}",
    "survey": _SURVEY + "&utm_campaign={ogrn}",
    "survey_spaced": _SURVEY + "&utm_campaign=%20{ogrn}",
}


class _Face(NamedTuple):
    """What of a community changes from time to time."""

    handle: str
    alive: bool
    mark: bool
    buttons: tuple[str, ...]


def group(page: Page, fields: frozenset[str], day: dt.date, people: Any) -> bytes:
    """The object of groups.getById with the fields that were asked for; those that a page hides are absent.

    people: as `counts.shown` gives them.
    """
    alive = page.exists(day)
    fixed = _fixed(page, fields, _Face(page.handle_on(day), alive, page.looks.marked(day), page.looks.buttons(day)))
    if "members_count" in fields and alive and people is not MISSING:
        return b'%b,"members_count":%b}' % (fixed, b"%d" % people if type(people) is int else dumps(people))
    return fixed + b"}"


@lru_cache(maxsize=20_000)
def _fixed(page: Page, fields: frozenset[str], face: _Face) -> bytes:
    """All that does not change from day to day, without the closing bracket."""
    looks = page.looks
    known: dict[str, Any] = {
        "id": int(page.external_id),
        "name": page.institution.name[:48],
        "screen_name": face.handle,
        "is_closed": _ACCESS[looks.access],
        "type": "page" if page.key % 7 else "group",
        **{f"photo_{size}": _photo(page, size, face.alive) for size in (50, 100, 200)},
    }
    if not face.alive:
        return dumps({**known, "deactivated": page.death})[:-1]
    asked = _asked(page, face)
    return dumps(known | {name: value for name, value in asked.items() if name in fields})[:-1]


def _asked(page: Page, face: _Face) -> dict[str, Any]:
    """Fields that are given on request only."""
    looks, institution = page.looks, page.institution
    text = about(institution.name, institution.place.town) if looks.description else ""
    asked: dict[str, Any] = {
        "activity": "Государственная организация",
        "status": "",
        "verified": 0,
        "description": text,
        "site": f"https://{institution.stem.replace('_', '-')}.example",
        "contacts": [{"desc": "Администратор", "email": institution.email}],
        "city": {"id": 153, "title": institution.place.town.partition(" ")[2]},
        "cover": {"enabled": 1, "images": [_image(page, 795, 200), _image(page, 1590, 400)]}
        if looks.cover
        else {"enabled": 0},
        "counters": {"photos": mix(page.key, 20) % 900, "videos": mix(page.key, 21) % 90, "topics": 0},
        "wall": 1 if looks.wall else 0,
        "public_date_label": page.born.strftime("%d.%m.%Y"),
    }
    if face.buttons and looks.access == "open":
        asked["menu"] = {"items": [_button(page, kind, number) for number, kind in enumerate(face.buttons)]}
    if looks.mark_given:
        asked["is_government_organization"] = face.mark
    return asked


def _photo(page: Page, size: int, alive: bool) -> str:
    if not alive:
        return DEAD_STUB.format(size=size)
    if not page.looks.avatar:
        return STUB.format(size=size)
    return f"https://sun9-1.userapi.example/s/v1/{mix(page.key, 22):x}.jpg?size={size}x{size}&quality=95&ava=1"


def _image(page: Page, width: int, height: int) -> dict[str, Any]:
    url = f"https://sun9-2.userapi.example/impf/{mix(page.key, width):x}.jpg?size={width}x{height}&type=cover_group"
    return {"url": url, "width": width, "height": height}


def _button(page: Page, kind: str, number: int) -> dict[str, Any]:
    if kind == "application":
        url = f"https://vk.com/app5898182_-{page.external_id}?ref=group_menu"
        return {"title": "Открыть приложение", "type": "other", "url": url, "id": 150_000 + number}
    title = "Решаем вместе" if page.key % 20 else "Высказать мнение"
    return {"title": title, "type": "other", "url": _pos_link(page, kind), "id": 147_000 + number,
            "cover": [_image(page, 135, 92)]}  # fmt: skip


def _pos_link(page: Page, kind: str) -> str:
    """Links to the feedback platform as real pages have them, the broken forms included."""
    place, opa = page.institution.place, 200_000 + mix(page.key, 23) % 150_000
    return _POS_LINKS[kind].format(region=place.oktmo[:2], place=place.oktmo, ogrn=page.institution.ogrn, opa=opa)


def browser_page(page: Page, day: dt.date) -> Answer:
    """What vk.com/<name> shows: the state mark is a class of its markup."""
    name = html.escape(page.institution.name)
    if not page.exists(day):
        return as_html("<title>Ошибка | ВКонтакте</title>", '<div class="message_page_body">Сообщество удалено</div>')
    badge = '<span class="GovernmentCommunityBadge GovernmentCommunityBadge--tooltip"></span>'
    mark = badge if page.looks.marked(day) else ""
    return as_html(
        f"<title>{name} | ВКонтакте</title>",
        f'<div id="page_wrap" data-group-id="{page.external_id}"><h1 class="page_name">{name}{mark}</h1>'
        f'<a href="/wall-{page.external_id}">Записи сообщества</a>'
        f'<div class="group_info">{html.escape(about(page.institution.name, page.institution.place.town))}</div></div>',
    )
