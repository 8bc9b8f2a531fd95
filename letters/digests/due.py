"""Whose Monday morning has come: the key of a letter sees to it that nobody is written to twice of a week."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db import transaction

from gospub.accounts import audit
from gospub.accounts.models import Grant, User
from gospub.clock import local_day
from letters.models import Kind, Letter, Unsubscription
from monitoring.models import Region

from . import WRITERS

HOUR = 8
WEEK = dt.timedelta(days=7)
# A schedule that was away is made up for so long; then the letter would tell of what is past.
CATCH_UP = dt.timedelta(hours=48)


def due_week(now: dt.datetime, zone: str) -> dt.date | None:
    """The Monday of the last whole week, where it is to be told of now; None at any other time."""
    monday = last_week(now, zone) + WEEK
    since = dt.datetime.combine(monday, dt.time(HOUR), ZoneInfo(zone))
    return monday - WEEK if since <= now < since + CATCH_UP else None


def last_week(now: dt.datetime, zone: str) -> dt.date:
    """The Monday of the last week that is over in the time zone."""
    today = local_day(now, zone)
    return today - dt.timedelta(days=today.weekday()) - WEEK


def put_in(now: dt.datetime) -> int:
    """Into the outbox with every digest that is due; returns how many are new."""
    return sum(
        put_in_of(region, week, now)
        for region in Region.objects.all()
        if (week := due_week(now, region.time_zone)) is not None
    )


def put_in_of(region: Region, week: dt.date, now: dt.datetime) -> int:
    """All digests of the region's week, whatever the hour; returns how many are new."""
    fresh = [letter for kind in WRITERS for letter in _letters(kind, region, week, now)]
    known = set(Letter.objects.filter(region=region, week=week).values_list("key", flat=True))
    new = [letter for letter in fresh if letter.key not in known]
    Letter.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _letters(kind: Kind, region: Region, week: dt.date, now: dt.datetime) -> Iterator[Letter]:
    grants = Grant.objects.in_force(local_day(now, region.time_zone)).filter(
        role=WRITERS[kind].role, region=region, user__is_active=True
    )
    off = Unsubscription.objects.filter(kind=kind).values("user")
    for user in grants.exclude(user__in=off).order_by("user").values_list("user", flat=True).distinct():
        yield Letter(
            key=key_of(kind, region, user, week), kind=kind, user_id=user, region=region, week=week, created_at=now
        )


def ask(kind: Kind, region: Region, user: User, now: dt.datetime, at: dt.datetime) -> bool:
    """The user wants the letter now, whatever the day; False where that was so within the same hour.

    now: the moment it tells of; at: by a clock that runs.
    """
    week = last_week(now, region.time_zone)
    key = f"{key_of(kind, region, user.pk, week)}:{at:%Y-%m-%dT%H}"
    fields = {"kind": kind, "user": user, "region": region, "week": week, "created_at": now}
    with transaction.atomic():
        new = Letter.objects.get_or_create(key=key, defaults=fields)[1]
        if new:
            audit.record(user, "letters.ask", f"user {user.pk}", before={}, after={"kind": kind}, now=now,
                         region=region.pk)  # fmt: skip
    return new


def key_of(kind: Kind, region: Region, user: int, week: dt.date) -> str:
    """One letter a person, region and ISO week."""
    year, number, _day = week.isocalendar()
    return f"{kind}:{region.code}:{user}:{year}-W{number:02}"
