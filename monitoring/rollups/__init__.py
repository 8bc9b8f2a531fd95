"""PageDay, Post -> PageState, PageMonth, GroupDay, GroupMonth, PostMonth, TopPost: derived, rebuildable at any time.

`roll_up` follows what a day's collection changed, `rebuild` makes everything anew from the facts.
"""

import datetime as dt

from gospub.clock import day_bounds
from monitoring.evidence import find_evidence
from monitoring.models import (
    GroupDay,
    GroupMonth,
    Page,
    PageDay,
    PageMonth,
    PageState,
    PostMonth,
    Region,
    Slot,
    TopPost,
)

from .copies import mark_copies
from .groups import refresh_group_days
from .months import month_end, refresh_excused, refresh_months
from .pages import refresh_page_states
from .posts import refresh_post_months
from .silence import note_silences

__all__ = [
    "close_day",
    "collected_days",
    "follow",
    "month_end",
    "rebuild",
    "refresh_excused",
    "refresh_page_states",
    "roll_up",
    "sum_up",
]

# Counters of posts move for this long after their day, so their days are summed again.
REFRESH_DAYS = 30


def roll_up(region: Region, day: dt.date, now: dt.datetime | None = None) -> None:
    """Bring every roll-up in line with what was collected on `day` (a local day of the region).

    now: as in `close_day`.
    """
    close_day(region, day, now)
    sum_up(region, day - dt.timedelta(days=REFRESH_DAYS), day)


def close_day(region: Region, day: dt.date, now: dt.datetime | None = None) -> None:
    """What can be told of the pages only when all of them were read: their states, mass-sent copies, silences, signs
    of gaming.

    now (aware): when they are found; None = the end of the local day.
    """
    refresh_page_states(region, day)
    mark_copies(region, day)
    note_silences(region, day)
    find_evidence(region, day, now or day_bounds(day, region.time_zone)[1])


def follow(region: Region, page: Page, day: dt.date, today: dt.date) -> None:
    """A page's number of `day` was decided on later: its state, and the groups of that day, follow."""
    latest = collected_days(region, today - dt.timedelta(days=REFRESH_DAYS), today)[-1:]
    for each in sorted({day, *latest}):
        refresh_page_states(region, each, page)
    sum_up(region, day, day)


def sum_up(region: Region, first: dt.date, last: dt.date) -> None:
    """Groups and months of the days in the range (both ends included)."""
    days = collected_days(region, first, last)
    refresh_group_days(region, days)
    facts = PageDay.objects.filter(page__institution__region=region, day__range=(first, last))
    # Days that owed readings count where nothing was read either.
    months = {*facts.dates("day", "month"), *(day.replace(day=1) for day in days)}
    refresh_months(region, months)
    refresh_post_months(region, months)


def rebuild(region: Region) -> None:
    """Make the region's roll-ups anew from slots, page days and posts."""
    PageState.objects.filter(page__institution__region=region).delete()
    PageMonth.objects.filter(page__institution__region=region).delete()
    GroupDay.objects.filter(region=region).delete()
    GroupMonth.objects.filter(region=region).delete()
    PostMonth.objects.filter(region=region).delete()
    TopPost.objects.filter(region=region).delete()
    for day in collected_days(region, dt.date.min, dt.date.max):
        refresh_page_states(region, day)
    sum_up(region, dt.date.min, dt.date.max)


def collected_days(region: Region, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days in the range (both ends included) on which the region owed any reading, oldest first."""
    slots = Slot.objects.filter(page__institution__region=region, day__range=(first, last))
    return sorted(slots.values_list("day", flat=True).distinct())
