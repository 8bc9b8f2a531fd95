"""Audience on the move between networks: shares then and now, who left one network and came to another, and the figures
of others beside the own ones."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import Count, Max, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import GONE
from monitoring.models import Dimension, GroupDay, Institution, Page, PlatformCode, Region

from .duties import existing

YEAR = dt.timedelta(days=365)
# Days back from the day asked for in which a collected one is looked for.
NEAR = dt.timedelta(days=31)
WEEK = 7
LISTED = 50


class Measure(TextChoices):
    """What benchmarks tell of, as in data/benchmarks.json."""

    PAGES = "pages", _("Pages")
    PER_PAGE = "subscribers_per_page", _("Subscribers per page")
    POSTS = "posts_per_week", _("Posts per page and week")
    MAX = "max_subscribers", _("Subscribers on MAX")
    MAX_SHARE = "max_share", _("Subscribers on MAX per 1,000 adults")


@dataclass(frozen=True, slots=True)
class NetworkMove:
    """A network on the two days; None = no data. Shares are of the subscribers of all networks on that day."""

    platform: str
    then: int | None
    now: int | None
    then_share: float | None
    now_share: float | None
    pages_then: int | None
    pages_now: int | None

    @property
    def change(self) -> int | None:
        return None if self.then is None or self.now is None else self.now - self.then

    @property
    def share_change(self) -> float | None:
        """In percentage points."""
        missing = self.then_share is None or self.now_share is None
        return None if missing else (self.now_share - self.then_share) * 100


@dataclass(frozen=True, slots=True)
class Mover:
    """An institution that since the earlier day left networks (none of its pages is there any more) and came to
    others."""

    institution: Institution
    left: list[str]
    came: list[str]


@dataclass(frozen=True, slots=True)
class Double:
    """An institution with several existing pages on one network."""

    institution: Institution
    platform: str
    count: int


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Somebody else's published figure. when: as published, "" = not told; source: where it was read."""

    measure: str
    who: str
    value: float
    when: str
    source: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The own figure (None = no data) with those of others, the largest first."""

    measure: Measure
    own: float | None
    digits: int
    others: Sequence[Benchmark]


@dataclass(frozen=True, slots=True)
class Moves:
    """day, then: the collected days compared, None where nothing was collected."""

    day: dt.date | None
    then: dt.date | None
    networks: Sequence[NetworkMove]
    movers: Sequence[Mover]
    more_movers: int
    doubles: Sequence[Double]
    more_doubles: int
    beside: Sequence[Beside]
    benchmarks_day: dt.date


def moves(region: Region, today: dt.date, then: dt.date, listed: int | None = LISTED) -> Moves:
    """From the collected day at or before `then` to the latest one until `today`; at most `listed` institutions."""
    last, first = _collected(region, today), _collected(region, then)
    figures = _figures(region, [day for day in (last, first) if day])
    movers, doubles = _movers(region, first or then), _doubles(region)
    return Moves(
        day=last,
        then=first,
        networks=_networks(figures.get(first, {}), figures.get(last, {})),
        movers=movers[:listed],
        more_movers=len(movers[listed:]) if listed else 0,
        doubles=doubles[:listed],
        more_doubles=len(doubles[listed:]) if listed else 0,
        beside=_beside(region, figures.get(last, {}), _posts_of_week(region, last)),
        benchmarks_day=benchmarks()[0],
    )


def _collected(region: Region, day: dt.date) -> dt.date | None:
    days = GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__lte=day, day__gt=day - NEAR)
    return days.aggregate(Max("day"))["day__max"]


def _figures(region: Region, days: Sequence[dt.date]) -> dict[dt.date, dict[str, GroupDay]]:
    """By day and network."""
    result: dict[dt.date, dict[str, GroupDay]] = defaultdict(dict)
    for row in GroupDay.objects.filter(
        region=region, dimension=Dimension.PLATFORM, key__in=PlatformCode.values, day__in=days
    ):
        result[row.day][row.key] = row
    return result


def _networks(then: dict[str, GroupDay], now: dict[str, GroupDay]) -> list[NetworkMove]:
    """Every network, also those on which nobody is."""
    totals = [sum(row.subscribers or 0 for row in rows.values()) for rows in (then, now)]
    result = []
    for code in PlatformCode.values:
        values = [rows[code].subscribers if code in rows else None for rows in (then, now)]
        shares = [
            value / total if value is not None and total else None for value, total in zip(values, totals, strict=True)
        ]
        pages = [rows[code].pages if code in rows else None for rows in (then, now)]
        result.append(NetworkMove(code, *values, *shares, *pages))
    return result


def _movers(region: Region, since: dt.date) -> list[Mover]:
    """Who left a network by then and is on one now on which it was not: from the days on which pages were added,
    archived, and are gone."""
    touched = Page.objects.filter(institution__region=region).filter(
        Q(added_on__gt=since) | Q(archived_on__gt=since) | Q(archived_on=None, status__in=GONE)
    )
    rows = Page.objects.filter(institution__in=touched.values("institution")).order_by()
    before: dict[int, set[str]] = defaultdict(set)
    present: dict[int, set[str]] = defaultdict(set)
    for pk, platform, added, archived, status in rows.values_list(
        "institution", "platform", "added_on", "archived_on", "status"
    ):
        if added <= since and (archived is None or archived > since):
            before[pk].add(platform)
        if archived is None and status not in GONE:
            present[pk].add(platform)
    moved = {pk for pk in before if before[pk] - present[pk] and present[pk] - before[pk]}
    institutions = Institution.objects.filter(pk__in=moved).select_related("municipality").order_by("name", "pk")
    return [
        Mover(each, _ordered(before[each.pk] - present[each.pk]), _ordered(present[each.pk] - before[each.pk]))
        for each in institutions
    ]


def _ordered(codes: set[str]) -> list[str]:
    return [code for code in PlatformCode.values if code in codes]


def _doubles(region: Region) -> list[Double]:
    rows = existing(region).order_by().values_list("institution", "platform").annotate(count=Count("pk"))
    found = sorted(rows.filter(count__gt=1), key=lambda row: (-row[2], row[0]))
    known = Institution.objects.select_related("municipality").in_bulk([row[0] for row in found])
    return [Double(known[pk], platform, count) for pk, platform, count in found]


def _posts_of_week(region: Region, day: dt.date | None) -> float | None:
    """Posts per page and week of the seven days that end with `day`; None where one of them is not known."""
    if day is None:
        return None
    rows = GroupDay.objects.filter(
        region=region, dimension=Dimension.ALL, key="", day__lte=day, day__gt=day - dt.timedelta(WEEK)
    ).values_list("posts", "pages")
    known = [(posts, pages) for posts, pages in rows if posts is not None and pages]
    if len(known) < WEEK:
        return None
    return sum(posts / pages for posts, pages in known)


@cache
def benchmarks() -> tuple[dt.date, tuple[Benchmark, ...]]:
    """The day on which they were gathered, and the figures."""
    data = json.loads((Path(__file__).parent / "data" / "benchmarks.json").read_text("utf-8"))
    return dt.date.fromisoformat(data["as_of"]), tuple(Benchmark(**each) for each in data["benchmarks"])


def _beside(region: Region, now: dict[str, GroupDay], posts: float | None) -> list[Beside]:
    measured = [row for row in now.values() if row.subscribers is not None]
    pages = sum(row.pages for row in now.values()) if now else None
    counted = sum(row.measured for row in measured)
    on_max = now["max"].subscribers if "max" in now else None
    adults = region.adult_population
    own: dict[Measure, tuple[float | None, int]] = {
        Measure.PAGES: (pages, 0),
        Measure.PER_PAGE: (sum(row.subscribers for row in measured) / counted if counted else None, 1),
        Measure.POSTS: (posts, 2),
        Measure.MAX: (on_max, 0),
        Measure.MAX_SHARE: (on_max * 1000 / adults if on_max is not None and adults else None, 2),
    }
    known = benchmarks()[1]
    return [
        Beside(measure, value, digits, sorted((b for b in known if b.measure == measure), key=lambda b: -b.value))
        for measure, (value, digits) in own.items()
    ]
