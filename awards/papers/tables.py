"""The list as a workbook and as CSV of two kinds. Names and titles are hostile text: none becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable

import xlsxwriter
from django.utils.translation import gettext as _

from monitoring.dashboards.exports import clean, csv_lines

from .lines import Line, Paper

BAD_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME = 31
QUOTE = "' "  # Excel allows none at the ends of a sheet's name


def headings() -> list[str]:
    return [
        _("Nomination"), _("Place"), _("Shares the place"), _("Diploma"), _("Awarded"), _("Page or institution"),
        _("Institution"), _("Municipality"), _("Address"), _("Points"),
    ]  # fmt: skip


def cells(line: Line) -> list[object]:
    """A line under `headings`."""
    return [
        line.nomination, line.place, _("yes") if line.tie else _("no"), line.degree_text, line.winner, line.title,
        line.institution, line.municipality, line.page, line.points,
    ]  # fmt: skip


def xlsx(paper: Paper) -> bytes:
    """A summary, and a sheet for each nomination."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": paper.contest, "created": paper.moment.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    points = book.add_format({"num_format": "0.00", "valign": "top"})
    taken: set[str] = set()
    summary = book.add_worksheet(_sheet_name(_("Summary"), taken))
    _write_summary(summary, paper, bold)
    _fit_print(summary, 4)
    for name, lines in paper.nominations:
        sheet = book.add_worksheet(_sheet_name(name, taken))
        _write_sheet(sheet, lines, bold, text, points)
        _fit_print(sheet, 0)
    book.close()
    return file.getvalue()


def _write_summary(sheet: object, paper: Paper, bold: object) -> None:
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 4, 14)
    signed = _("signed off")
    status = _("DRAFT") if paper.draft else f"{signed}: {paper.day:%d.%m.%Y}"
    for row, text in enumerate((f"{paper.contest}, {paper.year}", paper.region, status)):
        sheet.write_string(row, 0, str(clean(text)), bold)
    names = [_("Nomination"), _("Awarded"), _("I degree"), _("II degree"), _("III degree")]
    for column, name in enumerate(names):
        sheet.write_string(4, column, name, bold)
    for row, (name, lines) in enumerate(paper.nominations, start=5):
        sheet.write_string(row, 0, str(clean(name)))
        counts = [len(lines), *(sum(line.degree == degree for line in lines) for degree in (1, 2, 3))]
        for column, count in enumerate(counts, start=1):
            sheet.write_number(row, column, count)
    sheet.freeze_panes(5, 0)


def _fit_print(sheet: object, heading: int) -> None:
    """On A4 across, as wide as a sheet of paper: else names are cut at the edge of their column. heading: its row."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading)


def _write_sheet(sheet: object, lines: Iterable[Line], bold: object, text: object, points: object) -> None:
    for column, name in enumerate(headings()):
        sheet.write_string(0, column, name, bold)
    sheet.set_column(0, 0, 32)
    sheet.set_column(4, 8, 32)
    sheet.freeze_panes(1, 0)
    for row, line in enumerate(lines, start=1):
        for column, cell in enumerate(cells(line)):
            value = clean(cell)
            if isinstance(value, float):
                sheet.write_number(row, column, value, points)
            elif isinstance(value, int):
                sheet.write_number(row, column, value, text)
            else:
                sheet.write_string(row, column, value, text)


def _sheet_name(text: str, taken: set[str]) -> str:
    """A name that Excel allows and the book does not have yet."""
    base = " ".join(BAD_IN_SHEET_NAMES.sub(" ", str(clean(text))).split())
    name, number = _cut(base, SHEET_NAME) or "—", 2
    while name.casefold() in taken:
        name = f"{_cut(base, SHEET_NAME - len(str(number)) - 1)} {number}"
        number += 1
    taken.add(name.casefold())
    return name


def _cut(text: str, length: int) -> str:
    """At most so many characters as Excel counts them: in UTF-16, where rare ones are two."""
    return text.encode("utf-16-le")[: length * 2].decode("utf-16-le", "ignore").strip(QUOTE)


def russian_csv(paper: Paper) -> bytes:
    """As a Russian Excel opens it: `;`, decimal comma, byte order mark, formulas behind an apostrophe."""
    rows = ([round(cell, 4) if isinstance(cell, float) else cell for cell in cells(line)] for line in paper.lines)
    return b"".join(csv_lines(headings(), rows, "ru"))


def plain_csv(paper: Paper) -> bytes:
    """RFC 4180 for programs: UTF-8 without a mark, `,`, decimal point, empty where there is no data; text as it is."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(
        ["nomination", "place", "tie", "degree", "winner", "title", "institution", "municipality", "page", "points"]
    )
    for line in paper.lines:
        writer.writerow(
            [
                line.nomination,
                line.place or "",
                int(line.tie),
                int(line.degree),
                line.winner,
                line.title,
                line.institution,
                line.municipality,
                line.page,
                "" if line.points is None else f"{line.points:.4f}",
            ]
        )
    return buffer.getvalue().encode()
