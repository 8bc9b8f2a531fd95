"""A methodology's text as an annex to an order."""

import io

import pytest
from docx import Document

from ratings.annex import write_annex
from ratings.methodologies import store_presets
from ratings.models import Methodology

from .years import item, make_methodology

pytestmark = pytest.mark.django_db


def text_of(methodology: Methodology) -> str:
    file = io.BytesIO()
    write_annex(methodology, file)
    file.seek(0)
    document = Document(file)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_annex_of_chelyabinsk_holds_weights_steps_zones_and_dates():
    store_presets()
    text = text_of(Methodology.objects.get(slug="chelyabinsk", version="2026"))
    for part in ("0,50", "3,60\xa0%", "не меньше 95\xa0%: −4", "иначе: −22", "Лидер: от 95", "01.04.2026", "№ 61"):
        assert part in text


def test_the_annex_of_amur_holds_every_step():
    store_presets()
    text = text_of(Methodology.objects.get(slug="amur"))
    for part in ("Больше 70\xa0%: 10", "не меньше 50\xa0%: 7", "не меньше 30\xa0%: 5", "«Визитка»", "Зелёная: от 90"):
        assert part in text


def test_the_annex_of_the_best_admin_holds_groups_gate_eligibility_and_ties():
    store_presets()
    text = text_of(Methodology.objects.get(slug="best-admin"))
    for part in (
        "класс размера",
        "500, 2\xa0000, 10\xa0000",
        "меньше 8",
        "180 дней",
        "12 записей",
        "90\xa0%",
        "по 3-е",
        "решают",
        "День передачи принадлежит новому",
        "соадминистраторы",
    ):
        assert part in text


def test_the_annex_tells_how_extreme_values_are_treated_and_what_is_rounded():
    text = text_of(make_methodology(item("growth", "min_max"), winsorising={"most": 4}, unit="month", unit_digits=1))
    for part in ("не больше 4 на показатель", "округляются до 1 знака", "округляется до 2 знаков"):
        assert part in text


def test_where_nothing_feels_extreme_values_nothing_is_said_of_them():
    assert "Крайние значения" not in text_of(make_methodology(item("growth"), winsorising={"most": 4}))


def test_names_of_people_s_making_stay_text():
    methodology = make_methodology(item("growth"), source="<w:p> {{ 7*7 }} \x07 & «Приказ»")
    assert "<w:p> {{ 7*7 }}  & «Приказ»" in text_of(methodology)
