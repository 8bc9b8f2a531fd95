"""A sheet of rows under a head, and the addresses of its cells."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from monitoring.dashboards.exports import clean


@dataclass(frozen=True, slots=True)
class Formats:
    bold: Format
    day: Format
    wrap: Format
    note: Format


@dataclass(frozen=True, slots=True)
class Sheet:
    """name: as in formulas. columns: in order. rows: how many lie under the head."""

    name: str
    columns: tuple[str, ...]
    rows: int

    def range(self, column: str) -> str:
        """The column's cells: 'Дни'!$B$2:$B$366."""
        letter = xl_col_to_name(self.columns.index(column), col_abs=True)
        return f"'{self.name}'!{letter}$2:{letter}${max(self.rows, 1) + 1}"

    def cell(self, column: str, row: int) -> str:
        """One cell; rows from 0."""
        return f"'{self.name}'!" + xl_rowcol_to_cell(row + 1, self.columns.index(column), True, True)


def write_rows(
    sheet: Worksheet, formats: Formats, heads: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> Sheet:
    """Write the rows under their heads; None stays empty."""
    sheet.freeze_panes(1, 1)
    for column, head in enumerate(heads.values()):
        sheet.write_string(0, column, str(head), formats.wrap)
        sheet.set_column(column, column, 12)
    for number, row in enumerate(rows, start=1):
        for column, name in enumerate(heads):
            write_cell(sheet, number, column, row.get(name), formats)
    return Sheet(sheet.get_name(), tuple(heads), len(rows))


def write_cell(sheet: Worksheet, row: int, column: int, value: object, formats: Formats) -> None:
    """A value as what it is; text never becomes a formula."""
    if value is None:
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats.day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(clean(str(value))))
