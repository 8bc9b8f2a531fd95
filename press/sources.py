"""What the figures are made of: sums of the roll-ups, and the pages of two days one by one."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Sum

from gospub.clock import local_day
from monitoring.dashboards.queries.comparison import UNKNOWN, Figures, Span, earlier_days
from monitoring.models import Dimension, GroupDay, GroupMonth, Page, PageDay, PlatformCode, Region, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS
from ratings.quantities import pieces

YEAR = dt.timedelta(days=365)
Days = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Dates:
    """Local days of a sheet: as of, compared with (None = with nothing), first and last whose posts are counted."""

    day: dt.date
    against: dt.date | None
    first: dt.date
    last: dt.date

    @property
    def period(self) -> Days:
        return self.first, self.last

    @property
    def earlier_period(self) -> Days | None:
        """The same dates so many years before as `against` lies before `day` (a few days do not count); so many days
        before where it is no whole number of years."""
        if self.against is None:
            return None
        years = round((self.day - self.against) / YEAR)
        if years and self.against in earlier_days(_years_before(self.day, years - 1), Span.YEAR):
            return _years_before(self.first, years), _years_before(self.last, years)
        return self.first - (self.day - self.against), self.last - (self.day - self.against)

    @property
    def in_a_year(self) -> bool:
        """Whether it is compared with the same date of the year before, or a day that stands for it."""
        return self.against in earlier_days(self.day, Span.YEAR)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


class DayPages:
    """The pages that were there on a day: network and reason of the slot by key; subscribers of the measured ones."""

    def __init__(self, network: dict[int, str], reason: dict[int, str], subscribers: dict[int, int]) -> None:
        self.network, self.reason, self.subscribers = network, reason, subscribers
        self._there: dict[str, set[int]] = {"": set(network)}
        for page, code in network.items():
            self._there.setdefault(code, set()).add(page)

    def there(self, network: str) -> set[int]:
        """Pages of the network; "" = of all."""
        return self._there.get(network, set())

    def measured(self, network: str) -> set[int]:
        return self.there(network) & self.subscribers.keys()


class Source:
    """What is known of a region now, for the dates of a sheet. Each part is read when a figure first asks for it."""

    def __init__(self, region: Region, dates: Dates) -> None:
        self.region, self.dates = region, dates

    @cached_property
    def _groups(self) -> dict[dt.date, dict[str, Figures]]:
        rows = GroupDay.objects.filter(
            region=self.region,
            dimension__in=(Dimension.ALL, Dimension.PLATFORM),
            day__in=[day for day in (self.dates.day, self.dates.against) if day],
        )
        found: dict[dt.date, dict[str, Figures]] = {}
        for key, day, pages, measured, subscribers in rows.values_list(
            "key", "day", "pages", "measured", "subscribers"
        ):
            found.setdefault(day, {})[key] = Figures(pages, measured, subscribers)
        return found

    def group(self, day: dt.date | None, network: str) -> Figures:
        """Sums of the day; a network that had no page on a day that was collected has 0 pages."""
        groups = self._groups.get(day)
        return UNKNOWN if groups is None else groups.get(network, Figures(0, 0, None))

    @property
    def networks(self) -> list[str]:
        """Those with a page on one of the two days."""
        return [code for code in PlatformCode.values if any(code in groups for groups in self._groups.values())]

    @cached_property
    def now(self) -> DayPages:
        return _day_pages(self.region, self.dates.day)

    @cached_property
    def then(self) -> DayPages:
        return _day_pages(self.region, self.dates.against)

    @cached_property
    def posts(self) -> dict[str, int]:
        """Posts of the period by network; a network of which nothing is known is absent."""
        return _posts(self.region, *self.dates.period)

    @cached_property
    def earlier_posts(self) -> dict[str, int]:
        return _posts(self.region, *self.dates.earlier_period)

    def known_walls(self, pages: Iterable[int], period: Days) -> set[int]:
        """Those of the pages of which every post of the period is known."""
        first, last = period
        return {page for page in pages if page in self._walls and _covers(self._walls[page], first, last)}

    @cached_property
    def _walls(self) -> dict[int, Days]:
        zone = self.region.time_zone
        rows = Page.objects.filter(
            institution__region=self.region, posts_known_from__isnull=False, posts_known_to__isnull=False
        )
        known = rows.order_by().values_list("pk", "posts_known_from", "posts_known_to")
        return {page: (first, local_day(moment, zone)) for page, first, moment in known}


def _covers(known: Days, first: dt.date, last: dt.date) -> bool:
    return known[0] <= first and last <= known[1]


def _day_pages(region: Region, day: dt.date) -> DayPages:
    slots = Slot.objects.filter(day=day, page__institution__region=region)
    there = slots.exclude(status=SlotStatus.FAILED, reason__in=GONE_REASONS)
    rows = list(there.order_by().values_list("page_id", "platform", "reason", "status"))
    facts = PageDay.objects.filter(day=day, page__institution__region=region, subscribers__isnull=False)
    return DayPages(
        {page: network for page, network, _reason, _status in rows},
        {page: reason or status for page, _network, reason, status in rows},
        dict(facts.order_by().values_list("page_id", "subscribers")),
    )


def _posts(region: Region, first: dt.date, last: dt.date) -> dict[str, int]:
    """Whole months from their roll-up, the days before and after them from the facts."""
    months, ends = pieces(first, last)
    sums: Counter[str] = Counter()
    rolled = GroupMonth.objects.filter(
        region=region, dimension=Dimension.PLATFORM, month__in=months, posts__isnull=False
    )
    for network, posts in rolled.values_list("key", "posts"):
        sums[network] += posts
    for start, end in ends:
        facts = PageDay.objects.filter(
            page__institution__region=region, day__range=(start, end), posts__isnull=False
        ).order_by()
        for network, posts in facts.values_list("page__platform").annotate(Sum("posts")):
            sums[network] += posts
    return dict(sums)
