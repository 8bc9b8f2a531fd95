"""The ledger of gaps: how fresh the data is, and which share of it is there, by month, network and measure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, TextChoices
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.showing import STALE, showing
from monitoring.models import (
    Dimension,
    GapExcuse,
    GroupDay,
    Page,
    PageMonth,
    PlatformCode,
    Region,
    Slot,
    SlotStatus,
)
from monitoring.models.measures import GONE_REASONS
from monitoring.platforms import network
from monitoring.platforms.base import Gives
from monitoring.registry.addresses import Address
from monitoring.rollups import month_end

from .comparison import ENOUGH_MEASURED
from .page import AGED_BY

MONTHS = 12
# Days that were hardly collected are listed for so long.
LISTED_DAYS = 30
MOST_EXCUSES = 100


class Measure(TextChoices):
    """What is collected, and of what the share is counted."""

    SUBSCRIBERS = "subscribers", _("Subscribers: readings of those owed")
    POSTS = "posts", _("Posts: page days of which every post is known")
    COUNTERS = "counters", _("Reactions: posts with counters at seven days")
    VIEWS = "views", _("Views: posts with views at seven days")
    ANSWERS = "answers", _("Answers: days with posts whose comments were read")


NEEDS = {Measure.COUNTERS: Gives.INTERACTIONS, Measure.VIEWS: Gives.VIEWS, Measure.ANSWERS: Gives.ANSWERS}


@dataclass(slots=True)
class Cell:
    """known of owed, both in what the measure counts; excused: of those that are missing. early: the month's posts
    are too young to be asked for."""

    known: int = 0
    owed: int = 0
    excused: int = 0
    early: bool = False

    @property
    def share(self) -> float | None:
        """Between 0 and 1, of what was owed and is not excused; None where nothing is."""
        left = self.owed - self.excused
        return self.known / left if left else None

    @property
    def enough(self) -> bool:
        return self.share is not None and self.share >= ENOUGH_MEASURED

    def add(self, other: "Cell") -> None:
        self.known, self.owed = self.known + other.known, self.owed + other.owed
        self.excused, self.early = self.excused + other.excused, self.early or other.early


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of a network ("" = all of them together) over the months; None = the network does not give it."""

    platform: str
    measure: Measure
    cells: Sequence[Cell | None]

    @property
    def given(self) -> bool:
        return any(cell is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Existing pages of a network that show their figures. latest: the last day of which any has a number; fresh: how
    many have one of the last STALE days; posts_fresh: of how many posts are known as far."""

    platform: str
    pages: int
    latest: dt.date | None
    fresh: int
    posts_fresh: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """months: their first days, the latest first. days: those of the last LISTED_DAYS that were hardly collected."""

    months: Sequence[dt.date]
    rows: Sequence[Row]
    freshness: Sequence[Freshness]
    days: Sequence[GroupDay]
    excuses: Sequence[GapExcuse]


def ledger(region: Region, today: dt.date, now: dt.datetime) -> Ledger:
    """Everything that the screen shows on that local day."""
    months = months_to(today)
    return Ledger(
        months,
        rows(region, months, today),
        freshness(region, today, now),
        list(hardly_collected(region, today).order_by("-day", "key")),
        list(GapExcuse.objects.filter(region=region).select_related("page", "declared_by")[:MOST_EXCUSES]),
    )


def months_to(today: dt.date) -> list[dt.date]:
    """First days of the last MONTHS months, the present one first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found


def rows(region: Region, months: Sequence[dt.date], today: dt.date) -> list[Row]:
    """By network, all together first, and measure; networks on which the region has nothing are left out."""
    cells = _cells(region, months, today)
    platforms = [code for code in PlatformCode.values if any(key[1] == code for key in cells)]
    for code in platforms:
        for month in months:
            for measure in Measure:
                if gives(code, measure):
                    one = cells.setdefault((month, code, measure), Cell(early=_early(measure, month, today)))
                    cells.setdefault((month, "", measure), Cell()).add(one)
    return [
        Row(code, measure, [cells.get((month, code, measure)) for month in months])
        for code in ["", *platforms]
        for measure in Measure
        if platforms
    ]


def gives(platform: str, measure: Measure) -> bool:
    """Whether the network tells it at all."""
    return measure not in NEEDS or NEEDS[measure] in network(platform).gives


Cells = dict[tuple[dt.date, str, Measure], Cell]


def _cells(region: Region, months: Sequence[dt.date], today: dt.date) -> Cells:
    """Of each month, network and measure that the network gives."""
    excused = excused_readings(region, months[-1], today)
    answers = _answers(region, months[-1], today)
    sums = ("days_owed", "days_gone", "days_measured", "posts_days", "posts", "aged_posts", "viewed_posts")
    found = PageMonth.objects.filter(page__institution__region=region, month__in=months).order_by()
    totals = found.values("month", "page__platform").annotate(**{f"sum_{name}": Sum(name) for name in sums})
    cells: Cells = {}
    for row in totals:
        month, code = row["month"], row["page__platform"]
        readable = row["sum_days_owed"] - row["sum_days_gone"]
        missed = excused.get((month, code), 0)
        posts = row["sum_posts"] or 0
        cells[month, code, Measure.SUBSCRIBERS] = of(row["sum_days_measured"], readable, missed)
        cells[month, code, Measure.POSTS] = of(row["sum_posts_days"], readable, missed)
        for measure, known in ((Measure.COUNTERS, "sum_aged_posts"), (Measure.VIEWS, "sum_viewed_posts")):
            if _early(measure, month, today):
                cells[month, code, measure] = Cell(early=True)
            else:
                cells[month, code, measure] = of(row[known], posts)
        cells[month, code, Measure.ANSWERS] = of(*answers.get((month, code), (0, 0)))
    return {key: cell for key, cell in cells.items() if gives(key[1], key[2])}


def of(known: int, owed: int, excused: int = 0) -> Cell:
    """An excuse covers no more than what is missing."""
    known = min(known, owed)
    return Cell(known, owed, min(excused, owed - known))


def _early(measure: Measure, month: dt.date, today: dt.date) -> bool:
    return measure in (Measure.COUNTERS, Measure.VIEWS) and today <= month_end(month) + AGED_BY


def excused_readings(region: Region, first: dt.date, last: dt.date) -> dict[tuple[dt.date, str], int]:
    """Readings that failed and are excused, by month and network; no query more where nothing is excused."""
    excuses = GapExcuse.objects.touching(region, first, last)
    if not excuses:
        return {}
    missed = Slot.objects.filter(excuses.of_slots(), page__institution__region=region, day__range=(first, last))
    missed = missed.exclude(status=SlotStatus.OK).exclude(reason__in=GONE_REASONS).order_by()
    counts = missed.values_list(TruncMonth("day"), "platform").annotate(count=Count("pk"))
    return {(month, code): count for month, code, count in counts}


def _answers(region: Region, first: dt.date, last: dt.date) -> dict[tuple[dt.date, str], tuple[int, int]]:
    """Days with posts of which comments are known, and all days with posts, by month and network."""
    days = GroupDay.objects.filter(region=region, dimension=Dimension.PLATFORM, day__range=(first, last), posts__gt=0)
    counts = (
        days.order_by()
        .values_list(TruncMonth("day"), "key")
        .annotate(known=Count("pk", filter=Q(people_comments__isnull=False)), owed=Count("pk"))
    )
    return {(month, code): (known, owed) for month, code, known, owed in counts}


def freshness(region: Region, today: dt.date, now: dt.datetime) -> list[Freshness]:
    """By network."""
    found = (
        showing(Page.objects.watched().filter(institution__region=region))
        .order_by()
        .values_list("platform")
        .annotate(
            pages=Count("pk"),
            latest=Max("state__measured_on"),
            fresh=Count("pk", filter=Q(state__measured_on__gte=today - STALE)),
            posts_fresh=Count("pk", filter=Q(posts_known_to__gte=now - STALE)),
        )
    )
    by_code = {row[0]: Freshness(*row) for row in found}
    return [by_code[code] for code in PlatformCode.values if code in by_code]


def page_at(region: Region, address: Address) -> Page | None:
    """The page of the region with that address."""
    named = Q(handle=address.handle)
    if address.external_id:
        named |= Q(external_id=address.external_id)
    return Page.objects.filter(named, institution__region=region, platform=address.platform).first()


def hardly_collected(region: Region, today: dt.date) -> QuerySet[GroupDay]:
    """Days of networks, before `today` and not longer ago than LISTED_DAYS, of which less was measured than a total
    needs; those that are excused as a whole apart."""
    excuses = GapExcuse.objects.filter(
        Q(platform="") | Q(platform=OuterRef("key")),
        region=region, page=None, first__lte=OuterRef("day"), last__gte=OuterRef("day"),
    )  # fmt: skip
    days = GroupDay.objects.filter(
        region=region,
        dimension=Dimension.PLATFORM,
        day__range=(today - dt.timedelta(days=LISTED_DAYS), today - dt.timedelta(days=1)),
        measured__lt=F("pages") * ENOUGH_MEASURED,
    )
    return days.filter(~Exists(excuses))


EXPORT_HEADINGS: Sequence[object] = (
    _("Month"), _("Network"), _("Measure"), _("Share collected, %"), _("Known"), _("Owed"), _("Excused"),
)  # fmt: skip


def export_rows(found: Ledger) -> Iterator[list[object]]:
    """A row a month, network and measure; None = no data."""
    for index, month in enumerate(found.months):
        for row in found.rows:
            cell = row.cells[index]
            if cell is None:
                continue
            share = None if cell.share is None else round(cell.share * 100, 2)
            name = PlatformCode(row.platform).label if row.platform else _("All networks")
            yield [month, name, row.measure.label, share, cell.known, cell.owed, cell.excused]
