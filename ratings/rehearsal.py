"""A methodology tried on past data before it is signed: who gains, who loses, how far it is from the old list."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from monitoring.models import Region

from .computing import NothingToRateError, last_collected, read_tables
from .corrections import Corrections
from .engine import Result, Status, rate
from .models import Rating, Score
from .periods import DAY, Period, Unit, period_of
from .robustness import rank_correlation
from .rules import AwardLine, Rules
from .rules_data import read_rules
from .table import Table
from .tables_data import read_table_data, unpack


@dataclass(frozen=True, slots=True)
class Move:
    """A subject on both lists. place: in its peer group, overall: among all with a place; 0 = no place."""

    key: str
    points_before: Decimal | None
    points: Decimal | None
    place_before: int
    place: int
    overall_before: int
    overall: int
    awarded_before: bool
    awarded: bool

    @property
    def rise(self) -> int:
        """Places won among all (above 0), or lost."""
        return self.overall_before - self.overall if self.overall and self.overall_before else 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """moves: every subject, the largest rises and falls first. correlation: Spearman's, of the points of those on both
    lists; None = nothing to compare. ranked: how many have a place."""

    moves: list[Move]
    correlation: float | None
    ranked: int
    ranked_before: int
    result: Result

    @property
    def risen(self) -> list[Move]:
        return [move for move in self.moves if move.rise > 0]

    @property
    def fallen(self) -> list[Move]:
        return [move for move in self.moves if move.rise < 0]

    @property
    def newly_awarded(self) -> list[Move]:
        return [move for move in self.moves if move.awarded and not move.awarded_before]

    @property
    def no_longer_awarded(self) -> list[Move]:
        return [move for move in self.moves if move.awarded_before and not move.awarded]


@dataclass(frozen=True, slots=True)
class Past:
    """A rehearsal with the period on whose data it was made."""

    period: Period
    rehearsal: Rehearsal


def tables_for(rules: Rules, rating: Rating) -> tuple[Table, list[Table]]:
    """The tables that these rules need over a rating's period: those that it was computed from where they hold all that
    is measured, else read anew.

    Raises NothingToRateError.
    """
    old = read_rules(rating.methodology.data)
    same = (old.subject, old.networks, old.unit, old.peers.by_population) == (
        rules.subject,
        rules.networks,
        rules.unit,
        rules.peers.by_population,
    )
    known = {(m.code, m.indicator, m.params, m.not_for) for m in old.measures}
    wanted = {(m.code, m.indicator, m.params, m.not_for) for m in rules.measures}
    if same and wanted <= known and set(rules.peers.by) <= {*old.peers.by, "size"}:
        data = unpack(bytes(rating.inputs.packed))
        return read_table_data(data["whole"]), [read_table_data(unit) for unit in data["units"]]
    corrections = Corrections.of(rating.region, rating.first, rating.read_to)
    return read_tables(rating.region, rules, rating.period, rating.read_to, corrections)


def rehearse(rules: Rules, whole: Table, units: Sequence[Table], against: Rating | None) -> Rehearsal:
    """The rules on these tables, beside a rating's list where it is of the same kind of subjects."""
    if against is None:
        return _beside(rules, whole, units, {}, None)
    old = read_rules(against.methodology.data)
    scores = {score.key: score for score in against.scores.all()} if old.subject == rules.subject else {}
    return _beside(rules, whole, units, scores, old.line)


def rehearse_change(region: Region, rules: Rules, before: Rules, today: dt.date, now: dt.datetime) -> Past | None:
    """The rules beside those they were before, on data of last year, where nobody was rated by them yet; where the
    score is the mean of units, on the last unit that is over. None where there is no such data."""
    for period in _past_periods(rules, today):
        try:
            read_to = last_collected(region, period, now)
            corrections = Corrections.of(region, period.first, read_to)
            tables = read_tables(region, rules, period, read_to, corrections)
            old = read_tables(region, before, period, read_to, corrections)
        except NothingToRateError:
            continue
        scores = _scores(before, rate(before, *old)) if before.subject == rules.subject else {}
        return Past(period, _beside(rules, *tables, scores, before.line))
    return None


def _past_periods(rules: Rules, today: dt.date) -> list[Period]:
    """The year and the month before; of a mean of units the unit before."""
    if rules.unit:
        return [period_of(rules.unit, period_of(rules.unit, today).first - DAY)]
    return [period_of(unit, period_of(unit, today).first - DAY) for unit in (Unit.YEAR, Unit.MONTH)]


def _scores(rules: Rules, result: Result) -> dict[str, Score]:
    """Scores that nobody stored, as far as lists are compared."""
    return {
        key: Score(key=key, points=points, place=int(place) or None, exact=float(exact))
        for key, points, place, exact in zip(
            result.table.keys, result.points(rules), result.places, result.exact, strict=True
        )
    }


def _beside(
    rules: Rules, whole: Table, units: Sequence[Table], before: dict[str, Score], line: AwardLine | None
) -> Rehearsal:
    result = rate(rules, whole, units)
    points = result.points(rules)
    overall = _overall(result.exact, result.status == Status.RANKED)
    kept = [score for score in before.values() if score.place]
    old_overall = dict(
        zip(
            (score.key for score in kept),
            _overall(np.array([score.exact for score in kept]), np.ones(len(kept), dtype=bool)),
            strict=True,
        )
    )

    def move(n: int, key: str) -> Move:
        old = before.get(key)
        place, place_before = int(result.places[n]), (old.place or 0) if old else 0
        return Move(
            key,
            old.points if old else None,
            points[n],
            place_before,
            place,
            old_overall.get(key, 0),
            overall[n],
            awarded(line, place_before, old.exact if old else None),
            awarded(rules.line, place, float(result.exact[n])),
        )

    moves = [move(n, key) for n, key in enumerate(whole.keys)]
    both = [n for n, key in enumerate(whole.keys) if key in old_overall and result.status[n] == Status.RANKED]
    correlation = rank_correlation(
        result.exact[both], np.array([before[whole.keys[n]].exact for n in both], dtype=np.float64)
    )
    moves.sort(key=lambda move: (-abs(move.rise), move.overall or len(moves) + 1, move.key))
    return Rehearsal(moves, correlation, int((result.places > 0).sum()), len(kept), result)


def rehearse_period(
    region: Region, rules: Rules, period: Period, against: Rating | None, now: dt.datetime
) -> Rehearsal:
    """A rehearsal over any past period. Raises NothingToRateError."""
    read_to = last_collected(region, period, now)
    corrections = Corrections.of(region, period.first, read_to)
    return rehearse(rules, *read_tables(region, rules, period, read_to, corrections), against)


def _overall(exact: np.ndarray, ranked: np.ndarray) -> list[int]:
    """Dense places among all, 0 = none."""
    values = {value: place for place, value in enumerate(sorted(set(exact[ranked].tolist()), reverse=True), start=1)}
    return [values[value] if there else 0 for value, there in zip(exact.tolist(), ranked.tolist(), strict=True)]


def awarded(line: AwardLine | None, place: int, exact: float | None) -> bool:
    """Whether that place and score lie within the award line."""
    if line is None or not place or exact is None:
        return False
    return place <= line.places if line.places is not None else exact >= line.threshold
