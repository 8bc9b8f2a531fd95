"""Grids of cells -> rows by column: the header is found, columns stand in any order, sheets are put together."""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .columns import MEASURED, Column, column_of
from .files import HEADER_ROWS, MAX_COLUMNS, NOT_COMPUTED, FileError, Grid, read_grids
from .report import Problem, Severity, place

MAX_CELL = 5_000  # characters
# A row is the header when it names the institutions' column and at least one more of ours.
HEADER_CELLS = 2
FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", NOT_COMPUTED})


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A data row: the cells that hold anything, cleaned, by column."""

    sheet: str
    number: int
    cells: dict[Column, str]

    @property
    def place(self) -> str:
        return place(self.sheet, self.number)

    def problem(self, severity: Severity, message: str, column: Column | None = None) -> Problem:
        return Problem(severity, message, self.sheet, self.number, column or "")


@dataclass(slots=True)
class Table:
    """All data rows of a file and what was noticed on the way."""

    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(content: bytes) -> Table:
    """The registry in an XLSX or CSV file. Whatever the bytes are, the outcome is a table with its problems."""
    table = Table()
    try:
        grids = read_grids(content)
    except FileError as error:
        table.problems.append(Problem(Severity.ERROR, str(error)))
        return table
    without_header = [grid.title for grid in grids if not _add_grid(table, grid)]
    if len(without_header) == len(grids):
        table.problems.append(
            Problem(
                Severity.ERROR,
                _(
                    "No header row was found in the first %(rows)s rows. "
                    "One row must name the columns, among them “%(name)s”."
                )
                % {"rows": HEADER_ROWS, "name": Column.NAME},
            )
        )
    else:
        table.problems += [
            Problem(Severity.NOTE, _("The sheet has no header row of the registry and was not read."), title)
            for title in without_header
        ]
        if not table.rows and not table.problems:
            table.problems.append(Problem(Severity.WARNING, _("There are no rows under the header.")))
    return table


def clean_text(value: object) -> str:
    """A cell as text: no invisible or control characters, single spaces; None -> "", 5.0 -> "5", True -> «да»."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    text = str(value)
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _add_grid(table: Table, grid: Grid) -> bool:
    """Add the rows of a sheet; False where it has no header."""
    place, columns = _header_of(grid)
    if place is None:
        return False
    names = [column for column in columns if isinstance(column, Column)]
    for column in dict.fromkeys(c for c in names if names.count(c) > 1):
        table.problems.append(
            Problem(
                Severity.ERROR,
                _("Two columns have this header. Rename or remove one of them."),
                grid.title,
                grid.rows[place][0],
                column,
            )
        )
    unknown = [f"«{column}»" for column in columns if column and not isinstance(column, Column)]
    if unknown:
        message = _("These columns are not known and were not read: %(columns)s.") % {"columns": ", ".join(unknown)}
        table.problems.append(Problem(Severity.NOTE, message, grid.title))
    measured = [f"«{column}»" for column in names if column in MEASURED]
    if measured:
        message = _("The system measures these itself, so they were not read: %(columns)s.")
        table.problems.append(Problem(Severity.NOTE, message % {"columns": ", ".join(measured)}, grid.title))
    for number, values in grid.rows[place + 1 :]:
        row = _row(table, grid.title, number, columns, values)
        if row.cells:
            table.rows.append(row)
    return True


def _header_of(grid: Grid) -> tuple[int | None, list[Column | str]]:
    """Index of the header row within the grid, and for each of its cells the column, or the text of an unknown one."""
    for index, (number, values) in enumerate(grid.rows):
        if number > HEADER_ROWS:
            break
        texts = [clean_text(value)[:100] for value in values[:MAX_COLUMNS]]
        columns = [column_of(text) or text for text in texts]
        known = {column for column in columns if isinstance(column, Column)}
        if Column.NAME in known and len(known) >= HEADER_CELLS:
            return index, columns
    return None, []


def _row(table: Table, sheet: str, number: int, columns: list[Column | str], values: tuple[object, ...]) -> SheetRow:
    row = SheetRow(sheet, number, {})
    for column, value in zip(columns, values, strict=False):
        if value is None or not isinstance(column, Column) or column in MEASURED:
            continue
        text = clean_text(value)
        if len(text) > MAX_CELL:
            message = _("The cell is longer than %(limit)s characters. Shorten it.") % {"limit": MAX_CELL}
            table.problems.append(row.problem(Severity.ERROR, message, column))
        elif text in FORMULA_ERRORS:
            message = _("The formula in this cell gives no value. Put the value itself into the cell.")
            table.problems.append(row.problem(Severity.ERROR, message, column))
        elif text:
            row.cells[column] = text
    return row
