"""Letters to those who lag, as Word files: what is missing, by institution, in the region's own wording.

Names and wordings are hostile text: the template runs in a sandbox, and data never becomes markup.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from awards.models import WordingKind
from awards.papers.making import safe
from awards.papers.texts import Words, fill, words_of
from monitoring.dashboards.exports import CONTROL
from monitoring.dashboards.queries.checklist import Verdict
from monitoring.models import Institution, Municipality, Page, PlatformCode, Region

from .checks import page_checks
from .duties import NOWHERE, Presence, Standing, duties_of, presence_of

FONT = "Times New Roman"
# So many letters are made while one waits; more of them are asked for municipality by municipality.
MOST_LETTERS = 200


class TooManyError(Exception):
    """More letters than are made at once."""


@dataclass(frozen=True, slots=True)
class Lack:
    """An institution with what it lacks, in words."""

    institution: str
    points: list[str]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: to whom, and what of."""

    to: str
    lacks: list[Lack] = field(default_factory=list)


def reminders(region: Region, day: dt.date, *, by_institution: bool, municipality: int | None = None) -> list[Reminder]:
    """Letters to everybody who lacks something, of the district with this key, or of all; raises TooManyError."""
    district = Coalesce("municipality__parent", "municipality")
    rows = Institution.objects.kept().filter(region=region).annotate(district=district).order_by("name", "pk")
    if municipality:
        rows = rows.filter(district=municipality)
    names = dict(Municipality.objects.filter(region=region).values_list("pk", "name"))
    points = _points(region, day)
    letters: dict[object, Reminder] = {}
    for pk, name, level, place in rows.values_list("pk", "name", "level", "district"):
        found = [*points.missing(pk, level), *points.of_pages.get(pk, ())]
        if not found:
            continue
        to = name if by_institution else names.get(place, _("Institutions without a municipality"))
        letters.setdefault(pk if by_institution else place, Reminder(to)).lacks.append(Lack(name, found))
    if len(letters) > MOST_LETTERS:
        raise TooManyError
    return sorted(letters.values(), key=lambda letter: letter.to)


@dataclass(frozen=True, slots=True)
class _Points:
    duties: dict[str, frozenset[str]]
    present: dict[int, Presence]
    of_pages: dict[int, list[str]]

    def missing(self, pk: int, level: str) -> list[str]:
        presence = self.present.get(pk, NOWHERE)
        return [
            _("no page on the network %s") % PlatformCode(code).label
            for code in self.duties
            if presence.standing(code, level, self.duties) == Standing.MISSING
        ]


def _points(region: Region, day: dt.date) -> _Points:
    of_pages: dict[int, list[str]] = {}
    lacking = {each.page: each for each in page_checks(region) if any(c.verdict == Verdict.NO for c in each.checks)}
    known = Page.objects.filter(institution__region=region, archived_on=None).order_by("platform", "handle")
    for pk, platform, handle in known.values_list("pk", "platform", "handle"):
        if pk not in lacking:
            continue
        found = lacking[pk]
        words = "; ".join(check.title for check in found.checks if check.verdict == Verdict.NO)
        text = _("%(network)s, page %(page)s — not met: %(what)s")
        values = {"network": PlatformCode(platform).label, "page": handle, "what": words}
        of_pages.setdefault(found.institution, []).append(text % values)
    return _Points(duties_of(region, day), presence_of(region, day), of_pages)


def files(region: Region, letters: Sequence[Reminder], day: dt.date) -> tuple[str, bytes]:
    """(ending, content): one letter as DOCX, several as a ZIP of them."""
    words = words_of(region, WordingKind.REMINDER)
    if len(letters) == 1:
        return "docx", docx(region, letters[0], day, words)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, letter in enumerate(letters, start=1):
            entry = zipfile.ZipInfo(f"{number:03} {safe(letter.to)}.docx", (*day.timetuple()[:3], 12, 0, 0))
            archive.writestr(entry, docx(region, letter, day, words))
    return "zip", file.getvalue()


def docx(region: Region, letter: Reminder, day: dt.date, words: Words) -> bytes:
    """The letter as a Word file that can be edited."""
    values = {"кому": letter.to, "регион": region.name, "дата": f"{day:%d.%m.%Y}"}
    texts = {name: _clean(fill(text, values)) for name, text in words.texts.items()}
    context = texts | {
        "to": _clean(letter.to),
        "date": values["дата"],
        "paragraphs": [line for line in texts["body"].splitlines() if line.strip()],
        "lines": list(_lines(letter.lacks)),
    }
    template = DocxTemplate(io.BytesIO(_template()))
    template.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def _lines(lacks: Iterable[Lack]) -> Iterable[dict[str, str]]:
    for number, lack in enumerate(lacks, start=1):
        yield {"name": f"{number}. {_clean(lack.institution)}", "points": _clean(f"{'; '.join(lack.points)}.")}


def _clean(text: str) -> str:
    """Without characters that XML forbids."""
    return CONTROL.sub("", text)


@cache
def _template() -> bytes:
    """The letter's layout with the marks that are filled in."""
    book = Document()
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    style = book.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for language in book.styles.element.iter(qn("w:lang")):  # new documents say that they are English
        language.set(qn("w:val"), "ru-RU")
    book.add_paragraph("{{ to }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    book.add_paragraph("{{ date }}    № ________")
    title = book.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run("{{ heading }}").bold = True
    for text in ("{%p for paragraph in paragraphs %}", "{{ paragraph }}", "{%p endfor %}", "{%p for line in lines %}"):
        book.add_paragraph(text)
    book.add_paragraph().add_run("{{ line.name }}").bold = True
    book.add_paragraph("{{ line.points }}")
    book.add_paragraph("{%p endfor %}")
    book.add_paragraph()
    book.add_paragraph("{{ post }}    ______________    {{ name }}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
