"""What may happen to a page while the simulator runs: renamed, deleted, banned, closed, reopened, taken over."""

import datetime as dt
from dataclasses import replace
from typing import Any

from .pages import Page

# Each network has so many keys; from there on they are of communities that take a name over.
_KEYS_A_NETWORK, _STRANGERS_FROM = 1_000_000, 500_000
_NUMBERED = {"vk": "club", "ok": "group", "telegram": "id", "max": "id"}


def renamed(page: Page, day: dt.date, value: Any) -> Page:
    """value: the new short name; from the day on the old one is free."""
    if not isinstance(value, str) or not value:
        raise ValueError("renamed needs the new short name as its value")
    return replace(page, renamed_on=day, old_handle=page.handle_on(day), handle=value.lower())


def deleted(page: Page, day: dt.date, value: Any) -> Page:
    return replace(page, died=day, death="deleted")


def banned(page: Page, day: dt.date, value: Any) -> Page:
    return replace(page, died=day, death="banned")


def closed(page: Page, day: dt.date, value: Any) -> Page:
    """For members only; a closed channel of Telegram or MAX has no public page at all."""
    if page.platform in ("telegram", "max"):
        return deleted(page, day, value)
    return replace(page, looks=replace(page.looks, access="closed"))


def reopened(page: Page, day: dt.date, value: Any) -> Page:
    """There again and open, whatever became of it before."""
    return replace(page, died=None, hidden=False, looks=replace(page.looks, access="open"))


CHANGES = {"renamed": renamed, "deleted": deleted, "banned": banned, "closed": closed, "reopened": reopened}


def nameless(page: Page, day: dt.date) -> Page:
    """The page as it is left when its short name is gone: known by its number only."""
    return renamed(page, day, f"{_NUMBERED[page.platform]}{page.external_id.lstrip('-')}")


def stranger(page: Page, day: dt.date, nth: int) -> Page:
    """Another community, as old as the page, that has its short name from that day on; nth of them all, from 0."""
    number, further = int(page.external_id), _STRANGERS_FROM + nth - page.key % _KEYS_A_NETWORK
    town = page.institution.place.town
    return replace(
        page,
        key=page.key + further,
        external_id=str(number + further if number > 0 else number - further),
        institution=replace(page.institution, name=f"Объявления и скидки {town}"),
        handle=page.handle_on(day),
        renamed_on=None,
        old_handle="",
        died=None,
        hidden=False,
        looks=replace(page.looks, access="open", mark=False, menu=()),
        habits=replace(page.habits, size=page.habits.size * 3 + 1000),
        quirk="",
    )
