"""The only place that asks what time it is; everything below views, tasks and commands takes it as an argument."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """The present moment (aware, UTC); in the demo, the moment at which its world stands still."""
    if settings.DEMO_CLOCK:
        return dt.datetime.fromisoformat(settings.DEMO_CLOCK).astimezone(dt.UTC)
    return timezone.now()


def running(moment: dt.datetime) -> dt.datetime | None:
    """`moment`, or None where the clock stands still, so that nothing ever gets old."""
    return None if settings.DEMO_CLOCK else moment


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    """The calendar day that `moment` (aware) falls on in the time zone named `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Start and end (aware, end exclusive) of the local day: 23, 24 or 25 hours long."""
    start = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return start, end
