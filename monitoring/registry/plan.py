"""What an import would do to the base: rows to add, rows to change, and everything to be said about it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Model

from monitoring.models import (
    Exemption,
    Institution,
    Municipality,
    Page,
    Person,
    PersonContact,
    Region,
    Sector,
    Stewardship,
)

from .report import Counts, Problem, Severity
from .sheets import clean_text

# In the order of their references to each other.
MODELS: tuple[type[Model], ...] = (
    Municipality,
    Sector,
    Institution,
    Page,
    Person,
    PersonContact,
    Stewardship,
    Exemption,
)


@dataclass(slots=True)
class Plan:
    """Changes are made to objects in memory and noted here; nothing is written before `apply`.

    day: the local day that counts as today. pages_not_in_file: watched pages of the region that the file does not
    name; they are left alone. before: what changed fields held, others by their key.
    """

    region: Region
    day: dt.date
    problems: list[Problem] = field(default_factory=list)
    pages_not_in_file: int = 0
    new: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[type[Model], dict[int, tuple[Model, set[str]]]] = field(default_factory=lambda: defaultdict(dict))
    seen: dict[type[Model], set[int]] = field(default_factory=lambda: defaultdict(set))
    before: dict[tuple[type[Model], int], dict[str, object]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def refused(self) -> bool:
        """Any error refuses the whole file."""
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    @property
    def counts(self) -> dict[type[Model], Counts]:
        """Rows of each kind that the file speaks of."""
        return {
            model: Counts(
                new=len(self.new[model]),
                changed=len(self.changed[model]),
                same=len(self.seen[model] - self.changed[model].keys()),
            )
            for model in MODELS
        }

    @property
    def changes(self) -> int:
        """How many rows would be added or changed."""
        return sum(counts.new + counts.changed for counts in self.counts.values())

    def add(self, row: Model) -> None:
        self.new[type(row)].append(row)

    def keep(self, row: Model) -> None:
        """The file speaks of this row of the base."""
        if row.pk is not None:
            self.seen[type(row)].add(row.pk)

    def change(self, row: Model, **values: object) -> None:
        """Set fields of a row; what differs from the base is noted. Spaces and invisible characters do not count."""
        self.keep(row)
        for name, value in values.items():
            if _holds(row, name, value):
                continue
            if row.pk is not None:
                attribute = row._meta.get_field(name).attname
                self.before[type(row), row.pk].setdefault(name, getattr(row, attribute))
            setattr(row, name, value)
            if row.pk is not None:
                self.changed[type(row)].setdefault(row.pk, (row, set()))[1].add(name)


def _holds(row: Model, name: str, value: object) -> bool:
    if isinstance(value, Model):
        return value.pk is not None and getattr(row, f"{name}_id") == value.pk
    held = getattr(row, name)
    return (clean_text(held) if isinstance(held, str) else held) == value
