"""The year in figures: events held, people trained and attendances by year and sector, share of page admins trained."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region, Stewardship

from .models import TEACHING, Event, EventState, Participant
from .trained import attended_trainings

# A sector is what its institutions are called by at the widest step.
SECTOR = Coalesce(
    "institution__sector__parent__parent__name", "institution__sector__parent__name", "institution__sector__name"
)
HEADINGS = (_("Year"), _("Sector"), _("Events held"), _("Trainings held"), _("People trained"), _("Attendances"),
            _("Page admins"), _("Of them trained"), _("Share of admins trained, %"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of the region, or of one sector in it (of a sector: what its people came to). year: in which the event
    began. sector: None = the region as a whole, "" = people without one.

    events: held, of every kind; trainings: trainings and webinars among them; people: who came to a training, each
    counted once; attendances: how often they came. admins: page admins on the year's last day or today; trained: those
    of them who have come to any training by then.
    """

    year: int
    sector: str | None
    events: int
    trainings: int
    people: int
    attendances: int
    admins: int
    trained: int

    @property
    def share(self) -> float | None:
        """Of the admins, 0 to 1; None where there are none."""
        return self.trained / self.admins if self.admins else None


def years_of(region: Region, today: dt.date) -> list[int]:
    """Years in which something was held, and the present one; the latest first."""
    held = Event.objects.filter(region=region, state=EventState.HELD).order_by()
    return sorted({*held.values_list("first__year", flat=True).distinct(), today.year}, reverse=True)


def by_year(region: Region, today: dt.date) -> list[YearRow]:
    """A row a year, the latest first; the same number of queries whatever the number of years."""
    held = Event.objects.filter(region=region, state=EventState.HELD).order_by().values("first__year")
    events = {row["first__year"]: row for row in held.annotate(events=Count("pk"), trainings=_trainings("pk"))}
    came = _trained(region).values("event__first__year").annotate(**_people())
    people = {row["event__first__year"]: row for row in came}
    admins = _Admins(region)
    return [
        _row(year, None, events.get(year, {}), people.get(year, {}), admins.on(_end(year, today)))
        for year in years_of(region, today)
    ]


def by_sector(region: Region, year: int, today: dt.date) -> list[YearRow]:
    """A row for each sector that has page admins or has sent somebody, those without a sector last."""
    rows = Participant.objects.came().filter(
        event__region=region, event__state=EventState.HELD, event__first__year=year
    ).order_by().annotate(sector=SECTOR).values("sector")  # fmt: skip
    teaching = Q(event__kind__in=TEACHING)
    events = {row["sector"] or "": row for row in rows.annotate(
        events=Count("event", distinct=True), trainings=Count("event", filter=teaching, distinct=True)
    )}  # fmt: skip
    came = _trained(region).filter(event__first__year=year).annotate(sector=SECTOR).values("sector")
    people = {row["sector"] or "": row for row in came.annotate(**_people())}
    admins = _Admins(region).by_sector(_end(year, today))
    names = sorted({*events, *people, *admins}, key=lambda name: (name == "", name))
    return [_row(year, name, events.get(name, {}), people.get(name, {}), admins.get(name, (0, 0))) for name in names]


def _trained(region: Region) -> QuerySet[Participant]:
    return attended_trainings().filter(event__region=region).order_by()


def _people() -> dict[str, Count]:
    return {"people": Count("key", distinct=True), "attendances": Count("pk")}


def _trainings(field: str) -> Count:
    return Count(field, filter=Q(kind__in=TEACHING))


def _row(
    year: int, sector: str | None, events: Mapping[str, int], people: Mapping[str, int], admins: tuple[int, int]
) -> YearRow:
    """0 where nothing was held or nobody came: this log is the only source."""
    return YearRow(
        year,
        sector,
        events.get("events", 0),
        events.get("trainings", 0),
        people.get("people", 0),
        people.get("attendances", 0),
        *admins,
    )


def _end(year: int, today: dt.date) -> dt.date:
    return min(dt.date(year, 12, 31), today)


class _Admins:
    """Who ran pages when, and since when each is trained: two queries for all years and sectors."""

    def __init__(self, region: Region) -> None:
        place = "page__institution__sector"
        top = Coalesce(f"{place}__parent__parent__name", f"{place}__parent__name", f"{place}__name")
        rows = Stewardship.objects.filter(page__institution__region=region).annotate(sector=top)
        self.held = list(rows.values_list("person", "sector", "since", "until", "page__archived_on"))
        self.trained: dict[int, dt.date] = {}
        attended = _trained(region).filter(person__isnull=False)
        for person, day in attended.values_list("person", "event__last"):
            self.trained[person] = min(day, self.trained.get(person, day))

    def on(self, day: dt.date) -> tuple[int, int]:
        """(page admins on the day, those of them trained by then)."""
        return self._count({person for person, _sector in self._running(day)}, day)

    def by_sector(self, day: dt.date) -> dict[str, tuple[int, int]]:
        people: dict[str, set[int]] = defaultdict(set)
        for person, sector in self._running(day):
            people[sector].add(person)
        return {sector: self._count(found, day) for sector, found in people.items()}

    def _running(self, day: dt.date) -> Iterator[tuple[int, str]]:
        for person, sector, since, until, archived in self.held:
            if since <= day and (until is None or until >= day) and (archived is None or archived > day):
                yield person, sector or ""

    def _count(self, people: set[int], day: dt.date) -> tuple[int, int]:
        return len(people), sum(person in self.trained and self.trained[person] <= day for person in people)


def lines(region: Region, today: dt.date) -> Iterator[list[object]]:
    """Rows of the file, under HEADINGS: every year as a whole, then by sector."""
    for total in by_year(region, today):
        for row in (total, *by_sector(region, total.year, today)):
            share = None if row.share is None else round(row.share * 100, 1)
            yield [
                row.year, sector_words(row.sector), row.events, row.trainings, row.people, row.attendances, row.admins,
                row.trained, share,
            ]  # fmt: skip


def sector_words(sector: str | None) -> str:
    """The region as a whole, or those without a sector, in words."""
    return gettext("all sectors") if sector is None else sector or gettext("without a sector")
