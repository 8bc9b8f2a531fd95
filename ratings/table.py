"""What the engine rates: subjects with their quantities, wherever these came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .parts import Array, Readings, State


@dataclass(frozen=True, slots=True)
class Table:
    """A row per subject.

    keys: unique. fields: what peer groups are made of, by `GroupField`, text per row; sizes: the number that the size
    class goes by, NaN = not known. readings: by the code of the measure. days, posts, collected: what eligibility asks
    for, NaN = not known. facts: numbers that the expected score goes by (mean subscribers, adults, days of age).
    """

    keys: Sequence[str]
    readings: Mapping[str, Readings]
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sizes: Array | None = None
    days: Array | None = None
    posts: Array | None = None
    collected: Array | None = None
    facts: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def values(self, code: str) -> Array:
        """The ratio of each subject, NaN where it is not known."""
        readings = self.readings[code]
        known = readings.state == State.KNOWN
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(known, readings.numerator / readings.denominator, np.nan)

    def rows(self, chosen: Array) -> "Table":
        """The table of these rows (indices) alone."""

        def part(array: Array | None) -> Array | None:
            return None if array is None else array[chosen]

        return Table(
            [self.keys[n] for n in chosen],
            {
                code: Readings(each.numerator[chosen], each.denominator[chosen], each.state[chosen])
                for code, each in self.readings.items()
            },
            {name: [texts[n] for n in chosen] for name, texts in self.fields.items()},
            part(self.sizes),
            part(self.days),
            part(self.posts),
            part(self.collected),
            {name: array[chosen] for name, array in self.facts.items()},
        )

    def with_value(self, row: int, code: str, value: float) -> "Table":
        """The table in which that subject's measure has this value."""
        old = self.readings[code]
        numerator, denominator, state = old.numerator.copy(), old.denominator.copy(), old.state.copy()
        numerator[row], denominator[row], state[row] = value, 1.0, State.KNOWN
        return replace(self, readings={**self.readings, code: Readings(numerator, denominator, state)})
