"""One page of each quirk, for worlds in which things are looked up by what is odd about them."""

import datetime as dt
from dataclasses import replace
from itertools import count

from .pages import Page

CHANGE_DAY = dt.date(2024, 10, 20)

_DEAD = {"died": CHANGE_DAY, "death": "deleted"}
# Per network: quirk -> what is changed; keys of Page at the top, of its looks or habits below them.
SPECIMENS: dict[str, dict[str, dict[str, object]]] = {
    "vk": {
        "private": {"hidden": True, "looks": {"access": "private"}},
        "closed": {"looks": {"access": "closed"}},
        "deleted": _DEAD,
        "banned": {"died": CHANGE_DAY, "death": "banned"},
        "wall_off": {"looks": {"wall": False}},
        "no_menu": {"looks": {"menu": ()}},
        "wrong_widget": {"looks": {"menu": ("message_wrong",)}},
        "broken_widget": {"looks": {"menu": ("message_broken", "survey_spaced")}},
        "bare_widget": {"looks": {"menu": ("message_bare",)}},
        "no_mark": {"looks": {"mark": False, "mark_given": True}},
        "mark_not_told": {"looks": {"mark": True, "mark_given": False}},
        "bare": {"looks": {"avatar": False, "cover": False, "description": False}},
        "pinned": {"looks": {"pinned": True}, "habits": {"posts_a_week": 4.0, "asleep": ()}},
        "daily": {"habits": {"posts_a_week": 9.0, "asleep": ()}},
        "silent": {"habits": {"posts_a_week": 0.0}},
        "jump": {"habits": {"jump_on": CHANGE_DAY, "jump_by": 2.0}},
        "renamed": {"renamed_on": CHANGE_DAY},
        "hijacker": {"born": CHANGE_DAY + dt.timedelta(days=2)},
    },
    "ok": {
        "closed": {"hidden": True, "looks": {"access": "closed"}},
        "members_only": {"looks": {"access": "closed"}},
        "blocked": {"died": CHANGE_DAY, "death": "banned"},
        "deleted": _DEAD,
        "own": {"looks": {"views_given": True}},
        "bare": {"looks": {"avatar": False, "cover": False, "description": False}},
        "daily": {"habits": {"posts_a_week": 9.0, "asleep": ()}},
    },
    "telegram": {
        "no_preview": {"looks": {"preview": False}},
        "group": {"looks": {"group": True}},
        "deleted": _DEAD,
        "silent": {"habits": {"posts_a_week": 0.0}},
        "daily": {"looks": {"preview": True}, "habits": {"posts_a_week": 9.0, "asleep": ()}},
        "large": {"habits": {"size": 60_000.0, "posts_a_week": 4.0, "asleep": ()}},
        "bare": {"looks": {"avatar": False, "description": False}},
        "renamed": {"renamed_on": CHANGE_DAY},
    },
    "max": {
        "bot": {"looks": {"bot": True, "bot_admin": True}},
        "bot_no_admin": {"looks": {"bot": True, "bot_admin": False}},
        "no_bot": {"looks": {"bot": False, "bot_admin": False, "quoted": False}},
        "quoted": {"looks": {"quoted": True}},
        "deleted": _DEAD,
    },
}


def with_specimens(pages: list[Page]) -> list[Page]:
    """Make one page of each quirk where a network has pages enough; the first page of each network stays plain."""
    turns = {platform: count() for platform in SPECIMENS}
    found = []
    for page in pages:
        turn = next(turns[page.platform])
        quirks = list(SPECIMENS[page.platform].items())
        if turn == 0:
            found.append(_plain(page))
        elif turn <= len(quirks):
            found.append(_specimen(_plain(page), *quirks[turn - 1]))
        else:
            found.append(page)
    renamed = next((p for p in found if p.platform == "vk" and p.quirk == "renamed"), None)
    return [_named_like(page, renamed) if page.quirk == "hijacker" and renamed else page for page in found]


def _plain(page: Page) -> Page:
    """Nothing odd about it: whatever chance gave it is set right."""
    looks = replace(
        page.looks, access="open", wall=True, avatar=True, cover=True, description=True, mark=True, mark_given=True,
        menu=("message", "survey"), pinned=False, preview=True, group=False,
    )  # fmt: skip
    habits = replace(page.habits, posts_a_week=max(page.habits.posts_a_week, 1.5), asleep=())
    return replace(page, looks=looks, habits=habits)


def _specimen(page: Page, quirk: str, changes: dict[str, object]) -> Page:
    own = {name: value for name, value in changes.items() if name not in ("looks", "habits")}
    if "renamed_on" in own:
        own |= {"old_handle": page.handle, "handle": f"new_{page.handle}"}
    looks, habits = changes.get("looks", {}), changes.get("habits", {})
    return replace(page, quirk=quirk, looks=replace(page.looks, **looks), habits=replace(page.habits, **habits), **own)


def _named_like(page: Page, renamed: Page) -> Page:
    """A stranger who took the name that a renamed page gave up."""
    return replace(page, handle=renamed.old_handle)
