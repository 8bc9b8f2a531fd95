"""Tables of the engine as plain data, exact to the digit, and back."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from .parts import Array, Readings
from .table import Table

NUMBERS = ("sizes", "days", "posts", "collected")


def canonical(value: object) -> bytes:
    """JSON in the one form that seals and bundles are made of."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def table_data(table: Table) -> dict[str, Any]:
    """Plain lists and dicts; null = not known, whole numbers without a decimal point."""
    return {
        "keys": list(table.keys),
        "readings": {
            code: {
                "state": [int(state) for state in readings.state.tolist()],
                "numerator": numbers(readings.numerator),
                "denominator": numbers(readings.denominator),
            }
            for code, readings in table.readings.items()
        },
        "fields": {str(name): list(texts) for name, texts in table.fields.items()},
        "facts": {name: numbers(column) for name, column in table.facts.items()},
        **{name: None if (a := getattr(table, name)) is None else numbers(a) for name in NUMBERS},
    }


def read_table_data(data: Mapping[str, Any]) -> Table:
    """The table that `table_data` was given."""
    return Table(
        data["keys"],
        {
            code: Readings(
                array(each["numerator"]), array(each["denominator"]), np.array(each["state"], dtype=np.int64)
            )
            for code, each in data["readings"].items()
        },
        data["fields"],
        **{name: None if data[name] is None else array(data[name]) for name in NUMBERS},
        facts={name: array(column) for name, column in data["facts"].items()},
    )


def numbers(column: Array) -> list[float | int | None]:
    return [plain(value) for value in column.tolist()]


def plain(value: float) -> float | int | None:
    """A float as JSON has it: whole numbers as such, None for NaN."""
    if value != value:  # noqa: PLR0124  NaN
        return None
    return int(value) if value == int(value) else value


def array(values: list[float | int | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def pack(data: object) -> bytes:
    """Compressed canonical JSON; the same data gives the same bytes."""
    return gzip.compress(canonical(data), 6, mtime=0)


def unpack(packed: bytes) -> Any:
    return json.loads(gzip.decompress(packed))
