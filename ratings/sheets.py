"""Quantities gathered elsewhere: a CSV file in, scores by any methodology out."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from gospub.confined import MEGABYTE, ConfinedError, Limits, confined
from monitoring.dashboards.exports import neutral

from .engine import Result, Status, rate, zone_of
from .parts import Readings, State
from .peers import Label
from .rules import GroupField, Rules
from .rules_data import read_rules
from .table import Table

MAX_BYTES = 20_000_000
MAX_ROWS = 300_000
MAX_PROBLEMS = 20
LIMITS = Limits(memory=1024 * MEGABYTE, answer=128 * MEGABYTE)
# Besides the indicators' columns.
SUBJECT = "subject"
ELIGIBILITY = ("days", "posts", "collected")
NOT_APPLICABLE = ("n/a", "н/п", "—")


class SheetError(ValueError):
    """What is wrong with the file: each problem names its row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def read_file(path: Path) -> bytes:
    """The bytes of a file; SheetError where it is too large."""
    if path.stat().st_size > MAX_BYTES:
        raise SheetError([_("The file is larger than %d MB.") % (MAX_BYTES // 1_000_000)])
    return path.read_bytes()


def read_table(content: bytes, rules: Rules) -> Table:
    """A row per subject. Columns: `subject`, the fields of the peer groups, per indicator `<code>.numerator` and
    `<code>.denominator` or `<code>` for a ready value; an empty cell = unknown, `n/a` = does not apply.

    Raises SheetError with all problems found (twenty at most).
    """
    rows = _rows(content)
    header = [name.strip().lower() for name in next(rows, [])]
    problems = list(_missing(header, rules))
    if problems:
        raise SheetError(problems)
    reader = _Reader(header, rules)
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            reader.add(number, row)
        if len(reader.problems) >= MAX_PROBLEMS or len(reader.keys) > MAX_ROWS:
            break
    if len(reader.keys) > MAX_ROWS:
        reader.problems.append(_("The file has more than %d rows.") % MAX_ROWS)
    if not reader.keys and not reader.problems:
        reader.problems.append(_("The file has no subjects: there is nothing below its header."))
    if reader.problems:
        raise SheetError(reader.problems[:MAX_PROBLEMS])
    return reader.table()


def columns(rules: Rules) -> list[str]:
    """The columns that a file for these rules has."""
    names = [SUBJECT, *rules.peers.by]
    least = rules.eligibility
    names += [name for name in ELIGIBILITY if getattr(least, name)]
    return names + [f"{m.code}.{part}" for m in rules.measures for part in ("numerator", "denominator")]


def _rows(content: bytes) -> Iterator[list[str]]:
    if len(content) > MAX_BYTES:
        raise SheetError([_("The file is larger than %d MB.") % (MAX_BYTES // 1_000_000)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    if "\0" in text:
        raise SheetError([_("This is not a CSV file.")])
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise SheetError([_("This is not a CSV file.")]) from error


def _missing(header: Sequence[str], rules: Rules) -> Iterator[str]:
    if SUBJECT not in header:
        yield _("Row 1: there is no column “subject”.")
    for name in header:
        if name and header.count(name) > 1:
            yield _("Row 1: the column “%s” occurs twice.") % name
            return
    for field in rules.peers.by:
        if field not in header:
            yield _("Row 1: there is no column “%s”, by which subjects are grouped.") % field
    for measure in rules.measures:
        code = measure.code.lower()
        if code not in header and not {f"{code}.numerator", f"{code}.denominator"} <= set(header):
            yield _("Row 1: there is neither “%(code)s” nor “%(code)s.numerator” with “%(code)s.denominator”.") % {
                "code": measure.code
            }


class _Reader:
    """Collects the rows of a file, and what is wrong with them."""

    def __init__(self, header: Sequence[str], rules: Rules) -> None:
        self.header, self.rules = header, rules
        self.problems: list[str] = []
        self.keys: dict[str, int] = {}
        self.fields: dict[str, list[str]] = {f: [] for f in rules.peers.by if f != GroupField.SIZE}
        self.sizes: list[float] = []
        self.numbers: dict[str, list[float]] = {name: [] for name in ELIGIBILITY if name in header}
        self.readings: dict[str, list[tuple[float, float, int]]] = {m.code: [] for m in rules.measures}

    def add(self, number: int, row: Sequence[str]) -> None:
        cells = {name: cell.strip() for name, cell in zip(self.header, row, strict=False)}
        key = cells.get(SUBJECT, "")
        if any(cell.strip() for cell in row[len(self.header) :]):
            self.problems.append(_("Row %d has more cells than the header.") % number)
            return
        if not key or key in self.keys:
            text = _("the subject is named twice") if key else _("the subject is not named")
            self.problems.append(_("Row %(row)d, column “subject”: %(text)s.") % {"row": number, "text": text})
            return
        self.keys[key] = len(self.keys)
        for name, texts in self.fields.items():
            texts.append(cells.get(name, ""))
        if GroupField.SIZE in self.rules.peers.by:
            self.sizes.append(self._number(number, "size", cells))
        for name, values in self.numbers.items():
            values.append(self._number(number, name, cells))
        for code, readings in self.readings.items():
            readings.append(self._reading(number, code, cells))

    def _reading(self, number: int, code: str, cells: dict[str, str]) -> tuple[float, float, int]:
        code = code.lower()  # as the header is
        names = [code] if code in self.header else [f"{code}.numerator", f"{code}.denominator"]
        texts = [cells.get(name, "") for name in names]
        if any(text.lower() in NOT_APPLICABLE for text in texts):
            return 0.0, 0.0, State.NOT_APPLICABLE
        values = [self._number(number, name, cells) for name in names]
        if any(np.isnan(value) for value in values):
            return 0.0, 0.0, State.UNKNOWN
        if len(values) == 1:
            return values[0], 1.0, State.KNOWN
        if values[1] < 0:
            self._problem(number, names[1], _("a denominator cannot be below 0"))
        return values[0], values[1], State.KNOWN if values[1] > 0 else State.NOT_APPLICABLE

    def _number(self, number: int, name: str, cells: dict[str, str]) -> float:
        text = cells.get(name, "")
        if not text:
            return np.nan
        plain = text.replace("\xa0", "").replace("\u202f", "").replace(" ", "").replace(",", ".").replace("−", "-")
        try:
            value = float(Decimal(plain))
        except (ArithmeticError, ValueError):  # ValueError: sNaN
            value = np.nan
        if not abs(value) < 1e15:
            self._problem(number, name, _("“%s” is not a number") % text[:40])
        return value

    def _problem(self, row: int, column: str, text: str) -> None:
        place = _("Row %(row)d, column “%(column)s”: %(text)s.")
        self.problems.append(place % {"row": row, "column": column, "text": text})

    def table(self) -> Table:
        def readings(rows: list[tuple[float, float, int]]) -> Readings:
            return Readings(
                np.array([row[0] for row in rows]),
                np.array([row[1] for row in rows]),
                np.array([row[2] for row in rows]),
            )

        return Table(
            list(self.keys),
            {code: readings(rows) for code, rows in self.readings.items()},
            self.fields,
            np.array(self.sizes) if self.sizes else None,
            **{name: np.array(values) for name, values in self.numbers.items()},
        )


@dataclass(frozen=True, slots=True)
class ScoredFile:
    """RFC 4180 text, or what is wrong with the file."""

    text: str = ""
    problems: Sequence[str] = ()


def score_upload(content: bytes, data: dict[str, Any]) -> ScoredFile:
    """A foreign file's subjects scored by a methodology's data, in a child process."""
    try:
        return confined(scored_file, content, data, limits=LIMITS)
    except ConfinedError:
        return ScoredFile(problems=[_("The file takes more memory or time than there is here. Split it.")])


def scored_file(content: bytes, data: dict[str, Any]) -> ScoredFile:
    """A file's subjects scored by a methodology's data."""
    rules = read_rules(data)
    try:
        return ScoredFile(write(output(score(content, rules), rules)))
    except SheetError as error:
        return ScoredFile(problems=error.problems)


def score(content: bytes, rules: Rules) -> Result:
    """The file's subjects, scored. Raises SheetError."""
    return rate(rules, read_table(content, rules))


def output(result: Result, rules: Rules) -> Iterator[list[object]]:
    """Header and rows: subject, peer group, place, score, zone, why there is none, per indicator its value, 0–100 and
    what it adds to the score, per penalty its value and what it takes; the best first."""
    codes = [item.code for item in rules.items]
    penalties = [penalty.code for penalty in rules.penalties]
    yield [
        SUBJECT,
        "group",
        "place",
        "score",
        "zone",
        "status",
        *(f"{code}.{part}" for code in codes for part in ("value", "normalised", "contribution")),
        *(f"{code}.{part}" for code in penalties for part in ("value", "contribution")),
    ]
    points = result.points(rules)
    values = {code: result.table.values(code) for code in (*codes, *penalties)}
    measured = {code: result.table.readings[code].state for code in (*codes, *penalties)}  # also of those not ranked
    order = sorted(
        range(len(points)),
        key=lambda n: (result.groups[n], result.places[n] == 0, result.places[n], result.table.keys[n]),
    )
    for n in order:
        yield [
            neutral(result.table.keys[n]),
            neutral(label_text(result.labels[result.groups[n]], rules)),
            int(result.places[n]) or "",
            "" if points[n] is None else points[n],
            neutral(zone.label) if points[n] is not None and (zone := zone_of(points[n], rules)) else "",
            Status(result.status[n]).name.lower(),
            *(
                _cell(array[n], states[code][n])
                for code in codes
                for array, states in (
                    (values[code], measured),
                    (result.normal[code], result.states),
                    (result.contributions[code], result.states),
                )
            ),
            *(
                _cell(array[n], states[code][n])
                for code in penalties
                for array, states in ((values[code], measured), (result.contributions[code], result.states))
            ),
        ]


def _cell(value: float, state: int) -> object:
    if state == State.KNOWN:
        return "" if np.isnan(value) else repr(float(np.round(value, 9)))
    return "" if state == State.UNKNOWN else NOT_APPLICABLE[0]


def label_text(label: Label, rules: Rules) -> str:
    """A peer group as text: its combinations, the fields of each joined by a slash, size classes by their bounds."""
    return " + ".join(
        " / ".join(
            _size_text(text, rules.peers.sizes) if field == GroupField.SIZE else text
            for field, text in zip(rules.peers.by, each, strict=False)
        )
        for each in label
    )


def _size_text(text: str, sizes: Sequence[float]) -> str:
    """The class 1 of the bounds 500, 2000 → «500–2000»; "" = the size is not known."""
    if not text:
        return ""
    low, high = ["", *(f"{bound:.12g}" for bound in sizes)], [*(f"{bound:.12g}" for bound in sizes), ""]
    number = int(text)
    if not low[number]:
        return f"<{high[number]}"
    return f"{low[number]}–{high[number]}" if high[number] else f"≥{low[number]}"


def write(rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 text."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()
