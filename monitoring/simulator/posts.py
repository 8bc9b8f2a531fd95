"""Posts of the made-up pages and their counters, as of any moment."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from .world import Page

# Most views come within two days.
FADE_DAYS = 1.6
GROWN_UP_DAYS = 25
# Audience by network in proportion to a page's size, about as the demo's totals have it.
READERS = {"vk": 0.9, "ok": 1.8, "telegram": 5.5, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Post:
    """`number` grows with time; counters are those of the moment asked for."""

    number: int
    at: dt.datetime
    repost: bool
    advertisement: bool
    views: int
    likes: int
    comments: int
    reposts: int


@lru_cache(maxsize=1 << 18)
def _posted(page: Page, day: dt.date) -> tuple[tuple[int, dt.datetime], ...]:
    """Numbers and moments of the posts of one local day."""
    if not page.exists(day):
        return ()
    rate = _rate(page, day)
    count = int(rate) + (page.chance("posts", day) < rate % 1)
    zone = ZoneInfo(page.zone)
    result = []
    for index in range(count):
        minute = int((9 + 9 * page.chance("minute", day, index)) * 60)
        at = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), zone)
        result.append((day.toordinal() % 100_000 * 10 + index + 1, at))
    return tuple(sorted(result, key=lambda post: post[1]))


def _rate(page: Page, day: dt.date) -> float:
    """Posts a day: a few pages write daily, many once or twice a week, some sleep for months."""
    kind = page.chance("diligence")
    asleep = kind > 0.86 and page.chance("asleep", day.toordinal() // 45) < 0.75
    a_week = 0 if asleep else 6 * (1 - kind) ** 1.6 + 0.35
    return a_week / 7 * (0.4 if day.weekday() > 4 else 1.24)


def posts(page: Page, first: dt.date, moment: dt.datetime) -> Iterator[Post]:
    """Posts from the local day `first` to the moment, newest first, with their counters as of the moment."""
    day = moment.astimezone(ZoneInfo(page.zone)).date()
    while day >= first:
        for number, at in reversed(_posted(page, day)):
            age_days = (moment - at).total_seconds() / 86_400
            if age_days > GROWN_UP_DAYS:
                yield _counted(page, number, at, 1)
            elif age_days >= 0:
                yield _counted(page, number, at, 1 - math.exp(-age_days / FADE_DAYS))
        day -= dt.timedelta(days=1)


@lru_cache(maxsize=1 << 18)
def _counted(page: Page, number: int, at: dt.datetime, grown: float) -> Post:
    """The post with the share `grown` of the views that it will have in the end."""
    people = page.size * READERS[page.platform]
    luck = 0.4 + 1.2 * page.chance("luck", number)
    views = int(people * (0.15 + 0.5 * page.chance("reach")) * luck * grown) + 3
    warmth = 0.01 + 0.05 * page.chance("warmth")
    return Post(
        number=number,
        at=at,
        repost=page.chance("repost", number) < 0.18,
        advertisement=page.chance("advertisement", number) < 0.004,
        views=views,
        likes=int(views * warmth),
        comments=int(views * warmth * 0.12 * page.chance("talk", number)),
        reposts=int(views * warmth * 0.2 * page.chance("spread", number)),
    )
