"""The order in Word: a file that Word and LibreOffice open and people edit; templates of a region run in a sandbox."""

import io

import pytest
from docx import Document

from awards.models import WordingKind
from awards.papers import order, template
from awards.papers.order import TemplateBroken, docx
from awards.papers.template import fill_template
from awards.papers.texts import Words, defaults
from gospub.confined import Limits

from .worlds import HOSTILE, file, line, paper

USUAL = Words(defaults(WordingKind.ORDER))


def book(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def text_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(file(data)).paragraphs)


def own(*paragraphs: str) -> str:
    return text_of(docx(paper(), Words(USUAL.texts, docx=book(*paragraphs))))


def test_the_order_names_the_contest_and_each_winner_under_its_nomination():
    text = text_of(docx(paper(line(), line("Вымышленный Борис", nomination="Рост года", institution="")), USUAL))
    assert "О награждении победителей конкурса «Лучшие госпаблики» 2024 года" in text
    assert text.index("Лучший госпаблик") < text.index("I степень: Вымышленная Анна, МБУК «Библиотека»")
    assert text.index("Рост года") < text.index("I степень: Вымышленный Борис")


def test_the_order_is_a_sheet_of_a4_with_an_editable_text():
    section = Document(file(docx(paper(), USUAL))).sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)


def test_an_order_of_a_draft_says_so():
    assert "ПРОЕКТ" in text_of(docx(paper(draft=True), USUAL))
    assert "ПРОЕКТ" not in text_of(docx(paper(), USUAL))


def test_hostile_texts_are_printed_as_they_are_written():
    text = text_of(docx(paper(line(HOSTILE, institution="")), USUAL))
    assert HOSTILE in text


def test_characters_that_xml_forbids_break_nothing():
    assert "Анна" in text_of(docx(paper(line("А\x00н\x0bна".replace("А\x00н\x0bна", "Анна\x00\x0b"))), USUAL))


def test_a_template_of_the_region_is_filled_in():
    assert own("{{ contest }} {{ year }}", "{% for n in nominations %}{{ n.name }}{% endfor %}") == (
        "Лучшие госпаблики 2024\nЛучший госпаблик"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ contest.__init__.__globals__ }}",
        "{% for x in nominations.append.__self__ %}{{ x.__class__ }}{% endfor %}",
        "{{ nothing.of.that }}",
        "{% if %}",
    ],
)
def test_a_template_that_reaches_for_more_is_refused_or_finds_nothing(text):
    try:
        found = own(text)
    except TemplateBroken:
        return
    assert "class" not in found


def test_twin_without_the_sandbox_a_template_would_reach_the_program(monkeypatch):
    from jinja2 import Environment

    monkeypatch.setattr(template, "SandboxedEnvironment", Environment)
    assert "class" in text_of(fill_template(book("{{ contest.__class__ }}"), {"contest": "Премия"}).content)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = 'x' * 999999999 %}{{ x }}",
        "{{ '%999999999d' % 1 }}",
    ],
)
def test_a_template_that_runs_for_ever_or_fills_the_memory_is_broken_and_nothing_else(monkeypatch, text):
    monkeypatch.setattr(order, "LIMITS", Limits(cpu=4, wall=15))
    with pytest.raises(TemplateBroken):
        own(text)
