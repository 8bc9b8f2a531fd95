"""The order as a Word file that can be edited: a template of the region's own, or one made from its texts."""

import io
from collections.abc import Mapping

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from gospub.confined import ConfinedError, Limits, confined
from monitoring.dashboards.exports import CONTROL

from .lines import Paper
from .template import fill_template
from .texts import Words, fill, head_values

FONT = "Times New Roman"
LIMITS = Limits()  # of a template of the region's own


class TemplateBroken(Exception):  # noqa: N818  the words of the one who asked
    """Why a template of the region's own cannot be used."""


def docx(paper: Paper, words: Words) -> bytes:
    """The order with its list. Raises TemplateBroken where the region's own template does not work."""
    context = _context(paper, words.texts)
    if words.docx is None:
        filled = fill_template(default_template(), context)
    else:
        try:
            filled = confined(fill_template, words.docx, context, limits=LIMITS)
        except ConfinedError as error:
            text = _("The Word template cannot be filled in: it is damaged, or takes too much memory or time.")
            raise TemplateBroken(text) from error
    if filled.problem:
        raise TemplateBroken(_("The Word template does not work: %s") % filled.problem)
    return filled.content


def _context(paper: Paper, texts: Mapping[str, str]) -> dict[str, object]:
    values = head_values(paper)
    return {
        "draft": _("DRAFT") if paper.draft else "",
        **{name: _clean(fill(text, values)) for name, text in texts.items()},
        "paragraphs": [_clean(line) for line in fill(texts["body"], values).splitlines() if line.strip()],
        "contest": _clean(paper.contest),
        "year": str(paper.year),
        "region": _clean(paper.region),
        "date": f"{paper.day:%d.%m.%Y}",
        "nominations": [
            {
                "name": _clean(name),
                "lines": [
                    {
                        "degree": line.degree_text,
                        "winner": _clean(line.winner),
                        "institution": _clean(line.institution if line.institution != line.winner else ""),
                        "title": _clean(line.title),
                    }
                    for line in lines
                ],
            }
            for name, lines in paper.nominations
        ],
    }


def _clean(text: str) -> str:
    """Without characters that XML forbids."""
    return CONTROL.sub("", text)


def default_template() -> bytes:
    """The order's layout with the marks that are filled in."""
    book = Document()
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    style = book.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for text, bold in (("{{ draft }}", True), ("{{ heading|upper }}", True), ("{{ title }}", True)):
        paragraph = book.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).bold = bold
    book.add_paragraph("{{ date }}    № ________")
    for text in ("{%p for paragraph in paragraphs %}", "{{ paragraph }}", "{%p endfor %}"):
        book.add_paragraph(text)
    book.add_paragraph()
    book.add_paragraph("{{ post }}    ______________    {{ name }}")
    book.add_page_break()
    for text in ("{%p for nomination in nominations %}",):
        book.add_paragraph(text)
    book.add_paragraph().add_run("{{ nomination.name }}").bold = True
    book.add_paragraph("{%p for line in nomination.lines %}")
    book.add_paragraph(
        "{{ line.degree }}: {{ line.winner }}{% if line.institution %}, {{ line.institution }}{% endif %}"
    )
    book.add_paragraph("{%p endfor %}")
    book.add_paragraph("{%p endfor %}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
