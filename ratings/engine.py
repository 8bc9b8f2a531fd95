"""Rules and a table -> scores and places. Pure: no clock, no database, no network.

All arithmetic goes value by value in a fixed order, so neither the order of rows nor the machine changes a digit; what
is compared is first brought to nine digits (`SNAP`), which is far below what is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import IntEnum

import numpy as np

from .normalising import Treated, normalise, step_points, winsorised
from .parts import Array, State
from .peers import Label, group
from .rules import Gate, Item, Kind, Measure, Rules, Unknown, Zone
from .table import Table

SNAP = 9


class Status(IntEnum):
    """Whether a subject has a place, and if not, why."""

    RANKED = 0
    GATE = 1  # has a score, but does not meet what every participant must
    THIN = 2  # too few data: neither score nor place
    NOTHING = 3  # no indicator is known


@dataclass(frozen=True, slots=True)
class Result:
    """A row per subject of the table, in its order.

    groups: number of the peer group; labels: what each group is made of. exact: 0–100, NaN = no score; low, high: what
    the score would be if all that is unknown were at its worst, at its best. places: dense inside the peer group, 0 =
    none. By code: states (UNKNOWN, NOT_APPLICABLE, … after the rules were applied), normal (0–100, NaN unless known),
    contributions (to the score; of penalties, their points). failed: codes of the gates that were not passed.
    """

    table: Table
    status: Array
    groups: Array
    labels: list[Label]
    exact: Array
    low: Array
    high: Array
    places: Array
    states: dict[str, Array]
    normal: dict[str, Array]
    contributions: dict[str, Array]
    failed: dict[str, Array]
    treated: list[Treated] = field(default_factory=list)

    def points(self, rules: Rules) -> list[Decimal | None]:
        """The scores as published: rounded half up."""
        return [rounded(value, rules.digits) for value in self.exact.tolist()]


def rate(rules: Rules, whole: Table, units: Sequence[Table] = ()) -> Result:
    """Score every subject of `whole`.

    units: tables of the units that the period is cut into, where the score is the mean of theirs; a subject that has
    no score in a unit is left out of that unit. Peer groups and eligibility always go by the whole period.
    """
    thin = ~eligible(rules, whole)
    groups, labels = group(rules.peers, whole, ~thin)
    mean = _score_units(rules, units, whole, groups, thin) if units else None
    scored = mean or _score(rules, whole, groups, thin)
    failed = {gate.code: _fails(gate, whole) for gate in rules.gates}
    at_gate = np.any(list(failed.values()), axis=0) if failed else np.zeros(len(whole), dtype=bool)
    status = np.full(len(whole), Status.RANKED)
    status[at_gate] = Status.GATE
    status[np.isnan(scored.exact)] = Status.NOTHING
    status[thin] = Status.THIN
    places = dense_places(scored.exact, groups, status == Status.RANKED)
    return Result(
        whole,
        status,
        groups,
        labels,
        scored.exact,
        scored.low,
        scored.high,
        places,
        scored.states,
        scored.normal,
        scored.contributions,
        failed,
        scored.treated,
    )


def eligible(rules: Rules, table: Table) -> Array:
    """Which subjects have enough data to be ranked; what is not known does not make a subject thin."""
    least = rules.eligibility
    enough = np.ones(len(table), dtype=bool)
    for values, bound in ((table.days, least.days), (table.posts, least.posts), (table.collected, least.collected)):
        if values is not None and bound:
            enough &= np.isnan(values) | (values >= bound)
    return enough


@dataclass(slots=True)
class Scored:
    """Part of a `Result`, under the same names."""

    exact: Array
    low: Array
    high: Array
    states: dict[str, Array]
    normal: dict[str, Array]
    contributions: dict[str, Array]
    treated: list[Treated]


def _score(rules: Rules, table: Table, groups: Array, thin: Array) -> Scored:
    states, normal, treated = {}, {}, []
    for item in rules.items:
        state = _state(item.code, table, groups, thin)
        values = np.where(state == State.KNOWN, measured(item.measure, table), np.nan)
        if rules.winsorising and item.normaliser.kind == Kind.MIN_MAX:
            values, pulled = winsorised(item.code, values, groups, rules.winsorising)
            treated += pulled
        states[item.code], normal[item.code] = state, normalise(item, values, groups)
    base, low, high, contributions = _weighted(rules, states, normal)
    for penalty in rules.penalties:
        state = _state(penalty.code, table, groups, thin)
        values = measured(penalty.measure, table)
        points = step_points(np.nan_to_num(values), penalty.steps, penalty.measure.less, penalty.otherwise)
        states[penalty.code] = state
        contributions[penalty.code] = np.where(state == State.KNOWN, points, 0.0)
        base = base + contributions[penalty.code]
        low = low + np.where(state == State.UNKNOWN, penalty.otherwise, contributions[penalty.code])
        high = high + contributions[penalty.code]
    exact, low, high = (np.round(np.clip(each, 0.0, 100.0), SNAP) for each in (base, low, high))
    return Scored(exact, low, high, states, normal, contributions, treated)


def measured(measure: Measure, table: Table) -> Array:
    """The values of a measure as the rules want them, NaN where not known."""
    values = table.values(measure.code)
    return values if measure.digits is None else half_up(values, measure.digits)


def _state(code: str, table: Table, groups: Array, thin: Array) -> Array:
    """What a network cannot tell of one subject is dropped for its whole peer group, never for it alone. Subjects with
    too few data are compared with nobody."""
    state = table.readings[code].state.copy()
    cannot = np.unique(groups[(state == State.IMPOSSIBLE) & ~thin])
    state[np.isin(groups, cannot)] = State.IMPOSSIBLE
    state[thin] = State.NOT_APPLICABLE
    return state


def _weighted(
    rules: Rules, states: dict[str, Array], normal: dict[str, Array]
) -> tuple[Array, Array, Array, dict[str, Array]]:
    """Mean of the items by weight over what counts; the same with the unknown ones at worst and at best; and what each
    item adds to it."""
    size = len(next(iter(states.values())))
    weight, spread, unknown = np.zeros(size), np.zeros(size), np.zeros(size)
    for item in rules.items:
        counts = weight_counts(item, states[item.code])
        missing = states[item.code] == State.UNKNOWN
        weight = weight + np.where(counts, item.weight, 0.0)
        spread = spread + np.where(missing & ~counts, item.weight, 0.0)
        unknown = unknown + np.where(missing, item.weight, 0.0)
    total, contributions = np.zeros(size), {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for item in rules.items:
            added = np.where(np.isnan(normal[item.code]), 0.0, item.weight * normal[item.code] / weight)
            contributions[item.code] = np.where(weight > 0, added, np.nan)
            total = total + contributions[item.code]
        low = total * weight / (weight + spread)
        high = low + 100.0 * unknown / (weight + spread)
    return total, low, high, contributions


def weight_counts(item: Item, states: Array) -> Array:
    """Whether the item's weight counts for each subject: where it is known, or a rule takes unknown for zero."""
    known = states == State.KNOWN
    return known | (states == State.UNKNOWN) if item.unknown == Unknown.ZERO else known


def _score_units(rules: Rules, units: Sequence[Table], whole: Table, groups: Array, thin: Array) -> Scored:
    """The mean of the units' scores, subject by subject, over the units in which it has one."""
    size = len(whole)
    codes = [part.code for part in (*rules.items, *rules.penalties)]
    count = np.zeros(size)
    exact, low, high = np.zeros(size), np.zeros(size), np.zeros(size)
    states = {code: np.full(size, State.IMPOSSIBLE) for code in codes}
    contributions = {code: np.zeros(size) for code in codes}
    normal = {item.code: np.zeros(size) for item in rules.items}
    known = {item.code: np.zeros(size) for item in rules.items}
    treated = []
    where = {key: n for n, key in enumerate(whole.keys)}
    for unit in units:
        inside, rows = _known_in(unit, where)
        scored = _in_mean(rules, _score(rules, unit.rows(inside), groups[rows], thin[rows]))
        has = ~np.isnan(scored.exact)
        rows_with = rows[has]
        count[rows_with] += 1
        for total, values in ((exact, scored.exact), (low, scored.low), (high, scored.high)):
            total[rows_with] += values[has]
        for code in codes:
            states[code][rows] = np.minimum(states[code][rows], scored.states[code])
            contributions[code][rows_with] += scored.contributions[code][has]
        for code, values in scored.normal.items():
            there = ~np.isnan(values)
            normal[code][rows[there]] += values[there]
            known[code][rows[there]] += 1
        treated += [replace(each, row=int(rows[each.row])) for each in scored.treated]
    with np.errstate(divide="ignore", invalid="ignore"):
        return Scored(
            *(np.round(total / count, SNAP) for total in (exact, low, high)),
            states,
            {code: values / known[code] for code, values in normal.items()},
            {code: values / count for code, values in contributions.items()},
            treated,
        )


def score_unit(rules: Rules, whole: Table, unit: Table) -> tuple[Table, Scored]:
    """The subjects of one unit as their scores go into the mean: compared by the groups of the whole period."""
    thin = ~eligible(rules, whole)
    groups, _labels = group(rules.peers, whole, ~thin)
    inside, rows = _known_in(unit, {key: n for n, key in enumerate(whole.keys)})
    part = unit.rows(inside)
    return part, _in_mean(rules, _score(rules, part, groups[rows], thin[rows]))


def _in_mean(rules: Rules, scored: Scored) -> Scored:
    """A unit's scores as they go into the mean: rounded where the rules say so, with contributions that add up to what
    rounding and the cut at 0 left of them, so that the means of both add up too."""
    points = scored.exact if rules.unit_digits is None else half_up(scored.exact, rules.unit_digits)
    taken = [penalty.code for penalty in rules.penalties]
    added, total = (
        sum((each for code, each in scored.contributions.items() if code not in without), np.zeros(len(points)))
        for without in (taken, ())
    )
    off = np.abs(total - points) > 10.0**-SNAP
    with np.errstate(divide="ignore", invalid="ignore"):
        every = np.where(off & (total > 0), points / total, 1.0)
        penalty = np.where(off & (total <= 0), added / (added - total), every)
    contributions = {code: each * (penalty if code in taken else every) for code, each in scored.contributions.items()}
    return replace(scored, exact=points, contributions=contributions)


def _known_in(unit: Table, where: dict[str, int]) -> tuple[Array, Array]:
    """Rows of the unit that the whole knows, and their rows there."""
    inside = np.array([n for n, key in enumerate(unit.keys) if key in where], dtype=np.int64)
    return inside, np.array([where[unit.keys[n]] for n in inside], dtype=np.int64)


def _fails(gate: Gate, table: Table) -> Array:
    """Who does not meet what the gate asks for."""
    values, state = measured(gate.measure, table), table.readings[gate.code].state
    below = values > gate.bound if gate.measure.less else values < gate.bound
    fails = np.where(state == State.KNOWN, below, False)
    return fails | (state == State.UNKNOWN) if gate.unknown_fails else fails


def dense_places(exact: Array, groups: Array, ranked: Array) -> Array:
    """1, 2, 2, 3 inside each group: the most points first, equal points share a place, no place is left out. 0 = no
    place."""
    places = np.zeros(len(exact), dtype=np.int64)
    rows = np.flatnonzero(ranked)
    if not len(rows):
        return places
    order = rows[np.lexsort((-exact[rows], groups[rows]))]
    g, v = groups[order], exact[order]
    new_group = np.concatenate(([True], g[1:] != g[:-1]))
    step = np.concatenate(([True], (g[1:] != g[:-1]) | (v[1:] != v[:-1])))
    number = np.cumsum(step)
    first = np.maximum.accumulate(np.where(new_group, number, 0))
    places[order] = number - first + 1
    return places


def half_up(values: Array, digits: int) -> Array:
    """Rounded half away from zero; what is within 1e-9 of a half counts as a half."""
    scale = 10.0**digits
    return np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + 1e-9) / scale


def rounded(value: float, digits: int) -> Decimal | None:
    """As `half_up`, exactly; None for NaN."""
    if np.isnan(value):
        return None
    whole = int(np.floor(abs(value) * 10**digits + 0.5 + 1e-9))
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


def zone_of(points: Decimal, rules: Rules) -> Zone | None:
    """The zone of the points as shown, that is rounded: 89.99 lies below a bound of 90, 90.00 does not."""
    return next((zone for zone in rules.zones if points >= Decimal(str(zone.bound))), None)
