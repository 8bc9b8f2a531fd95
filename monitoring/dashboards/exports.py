"""Rows as CSV for a Russian Excel and as XLSX. Text from networks and sheets is hostile: it never becomes a formula."""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORMULA = re.compile(r"^\s*[=+\-@]|^[\t\r\n]")
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
MAX_CELL = 32_767  # Excel's own limit of characters
Row = Sequence[object]


class FileKind:
    """Path converter `kind`: the kinds of files that there are; any other is an address that does not exist."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def clean(value: object) -> object:
    """A cell without control characters; None becomes the words «нет данных»."""
    if value is None:
        return _("no data")
    if isinstance(value, str | Promise):
        return CONTROL.sub("", str(value))[:MAX_CELL]
    return value


def csv_cell(value: object) -> str:
    """Numbers with a decimal comma, dates as 26.10.2024, text that would be a formula behind an apostrophe."""
    value = clean(value)
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return neutral(value)


def neutral(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if FORMULA.search(text) else text


def csv_lines(headings: Row, rows: Iterable[Row], language: str) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, `;` between cells, in pieces; runs after the view, so it names its language."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    with override(language):
        writer.writerow([csv_cell(cell) for cell in headings])
        for row in rows:
            writer.writerow([csv_cell(cell) for cell in row])
            if buffer.tell() > 64_000:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()


def write_xlsx(file: BinaryIO, sheet_name: str, headings: Row, rows: Iterable[Row]) -> None:
    """One sheet with a frozen, filterable head; text stays text."""
    write_book(file, [(sheet_name, headings, rows)])


def write_book(file: BinaryIO, sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> None:
    """(name, headings, rows) a sheet, as `write_xlsx`; rows are written as they come, so there may be any number."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    formats = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
    names: set[str] = set()
    for name, headings, rows in sheets:
        _write_sheet(book.add_worksheet(_free_name(str(name), names)), headings, rows, *formats)
    book.close()


def _free_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes and no sheet has yet."""
    plain = FORBIDDEN_IN_NAMES.sub(" ", str(clean(name))).strip("' ")[:31] or "1"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[:27]} {number}"
    taken.add(found.casefold())
    return found


def _write_sheet(sheet: Worksheet, headings: Row, rows: Iterable[Row], bold: Format, day: Format) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, max(len(headings) - 1, 0), 18)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, str(clean(heading)), bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            value = clean(cell)
            if isinstance(value, dt.date):
                sheet.write_datetime(last, column, value, day)
            elif isinstance(value, int | float):
                sheet.write_number(last, column, value)
            else:
                sheet.write_string(last, column, value)
    sheet.autofilter(0, 0, last, max(len(headings) - 1, 0))


def download(kind: str, name: str, sheet_name: str, headings: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """The rows as a file called `name` with the ending `kind` (csv or xlsx)."""
    if kind == "csv":
        lines = csv_lines(headings, rows, get_language())
        return StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )
    return download_book(name, [(sheet_name, headings, rows)])


def download_book(name: str, sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> FileResponse:
    """The sheets (name, headings, rows) as one workbook called `name`.xlsx."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    write_book(file, sheets)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
