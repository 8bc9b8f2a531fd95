"""An uploaded file -> grids of cell values. Any bytes give grids or a FileError, never another exception.

XLSX is read by openpyxl in read-only mode with row and column caps after the unzipped size was checked: other readers
die on a file of five kilobytes (two cells in opposite corners, or a bomb of shared strings).
"""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from .columns import column_of

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_ROWS = 20_000
MAX_COLUMNS = 60
HEADER_ROWS = 20  # the header stands within the first rows, below a title block
# Parts of a workbook that openpyxl holds in memory whole (strings, styles) take four times their size and 0.15 s a MB.
MAX_UNZIPPED_PARTS = 30 * MEGABYTE
MAX_UNZIPPED = 100 * MEGABYTE
MAX_ENTRIES = 2_000
NOT_COMPUTED = "#NOT-COMPUTED!"  # a formula whose value was never stored


class FileError(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its rows that hold anything, numbered as the spreadsheet program numbers them (from 1)."""

    title: str
    rows: list[tuple[int, tuple[object, ...]]]


def read_grids(content: bytes) -> list[Grid]:
    """Every visible sheet of an XLSX file, or the one table of a CSV file. Raises FileError."""
    if len(content) > MAX_BYTES:
        raise FileError(_("The file is larger than 10 MB. Split it into several files."))
    if not content.strip():
        raise FileError(_("The file is empty."))
    if content.startswith(b"PK"):
        _check_archive(content)
        return _guarded_xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(
            _(
                "This is an old .xls file or one with a password. "
                "Open it in Excel and save it as .xlsx without a password."
            )
        )
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FileError(_("This is a web page or XML, whatever its name. Open it in Excel and save it as .xlsx."))
    return [Grid("", _csv_rows(content))]


def _check_archive(content: bytes) -> None:
    """Refuse what is no workbook, and what would not fit in memory, before anything is unpacked."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except MemoryError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on damaged archives
        raise _damaged() from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or "xl/workbook.bin" in names:
        raise FileError(_("This is not an .xlsx workbook. Open it in your spreadsheet program and save it as .xlsx."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileError(_("The workbook holds macros. Save it as .xlsx, which leaves them out."))
    parts = sum(e.file_size for e in entries if not e.filename.startswith(("xl/worksheets/", "xl/media/")))
    whole = sum(e.file_size for e in entries)
    if len(entries) > MAX_ENTRIES or parts > MAX_UNZIPPED_PARTS or whole > MAX_UNZIPPED:
        raise FileError(
            _("The workbook is too large when unpacked. Copy the table itself into a new workbook and save that.")
        )


def _damaged() -> FileError:
    return FileError(_("The workbook is damaged or protected. Open it in Excel and save it anew as .xlsx."))


def _guarded_xlsx(content: bytes) -> list[Grid]:
    try:
        return _xlsx_grids(content)
    except (FileError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise on damaged parts
        raise _damaged() from error


def _xlsx_grids(content: bytes) -> list[Grid]:
    grids, total = [], 0
    uncomputed = _uncomputed(content) if _has_formulas(content) else set()
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = []
        for number, read in enumerate(_capped(sheet, values_only=True), 1):
            values = _marked(read, sheet.title, number, uncomputed) if uncomputed else read
            if any(value is not None and value != "" for value in values):
                rows.append((number, values))
        total += len(rows)
        _check_size(total, rows)
        grids.append(Grid(sheet.title, rows))
    workbook.close()
    return grids


def _capped(sheet, values_only: bool) -> Iterator[tuple]:
    """Rows as far as a file may reach, and one row and column more, by which an overlong sheet is noticed."""
    return sheet.iter_rows(max_row=MAX_ROWS + HEADER_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=values_only)


def _has_formulas(content: bytes) -> bool:
    """Whether any sheet holds a formula, told from its text without parsing it."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/") or name.endswith("/"):
            continue
        with archive.open(name) as part:
            tail = b""
            while block := part.read(MEGABYTE):
                if b"<f>" in tail + block or b"<f " in tail + block:
                    return True
                tail = block[-2:]
    return False


def _uncomputed(content: bytes) -> set[tuple[str, int, int]]:
    """(sheet, row, index of column) of formulas without a stored value: never opened in a spreadsheet program."""
    formulas = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    found = set()
    for sheet, computed in zip(formulas.worksheets, values.worksheets, strict=True):
        pairs = zip(_capped(sheet, values_only=False), _capped(computed, values_only=True), strict=True)
        for number, (cells, results) in enumerate(pairs, 1):
            for column, (cell, result) in enumerate(zip(cells, results, strict=True)):
                if result is None and cell.data_type == "f":
                    found.add((sheet.title, number, column))
    return found


def _marked(
    values: tuple[object, ...], sheet: str, number: int, uncomputed: set[tuple[str, int, int]]
) -> tuple[object, ...]:
    return tuple(NOT_COMPUTED if (sheet, number, i) in uncomputed else value for i, value in enumerate(values))


def _check_size(total: int, rows: list[tuple[int, tuple[object, ...]]]) -> None:
    if total > MAX_ROWS + HEADER_ROWS or (rows and rows[-1][0] > MAX_ROWS + HEADER_ROWS):
        raise FileError(_("The file has more than 20 000 rows. Split it into several files."))
    if any(len(values) > MAX_COLUMNS and values[MAX_COLUMNS] not in (None, "") for _number, values in rows):
        raise FileError(_("The table has more than 60 columns. Remove those that are not needed."))


def _csv_rows(content: bytes) -> list[tuple[int, tuple[object, ...]]]:
    text, delimiter = _text_and_delimiter(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for number, values in enumerate(itertools.islice(reader, MAX_ROWS + HEADER_ROWS + 1), 1):
            if any(values):
                rows.append((number, tuple(map(without_guard, values))))
    except csv.Error as error:
        raise FileError(
            _(
                "The quotation marks near line %(line)s do not match, or a cell is too long. "
                "Open the file in a spreadsheet program and save it as .xlsx."
            )
            % {"line": reader.line_num}
        ) from error
    _check_size(len(rows), rows)
    return rows


def _text_and_delimiter(content: bytes) -> tuple[str, str]:
    """The encoding and the delimiter under which the most header cells make sense."""
    encodings = ["utf-8-sig", "cp1251"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = ["utf-16-le", "utf-16-be", *encodings]
    best = (-1, "", ";")
    for encoding in encodings:
        try:
            text = content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
        for delimiter in ";\t,":
            known = _known_headers(text, delimiter)
            if known > best[0]:
                best = (known, text, delimiter)
        if best[0] > 0:
            break
    if best[0] < 0:
        raise FileError(_("The letters of the file cannot be read. Save it as .xlsx or as CSV in UTF-8."))
    return best[1], best[2]


def _known_headers(text: str, delimiter: str) -> int:
    """The largest number of known columns in one of the first rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(itertools.islice(reader, HEADER_ROWS))
    except csv.Error:
        return 0
    return max((len({column_of(cell) for cell in row[:MAX_COLUMNS]} - {None}) for row in rows), default=0)


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def with_guard(text: str) -> str:
    """`text` for a CSV cell, with an apostrophe before what a spreadsheet program would run as a formula."""
    return f"'{text}" if _is_guarded(text) else text


def without_guard(text: str) -> str:
    """The text that `with_guard` was given."""
    return text[1:] if text.startswith("'") and _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    return text.lstrip("'").lstrip(" ").startswith(FORMULA_SIGNS)
