"""Spans of days that are compared; both are told by the address."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

DAY = dt.timedelta(days=1)
WEEK = 7
YEAR = 52 * WEEK  # so that every day meets the same day of the week
LONGEST = 2 * 366
USUAL = 4 * WEEK


class Against(TextChoices):
    PREVIOUS = "previous", _("the period before")
    YEAR = "year", _("the same weeks a year ago")
    NOTHING = "none", _("no comparison")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def back(self, days: int) -> "Period":
        return Period(self.first - days * DAY, self.last - days * DAY)


@dataclass(frozen=True, slots=True)
class Compared:
    """A period, and the one it is held against: `shift` days earlier, None where with nothing."""

    period: Period
    against: Against
    earlier: Period | None
    shift: int = 0


def earlier_by(period: Period, against: Against) -> int:
    """How many days back the other period lies: whole weeks, so that weekdays meet."""
    return YEAR if against == Against.YEAR else -(-period.length // WEEK) * WEEK


def compared(query: QueryDict, latest: dt.date) -> Compared:
    """What `?first=&last=&against=` asks for; the last four weeks until `latest` where it asks for nothing sensible.

    A `last` after `latest` becomes `latest`; more than two years become two years.
    """
    last = min(parse_day(query.get("last", "")) or latest, latest)
    first = parse_day(query.get("first", "")) or last - (USUAL - 1) * DAY
    if first > last:
        first = last - (USUAL - 1) * DAY
    period = Period(max(first, last - (LONGEST - 1) * DAY), last)
    asked = query.get("against", "")
    against = Against(asked) if asked in Against.values else Against.PREVIOUS
    if against == Against.NOTHING:
        return Compared(period, against, None)
    shift = earlier_by(period, against)
    return Compared(period, against, period.back(shift), shift)


def parse_day(text: str) -> dt.date | None:
    """A day written as in the address, YYYY-MM-DD; anything else is None."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
