"""The sheets of what was collected: the days, weeks and posts of the subject's pages."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.models import PageDay, PageProfile, Post, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS
from monitoring.platforms.base import PosWidget
from monitoring.rollups.sums import days_between, exempt_days, known_days
from monitoring.templatetags.figures import reason_words

from ..inputs import weeks_of
from ..models import Rating
from ..periods import Period, Unit
from ..quantities import POS_LEVELS
from ..subjects import Holding

# Of a year of a busy page; a sheet holds a million rows.
MOST_POSTS = 20_000
# A district of 60 pages has 22 000 page days a year; those of a ministry are in the passports of its pages.
MOST_DAYS = 100_000
DAY = dt.timedelta(days=1)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of the sheets, each beginning in the second row of its sheet."""

    days: list[Row]
    weeks: list[Row]
    posts: list[Row]


def read_facts(rating: Rating, held: Sequence[Holding], pages: Mapping[int, str]) -> Facts:
    """Days, weeks and posts of the pages over the days that the subject answers for, as the base has them now; of pages
    that are not named in `pages` nothing is told. Nothing at all where there are more than MOST_DAYS days."""
    facts = Facts([], [], [])
    shown = [each for each in held if each.page.pk in pages]
    if sum((each.last - each.first).days + 1 for each in shown) > MOST_DAYS:
        return facts
    known = known_days(rating.region)
    off = exempt_days(rating.region, rating.first, rating.read_to)
    for each in shown:
        page = {"page": pages[each.page.pk], "share": each.share}
        counted = _counted(each, *known.get(each.page.pk, (dt.date.max, dt.date.min)))
        free = off.get(each.page.pk, frozenset())
        facts.days.extend(page | row for row in _days(each, {day for day in counted if day not in free}))
        facts.weeks.extend(page | row for row in _weeks(rating, each))
        facts.posts.extend(page | row for row in _posts(each))
    return facts


def _counted(holding: Holding, start: dt.date, end: dt.date) -> list[dt.date]:
    """Days of which every post is known."""
    return days_between(max(holding.first, start), min(holding.last, end))


def _days(holding: Holding, known: set[dt.date]) -> Iterator[Row]:
    span = {"page": holding.page.pk, "day__range": (holding.first, holding.last)}
    facts = {row.day: row for row in PageDay.objects.filter(**span)}
    slots = {row.day: row for row in Slot.objects.filter(**span)}
    profiles = _profiles(holding)
    for day in days_between(holding.first, holding.last):
        row = _day(day, facts.get(day), slots.get(day), known=day in known)
        yield row | _shown(profiles.get(day)) | {"end": int(day == holding.last)}


def _day(day: dt.date, fact: PageDay | None, slot: Slot | None, *, known: bool) -> Row:
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


def _profiles(holding: Holding) -> dict[dt.date, PageProfile]:
    """What the page showed on each day, from the first day on of which that is known to the last in the registry."""
    last = min(holding.last, holding.page.archived_on or holding.last)
    changes = list(PageProfile.objects.filter(page=holding.page.pk, since__lte=last).order_by("since"))
    ends = [change.since - DAY for change in changes[1:]] + [last]
    return {
        day: change
        for change, end in zip(changes, ends, strict=True)
        for day in days_between(max(change.since, holding.first), end)
    }


def _shown(profile: PageProfile | None) -> Row:
    if profile is None:
        return {}
    flags = {"mark": "state_mark", "avatar": "has_avatar", "description": "has_description", "cover": "has_cover"}
    row = {name: None if (v := getattr(profile, column)) is None else int(v) for name, column in flags.items()}
    level = None if profile.pos_widget is None else POS_LEVELS[PosWidget(profile.pos_widget)]
    return row | {"pos": level, "widgets": profile.widgets}


def _weeks(rating: Rating, holding: Holding) -> list[Row]:
    return [
        {
            "first": week.first,
            "last": week.last,
            "counts": int(week.posts is not None and not week.excused),
            "posts": week.posts,
            "excused": int(week.excused),
        }
        for week in weeks_of(rating, holding.page.pk, Period(holding.first, holding.last, Unit(rating.unit)))
    ]


def _posts(holding: Holding) -> list[Row]:
    rows = Post.objects.filter(page=holding.page.pk, day__range=(holding.first, holding.last))
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
        for post in rows.order_by("published_at", "pk")[:MOST_POSTS]
    ]


def headings() -> dict[str, dict[str, str]]:
    """Columns of the three sheets and their heads."""
    page = {"page": _("Page")}
    share = {"share": _("Share of the page")}
    return {
        "days": page
        | {
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
            "mark": _("State mark"),
            "avatar": _("Avatar"),
            "description": _("Description"),
            "cover": _("Cover"),
            "pos": _("ПОС widget, degree"),
            "widgets": _("Widgets"),
            "end": _("Last day"),
        }
        | share,
        "weeks": page
        | {
            "first": _("Monday"),
            "last": _("Sunday"),
            "counts": _("Week counts"),
            "posts": _("Posts"),
            "excused": _("Exempt"),
        }
        | share,
        "posts": page
        | {
            "day": _("Day"),
            "id": _("Post"),
            "kind": _("Kind"),
            "aged": _("Read at 7 days"),
            "views": _("Views"),
            "likes": _("Likes"),
            "comments": _("Comments"),
            "reposts": _("Reposts"),
        }
        | share,
    }
