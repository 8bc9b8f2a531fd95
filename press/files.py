"""A sheet as rows for XLSX and CSV, and as a Word file."""

import io
from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from monitoring.dashboards.exports import CONTROL
from monitoring.models import PlatformCode
from monitoring.templatetags.figures import long_day

from .models import FactSheet, Kind
from .queries import Line, SheetView

HEADINGS = (
    gettext_lazy("Figure"), gettext_lazy("Network"), gettext_lazy("Value"), gettext_lazy("Earlier value"),
    gettext_lazy("Change"), gettext_lazy("Change, share"), gettext_lazy("As of"), gettext_lazy("Compared with"),
    gettext_lazy("Pages"), gettext_lazy("Measured of them"), gettext_lazy("Definition"), gettext_lazy("Address"),
)  # fmt: skip
# Of quotients files keep so many digits behind the comma.
DIGITS = 6
FONT = "Times New Roman"
NOT_APPLICABLE = "—"
Address = Callable[[str], str]


def rows(sheet: FactSheet, view: SheetView, address: Address) -> Iterator[list[object]]:
    """A figure a row, under HEADINGS; «—» where something does not apply, None where there are no data.

    address: the whole permanent address of a code."""
    for each in view.lines:
        figure = each.figure
        compared = figure.earlier is not None or figure.not_compared
        yield [
            Kind(figure.kind).label,
            PlatformCode(figure.network).label if figure.network else _("all networks"),
            _plain(figure.now),
            _plain(figure.then) if compared else NOT_APPLICABLE,
            _plain(figure.change) if compared else NOT_APPLICABLE,
            _plain(figure.growth) if compared else NOT_APPLICABLE,
            sheet.day,
            sheet.against or NOT_APPLICABLE,
            NOT_APPLICABLE if figure.pages is None else figure.pages,
            NOT_APPLICABLE if figure.measured is None else figure.measured,
            sheet.definitions[figure.kind],
            address(figure.code),
        ]


def _plain(value: object) -> int | float | None:
    return value if value is None or isinstance(value, int) else round(float(value), DIGITS)


def docx(sheet: FactSheet, view: SheetView, texts: Sequence[str], address: Address) -> bytes:
    """A Word file to be edited: the text of the release, the figures, what they mean and where they can be checked."""
    book = Document()
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(1.5)
    style = book.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for language in book.styles.element.iter(qn("w:lang")):  # new documents say that they are English
        language.set(qn("w:val"), "ru-RU")
    _centred(book, _("Press facts"), bold=True)
    _centred(book, f"{_clean(sheet.region.name)}, {long_day(sheet.day)}")
    for text in texts:
        book.add_paragraph(_clean(text))
    _table(book, view.lines, address)
    book.add_paragraph().add_run(_("What the figures mean")).bold = True
    for kind, text in view.definitions:
        paragraph = book.add_paragraph()
        paragraph.add_run(f"{kind.label}. ").bold = True
        paragraph.add_run(_clean(text))
    book.add_paragraph(f"sha256 {sheet.digest}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _centred(book: Document, text: str, *, bold: bool = False) -> None:
    paragraph = book.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(text).bold = bold


def _table(book: Document, lines: Sequence[Line], address: Address) -> None:
    table = book.add_table(rows=1, cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, (_("Figure"), _("Value"), _("Change"), _("Address")), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for each in lines:
        change = f"{each.change} ({each.growth})" if each.growth else each.change or NOT_APPLICABLE
        texts = (each.title, each.now, change, address(each.figure.code))
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = _clean(text)
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(10)
    book.add_paragraph()


def _clean(text: str) -> str:
    """Without characters that XML forbids."""
    return CONTROL.sub("", text)
