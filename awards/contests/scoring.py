"""Quotas, jury means, final points and places. Pure: no clock, no database.

Values are compared to nine digits, as everywhere in ratings: what is equal there is equal here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from ratings.award_rules import Quota

SNAP = 9
# A criterion needs so many experts for each candidate: one person's taste decides nothing.
LEAST_EXPERTS = 2


def within(values: Sequence[float], quota: Quota, turns: Sequence[tuple[float, ...]] = ()) -> int:
    """How many of the values, sorted from the best to the worst, the quota takes. A share is rounded up, so that a
    small nomination has somebody too.

    turns: what decides where it cuts through equal values, which are sorted by it; where there is none, or it is equal
    too, all of them are in.
    """
    if quota.threshold is not None:
        return sum(value >= quota.threshold - 10**-SNAP for value in values)
    large = quota.large_from is not None and len(values) >= quota.large_from
    if quota.places is not None:
        wanted = int(quota.large if large else quota.places)
    else:
        share = Decimal(str(quota.large if large else quota.share))
        wanted = int((share * len(values) / 100).to_integral_value(ROUND_CEILING))
    if wanted <= 0 or wanted >= len(values):
        return min(max(wanted, 0), len(values))
    line = round(values[wanted - 1], SNAP)
    end = sum(round(value, SNAP) >= line for value in values)
    if turns:
        return next((n for n in range(wanted, end) if turns[n] != turns[wanted - 1]), end)
    return end


def dense_places(values: Iterable[float]) -> list[int]:
    """The place of each value, the largest first; equal ones share it, and the next has the next place."""
    shown = [round(value, SNAP) for value in values]
    order = {value: place for place, value in enumerate(sorted(set(shown), reverse=True), 1)}
    return [order[value] for value in shown]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the jury says of a candidate: 0–100, and how far apart its experts are (the largest difference of two
    experts on one criterion, in % of the best mark). short: criteria that fewer than two experts have judged."""

    points: float | None
    spread: float
    short: int


def judge(marks: Mapping[int, Mapping[str, float]], criteria: Mapping[int, tuple[float, float]]) -> Judgement:
    """marks: {criterion: {expert: mark}}; criteria: {criterion: (best mark, weight)}.

    Points: of each criterion the mean of its experts in % of the best mark, of these the mean by weight; None where a
    criterion is short of experts.
    """
    short, spread, total, weights = 0, 0.0, 0.0, 0.0
    for criterion, (best, weight) in criteria.items():
        given = list(marks.get(criterion, {}).values())
        if len(given) < LEAST_EXPERTS:
            short += 1
            continue
        spread = max(spread, (max(given) - min(given)) / best * 100)
        total += weight * math.fsum(given) / len(given) / best * 100
        weights += weight
    return Judgement(None if short or not weights else total / weights, spread, short)


def share_of_best(values: Sequence[float]) -> list[float]:
    """Each value in % of the best one of the nomination, 0 for what is 0 or below."""
    best = max(values, default=0.0)
    return [max(value, 0.0) / best * 100 if best > 0 else 0.0 for value in values]


def final_points(parts: Mapping[str, Sequence[float]], weights: Mapping[str, float]) -> list[float]:
    """The mean of the parts (0–100 each, one value a candidate) by their weights."""
    total = math.fsum(weights[name] for name in parts)
    count = len(next(iter(parts.values())))
    return [math.fsum(weights[name] * parts[name][n] for name in parts) / total for n in range(count)]
