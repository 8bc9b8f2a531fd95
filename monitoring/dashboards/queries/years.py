"""Two days side by side, usually a year apart: accounts and subscribers by network, who came, who left, and what the
change of the audience is made of. Reads the two days alone."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitoring.models import Dimension, GroupDay, Page, PageDay, PlatformCode, Region, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS

from .comparison import Span, earlier_days

LISTED = 50


@dataclass(frozen=True, slots=True)
class DayPages:
    """Accounts that existed on a day, by page their network; and the subscribers of those that were measured."""

    day: dt.date
    networks: Mapping[int, str]
    subscribers: Mapping[int, int]

    def there(self, network: str) -> set[int]:
        """Of that network; "" = of all."""
        return {page for page, code in self.networks.items() if network in ("", code)}

    def sum(self, pages: Iterable[int]) -> int:
        """Subscribers of those of the pages that were measured."""
        return sum(self.subscribers.get(page, 0) for page in pages)


@dataclass(frozen=True, slots=True)
class Row:
    """A network ("" = all). Subscribers are sums over measured pages, None where none was.

    grown: of the `same` pages, measured on both days; came, left: of pages that were there on one day; unmeasured: of
    pages that were there on both and measured on one. The four are the whole change.
    """

    network: str
    accounts_then: int
    accounts_now: int
    then: int | None
    now: int | None
    same: int
    same_then: int
    grown: int
    came: int
    came_pages: int
    left: int
    left_pages: int
    unmeasured: int
    unmeasured_pages: int

    @property
    def accounts_change(self) -> int:
        return self.accounts_now - self.accounts_then

    @property
    def change(self) -> int | None:
        return None if None in (self.now, self.then) else self.now - self.then

    @property
    def ratio(self) -> float | None:
        return self.change / self.then if self.change is not None and self.then else None

    @property
    def grown_ratio(self) -> float | None:
        """Like for like: growth of the same pages by what they had."""
        return self.grown / self.same_then if self.same_then else None


@dataclass(frozen=True, slots=True)
class Years:
    rows: Sequence[Row]
    came: Sequence[tuple[Page, int | None]]
    left: Sequence[tuple[Page, int | None]]


def year_earlier(region: Region, day: dt.date) -> dt.date | None:
    """The collected day that stands for a year before `day`."""
    days = earlier_days(day, Span.YEAR)
    found = set(
        GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__in=days).values_list(
            "day", flat=True
        )
    )
    return next((on for on in days if on in found), None)


def years(region: Region, then: dt.date, now: dt.date, listed: int | None = LISTED) -> Years:
    """Both days, by network and all together, with the widest pages of those that came and left, at most `listed`."""
    days = day_pages(region, (then, now))
    earlier, later = days[then], days[now]
    codes = {*earlier.networks.values(), *later.networks.values()}
    rows = [row("", earlier, later), *(row(code, earlier, later) for code in PlatformCode.values if code in codes)]
    came = later.networks.keys() - earlier.networks.keys()
    left = earlier.networks.keys() - later.networks.keys()
    return Years(rows, widest(later, came, listed), widest(earlier, left, listed))


def day_pages(region: Region, days: Collection[dt.date]) -> dict[dt.date, DayPages]:
    found = {day: DayPages(day, {}, {}) for day in days}
    within = {"day__in": list(found), "page__institution__region": region}
    slots = Slot.objects.filter(**within).exclude(status=SlotStatus.FAILED, reason__in=GONE_REASONS)
    for day, page, network in slots.values_list("day", "page_id", "page__platform"):
        found[day].networks[page] = network
    facts = PageDay.objects.filter(**within, subscribers__isnull=False)
    for day, page, network, subscribers in facts.values_list("day", "page_id", "page__platform", "subscribers"):
        found[day].networks[page] = network
        found[day].subscribers[page] = subscribers
    return found


def row(network: str, earlier: DayPages, later: DayPages) -> Row:
    before, after = earlier.there(network), later.there(network)
    both = before & after
    same = both & earlier.subscribers.keys() & later.subscribers.keys()
    once = {page for page in both - same if page in earlier.subscribers or page in later.subscribers}
    return Row(
        network=network,
        accounts_then=len(before),
        accounts_now=len(after),
        then=earlier.sum(before) if before & earlier.subscribers.keys() else None,
        now=later.sum(after) if after & later.subscribers.keys() else None,
        same=len(same),
        grown=later.sum(same) - earlier.sum(same),
        same_then=earlier.sum(same),
        came=later.sum(after - before),
        came_pages=len(after - before),
        left=-earlier.sum(before - after),
        left_pages=len(before - after),
        unmeasured=later.sum(once) - earlier.sum(once),
        unmeasured_pages=len(once),
    )


def widest(day: DayPages, pages: Collection[int], most: int | None) -> list[tuple[Page, int | None]]:
    """The widest of the pages with their subscribers of that day; those that were not measured come last."""
    first = sorted(pages, key=lambda page: (-day.subscribers.get(page, -1), page))[:most]
    found = Page.objects.select_related("institution").in_bulk(first)
    return [(found[page], day.subscribers.get(page)) for page in first]
