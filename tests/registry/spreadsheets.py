"""Small spreadsheets for tests."""

import csv
import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from monitoring.models import Region
from monitoring.registry.columns import Column
from monitoring.registry.importing import import_rows, plan_import
from monitoring.registry.plan import Plan
from monitoring.registry.report import Severity
from monitoring.registry.rows import read_registry
from tests.factories import ogrn

TODAY = dt.date(2024, 10, 26)
Row = dict[str, object]


def school(number: int = 1, **cells: object) -> Row:
    """A row of one institution with one VK page; cells by the name of the column's enum."""
    row: Row = {
        Column.NAME: f"Школа № {number}",
        Column.OGRN: ogrn(number),
        Column.MUNICIPALITY: "Амурский район",
        Column.VK_LINK: f"https://vk.com/school{number}",
    }
    row |= {Column[name.upper()]: value for name, value in cells.items()}
    return {column: value for column, value in row.items() if value is not None}


def grid(rows: Sequence[Row]) -> list[list[object]]:
    """Header and cells of the columns that the rows use."""
    columns = list(dict.fromkeys(column for row in rows for column in row)) or [Column.NAME, Column.OGRN]
    return [columns, *[[row.get(column) for column in columns] for row in rows]]


def xlsx(*rows: Row) -> bytes:
    return workbook({"Реестр": grid(rows)})


def workbook(sheets: dict[str, list[list[object]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of whole grids; strings that begin with "=" stay strings."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for title, cells in sheets.items():
            sheet = book.add_worksheet(title)
            if title in hidden:
                sheet.hide()
            for number, row in enumerate(cells):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, place, value)
    return buffer.getvalue()


def csv_text(*rows: Row, delimiter: str = ";", newline: str = "\r\n") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=newline).writerows(grid(rows))
    return buffer.getvalue()


def plan(region: Region, *rows: Row, day: dt.date = TODAY) -> Plan:
    """What a file of these rows would do."""
    return plan_import(*read_registry(xlsx(*rows)), region, day)


def load(region: Region, *rows: Row, day: dt.date = TODAY) -> Plan:
    """Import a file of these rows. Raises ImportRefusedError."""
    return import_rows(*read_registry(xlsx(*rows)), region, day)


def errors(plan: Plan) -> list[tuple[int | None, str, str]]:
    """(row, column, message) of every error."""
    return [(p.row, p.column, p.message) for p in plan.problems if p.severity == Severity.ERROR]


def warnings(plan: Plan) -> list[tuple[int | None, str, str]]:
    return [(p.row, p.column, p.message) for p in plan.problems if p.severity == Severity.WARNING]
