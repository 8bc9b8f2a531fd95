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
from .campaigns import Campaigns
from .chance import mix, share
from .growth import DAY, GROWN, SETTLED, Comment, comments, count_comments
from .pages import Page

_UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()
_LIVELY_FROM, _LIVELY_WEEKS = dt.date(2022, 10, 26).toordinal() // 7, 85
# Networks that show comments.
COMMENTED = ("vk", "ok")
# 256 even quantiles of a bell curve, for the luck of posts.
_BELL = [math.sqrt(2) * math.copysign(1, x) * math.sqrt(-math.log(1 - x * x) * 0.9) / 1.5
         for x in ((2 * i + 1) / 256 - 1 for i in range(256))]  # fmt: skip
_LUCK = [math.exp(0.5 * bell) for bell in _BELL]


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it stands at a moment. number: its place in the page's history, from 0. at: Unix seconds.

    chance: 32 bits of its own, for whatever else is to be made up. comments: with the page's answers; talk: those of
    people in the end. copy_of: the week whose text, sent around by a ministry, this is; 0 = the page's own.
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
    talk: float
    copy_of: int


class History:
    """The moments (Unix seconds, oldest first) at which a page posts in all its life, worked out week by week.

    copies: the week by the moment, of posts that publish a text which was sent around.
    """

    __slots__ = ("_campaigns", "_page", "_week", "copies", "moments")

    def __init__(self, page: Page, campaigns: Campaigns) -> None:
        self._page = page
        self._campaigns = campaigns
        self.copies: dict[int, int] = {}
        self._week = _week_of(page.born)
        self.moments = array("q")

    def count(self, unix: int) -> int:
        """How many posts there are at that moment."""
        last = (unix // DAY + _UNIX_EPOCH + 1) // 7  # a day further, for the zones east of Greenwich
        while self._week <= last:
            self.moments.extend(self._moments(self._week))
            self._week += 1
        return bisect_right(self.moments, unix)

    def _moments(self, week: int) -> list[int]:
        """Moments of the posts of one week (Monday to Sunday, local time), within working hours."""
        page, monday = self._page, week * 7 + 1
        if page.died and page.died.toordinal() <= monday:
            return []
        count = int(_rate(page, week) + share(page.key, week, 1))
        midnight = (monday - _UNIX_EPOCH) * DAY - _offset(page.zone, week)
        found = []
        for nth in range(count):
            day = page.habits.weekdays[nth % 7]
            second = self._second_sent(week, day) if nth < 7 else None
            at = midnight + day * DAY + (second or 9 * 3600 + mix(page.key, week, 2, nth) % (9 * 3600))
            if second:
                self.copies[at] = week
            found.append(at)
        return sorted(at for at in set(found) if at >= midnight + (page.born.toordinal() - monday) * DAY)

    def _second_sent(self, week: int, day: int) -> int | None:
        """When on that weekday the page publishes what a ministry has sent around; None = it does not."""
        return self._campaigns.second(self._page, week) if day == self._campaigns.day(week) else None


def _week_of(day: dt.date) -> int:
    """Weeks since the year 1; day 1 of the calendar was a Monday."""
    return (day.toordinal() - 1) // 7


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

    def __init__(self, audience: Audience, campaigns: Campaigns) -> None:
        self._audience = audience
        self._campaigns = campaigns
        self._histories: dict[int, History] = {}

    def history(self, page: Page) -> History:
        found = self._histories.get(page.key)
        if found is None:
            found = self._histories[page.key] = History(page, self._campaigns)
        return found

    def count(self, page: Page, unix: int) -> int:
        """Posts of all time at that moment."""
        return self.history(page).count(unix)

    def post(self, page: Page, number: int, unix: int) -> Post:
        """A post that there is at that moment."""
        history = self.history(page)
        at = history.moments[number]
        chance = mix(page.key, number, 7)
        hours = (unix - at) // 3600
        share_now = GROWN[hours] if hours < len(GROWN) else 1.0
        habits = page.habits
        people = self._audience.people(page, dt.date.fromordinal(at // DAY + _UNIX_EPOCH))
        in_the_end = people * habits.reach * _LUCK[chance & 255] + 4
        views = int(in_the_end * share_now)
        liked = in_the_end * habits.warmth * _LUCK[chance >> 8 & 255]
        talk, own = liked * 0.08, chance >> 32
        copy_of = history.copies.get(at, 0)
        return Post(
            number=number,
            at=at,
            chance=own,
            repost=(chance >> 16 & 255) < 24 and not copy_of,
            advertisement=(chance >> 24 & 255) == 0 and not copy_of,
            views=None if (chance >> 24 & 255) == 1 else views,
            likes=int(liked * share_now),
            comments=count_comments(page, at, own, talk, unix) if talk >= 1 and page.platform in COMMENTED else 0,
            reposts=int(liked * share_now * 0.2),
            talk=talk,
            copy_of=copy_of,
        )

    def comments(self, page: Page, number: int, unix: int) -> list[Comment]:
        """Comments and answers under a post that there are at that moment, oldest first."""
        post = self.post(page, number, unix)
        return comments(page, post.at, post.chance, post.talk, unix)


class Rendered:
    """Posts as bytes of an answer; those whose counters stand still are made once.

    render(page, post) makes them. At most `room` are kept.
    """

    def __init__(self, render: Callable[[Page, Post], bytes], room: int = 400_000) -> None:
        self._render = render
        self._room = room
        self._kept: dict[Page, dict[int, bytes]] = {}
        self._count = 0

    def newest(self, wall: Wall, page: Page, first: int, last: int, unix: int) -> list[bytes]:
        """Posts number `last` - 1 down to `first`."""
        kept = self._kept.setdefault(page, {})
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
