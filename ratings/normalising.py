"""Values -> 0–100, on arrays. Everything that compares subjects does so inside a peer group."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .parts import Array
from .rules import Item, Kind, Normaliser, Step, Winsorising


@dataclass(frozen=True, slots=True)
class Treated:
    """A value that was pulled to the next one, since it lay too far out. row: of the table."""

    row: int
    code: str
    value: float
    replaced: float


def normalise(item: Item, values: Array, groups: Array) -> Array:
    """0–100 for each value; NaN where there is none. groups: peer group of each row."""
    result = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    if not known.any():
        return result
    less = item.measure.less
    normaliser = item.normaliser
    here = values[known]
    match normaliser.kind:
        case Kind.TARGET:
            result[known] = share_of_target(here, normaliser.target, less)
        case Kind.STEPS:
            result[known] = 100.0 * step_points(here, normaliser.steps, less) / normaliser.steps[-1].points
        case Kind.PERCENTILE:
            result[known] = mid_percentile(-here if less else here, groups[known])
        case Kind.MIN_MAX:
            result[known] = between(here, groups[known], normaliser, less)
    return result


def share_of_target(values: Array, target: float, less: bool) -> Array:
    """100 · value ÷ target, capped at 0 and 100; where less is better, 100 · target ÷ value."""
    if less:
        return 100.0 * target / np.maximum(values, target)
    return np.clip(100.0 * values / target, 0.0, 100.0)


def step_points(values: Array, steps: tuple[Step, ...], less: bool, otherwise: float = 0.0) -> Array:
    """Points of the best step that each value reaches; below the first one, `otherwise`."""
    points = np.full(len(values), otherwise)
    sign = -1.0 if less else 1.0
    for step in steps:
        bound = sign * step.bound
        reached = sign * values > bound if step.strict else sign * values >= bound
        points[reached] = step.points
    return points


def mid_percentile(values: Array, groups: Array) -> Array:
    """100 · (below + ½ · equal) ÷ N inside the group, the value itself among the equal ones: alone in its group, 50.

    Source: mid-distribution function (Parzen 2004); the way of design §5.
    """
    order = np.lexsort((values, groups))
    v, g = values[order], groups[order]
    group_starts, group_sizes = _runs(g[1:] != g[:-1])
    run_starts, run_sizes = _runs((g[1:] != g[:-1]) | (v[1:] != v[:-1]))
    below = np.repeat(run_starts, run_sizes) - np.repeat(group_starts, group_sizes)
    equal = np.repeat(run_sizes, run_sizes)
    result = np.empty(len(values))
    result[order] = 50.0 * (2 * below + equal) / np.repeat(group_sizes, group_sizes)
    return result


def _runs(changes: Array) -> tuple[Array, Array]:
    """Starts and sizes of the runs of a sorted array of which `changes` says where a new one begins."""
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    return starts, np.diff(np.concatenate((starts, [len(changes) + 1])))


def between(values: Array, groups: Array, bounds: Normaliser, less: bool) -> Array:
    """100 · (value − lowest) ÷ (highest − lowest) of the group, or of the given bounds; 50 where all are equal.

    Where the whole group lies beyond the one bound that is given, all have 0, or 100.
    """
    if not len(values):
        return values
    count = int(groups.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    low = low[groups] if bounds.low is None else np.full(len(values), bounds.low)
    high = high[groups] if bounds.high is None else np.full(len(values), bounds.high)
    width = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.where(values < low, 0.0, np.where(values > high, 100.0, 50.0))
        result = np.where(width > 0, 100.0 * (values - low) / width, flat)
    result = np.clip(result, 0.0, 100.0)
    return 100.0 - result if less else result


def winsorised(code: str, values: Array, groups: Array, rule: Winsorising) -> tuple[Array, list[Treated]]:
    """The values with extreme ones pulled in, group by group, and the list of what was done."""
    result = values.copy()
    treated = []
    for rows in members(groups):
        known = rows[~np.isnan(values[rows])]
        for row, replaced in _pulled(values[known], rule):
            result[known[row]] = replaced
            treated.append(Treated(int(known[row]), code, float(values[known[row]]), replaced))
    return result, treated


def members(groups: Array) -> Iterator[Array]:
    """The rows of each group, in the order of the groups."""
    order = np.argsort(groups, kind="stable")
    bounds = np.flatnonzero(np.diff(groups[order])) + 1
    return iter(np.split(order, bounds)) if len(groups) else iter(())


def _pulled(values: Array, rule: Winsorising) -> list[tuple[int, float]]:
    """(index, new value) of the values to be pulled; none where the treatment would not help."""
    now = values.copy()
    changed: dict[int, float] = {}
    while _lopsided(now, rule):
        skew = _moments(now)[0]
        edge = now.max() if skew > 0 else now.min()
        out = np.flatnonzero(now == edge)
        inner = now[now != edge]
        if len(np.unique(inner)) < 2 or len(changed.keys() | set(out.tolist())) > rule.most:
            break
        new = float(inner.max() if skew > 0 else inner.min())
        now[out] = new
        changed |= dict.fromkeys(out.tolist(), new)
        changed = {row: new if row in out else old for row, old in changed.items()}
    return sorted(changed.items())


def _lopsided(values: Array, rule: Winsorising) -> bool:
    if len(values) < 4:
        return False
    skew, kurtosis = _moments(values)
    return abs(skew) > rule.skew and kurtosis > rule.kurtosis


def _moments(values: Array) -> tuple[float, float]:
    """Sample skewness and excess kurtosis (G1 and G2 of Joanes and Gill 1998, as COINr takes them); 0 where all values
    are equal. Sorted first, so that the order of rows changes no digit."""
    n = len(values)
    ordered = np.sort(values)
    deviations = ordered - ordered.mean()
    m2, m3, m4 = (float(np.mean(deviations**power)) for power in (2, 3, 4))
    if m2 <= 1e-18 * max(1.0, float(np.abs(ordered).max())) ** 2:
        return 0.0, 0.0
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return float(skew), float(kurtosis)
