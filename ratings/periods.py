"""Spans of local days that ratings speak of: a day, an ISO week, a month, a quarter, a year."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

DAY = dt.timedelta(days=1)


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """first, last: local days, both included. unit: what kind of span it is."""

    first: dt.date
    last: dt.date
    unit: Unit

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        """As `read_period` reads it: 2025, 2025-Q2, 2025-04, 2025-W17, 2025-04-30."""
        match self.unit:
            case Unit.YEAR:
                return f"{self.first:%Y}"
            case Unit.QUARTER:
                return f"{self.first:%Y}-Q{(self.first.month + 2) // 3}"
            case Unit.MONTH:
                return f"{self.first:%Y-%m}"
            case Unit.WEEK:
                return f"{self.first.isocalendar().year}-W{self.first.isocalendar().week:02d}"
        return self.first.isoformat()


def period_of(unit: Unit, day: dt.date) -> Period:
    """The period of that kind that holds the day; a week starts on Monday."""
    match unit:
        case Unit.DAY:
            return Period(day, day, unit)
        case Unit.WEEK:
            monday = day - (day.isoweekday() - 1) * DAY
            return Period(monday, monday + 6 * DAY, unit)
        case Unit.MONTH:
            return _months(day.replace(day=1), 1, unit)
        case Unit.QUARTER:
            return _months(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), 3, unit)
    return Period(day.replace(month=1, day=1), day.replace(month=12, day=31), unit)


def _months(first: dt.date, count: int, unit: Unit) -> Period:
    after = first.month - 1 + count
    return Period(first, dt.date(first.year + after // 12, after % 12 + 1, 1) - DAY, unit)


def read_period(text: str) -> Period:
    """A period as people write it, the other way round than `str`; ValueError where it is none."""
    text = text.strip().upper()
    if re.fullmatch(r"\d{4}", text):
        return period_of(Unit.YEAR, dt.date(int(text), 1, 1))
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return period_of(Unit.QUARTER, dt.date(int(match[1]), int(match[2]) * 3, 1))
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return period_of(Unit.MONTH, dt.date.fromisoformat(f"{text}-01"))
    if re.fullmatch(r"\d{4}-W\d{2}", text):
        try:
            return period_of(Unit.WEEK, dt.date.fromisoformat(f"{text}-1"))
        except OverflowError as error:  # the last days of the calendar
            raise ValueError(text) from error
    return period_of(Unit.DAY, dt.date.fromisoformat(text))


def cut(period: Period, unit: Unit) -> list[Period]:
    """The period cut into units, in order. A week belongs to the period that holds its Thursday (as in ISO 8601 a week
    belongs to a year); it keeps its seven days. A unit that is no shorter than the period leaves it whole."""
    if unit == Unit.WEEK and period.unit not in (Unit.DAY, Unit.WEEK):
        thursday = period.first + (4 - period.first.isoweekday()) % 7 * DAY
        weeks = range((period.last - thursday).days // 7 + 1)
        return [period_of(Unit.WEEK, thursday + 7 * n * DAY) for n in weeks]
    units = []
    day = period.first
    while day <= period.last:
        each = period_of(unit, day)
        if each.first < period.first or each.last > period.last:
            return [period]
        units.append(each)
        day = each.last + DAY
    return units


def year_before(period: Period) -> Period:
    """The period of the same kind a year earlier (a week: 52 weeks)."""
    if period.unit == Unit.WEEK:
        return period_of(Unit.WEEK, period.first - 364 * DAY)
    year = period.first.year - 1
    leap_day = (period.first.month, period.first.day) == (2, 29)
    return period_of(period.unit, period.first.replace(year=year, day=28 if leap_day else period.first.day))
