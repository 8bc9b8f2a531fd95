"""Subscribers of the made-up pages: natural curves, and sums that come out to the digit."""

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from .chance import share
from .pages import Page
from .plans import Total

START = dt.date(2022, 10, 26)
_START = START.toordinal()


class Audience:
    """Who has how many subscribers on which local day.

    Where a network has totals, one slowly changing factor is laid over the curves of its pages so that they add up to
    them; the halves that rounding leaves over go to fixed pages, so no series trembles with the rounding.
    """

    def __init__(self, pages: Iterable[Page], totals: dict[str, Sequence[Total]]) -> None:
        by_platform: dict[str, list[Page]] = {}
        for page in pages:
            by_platform.setdefault(page.platform, []).append(page)
        self._scales = {
            platform: _Scale(by_platform.get(platform, []), fixed) for platform, fixed in totals.items() if fixed
        }

    def subscribers(self, page: Page, day: dt.date) -> int | None:
        """People; None where the page does not exist or hides its counter."""
        return None if page.hidden or not page.exists(day) else self.people(page, day)

    def people(self, page: Page, day: dt.date) -> int:
        """As `subscribers`, also where nobody is shown the number: views of posts depend on it."""
        scale = self._scales.get(page.platform)
        if scale is None:
            return int(natural(page, day) + share(page.key)) or 1
        return scale.people(page, day)


def natural(page: Page, day: dt.date) -> float:
    """The page's own curve: growth on working days rather than on others, slow swings, a start from little, a jump."""
    habits, ordinal = page.habits, day.toordinal()
    days = ordinal - _START
    joined = days - 0.9 * math.sin(math.tau * days / 7 + 1.2)
    swing = habits.wave * math.sin(days / habits.wave_days + habits.phase)
    people = habits.size * math.exp(habits.growth * joined / 365 + swing)
    if habits.new:
        people *= 1 - 0.75 * math.exp(-(day - page.born).days / 50)
    if habits.jump_on and day >= habits.jump_on:
        people *= habits.jump_by
    return people * (1 + 0.0003 * (2 * share(page.key, ordinal) - 1)) + 12


class _Scale:
    """The factor of one network between the days on which its total is fixed."""

    def __init__(self, pages: Sequence[Page], totals: Sequence[Total]) -> None:
        self._days = [total.day.toordinal() for total in totals]
        self._logs: list[float] = []
        for total in totals:
            shown = _shown(pages, total.day)
            self._logs.append(math.log(total.people / sum(natural(page, total.day) for page in shown)))
        self._halves = {page.key: [share(page.key)] * len(totals) for page in pages}
        self._evens = [0.5] * len(totals)  # of a page that the region did not begin with
        self._at = lru_cache(maxsize=4096)(self._compute)
        for number, total in enumerate(totals):
            self._settle(_shown(pages, total.day), number, total)

    def people(self, page: Page, day: dt.date) -> int:
        factor, before, after, way = self._at(day)
        halves = self._halves.get(page.key, self._evens)
        return int(natural(page, day) * factor + halves[before] * (1 - way) + halves[after] * way)

    def _compute(self, day: dt.date) -> tuple[float, int, int, float]:
        """Factor, the fixed days before and after (by number), and how far the day is between them (0 to 1)."""
        ordinal, last = day.toordinal(), len(self._days) - 1
        before = min(max(bisect_right(self._days, ordinal) - 1, 0), last)
        after = min(before + 1, last)
        span = self._days[after] - self._days[before]
        way = min(max((ordinal - self._days[before]) / span, 0.0), 1.0) if span else 0.0
        return math.exp(self._logs[before] * (1 - way) + self._logs[after] * way), before, after, way

    def _settle(self, shown: list[Page], number: int, total: Total) -> None:
        """Move the pages nearest to the next whole number across it until the sum is right."""
        factor = self._at(total.day)[0]
        exact = {page.key: natural(page, total.day) * factor + self._halves[page.key][number] for page in shown}
        rest = total.people - sum(map(int, exact.values()))
        order = sorted(exact, key=lambda key: exact[key] % 1, reverse=rest > 0)
        for key in order[: abs(rest)]:
            part = exact[key] % 1
            self._halves[key][number] += 1 - part + 1e-6 if rest > 0 else -part - 1e-6


def _shown(pages: Sequence[Page], day: dt.date) -> list[Page]:
    return [page for page in pages if page.exists(day) and not page.hidden]
