"""PageDay, Post -> PageState, PageMonth, GroupDay, GroupMonth: derived, rebuildable at any time.

`roll_up` follows what a day's collection changed, `rebuild` makes everything anew from the facts.
"""

import datetime as dt

from monitoring.models import GroupDay, GroupMonth, PageDay, PageMonth, PageState, Region, Slot

from .groups import refresh_group_days
from .months import refresh_months
from .pages import refresh_page_states

__all__ = ["collected_days", "rebuild", "refresh_page_states", "roll_up", "sum_up"]

# Counters of posts move for this long after their day, so their days are summed again.
REFRESH_DAYS = 30


def roll_up(region: Region, day: dt.date) -> None:
    """Bring every roll-up in line with what was collected on `day` (a local day of the region)."""
    refresh_page_states(region, day)
    sum_up(region, day - dt.timedelta(days=REFRESH_DAYS), day)


def sum_up(region: Region, first: dt.date, last: dt.date) -> None:
    """Groups and months of the days in the range (both ends included)."""
    refresh_group_days(region, collected_days(region, first, last))
    facts = PageDay.objects.filter(page__institution__region=region, day__range=(first, last))
    refresh_months(region, facts.dates("day", "month"))


def rebuild(region: Region) -> None:
    """Make the region's roll-ups anew from slots, page days and posts."""
    PageState.objects.filter(page__institution__region=region).delete()
    PageMonth.objects.filter(page__institution__region=region).delete()
    GroupDay.objects.filter(region=region).delete()
    GroupMonth.objects.filter(region=region).delete()
    for day in collected_days(region, dt.date.min, dt.date.max):
        refresh_page_states(region, day)
    sum_up(region, dt.date.min, dt.date.max)


def collected_days(region: Region, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days in the range (both ends included) on which the region owed any reading, oldest first."""
    slots = Slot.objects.filter(page__institution__region=region, day__range=(first, last))
    return sorted(slots.values_list("day", flat=True).distinct())
