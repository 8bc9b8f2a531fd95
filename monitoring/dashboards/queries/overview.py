"""A region on a day: from the roll-ups GroupDay and PageState alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from monitoring.models import (
    Dimension,
    EventKind,
    GroupDay,
    Municipality,
    Page,
    PageEvent,
    PageState,
    PageStatus,
    PlatformCode,
    Region,
    Sector,
)

from .comparison import UNKNOWN, Change, Figures, Span, account_changes, audience_changes, earlier_days

TREND = dt.timedelta(days=2 * 366)
SPARKLINE = dt.timedelta(days=366)
LISTED = 6
SILENT = dt.timedelta(days=30)

History = Mapping[dt.date, Figures]


@dataclass(frozen=True, slots=True)
class Card:
    """Audience and accounts of a network, or of all (platform ""), on the day.

    not_collected_since: where the network is paused or off.
    """

    platform: str
    now: Figures
    audience: list[Change]
    accounts: list[Change]
    points: list[tuple[str, int | None]]
    not_collected_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A municipality or sector (key = its primary key, "" = not known)."""

    key: str
    name: str
    now: Figures
    change: int | None


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A collected day: figures of all networks together and of each, None where a network had none."""

    day: dt.date
    total: Figures
    platforms: list[Figures | None]


@dataclass(frozen=True, slots=True)
class Overview:
    """`day` None = nothing was ever collected. `year_day`: the day that the tables compare with."""

    day: dt.date | None
    previous_day: dt.date | None = None
    next_day: dt.date | None = None
    total: Card | None = None
    cards: Sequence[Card] = ()
    trend: Sequence[TrendRow] = ()
    platforms: Sequence[str] = ()
    year_day: dt.date | None = None
    municipalities: Sequence[GroupRow] = ()
    sectors: Sequence[GroupRow] = ()


def latest_day(region: Region, today: dt.date) -> dt.date | None:
    """The latest local day, not after `today`, of which the region has figures."""
    days = GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__lte=today)
    return days.aggregate(latest=Max("day"))["latest"]


def overview(region: Region, day: dt.date | None, stopped: Mapping[str, dt.datetime]) -> Overview:
    """Everything that the screen shows of that local day, out of the roll-ups.

    stopped: networks that are not collected now, and since when.
    """
    if day is None:
        return Overview(None)
    history = network_history(region, day)
    total = history.get("", {})
    platforms = [code for code in PlatformCode.values if code in history]
    collected = sorted(total)
    year_day = next((on for on in earlier_days(day, Span.YEAR) if on in total), None)
    groups = group_rows(region, day, year_day)
    return Overview(
        day=day,
        previous_day=max((on for on in collected if on < day), default=None),
        next_day=GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__gt=day)
        .order_by("day")
        .values_list("day", flat=True)
        .first(),
        total=card("", total, day),
        cards=[card(code, history[code], day, stopped.get(code)) for code in platforms],
        trend=[TrendRow(on, total[on], [history[code].get(on) for code in platforms]) for on in reversed(collected)],
        platforms=platforms,
        year_day=year_day,
        municipalities=groups[Dimension.MUNICIPALITY],
        sectors=groups[Dimension.SECTOR],
    )


def network_history(region: Region, day: dt.date) -> dict[str, dict[dt.date, Figures]]:
    """Figures by network ("" = all together) and day, for two years up to `day`."""
    rows = GroupDay.objects.filter(
        region=region,
        dimension__in=(Dimension.ALL, Dimension.PLATFORM),
        day__range=(day - TREND, day),
    )
    history: dict[str, dict[dt.date, Figures]] = defaultdict(dict)
    for key, on, pages, measured, subscribers in rows.values_list("key", "day", "pages", "measured", "subscribers"):
        history[key][on] = Figures(pages, measured, subscribers)
    return history


def card(platform: str, history: History, day: dt.date, stopped: dt.datetime | None = None) -> Card:
    since = day - SPARKLINE
    return Card(
        platform,
        history.get(day, UNKNOWN),
        audience_changes(history, day),
        account_changes(history, day),
        [point(on, figures) for on, figures in sorted(history.items()) if on >= since],
        stopped,
    )


def point(day: dt.date, figures: Figures | None) -> tuple[str, int | None]:
    """A point of a line; a day that was hardly measured is a gap."""
    return day.isoformat(), figures.subscribers if figures and figures.complete else None


def chart(view: Overview) -> list[dict[str, object]]:
    """The trend as lines by network, oldest day first: what static/js/chart.js draws."""
    return [
        {
            "key": code,
            "name": str(PlatformCode(code).label),
            "points": [point(row.day, row.platforms[index]) for row in reversed(view.trend)],
        }
        for index, code in enumerate(view.platforms)
    ]


def group_rows(region: Region, day: dt.date, year_day: dt.date | None) -> dict[str, list[GroupRow]]:
    """Municipalities and sectors of the day, widest audience first, with the change to `year_day`."""
    dimensions = (Dimension.MUNICIPALITY, Dimension.SECTOR)
    rows = GroupDay.objects.filter(
        region=region, dimension__in=dimensions, day__in=[on for on in (day, year_day) if on]
    )
    found: dict[tuple[str, str], dict[dt.date, Figures]] = defaultdict(dict)
    for dimension, key, on, pages, measured, subscribers in rows.values_list(
        "dimension", "key", "day", "pages", "measured", "subscribers"
    ):
        found[dimension, key][on] = Figures(pages, measured, subscribers)
    names = {
        Dimension.MUNICIPALITY: dict(Municipality.objects.filter(region=region).values_list("pk", "name")),
        Dimension.SECTOR: dict(Sector.objects.filter(parent=None).values_list("pk", "name")),
    }
    result: dict[str, list[GroupRow]] = {dimension: [] for dimension in dimensions}
    for (dimension, key), days in found.items():
        if day in days:
            name = names[dimension].get(int(key), "") if key else ""
            change = _year_change(days[day], days.get(year_day))
            result[dimension].append(GroupRow(key, name, days[day], change))
    for listed in result.values():
        listed.sort(key=lambda row: -(row.now.subscribers or 0))
    return result


def _year_change(now: Figures, then: Figures | None) -> int | None:
    if then is None or not (now.complete and then.complete):
        return None
    return now.subscribers - then.subscribers


@dataclass(frozen=True, slots=True)
class Present:
    """How the pages stand now, whatever day is looked at."""

    states: list[tuple[PageStatus, int]]
    freshest: QuerySet[PageState]
    stale: QuerySet[PageState]
    silent: int
    events: QuerySet[PageEvent]


def present(region: Region, now: dt.datetime) -> Present:
    """Pages by state, the ones that posted last and longest ago, and what happened lately."""
    watched = Page.objects.watched().filter(institution__region=region)
    counts = dict(watched.values_list("status").annotate(Count("pk")))
    posting = (
        PageState.objects.filter(page__in=watched, page__status=PageStatus.OPEN, last_post_at__isnull=False)
        .select_related("page__institution")
        .order_by("-last_post_at", "page_id")
    )
    silent = PageState.objects.filter(page__in=watched, page__status=PageStatus.OPEN)
    return Present(
        states=[(status, counts[status]) for status in PageStatus if counts.get(status)],
        freshest=posting[:LISTED],
        stale=posting.reverse()[:LISTED],
        silent=silent.filter(Q(last_post_at__lt=now - SILENT)).count(),
        events=PageEvent.objects.filter(page__institution__region=region)
        .exclude(kind=EventKind.SILENT)  # counted above, and far more often than anything else
        .select_related("page__institution")
        .order_by("-day", "-pk")[: LISTED + 2],
    )
