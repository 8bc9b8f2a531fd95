"""A score taken apart: what each item adds, what would raise it most, what would be if."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .computing import begun_units
from .engine import Result, rate, score_unit
from .models import Rating, Score, ScoreStatus
from .parts import State
from .periods import Period
from .rules import Item, Kind, PeerGroups, Penalty, Rules, Unknown
from .rules_data import read_rules
from .table import Table
from .tables_data import read_table_data, unpack

# Steps that win less than this are not worth telling, in points.
LEAST_GAIN = 0.05
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One item or penalty of a score. weight: of 100, after the weight of what does not count was spread. normal: 0–100
    and contribution: points, None unless known. numerator, denominator: what was collected. median: of the peer group's
    contributions. start: sum of the lines before, for a waterfall."""

    code: str
    indicator: str
    state: State
    weight: float | None
    numerator: float | None
    denominator: float | None
    value: float | None
    normal: float | None
    contribution: float | None
    median: float | None
    start: float

    @property
    def lost(self) -> float | None:
        """Points that the best value would add."""
        if self.weight is None or self.contribution is None:
            return None
        return max(0.0, self.weight - self.contribution)


def lines(score: Score, rules: Rules, group: Mapping[str, list[float]]) -> list[Line]:
    """The items, then the penalties; what is known of them adds up to the exact score (before it is cut at 0 and 100).

    group: contributions of the peer group's ranked members, by code.
    """
    counting = sum(item.weight for item in rules.items if _counts(item, score.items[item.code][0])) or None
    result, start = [], 0.0
    for part in (*rules.items, *rules.penalties):
        state, numerator, denominator, normal, contribution = score.items[part.code]
        known = state == State.KNOWN
        weight = 100 * part.weight / counting if known and counting and isinstance(part, Item) else None
        others = group.get(part.code)
        result.append(
            Line(
                part.code,
                part.measure.indicator,
                State(state),
                weight,
                numerator if known else None,
                denominator if known else None,
                numerator / denominator if known and denominator else None,
                normal,
                contribution,
                float(np.median(others)) if others else None,
                start if (contribution or 0) >= 0 else start + contribution,
            )
        )
        start += contribution or 0.0
    return result


def _counts(item: Item, state: int) -> bool:
    """Whether the item's weight counts: where it is known, or a rule takes unknown for zero."""
    return state == State.KNOWN or (state == State.UNKNOWN and item.unknown == Unknown.ZERO)


def group_contributions(scores: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Contributions by code of the members whose `items` are given."""
    result: dict[str, list[float]] = {}
    for items in scores:
        for code, (state, _num, _den, _normal, contribution) in items.items():
            if state == State.KNOWN and contribution is not None:
                result.setdefault(code, []).append(contribution)
    return result


# --- what would be if -------------------------------------------------------------------------------------------------


class Scenario:
    """The peer group of one score with the engine at hand: what the score would be if values were others.

    Built from the tables that the rating was computed from, so that nothing that came in later plays a part.
    """

    def __init__(self, rating: Rating, score: Score) -> None:
        rules = read_rules(rating.methodology.data)
        data = unpack(bytes(rating.inputs.packed))
        self.rules = replace(rules, peers=PeerGroups())
        self.score = score
        members = set(rating.scores.filter(group=score.group).values_list("key", flat=True))
        self.whole = _of(read_table_data(data["whole"]), members)
        self.units = [_of(read_table_data(unit), members) for unit in data["units"]]
        self.alone = len(members) > 1 and not _compares(rules, [self.whole, *self.units])
        if self.alone:
            self.whole = _of(self.whole, {score.key})
            self.units = [_of(unit, {score.key}) for unit in self.units]
        self.row = list(self.whole.keys).index(score.key)
        self.others = rating.scores.filter(group=score.group, status=ScoreStatus.RANKED).exclude(pk=score.pk)

    def points(self, changes: Mapping[str, float]) -> float | None:
        """The exact score if these measures had these values over the whole period; None = there would be none."""
        return self._exact(self._result(changes))

    def place(self, changes: Mapping[str, float]) -> int | None:
        """The place in the peer group then; None for those who have none."""
        result = self._result(changes)
        if not self.alone:
            return int(result.places[self.row]) or None
        exact = self._exact(result)
        if exact is None or result.status[self.row] != ScoreStatus.RANKED:
            return None
        return 1 + self.others.filter(exact__gt=exact).values("exact").distinct().count()

    def _exact(self, result: Result) -> float | None:
        exact = float(result.exact[self.row])
        return None if np.isnan(exact) else exact

    def _result(self, changes: Mapping[str, float]) -> Result:
        return rate(self.rules, self._with(self.whole, changes), [self._with(unit, changes) for unit in self.units])

    def _with(self, table: Table, changes: Mapping[str, float]) -> Table:
        if self.score.key in table.keys:
            row = list(table.keys).index(self.score.key)
            for code, value in changes.items():
                table = table.with_value(row, code, value)
        return table

    def values(self, code: str) -> list[float]:
        """Known values of the ranked members, sorted."""
        numbers = []
        for items in self.others.values_list("items", flat=True):
            state, numerator, denominator, *_rest = items[code]
            if state == State.KNOWN and denominator:
                numbers.append(numerator / denominator)
        return sorted(numbers)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """An item in one of the units whose mean the score is. normal: 0–100 and contribution: points, None unless known.
    counts: whether the subject has a score in the unit; where it has none, the unit is left out of the mean."""

    period: Period
    state: State
    value: float | None
    normal: float | None
    contribution: float | None
    counts: bool


def unit_lines(scenario: Scenario, rating: Rating, code: str) -> list[UnitLine]:
    """The item in every unit, in order; none where the period is taken as a whole, or the code is a gate's."""
    if code not in [part.code for part in (*scenario.rules.items, *scenario.rules.penalties)]:
        return []
    periods = begun_units(scenario.rules, rating.period, rating.read_to)
    return [_unit_line(scenario, code, *pair) for pair in zip(periods, scenario.units, strict=True)]


def _unit_line(scenario: Scenario, code: str, period: Period, unit: Table) -> UnitLine:
    part, scored = score_unit(scenario.rules, scenario.whole, unit)
    if scenario.score.key not in part.keys:
        return UnitLine(period, State.UNKNOWN, None, None, None, counts=False)
    row = list(part.keys).index(scenario.score.key)
    state = State(int(scored.states[code][row]))
    columns = (part.values(code), scored.normal.get(code), scored.contributions[code])
    value, normal, contribution = (
        None if state != State.KNOWN or column is None or np.isnan(column[row]) else float(column[row])
        for column in columns
    )
    return UnitLine(period, state, value, normal, contribution, counts=not np.isnan(scored.exact[row]))


def _compares(rules: Rules, tables: Sequence[Table]) -> bool:
    """Whether a score hangs on the others of its group: ranks, extreme values, what a network of the group cannot
    tell."""
    if rules.winsorising or any(item.normaliser.kind not in (Kind.TARGET, Kind.STEPS) for item in rules.items):
        return True
    codes = [part.code for part in (*rules.items, *rules.penalties)]
    return any((table.readings[code].state == State.IMPOSSIBLE).any() for table in tables for code in codes)


def _of(table: Table, keys: set[str]) -> Table:
    return table.rows(np.array([n for n, key in enumerate(table.keys) if key in keys], dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Advice:
    """A step that raises the score: bring that measure to `value`, win `gain` points and stand on `place`."""

    code: str
    indicator: str
    now: float | None
    value: float
    gain: float
    place: int | None


def advice(scenario: Scenario) -> list[Advice]:
    """What would raise the score most, the most points first; each gain is that of the engine itself."""
    present = scenario.points({})
    if present is None or scenario.score.status == ScoreStatus.THIN:
        return []
    found = []
    for part in (*scenario.rules.items, *scenario.rules.penalties):
        now = _now(scenario.score, part)
        if scenario.score.items[part.code][0] not in (State.KNOWN, State.UNKNOWN):
            continue
        for value in (typeable(aim, part.measure.less) for aim in _aims(part, now, scenario)):
            gain = (scenario.points({part.code: value}) or 0.0) - present
            if gain >= LEAST_GAIN:
                place = scenario.place({part.code: value})
                found.append(Advice(part.code, part.measure.indicator, now, value, gain, place))
                break
    return sorted(found, key=lambda each: -each.gain)[:MOST_STEPS]


def _now(score: Score, part: Item | Penalty) -> float | None:
    state, numerator, denominator, *_rest = score.items[part.code]
    return numerator / denominator if state == State.KNOWN and denominator else None


def _aims(part: Item | Penalty, now: float | None, scenario: Scenario) -> Iterator[float]:
    """Values worth aiming at, the nearest first: the next step, the target, the median, the best quarter, the best."""
    less = part.measure.less

    def better(value: float) -> bool:
        return now is None or (value < now if less else value > now)

    if isinstance(part, Penalty) or part.normaliser.kind == Kind.STEPS:
        steps = part.steps if isinstance(part, Penalty) else part.normaliser.steps
        yield from (_inside(step.bound, step.strict, less) for step in steps if better(step.bound) or step.strict)
    elif part.normaliser.kind == Kind.TARGET:
        if better(part.normaliser.target):
            yield part.normaliser.target
    else:
        values = scenario.values(part.code)[:: -1 if less else 1]
        for share in (0.5, 0.75, 1.0):
            if values and better(value := values[min(len(values) - 1, int(share * len(values)))]):
                yield value


def _inside(bound: float, strict: bool, less: bool) -> float:
    """A value that reaches the step: just beyond its bound where the bound itself does not."""
    if not strict:
        return bound
    beyond = 0.001 * (abs(bound) or 1)
    return bound - beyond if less else bound + beyond


def typeable(value: float, less: bool) -> float:
    """The value as the form «что если» can hold it, to six digits, never worse than it was."""
    scaled = value * 1e6
    digits = math.floor(scaled + 1e-6) if less else math.ceil(scaled - 1e-6)
    return digits / 1e6
