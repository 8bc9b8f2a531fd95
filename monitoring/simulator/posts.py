"""When the made-up pages post, and how their posts are met. A post is known by its place in the page's history."""

import datetime as dt
import math
from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from .audience import Audience
from .chance import mix, share
from .pages import Page

DAY = 86_400
WEEK = 7 * DAY
# From this age on the counters of a post stand still.
SETTLED = 25 * DAY
_UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()
_LIVELY_FROM, _LIVELY_WEEKS = dt.date(2022, 10, 26).toordinal() // 7, 85
# Share of its views that a post has after so many hours: half of them come within a day.
_GROWN = [(1 - math.exp(-h / 36)) / (1 - math.exp(-SETTLED / 3600 / 36)) for h in range(SETTLED // 3600 + 1)]
# 256 even quantiles of a bell curve, for the luck of posts.
_BELL = [math.sqrt(2) * math.copysign(1, x) * math.sqrt(-math.log(1 - x * x) * 0.9) / 1.5
         for x in ((2 * i + 1) / 256 - 1 for i in range(256))]  # fmt: skip
_LUCK = [math.exp(0.5 * bell) for bell in _BELL]


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it stands at a moment. number: its place in the page's history, from 0. at: Unix seconds.

    chance: 64 bits of its own, for whatever else is to be made up.
    """

    number: int
    at: int
    chance: int
    repost: bool
    advertisement: bool
    views: int | None
    likes: int
    comments: int
    reposts: int


class History:
    """The moments (Unix seconds, oldest first) at which a page posts in all its life, worked out week by week."""

    __slots__ = ("_page", "_week", "moments")

    def __init__(self, page: Page) -> None:
        self._page = page
        self._week = _week_of(page.born)
        self.moments = array("q")

    def count(self, unix: int) -> int:
        """How many posts there are at that moment."""
        last = (unix // DAY + _UNIX_EPOCH + 1) // 7  # a day further, for the zones east of Greenwich
        while self._week <= last:
            self.moments.extend(_moments(self._page, self._week))
            self._week += 1
        return bisect_right(self.moments, unix)


def _week_of(day: dt.date) -> int:
    """Weeks since the year 1; day 1 of the calendar was a Monday."""
    return (day.toordinal() - 1) // 7


def _moments(page: Page, week: int) -> list[int]:
    """Moments of the posts of one week (Monday to Sunday, local time), within working hours."""
    monday = week * 7 + 1
    if page.died and page.died.toordinal() <= monday:
        return []
    rate = _rate(page, week)
    count = int(rate + share(page.key, week, 1))
    midnight = (monday - _UNIX_EPOCH) * DAY - _offset(page.zone, week)
    found = []
    for nth in range(count):
        day = page.habits.weekdays[nth % 7]
        second = 9 * 3600 + mix(page.key, week, 2, nth) % (9 * 3600)
        found.append(midnight + day * DAY + second)
    return sorted(at for at in set(found) if at >= midnight + (page.born.toordinal() - monday) * DAY)


def _rate(page: Page, week: int) -> float:
    """Posts expected in that week."""
    habits, monday = page.habits, dt.date.fromordinal(week * 7 + 1)
    if any(start <= monday < end for start, end in habits.asleep):
        return 0.0
    lively = 0.3 + 0.7 * min(max((week - _LIVELY_FROM) / _LIVELY_WEEKS, 0), 1)
    rest = 0.4 if habits.summer_break and monday.month in (7, 8) else 1
    return habits.posts_a_week * lively * rest


@lru_cache(maxsize=4096)
def _offset(zone: str, week: int) -> int:
    """Seconds by which the zone is ahead of UTC in that week (Russian zones do not change within one)."""
    noon = dt.datetime.combine(dt.date.fromordinal(week * 7 + 1), dt.time(12), ZoneInfo(zone))
    return int(noon.utcoffset().total_seconds())


class Wall:
    """All posts of the pages of one region, as of any moment."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._histories: dict[int, History] = {}

    def history(self, page: Page) -> History:
        found = self._histories.get(page.key)
        if found is None:
            found = self._histories[page.key] = History(page)
        return found

    def count(self, page: Page, unix: int) -> int:
        """Posts of all time at that moment."""
        return self.history(page).count(unix)

    def post(self, page: Page, number: int, unix: int) -> Post:
        """A post that there is at that moment."""
        at = self.history(page).moments[number]
        chance = mix(page.key, number, 7)
        hours = (unix - at) // 3600
        grown = _GROWN[hours] if hours < len(_GROWN) else 1.0
        habits = page.habits
        people = self._audience.people(page, dt.date.fromordinal(at // DAY + _UNIX_EPOCH))
        in_the_end = people * habits.reach * _LUCK[chance & 255] + 4
        views = int(in_the_end * grown)
        liked = in_the_end * habits.warmth * _LUCK[chance >> 8 & 255] * grown
        return Post(
            number=number,
            at=at,
            chance=chance >> 32,
            repost=(chance >> 16 & 255) < 24,
            advertisement=(chance >> 24 & 255) == 0,
            views=None if (chance >> 24 & 255) == 1 else views,
            likes=int(liked),
            comments=int(liked * 0.12),
            reposts=int(liked * 0.2),
        )


class Rendered:
    """Posts as bytes of an answer; those whose counters stand still are made once.

    render(page, post) makes them. At most `room` are kept.
    """

    def __init__(self, render: Callable[[Page, Post], bytes], room: int = 400_000) -> None:
        self._render = render
        self._room = room
        self._kept: dict[int, dict[int, bytes]] = {}
        self._count = 0

    def newest(self, wall: Wall, page: Page, first: int, last: int, unix: int) -> list[bytes]:
        """Posts number `last` - 1 down to `first`."""
        kept = self._kept.setdefault(page.key, {})
        moments = wall.history(page).moments
        settled = unix - SETTLED
        found = []
        for number in range(last - 1, first - 1, -1):
            ready = kept.get(number) if moments[number] <= settled else None
            if ready is None:
                ready = self._render(page, wall.post(page, number, unix))
                if moments[number] <= settled:
                    kept[number] = ready
                    self._count += 1
            found.append(ready)
        if self._count > self._room:
            self._kept.clear()
            self._count = 0
        return found
