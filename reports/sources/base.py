"""What a screen's tables are asked by, and what they come back as: the one shape for files, links and reports."""

import datetime as dt
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.dashboards.filters import ListFilter
from monitoring.dashboards.tables import Column, ordered, sort_of
from monitoring.models import Region

Words = str | Promise
AT_ONCE = 2000  # rows read from the base at a time


@dataclass(frozen=True, slots=True)
class Asked:
    """A screen of the region as the user would see it with that query string. subject: key of the object that the
    screen is of, where its address names one (a rating)."""

    region: Region
    user: User
    query: QueryDict
    now: dt.datetime
    subject: int | None = None

    @property
    def today(self) -> dt.date:
        """The region's present local day."""
        return local_day(self.now, self.region.time_zone)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as rows of plain cells; None = no data, «—» = does not apply. rows may be read once."""

    name: str
    title: Words
    headings: Sequence[Words]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a screen. conditions: (what, value) of the filter in force; day: what the figures are as of;
    version: of what was frozen, such as a rating. named: rows that name people, whose files the audit trail tells."""

    sheets: Sequence[Sheet]
    conditions: Sequence[tuple[Words, Words]] = field(default_factory=list)
    day: dt.date | None = None
    version: str = ""
    named: int = 0


def some_rows(sheet: Sheet, first: int, count: int) -> list[Sequence[object]]:
    """So many rows from the one of that number (0 = the first). The rest is let go at once, and with it the cursor of
    the base: it may not outlive the transaction."""
    rows = iter(sheet.rows)
    try:
        return list(islice(rows, first, first + count))
    finally:
        if isinstance(rows, Generator):
            rows.close()


def conditions_of(chosen: ListFilter) -> list[tuple[Words, Words]]:
    """The conditions of a form above a list, in words."""
    return [(chip.label, chip.value) for chip in chosen.chips()]


def sorted_as_asked(asked: Asked, rows: QuerySet, columns: Sequence[Column], default: str) -> QuerySet:
    """In the order that the address asks for."""
    return ordered(rows, columns, sort_of(asked.query, columns, default))


def percents(share: float | None, digits: int = 2) -> float | None:
    """A share of 1 in percent."""
    return None if share is None else round(share * 100, digits)


def rounded(value: float | None, digits: int = 2) -> float | int | None:
    return value if value is None or isinstance(value, int) else round(value, digits)


def named(name: Words | None) -> Words:
    """A name, or the sign for what does not apply."""
    return name or "—"


def member(kind: type, value: str, otherwise: object) -> object:
    """The choice of that value, or `otherwise` where there is none such."""
    return kind(value) if value in kind.values else otherwise
