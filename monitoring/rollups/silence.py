"""Pages that have fallen silent: an event once for each silence."""

import datetime as dt

from django.db.models import Max

from gospub.clock import day_bounds, local_day
from monitoring.models import EventKind, Page, PageEvent, PageState, PageStatus, Region

# So many days without a post are a silence.
SILENT_DAYS = 14


def note_silences(region: Region, day: dt.date) -> int:
    """Events of the open pages that have not posted for SILENT_DAYS up to `day`; returns how many are new.

    Only where posts are known to the day; by the page states of that day. `old`: the day of the last post, "" where
    none is known.
    """
    limit = day_bounds(day - dt.timedelta(days=SILENT_DAYS), region.time_zone)[0]
    start = day_bounds(day, region.time_zone)[0]
    pages = Page.objects.watched().filter(institution__region=region, status=PageStatus.OPEN, posts_known_to__gte=start)
    known_long = pages.filter(posts_known_from__lte=limit.date())
    states = PageState.objects.filter(page__in=known_long).values_list("page_id", "last_post_at")
    silent = {pk: last for pk, last in states if last is None or last < limit}
    told = dict(
        PageEvent.objects.filter(page__in=silent, kind=EventKind.SILENT).values_list("page").annotate(Max("day"))
    )
    new = []
    for pk, last in silent.items():
        since = local_day(last, region.time_zone) if last else dt.date.min
        if pk not in told or told[pk] <= since:
            old = since.isoformat() if last else ""
            new.append(PageEvent(page_id=pk, day=day, kind=EventKind.SILENT, old=old))
    PageEvent.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
