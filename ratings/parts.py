"""What indicators work on and what they give: arrays with a row per page and span of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from monitoring.platforms.base import Gives

Array = np.ndarray


class State(IntEnum):
    """Whether an indicator has a value. None of the others is ever zero.

    IMPOSSIBLE: the page's network cannot tell, whoever asks.
    """

    KNOWN = 0
    UNKNOWN = 1
    NOT_APPLICABLE = 2
    IMPOSSIBLE = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What is known of pages over spans of days, a row a page and span.

    columns: numbers by name, NaN = no data (the fields of PageMonth, and those that `ratings.quantities` adds).
    gives: for each `Gives`, whether the row's network can tell it. answers: minutes from each answered comment to its
    answer, by row.
    """

    columns: Mapping[str, Array]
    gives: Mapping[str, Array]
    answers: list[list[int]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.gives.values())))

    def rows(self, chosen: Array) -> "Parts":
        """The chosen rows (indices, or true or false for each)."""
        return Parts(
            {name: column[chosen] for name, column in self.columns.items()},
            {what: can[chosen] for what, can in self.gives.items()},
            [self.answers[n] for n in np.arange(len(self))[chosen].tolist()] if self.answers else [],
        )


@dataclass(frozen=True, slots=True)
class Readings:
    """numerator, denominator: numbers, meaningless unless the state is KNOWN, where the denominator is above zero.
    state: `State` values."""

    numerator: Array
    denominator: Array
    state: Array


def ratio(numerator: Array, denominator: Array, none: State = State.NOT_APPLICABLE) -> Readings:
    """Unknown where a part is; where there is nothing to divide by, `none`."""
    state = np.where(np.isnan(numerator) | np.isnan(denominator), State.UNKNOWN, State.KNOWN)
    state = np.where((state == State.KNOWN) & (denominator <= 0), none, state)
    known = state == State.KNOWN
    return Readings(np.where(known, numerator, 0.0), np.where(known, denominator, 0.0), state)


def given(parts: Parts, what: Gives, readings: Readings) -> Readings:
    """IMPOSSIBLE where the network cannot tell."""
    state = np.where(parts.gives[what], readings.state, State.IMPOSSIBLE)
    return Readings(readings.numerator, readings.denominator, state)


def exempt(readings: Readings, free: Array) -> Readings:
    """NOT_APPLICABLE where `free` is above zero: the institution need not keep the page then."""
    state = np.where(free > 0, State.NOT_APPLICABLE, readings.state)
    return Readings(readings.numerator, readings.denominator, state)


def shown(parts: Parts, name: str, what: Gives, at_end: int) -> Readings:
    """Days on which the page showed it ÷ days of which that is known; at the end: on the last day alone."""
    end = "_end" if at_end else ""
    return given(parts, what, ratio(parts[f"{name}{end}"], parts[f"{name}_days{end}"], State.UNKNOWN))


def added(*readings: Readings) -> Readings:
    """The ones that the network can tell added; unknown where any of them is."""
    known = [reading.state == State.KNOWN for reading in readings]
    numerator = sum(np.where(k, r.numerator, 0.0) for k, r in zip(known, readings, strict=True))
    denominator = sum(np.where(k, r.denominator, 0.0) for k, r in zip(known, readings, strict=True))
    states = np.array([reading.state for reading in readings])
    unknown = (states == State.UNKNOWN).any(axis=0)
    return Readings(
        np.where(unknown, 0.0, numerator),
        np.where(unknown, 0.0, denominator),
        np.where(unknown, State.UNKNOWN, states.min(axis=0)),
    )
