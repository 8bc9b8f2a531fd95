"""How a page lives: how its audience grows, how often and when it posts, how its posts are met."""

import datetime as dt
from dataclasses import dataclass

from .chance import Dice
from .words import EDUCATION

# (posts a week: from, to; share of pages). Two in five keep the norm of three a week.
DILIGENCE = (
    ((4.5, 8.0), 0.04),
    ((3.05, 4.2), 0.33),
    ((0.6, 2.4), 0.37),
    ((0.08, 0.6), 0.18),
    ((0.0, 0.0), 0.08),
)
FELL_ASLEEP = (dt.date(2023, 6, 1), dt.date(2024, 8, 20))
WORKING_DAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


@dataclass(frozen=True, slots=True)
class Habits:
    """size: people before the region's curve is laid over. growth: logarithm a year. wave: swing of the audience in
    shares of it, over `wave_days` radians. jump_by: by how much the audience is multiplied on `jump_on`.

    posts_a_week: since the middle of 2024, a third of it in 2022. asleep: spans of weeks without a post.
    weekdays: in which order the days of a week are used. reach: views of a post in shares of the audience; warmth:
    likes in shares of views.
    """

    size: float
    growth: float
    wave: float
    wave_days: float
    phase: float
    posts_a_week: float
    asleep: tuple[tuple[dt.date, dt.date], ...]
    weekdays: tuple[int, ...]
    reach: float
    warmth: float
    summer_break: bool
    new: bool
    jump_on: dt.date | None = None
    jump_by: float = 1.0


def habits(dice: Dice, size: float, topic: str, busy: bool, new: bool) -> Habits:
    """What a page of that size and topic does by chance. busy: it posts every week. new: it starts from nothing."""
    low, high = dice.weighted(DILIGENCE[:2] if busy else DILIGENCE)
    asleep = []
    posts_a_week = dice.between(low, high)
    if not high:
        posts_a_week = dice.between(0.5, 2.5)
        days = (FELL_ASLEEP[1] - FELL_ASLEEP[0]).days
        asleep.append((FELL_ASLEEP[0] + dt.timedelta(days=dice.whole(0, days)), dt.date.max))
    elif dice.happens(0.06):
        start = dt.date(2023, 1, 1) + dt.timedelta(days=dice.whole(0, 640))
        asleep.append((start, start + dt.timedelta(weeks=dice.whole(3, 12))))
    return Habits(
        size=size,
        growth=0.14 + 0.16 * dice.normal(),
        wave=dice.between(0.002, 0.014),
        wave_days=dice.between(15, 40),
        phase=dice.between(0, 6.28),
        posts_a_week=posts_a_week,
        asleep=tuple(asleep),
        weekdays=_shuffled(dice, WORKING_DAYS) + _shuffled(dice, WEEKEND),
        reach=dice.between(0.12, 0.75) * (400 / max(size, 60)) ** 0.12,
        warmth=dice.between(0.01, 0.05),
        summer_break=topic == EDUCATION,
        new=new,
    )


def _shuffled(dice: Dice, days: tuple[int, ...]) -> tuple[int, ...]:
    throws = {day: dice.share() for day in days}
    return tuple(sorted(days, key=lambda day: throws[day]))
