"""A methodology's text as an annex for the order that puts it into force: a DOCX file to be edited and signed."""

from collections.abc import Sequence
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from monitoring.dashboards.exports import CONTROL
from monitoring.templatetags.figures import number, short_day

from .award_words import award_words
from .catalogue import INDICATORS
from .models import Methodology
from .names import subject_words
from .rules import Item, Penalty, Rules
from .rules_data import read_rules
from .wording import (
    eligibility_words,
    gate_words,
    line_words,
    measure_words,
    network_words,
    normaliser_words,
    peers_words,
    points_text,
    rounding_words,
    subject_rules,
    unit_words,
    unknown_words,
    winsorising_words,
)


def write_annex(methodology: Methodology, file: BinaryIO) -> None:
    """Write the annex (A4, Russian) into the file."""
    rules = read_rules(methodology.data)
    document = _document()
    _paragraph(document, _("Annex to the order of ____________ No. ______"), WD_ALIGN_PARAGRAPH.RIGHT)
    _heading(document, methodology.name, 1)
    _paragraph(document, _force(methodology), WD_ALIGN_PARAGRAPH.CENTER)
    for title, lines in _sections(methodology, rules):
        if lines:
            _heading(document, title, 2)
            for line in lines:
                document.add_paragraph(_clean(line), style="List Number" if len(lines) > 1 else None)
    _heading(document, _("Indicators"), 2)
    _table(
        document,
        [_item(each) for each in rules.items],
        (_("Indicator"), _("What is measured"), _("How it becomes points"), _("Weight")),
    )
    if rules.penalties:
        _heading(document, _("Penalties"), 2)
        rows = [_penalty(each) for each in rules.penalties]
        _table(document, rows, (_("Indicator"), _("What is measured"), _("Points taken off")))
    if methodology.data.get("source"):
        _heading(document, _("Source"), 2)
        document.add_paragraph(_clean(methodology.data["source"]))
    document.save(file)


def _document() -> Docx:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    fonts = normal.element.get_or_add_rPr()
    language = fonts.makeelement(qn("w:lang"), {qn("w:val"): "ru-RU"})
    fonts.append(language)
    return document


def _heading(document: Docx, text: str, level: int) -> None:
    heading = document.add_heading(_clean(text), level)
    for run in heading.runs:
        run.font.name = "Times New Roman"
    if level == 1:
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(document: Docx, text: str, alignment: WD_ALIGN_PARAGRAPH) -> None:
    document.add_paragraph(_clean(text)).alignment = alignment


def _force(methodology: Methodology) -> str:
    version = _("Version %s.") % methodology.version
    if methodology.since and methodology.until:
        dates = {"since": short_day(methodology.since), "until": short_day(methodology.until)}
        return f"{version} " + _("In force from %(since)s to %(until)s.") % dates
    if methodology.since:
        return f"{version} " + _("In force from %s.") % short_day(methodology.since)
    return version


def _sections(methodology: Methodology, rules: Rules) -> list[tuple[str, Sequence[str]]]:
    score = [
        _("The score is the mean of the indicators by weight, 0 to 100, plus penalties, cut at 0 and 100."),
        _("What does not apply to a participant is left out, and its weight is spread over the others in proportion."),
        _("What a network cannot tell is left out for the whole peer group."),
        *sorted({_capital(unknown_words(item)) + "." for item in rules.items}),
        *filter(None, [winsorising_words(rules)]),
        *rounding_words(rules),
        _("Equal scores share a place, and the next score has the next place."),
    ]
    if rules.unit:
        score.insert(
            1, _("The score of a period is the mean of the scores of its units (%s).") % unit_words(rules.unit)
        )
    days = ngettext(
        "A value of the preliminary rating can be contested for %d working day after the rating became preliminary.",
        "A value of the preliminary rating can be contested for %d working days after the rating became preliminary.",
        rules.appeal_days,
    )
    awards = [_capital(line_words(rules)) + "."] if rules.line else []
    zones = [
        _("%(zone)s: from %(bound)s points.") % {"zone": zone.label, "bound": points_text(zone.bound)}
        for zone in rules.zones
    ]
    return [
        (_("Who is rated"), [f"{subject_words(rules.subject)}; {network_words(rules)}.", *subject_rules(rules)]),
        (_("Conditions of taking part"), gate_words(rules)),
        (_("Enough data"), [_capital(line) for line in eligibility_words(rules)]),
        (_("Peer groups"), peers_words(rules)),
        (_("Score and places"), score),
        (_("Zones"), zones),
        (_("Appeals"), [days % rules.appeal_days]),
        (_("Awards"), [*awards, *award_words(methodology.data, rules)]),
    ]


def _item(item: Item) -> list[str]:
    label = str(INDICATORS[item.measure.indicator].label)
    points = "; ".join(normaliser_words(item))
    return [
        label,
        _capital(measure_words(item.measure)),
        _capital(points),
        number(item.weight, 0 if item.weight == int(item.weight) else 2),
    ]


def _penalty(part: Penalty) -> list[str]:
    label = str(INDICATORS[part.measure.indicator].label)
    return [label, _capital(measure_words(part.measure)), _capital("; ".join(normaliser_words(part)))]


def _table(document: Docx, rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clean(text: str) -> str:
    """XML takes no control characters."""
    return CONTROL.sub("", text)
