"""Subscribers of the made-up pages: natural curves, and sums that come out to the digit."""

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .world import Page

EPOCH = dt.date(2022, 10, 26)


class Total(NamedTuple):
    """On that day all pages of a network together have exactly so many subscribers."""

    day: dt.date
    people: int


class Audience:
    """Who has how many subscribers on which day. `totals`: by network, oldest first; without them pages grow freely."""

    def __init__(self, pages: Sequence["Page"], totals: dict[str, tuple[Total, ...]]) -> None:
        self._pages: dict[str, list[Page]] = {}
        for page in pages:
            self._pages.setdefault(page.platform, []).append(page)
        self._totals = totals
        self.on = lru_cache(maxsize=128)(self._on)

    def subscribers(self, page: "Page", day: dt.date) -> int | None:
        """People; None where the page does not exist or hides its counter."""
        return self.on(page.platform, day).get(page.key)

    def _on(self, platform: str, day: dt.date) -> dict[int, int]:
        shown = [p for p in self._pages.get(platform, ()) if p.exists(day) and not p.hidden]
        wanted = {page.key: _wish(page, day) for page in shown}
        if platform not in self._totals:
            return {key: int(wish) for key, wish in wanted.items()}
        return largest_remainder(wanted, total_on(self._totals[platform], day))


def _wish(page: "Page", day: dt.date) -> float:
    """The page's own curve before it is fitted to the region's total: steady growth, now and then a jump."""
    years = (day - EPOCH).days / 365
    pace = 0.35 * (page.chance("pace") - 0.35)
    jump = 1.45 if page.chance("jumps") < 0.01 and day >= dt.date(2024, 10, 15) else 1
    return (page.size + 8) * math.exp(pace * years) * jump


def total_on(totals: Sequence[Total], day: dt.date) -> int:
    """On a straight line between the fixed days, with a weekly wave that is still on them."""
    before = max((t for t in totals if t.day <= day), default=totals[0])
    after = min((t for t in totals if t.day >= day), default=None)
    if after is None:  # past the last fixed day the last slope goes on
        before, after = totals[-2], totals[-1]
    if before.day == after.day:
        return before.people
    way = (day - before.day).days / (after.day - before.day).days
    wave = 0.0006 * math.sin(2 * math.pi * day.toordinal() / 7) * math.sin(math.pi * min(way, 1))
    return round((before.people + (after.people - before.people) * way) * (1 + wave))


def largest_remainder(wishes: dict[int, float], total: int) -> dict[int, int]:
    """Whole numbers in proportion to the wishes that add up to `total` (Hamilton's method)."""
    if not wishes:
        return {}
    scale = total / sum(wishes.values())
    result = {key: int(wish * scale) for key, wish in wishes.items()}
    rest = total - sum(result.values())
    order = sorted(wishes, key=lambda key: (result[key] - wishes[key] * scale, key))
    for key in order[:rest]:
        result[key] += 1
    return result
