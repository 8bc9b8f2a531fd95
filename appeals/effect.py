"""What a decision does to the rating, told before it is taken: the same computation as the next edition's."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ratings.computing import FOUR_DIGITS, foresee
from ratings.engine import Result, Status
from ratings.models import Correction, Rating, Score
from ratings.names import RELATED
from ratings.rules_data import read_rules

MOST_MOVES = 50


@dataclass(frozen=True, slots=True)
class Stand:
    """Points and place of a subject; None = it has none. status: of `engine.Status`."""

    points: Decimal | None
    place: int | None
    status: int


NOWHERE = Stand(None, None, int(Status.NOTHING))


@dataclass(frozen=True, slots=True)
class Move:
    """A subject whose points or place the decision changes. before: in the next edition without it."""

    score: Score
    before: Stand
    after: Stand


@dataclass(frozen=True, slots=True)
class Effect:
    """now: as institutions see it; without, after: in the next edition without the decision and with it. moves: of
    everybody else, the first places first, MOST_MOVES at most of `moved`. drift: how many would differ from what
    institutions see without the decision, since other appeals were accepted or data came in."""

    edition: Rating
    now: Stand | None
    without: Stand
    after: Stand
    moves: list[Move]
    moved: int
    drift: int

    @property
    def gain(self) -> Decimal | None:
        """Points won or lost by the decision."""
        if self.after.points is None or self.without.points is None:
            return None
        return self.after.points - self.without.points


def effect(rating: Rating, key: str, entered: Sequence[Correction]) -> Effect:
    """The effect on the rating (the edition that institutions see) of these corrections, for the subject of that key.

    Raises NothingToRateError.
    """
    without = _stands(rating, foresee(rating))
    after = _stands(rating, foresee(rating, entered)) if entered else without
    stored = rating.scores.values_list("key", "points", "place", "status")
    now = {name: Stand(*rest) for name, *rest in stored}
    moved = [name for name in without if name != key and without[name] != after[name]]
    moved.sort(key=lambda name: (after[name].place or len(after) + 1, name))
    shown = {each.key: each for each in rating.scores.filter(key__in=moved[:MOST_MOVES]).select_related(*RELATED)}
    return Effect(
        rating,
        now.get(key),
        without.get(key, NOWHERE),
        after.get(key, NOWHERE),
        [Move(shown[name], without[name], after[name]) for name in moved if name in shown],
        len(moved),
        sum(now.get(name) != without.get(name) for name in now.keys() | without.keys()),
    )


def _stands(rating: Rating, result: Result) -> dict[str, Stand]:
    """Where everybody stands, as scores are stored."""
    points = result.points(read_rules(rating.methodology.data))
    return {
        key: Stand(
            _stored(points[n]) if result.status[n] != Status.THIN else None,
            int(result.places[n]) or None,
            int(result.status[n]),
        )
        for n, key in enumerate(result.table.keys)
    }


def _stored(points: Decimal | None) -> Decimal | None:
    """As the base holds points."""
    return None if points is None else points.quantize(FOUR_DIGITS)


def promise(found: Effect) -> dict[str, Any]:
    """The effect as it is kept with the appeal and told to its author."""
    return {
        "edition": found.edition.edition,
        "points": [_text(found.now and found.now.points), _text(found.after.points)],
        "place": [found.now and found.now.place, found.after.place],
        "moved": found.moved,
    }


def _text(points: Decimal | None) -> str | None:
    return None if points is None else str(points)
