"""Small methodologies and tables for the tests of the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ratings.parts import Readings, State
from ratings.rules import Rules
from ratings.rules_data import read_rules
from ratings.table import Table

UNKNOWN, NOT_APPLICABLE, IMPOSSIBLE = State.UNKNOWN, State.NOT_APPLICABLE, State.IMPOSSIBLE
PERCENTILE = {"kind": "percentile"}
MIN_MAX = {"kind": "min_max"}

# A number, a (numerator, denominator) pair, or the state of what has no value.
Cell = float | tuple[float, float] | State


def target(value: str = "1") -> dict[str, str]:
    return {"kind": "target", "target": value}


def item(code: str, normaliser: Mapping[str, Any] | None = None, weight: str = "1", **more: Any) -> dict[str, Any]:
    """An item of a methodology; the engine does not care which indicator it is."""
    return {
        "code": code,
        "indicator": "regularity",
        "weight": weight,
        "normaliser": normaliser or target(),
        **more,
    }


def methodology(*items: Mapping[str, Any], **parts: Any) -> Rules:
    return read_rules({"items": list(items), **parts})


def readings(cells: Sequence[Cell]) -> Readings:
    rows = []
    for cell in cells:
        if isinstance(cell, State):
            rows.append((0.0, 0.0, cell))
        elif isinstance(cell, tuple):
            rows.append((*cell, State.KNOWN))
        else:
            rows.append((cell, 1.0, State.KNOWN))
    numerators, denominators, states = zip(*rows, strict=True) if rows else ((), (), ())
    return Readings(
        np.array(numerators, dtype=float), np.array(denominators, dtype=float), np.array(states, dtype=np.int64)
    )


def table(keys: Sequence[str] | None = None, **columns: Any) -> Table:
    """Columns by code; also `fields` (texts by field), and `sizes`, `days`, `posts`, `collected` as lists."""
    fields = columns.pop("fields", {})
    numbers = {
        name: np.array(columns.pop(name), dtype=float)
        for name in ("sizes", "days", "posts", "collected")
        if name in columns
    }
    cells = {code: readings(column) for code, column in columns.items()}
    size = len(next(iter(cells.values())).state)
    return Table(list(keys) if keys else [f"s{n}" for n in range(size)], cells, fields, **numbers)


def with_weights(rules: Rules, weights: Sequence[float]) -> Rules:
    """The same rules with other weights, among them 0."""
    items = tuple(replace(one, weight=float(weight)) for one, weight in zip(rules.items, weights, strict=True))
    return replace(rules, items=items)
