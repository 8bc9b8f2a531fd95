"""How firm the places are: the rating drawn a thousand times with other weights.

Deterministic: the draws come from one stored seed, and sums go value by value, so every machine gets the same places.
Uncertainty analysis as in Saisana, Saltelli and Tarantola (2005) and step 7 of the OECD/JRC handbook (2008).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .engine import SNAP, Result, Status, half_up, weight_counts
from .normalising import members, mid_percentile
from .parts import Array, State
from .rules import Rules

DRAWS = 1000
SEED = 20250101
# Each weight is drawn between these shares of its own.
LEAST_WEIGHT, MOST_WEIGHT = 0.75, 1.25
# 90 % of the draws lie between the places that are shown.
OUTSIDE = 0.05
# An order that holds in fewer draws than this is marked as not settled.
SETTLED = 0.95
# Between these chances of an award the jury decides.
JURY = (0.2, 0.8)
# So many scores are held at a time: 4 million take 32 MB.
CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Robustness:
    """By row: low, high (places that 90 % of the draws and the published place lie between, 0 = none), chance of an
    award (NaN = no award line), settled (share of the draws that keep the order before the next one; NaN = nobody
    follows). report: seed, draws, what drives the ranking."""

    low: Array
    high: Array
    chance: Array
    settled: Array
    report: dict[str, Any]

    def of(self, row: int) -> dict[str, Any]:
        """The fields of a Score."""
        chance, settled = float(self.chance[row]), float(self.settled[row])
        return {
            "place_low": int(self.low[row]) or None,
            "place_high": int(self.high[row]) or None,
            "award_chance": None if np.isnan(chance) else round(chance, 4),
            "settled": None if np.isnan(settled) else settled >= SETTLED,
        }


def shake(rules: Rules, result: Result, draws: int = DRAWS, seed: int = SEED) -> Robustness:
    """Draw the weights anew, ±25 % each; every second draw leaves out one indicator besides, each in its turn.

    Where the score is the mean of units, the means of the normalised values are drawn, not every unit by itself.
    """
    size = len(result.exact)
    low, high = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    chance, settled = np.full(size, np.nan), np.full(size, np.nan)
    weights = draw_weights(rules, draws, seed)
    left_out = np.array([[0.0 if a is b else a.weight for a in rules.items] for b in rules.items])
    shifts, places = np.zeros(len(rules.items)), 0
    for block in _blocks(rules, result):
        low[block.rows], high[block.rows], chance[block.rows], settled[block.rows] = _drawn(rules, block, weights)
        if len(rules.items) > 1:
            moved = np.abs(block.places(block.scores(left_out)) - block.base)
            shifts += moved.sum(axis=1)
            places += len(block.rows)
    report = {"seed": seed, "draws": draws, "drivers": list(_drivers(rules, result, shifts / max(places, 1)))}
    return Robustness(low, high, chance, settled, report)


def draw_weights(rules: Rules, draws: int, seed: int) -> Array:
    """A row of weights per draw. `random.Random` gives the same numbers everywhere."""
    dice = random.Random(seed)  # noqa: S311  no secret
    weights = np.empty((draws, len(rules.items)))
    for n in range(draws):
        for k, item in enumerate(rules.items):
            weights[n, k] = item.weight * (LEAST_WEIGHT + (MOST_WEIGHT - LEAST_WEIGHT) * dice.random())
        if n % 2 and len(rules.items) > 2:
            weights[n, n // 2 % len(rules.items)] = 0.0
    return weights


@dataclass(frozen=True, slots=True)
class _Block:
    """The ranked rows of some peer groups, group by group. normal: a row per item, 0 where not known; counts: whether
    its weight counts; penalty: points added. starts: column of the first row of each row's group. base: places."""

    rows: Array
    normal: Array
    counts: Array
    penalty: Array
    group: Array
    starts: Array
    base: Array

    def scores(self, weights: Array) -> Array:
        """A row per draw; a subject of which nothing is left has 0."""
        total = np.zeros((len(weights), len(self.rows)))
        weight = np.zeros_like(total)
        for k in range(weights.shape[1]):
            total += weights[:, k, None] * self.normal[k]
            weight += weights[:, k, None] * self.counts[k]
        total = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
        total += self.penalty
        return np.round(np.clip(total, 0.0, 100.0), SNAP)

    def places(self, scores: Array) -> Array:
        """Dense places inside the groups, a row per draw."""
        key = self.group * 1000.0 - scores
        order = np.argsort(key, axis=1)
        ordered = np.take_along_axis(key, order, axis=1)
        number = np.zeros(key.shape, dtype=np.int32)
        np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=number[:, 1:])
        number -= number[:, self.starts] - 1
        result = np.empty_like(number)
        np.put_along_axis(result, order, number, axis=1)
        return result


def _blocks(rules: Rules, result: Result) -> Iterator[_Block]:
    """Whole peer groups, as many at a time as their scores have room; the rows of each by key."""
    ranked = np.flatnonzero(result.status == Status.RANKED)
    ranked = np.array(sorted(ranked.tolist(), key=lambda row: result.table.keys[row]), dtype=np.int64)
    counted = {item.code: weight_counts(item, result.states[item.code]) for item in rules.items}
    waiting: list[Array] = []
    for rows in members(result.groups[ranked]):
        waiting.append(ranked[rows])
        if sum(map(len, waiting)) * DRAWS >= CELLS:
            yield _block(result, counted, waiting)
            waiting = []
    if waiting:
        yield _block(result, counted, waiting)


def _block(result: Result, counted: dict[str, Array], groups: list[Array]) -> _Block:
    rows = np.concatenate(groups)
    sizes = [len(group) for group in groups]
    items = list(result.normal)
    normal = np.nan_to_num(np.stack([result.normal[code][rows] for code in items]))
    counts = np.stack([counted[code][rows].astype(float) for code in items])
    extra = [values[rows] for code, values in result.contributions.items() if code not in result.normal]
    return _Block(
        rows,
        normal,
        counts,
        sum(extra, np.zeros(len(rows))),
        np.repeat(np.arange(len(groups), dtype=np.float64), sizes),
        np.repeat(np.cumsum([0, *sizes[:-1]]), sizes),
        result.places[rows],
    )


def _drawn(rules: Rules, block: _Block, weights: Array) -> tuple[Array, Array, Array, Array]:
    """Place range, chance of an award and firmness of the order for the rows of a block."""
    draws, size = len(weights), len(block.rows)
    keep = int(OUTSIDE * draws) + 1
    lowest = highest = np.zeros((0, size), dtype=np.int32)
    awarded, before = np.zeros(size), np.zeros(size)
    following = _following(block)
    a_time = max(1, CELLS // size)
    for start in range(0, draws, a_time):
        scores = block.scores(weights[start : start + a_time])
        places = block.places(scores)
        lowest = _smallest(np.concatenate((lowest, places)), keep)
        highest = -_smallest(-np.concatenate((highest, places)), keep)
        awarded += _awarded(rules, scores, places)
        with_next = following >= 0
        mine, next_one = scores[:, with_next], scores[:, following[with_next]]
        before[with_next] += (mine > next_one).sum(axis=0) + 0.5 * (mine == next_one).sum(axis=0)
    chance = awarded / draws if rules.line else np.full(size, np.nan)
    return (
        np.minimum(lowest.max(axis=0), block.base),
        np.maximum(highest.min(axis=0), block.base),
        chance,
        np.where(following >= 0, before / draws, np.nan),
    )


def _smallest(values: Array, count: int) -> Array:
    """The `count` smallest of each column."""
    return values if len(values) <= count else np.partition(values, count - 1, axis=0)[:count]


def _awarded(rules: Rules, scores: Array, places: Array) -> Array:
    if rules.line is None:
        return np.zeros(scores.shape[1])
    if rules.line.places is not None:
        return (places <= rules.line.places).sum(axis=0)
    return (half_up(scores, rules.digits) >= rules.line.threshold).sum(axis=0)


def _following(block: _Block) -> Array:
    """For each row the first row of its group, by key, that has the next place; −1 where nobody has."""
    first: dict[tuple[float, int], int] = {}
    for n, pair in enumerate(zip(block.group.tolist(), block.base.tolist(), strict=True)):
        first.setdefault(pair, n)
    return np.array(
        [
            first.get((group, place + 1), -1)
            for group, place in zip(block.group.tolist(), block.base.tolist(), strict=True)
        ],
        dtype=np.int64,
    )


def _drivers(rules: Rules, result: Result, shifts: Array) -> Iterator[dict[str, Any]]:
    """What each indicator has to do with the ranking: its weight, rank correlation with the score, mean shift of places
    where it is left out, and of how many subjects it is known."""
    ranked = result.status == Status.RANKED
    for n, item in enumerate(rules.items):
        known = ranked & (result.states[item.code] == State.KNOWN)
        yield {
            "item": item.code,
            "weight": round(item.weight / rules.total_weight, 4),
            "correlation": rank_correlation(result.normal[item.code][known], result.exact[known]),
            "shift": round(float(shifts[n]), 3) if len(rules.items) > 1 else None,
            "known": int(known.sum()),
        }


def rank_correlation(a: Array, b: Array) -> float | None:
    """Spearman's coefficient, rounded to 3 digits; None where one of them does not vary."""
    if len(a) < 2:
        return None
    one = np.zeros(len(a), dtype=np.int64)
    x, y = mid_percentile(a, one) - 50, mid_percentile(b, one) - 50
    scale = float(np.sqrt(np.sum(x * x) * np.sum(y * y)))
    return round(float(np.sum(x * y)) / scale, 3) if scale else None
