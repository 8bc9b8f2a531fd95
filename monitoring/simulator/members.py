"""Who subscribes to what: people of one region, many of them to several of its pages.

Of a page's subscribers every other one is of its own place, the rest of the whole region; within a pool a page's are
spread by its own step, so that two pages share as many as chance has it. Whoever subscribes first stays first.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from .chance import mix
from .pages import Page

FIRST_PERSON = 1000
# Numbers of one pool: more people than any pool holds.
POOL_NUMBERS = 10_000_000
# People of a pool for each subscription of its pages.
PEOPLE_PER_SUBSCRIPTION = 0.4


class People:
    """The pools of one region. most: the largest number of subscribers of each of its pages, by key."""

    def __init__(self, number: int, pages: Sequence[Page], most: dict[int, int]) -> None:
        self._first = FIRST_PERSON + number * 1000 * POOL_NUMBERS
        self._place = {slug: n for n, slug in enumerate(sorted({page.institution.place.slug for page in pages}), 1)}
        sums, largest = {0: 0}, {0: 0}
        for page in pages:
            for pool in (0, self._place[page.institution.place.slug]):
                sums[pool] = sums.get(pool, 0) + most[page.key] // 2
                largest[pool] = max(largest.get(pool, 0), most[page.key])
        self._sizes = {
            pool: _prime(max(int(sums[pool] * PEOPLE_PER_SUBSCRIPTION), 2 * largest[pool], 11)) for pool in sums
        }

    def of(self, page: Page, first: int, last: int) -> list[int]:
        """Numbers of the page's subscribers from `first` to `last` (exclusive), none twice."""
        return [self._person(page, place) for place in range(first, last)]

    def _person(self, page: Page, place: int) -> int:
        pool = self._place[page.institution.place.slug] if place % 2 else 0
        size = self._sizes[pool]
        step, start = 1 + mix(page.key, 61, pool) % (size - 1), mix(page.key, 62, pool) % size
        return self._first + pool * POOL_NUMBERS + (start + place // 2 * step) % size


@lru_cache
def _prime(least: int) -> int:
    """The first prime from `least` on: any step then goes through a whole pool."""
    number = least | 1
    while any(number % divisor == 0 for divisor in range(3, math.isqrt(number) + 1, 2)):
        number += 2
    return number
