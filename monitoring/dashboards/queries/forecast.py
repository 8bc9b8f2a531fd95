"""When a value will be reached if the last weeks go on as they were, with a range.

The method. Whole days of the last 90 are taken, at least 30 of them. The mean change a day is that from the first to
the last of them; how far single steps stray from it gives the spread of a day's change. After h days the value lies, in
nine cases of ten, within z·√(s²·h + s²·h²/n) of the line (s: spread of a day, n: days between the first and the last,
z = 1.645): the first part is chance on the way, the second that the mean itself is known only from n days. The range
of dates is where the upper and the lower edge reach the value. Contests and waves of new pages are beyond such a line.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LOOKS_BACK = 90
FEWEST = 30
FURTHEST = 2 * 366
Z = 1.645


class Refusal(TextChoices):
    FEW = "few", _("too few whole days for a forecast: it takes 30 of the last 90")
    FALLING = "falling", _("not reached if things go on as they are")
    FAR = "far", _("further off than two years: such a line says nothing there")
    REACHED = "reached", _("reached")


@dataclass(frozen=True, slots=True)
class Trend:
    """Value on the last whole day, mean change a day, spread of a day's change, days between first and last."""

    day: dt.date
    value: int
    slope: float
    spread: float
    days: int

    def edge(self, ahead: int, side: int) -> float:
        """The line `ahead` days on: side 0 itself, ±1 the edges of the range of nine cases in ten."""
        doubt = self.spread * math.sqrt(ahead + ahead**2 / self.days)
        return self.value + self.slope * ahead + side * Z * doubt


@dataclass(frozen=True, slots=True)
class Arrival:
    """The likely day with the earliest and the latest; latest None = perhaps not within two years. `refusal`: in words
    why there is none."""

    value: int
    likely: dt.date | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    refusal: Refusal | None = None


def trend(values: Mapping[dt.date, int | None], day: dt.date) -> Trend | None:
    """Of the whole days (value known) among the last 90 until `day`; None where they are too few."""
    since = day - dt.timedelta(days=LOOKS_BACK)
    known = sorted((on, value) for on, value in values.items() if value is not None and since <= on <= day)
    if len(known) < FEWEST:
        return None
    (first, start), (last, end) = known[0], known[-1]
    days = (last - first).days
    slope = (end - start) / days
    steps = [((later - earlier).days, after - before) for (earlier, before), (later, after) in pairwise(known)]
    variance = sum((change - slope * gap) ** 2 / gap for gap, change in steps) / len(steps)
    return Trend(last, end, slope, math.sqrt(variance), days)


def arrival(found: Trend | None, value: int) -> Arrival:
    """When the value is reached."""
    if found is None:
        return Arrival(value, refusal=Refusal.FEW)
    if found.value >= value:
        return Arrival(value, refusal=Refusal.REACHED)
    if found.slope <= 0:
        return Arrival(value, refusal=Refusal.FALLING)
    likely, earliest, latest = (_first(found, value, side) for side in (0, 1, -1))
    if likely is None:
        return Arrival(value, refusal=Refusal.FAR)
    return Arrival(value, likely, earliest, latest)


def _first(found: Trend, value: int, side: int) -> dt.date | None:
    ahead = next((ahead for ahead in range(1, FURTHEST + 1) if found.edge(ahead, side) >= value), None)
    return None if ahead is None else found.day + dt.timedelta(days=ahead)


def milestone(value: int) -> int:
    """The next round number above: 987 000 → 1 000 000, 1 093 477 → 1 500 000."""
    step = 5 * 10 ** max(len(str(value)) - 2, 0)
    return (value // step + 1) * step
