"""Whether scores moved after a training: pages run by those who came against the region's other pages.

A comparison and no proof: whoever comes to trainings may differ from the rest in all sorts of ways.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from django.db.models import Exists, F, OuterRef

from gospub.accounts.models import User
from monitoring.models import Stewardship
from ratings.models import Rating, Score

from .inviting import running
from .models import Event

# What was learned shows in what is posted afterwards: a rating counts when it begins so long after the training.
PAUSE = dt.timedelta(days=30)
LEAST_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Side:
    """Pages with points in both ratings. before, after: medians of their points; moved: median of each page's change.
    None where there are fewer than LEAST_PAIRS."""

    pairs: int
    before: float | None = None
    after: float | None = None
    moved: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ratings by the same version of a methodology over periods of the same kind."""

    before: Rating
    after: Rating
    came: Side
    others: Side


def comparisons(event: Event, user: User) -> list[Comparison]:
    """For each methodology and kind of period with a rating on both sides of the training that the user may see: the
    latest that ended before its first day, and the first that began PAUSE or more after its last."""
    mine = set(_pages(event))
    result = []
    for before, after in _pairs(event, user):
        points = dict(_points(after))
        both = [(page, old, points[page]) for page, old in _points(before) if page in points]
        came = side([(old, new) for page, old, new in both if page in mine])
        others = side([(old, new) for page, old, new in both if page not in mine])
        result.append(Comparison(before, after, came, others))
    return result


def side(pairs: Sequence[tuple[float, float]]) -> Side:
    """Medians of (before, after), "too few data" under LEAST_PAIRS."""
    if len(pairs) < LEAST_PAIRS:
        return Side(len(pairs))
    return Side(
        len(pairs),
        median(old for old, _new in pairs),
        median(new for _old, new in pairs),
        median(new - old for old, new in pairs),
    )


def _pages(event: Event) -> Iterator[int]:
    """Pages that on the first day of the event were run by those who came."""
    came = event.participants.came().filter(person__isnull=False).values("person")
    held = Stewardship.objects.filter(running(event.first), person__in=came)
    return held.values_list("page", flat=True)


def _pairs(event: Event, user: User) -> Iterator[tuple[Rating, Rating]]:
    """Only ratings of pages whose whole period was read, of each period the latest edition."""
    pages = Score.objects.filter(rating=OuterRef("pk"), page__isnull=False)
    found = Rating.objects.visible_to(user).filter(
        Exists(pages), region=event.region_id, read_to__gte=F("last")
    ).select_related("methodology").order_by("methodology", "unit", "first", "edition")  # fmt: skip
    for _key, ratings in groupby(found, lambda rating: (rating.methodology_id, rating.unit)):
        latest = {rating.first: rating for rating in ratings}
        before = [rating for rating in latest.values() if rating.last < event.first]
        after = [rating for rating in latest.values() if rating.first >= event.last + PAUSE]
        if before and after:
            yield before[-1], after[0]


def _points(rating: Rating) -> Iterator[tuple[int, float]]:
    rows = rating.scores.filter(page__isnull=False, points__isnull=False).values_list("page", "points")
    return ((page, float(points)) for page, points in rows)
