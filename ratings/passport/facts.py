"""The sheets of what was collected for a page, and formulas over them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.models import PageDay, Post, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS
from monitoring.rollups.sums import days_between, exempt_days, known_days
from monitoring.templatetags.figures import reason_words

from ..inputs import weeks_of
from ..models import Rating
from ..periods import Period, Unit
from ..rules import Measure
from .sheets import Sheet

# Of a year of a busy page; a sheet holds a million rows.
MOST_POSTS = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one page's sheets, each beginning in the second row of its sheet."""

    days: list[dict[str, Any]]
    weeks: list[dict[str, Any]]
    posts: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Live:
    """A number with the formula that gives it from the facts' sheets."""

    numerator: str
    denominator: str
    values: tuple[float, float]


def read_facts(rating: Rating, page: int) -> Facts:
    """Days, weeks and posts of the page over the rating's period, as the base has them now."""
    first, last = rating.first, rating.read_to
    return Facts(
        _days(rating, page, first, last),
        [
            {
                "first": week.first,
                "last": week.last,
                "counts": int(week.posts is not None and not week.excused),
                "posts": week.posts,
                "excused": int(week.excused),
            }
            for week in weeks_of(rating, page, Period(first, last, Unit(rating.unit)))
        ],
        _posts(page, first, last),
    )


def _days(rating: Rating, page: int, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    facts = {row.day: row for row in PageDay.objects.filter(page=page, day__range=(first, last))}
    slots = {row.day: row for row in Slot.objects.filter(page=page, day__range=(first, last))}
    start, end = known_days(rating.region).get(page, (dt.date.max, dt.date.min))
    off = exempt_days(rating.region, first, last).get(page, frozenset())
    return [
        _day(day, facts.get(day), slots.get(day), known=start <= day <= end and day not in off)
        for day in days_between(first, last)
    ]


def _day(day: dt.date, fact: PageDay | None, slot: Slot | None, *, known: bool) -> dict[str, Any]:
    gone = slot is not None and slot.status == SlotStatus.FAILED and slot.reason in GONE_REASONS
    state = slot.get_status_display() if slot else ""
    return {
        "day": day,
        "subscribers": fact.subscribers if fact else None,
        "hash": fact.answer_hash if fact else "",
        "owed": int(slot is not None),
        "gone": int(gone),
        "state": f"{state}: {reason_words(slot.reason)}" if slot and slot.reason else state,
        "known": int(known),
        "posts": (fact.posts if fact else None) or (0 if known else None),
        "own": (fact.own_posts if fact else None) or (0 if known else None),
        "people": fact.people_comments if fact else None,
        "answered": fact.answered_comments if fact else None,
    }


def _posts(page: int, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    rows = Post.objects.filter(page=page, day__range=(first, last)).order_by("published_at", "pk")[:MOST_POSTS]
    return [
        {
            "day": post.day,
            "id": post.external_id,
            "kind": post.get_kind_display(),
            "aged": int(post.aged_at is not None),
            "views": post.views_7,
            "likes": post.likes_7,
            "comments": post.comments_7,
            "reposts": post.reposts_7,
        }
        for post in rows
    ]


def headings() -> dict[str, dict[str, str]]:
    """Columns of the three sheets and their heads."""
    return {
        "days": {
            "day": _("Day"),
            "subscribers": _("Subscribers"),
            "hash": _("sha256 of the network's answer"),
            "owed": _("Reading owed"),
            "gone": _("No page"),
            "state": _("State of the reading"),
            "known": _("All posts known"),
            "posts": _("Posts"),
            "own": _("Own posts"),
            "people": _("Comments by people"),
            "answered": _("Answered comments"),
        },
        "weeks": {
            "first": _("Monday"),
            "last": _("Sunday"),
            "counts": _("Week counts"),
            "posts": _("Posts"),
            "excused": _("Exempt"),
        },
        "posts": {
            "day": _("Day"),
            "id": _("Post"),
            "kind": _("Kind"),
            "aged": _("Read at 7 days"),
            "views": _("Views"),
            "likes": _("Likes"),
            "comments": _("Comments"),
            "reposts": _("Reposts"),
        },
    }


def live(measure: Measure, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live | None:
    """Formulas for the measure's numerator and denominator; None where it is no sum over the sheets."""
    maker = MAKERS.get(measure.indicator)
    return maker(dict(measure.params), facts, days, weeks, posts) if maker else None


Params = dict[str, int]


def _norm(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
    wanted = params["posts"]
    on_norm = sum(row["counts"] and row["posts"] >= wanted for row in facts.weeks)
    counted = sum(row["counts"] for row in facts.weeks)
    number = f'COUNTIFS({weeks.range("counts")},1,{weeks.range("posts")},">={wanted}")'
    return Live(f"={number}", f"=COUNTIF({weeks.range('counts')},1)", (on_norm, counted))


def _every_week(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
    norm = _norm(params, facts, days, weeks, posts)
    numerator = f"=IF({norm.numerator[1:]}={norm.denominator[1:]},1,0)"
    return Live(numerator, "=1", (float(norm.values[0] == norm.values[1]), 1))


def _regularity(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
    known = [row for row in facts.days if row["known"]]
    return Live(
        f'=COUNTIFS({days.range("known")},1,{days.range("posts")},">0")',
        f"=COUNTIF({days.range('known')},1)",
        (sum(row["posts"] > 0 for row in known), len(known)),
    )


def _sums(numerator: str, denominator: str) -> Callable[..., Live]:
    def make(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
        values = tuple(sum(row[name] or 0 for row in facts.days) for name in (numerator, denominator))
        return Live(f"=SUM({days.range(numerator)})", f"=SUM({days.range(denominator)})", values)

    return make


def _engagement(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
    viewed = [row for row in facts.posts if row["aged"] and row["views"] is not None]
    reactions = "+".join(posts.range(name) for name in ("likes", "comments", "reposts"))
    which = f"ISNUMBER({posts.range('views')})*({posts.range('aged')}=1)"
    return Live(
        f"=SUMPRODUCT({which}*({reactions}))",
        f"=SUMIF({posts.range('aged')},1,{posts.range('views')})",
        (
            sum((row["likes"] or 0) + (row["comments"] or 0) + (row["reposts"] or 0) for row in viewed),
            sum(row["views"] for row in viewed),
        ),
    )


def _growth(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live | None:
    measured = [n for n, row in enumerate(facts.days) if row["subscribers"] is not None]
    if not measured:
        return None
    first, last = (days.cell("subscribers", n) for n in (measured[0], measured[-1]))
    begin, end = (facts.days[n]["subscribers"] for n in (measured[0], measured[-1]))
    floor = params["floor"]
    return Live(f"={last}-{first}", f"=MAX({first},{floor})", (end - begin, max(begin, floor)))


def _alive(params: Params, facts: Facts, days: Sheet, weeks: Sheet, posts: Sheet) -> Live:
    owed = sum(row["owed"] for row in facts.days)
    gone = sum(row["gone"] for row in facts.days)
    return Live(
        f"=SUM({days.range('owed')})-SUM({days.range('gone')})", f"=SUM({days.range('owed')})", (owed - gone, owed)
    )


MAKERS: dict[str, Callable[..., Live | None]] = {
    "posting_norm": _norm,
    "every_week": _every_week,
    "regularity": _regularity,
    "own_content": _sums("own", "posts"),
    "comments_answered": _sums("answered", "people"),
    "engagement_by_views": _engagement,
    "growth": _growth,
    "days_alive": _alive,
}
