"""The screens of fact sheets, their files, and figures at their permanent addresses."""

import csv
import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from gospub.accounts.models import AuditEntry
from monitoring.models import PageDay
from press.issuing import publish
from press.models import FactSheet, Kind
from press.sources import Dates
from tests.dashboards.test_overview import text_of
from tests.factories import RegionFactory, analyst, auditor, official

from .worlds import DATES, DAY, NOW, YEAR_AGO, issued, page, rolled_up, small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.DEMO_CLOCK = "2024-10-26T12:00:00+10:00"


@pytest.fixture
def region():
    return small(RegionFactory(name="Вымышленный край"))


@pytest.fixture
def sheet(region):
    return issued(region)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code_of(sheet: FactSheet, kind: Kind = Kind.SUBSCRIBERS, network: str = "") -> str:
    return sheet.figures.get(kind=kind, network=network).code


def address(sheet: FactSheet, kind: Kind = Kind.SUBSCRIBERS, network: str = "") -> str:
    return reverse("press_figure", args=[code_of(sheet, kind, network)])


# --- from the preview to the press ------------------------------------------------------------------------------------


def fields_of(html: str) -> dict[str, str]:
    """Hidden fields of the form that issues."""
    return dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)">', html))


def test_an_official_goes_from_the_list_through_the_preview_to_the_published_sheet(region):
    client = client_of(official(region))
    assert "Ни одного листа ещё не выпущено" in text_of(client.get(reverse("fact_sheets", args=[region.code])))
    html = client.get(reverse("fact_sheet_new", args=[region.code])).content.decode()
    sent = fields_of(html)
    assert (sent["day"], sent["against"], sent["first"], sent["last"]) == (
        "2024-10-26",
        "2023-10-26",
        "2024-01-01",
        "2024-10-26",
    )
    assert not FactSheet.objects.exists()
    response = client.post(reverse("fact_sheet_new", args=[region.code]), sent, follow=True)
    text = text_of(response)
    sheet = FactSheet.objects.get()
    assert "Лист выпущен" in text
    assert "520" in text
    assert "+190 (+57,6 %)" in text
    text = text_of(client.post(reverse("fact_sheet_publish", args=[sheet.pk]), follow=True))
    assert "Лист опубликован" in text
    assert "открыт для всех" in text_of(client.get(reverse("fact_sheets", args=[region.code])))


def test_the_dates_of_the_preview_are_in_the_address(region):
    client = client_of(official(region))
    chosen = {"day": "2023-10-26", "against": "", "first": "2023-10-01", "last": "2023-10-26"}
    text = text_of(client.get(reverse("fact_sheet_new", args=[region.code]), chosen))
    assert "На 26 октября 2023 года в регионе 3 госпаблика, 330 подписчиков." in text
    assert "Сопоставимый набор" not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2024-10-25"}, "За этот день ничего не собрано"),
        ({"day": "вчера"}, "Введите правильную дату"),
        ({"against": "2024-10-26"}, "Дата сравнения должна быть раньше даты листа"),
        ({"last": "2024-10-27"}, "не дальше даты листа"),
        ({"first": "2024-10-27"}, "Первый день должен быть не позже последнего"),
        ({"first": "0001-01-01"}, "больше либо равно 2000-01-01"),
    ],
)
def test_wrong_dates_are_told_beside_their_field(region, wrong, said):
    sent = {"day": "2024-10-26", "against": "2023-10-26", "first": "2024-01-01", "last": "2024-10-26"} | wrong
    address = reverse("fact_sheet_new", args=[region.code])
    client = client_of(official(region))
    assert said in text_of(client.get(address, sent))
    assert client.post(address, sent).status_code == 422
    assert not FactSheet.objects.exists()


def test_data_that_change_while_one_looks_are_shown_once_more_before_they_are_issued(region):
    client, address = client_of(official(region)), reverse("fact_sheet_new", args=[region.code])
    sent = fields_of(client.get(address).content.decode())
    PageDay.objects.filter(day=DAY, subscribers=110).update(subscribers=111)
    rolled_up(region)
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "Данные за это время изменились" in text_of(response)
    assert "521" in text_of(response)
    client.post(address, fields_of(response.content.decode()))
    assert FactSheet.objects.get().figures.get(kind=Kind.SUBSCRIBERS, network="").value == 521


def test_a_region_without_figures_says_what_to_do():
    region = RegionFactory()
    text = text_of(client_of(official(region)).get(reverse("fact_sheet_new", args=[region.code])))
    assert "Ещё ничего не собрано" in text


def test_an_analyst_issues_and_does_not_publish(region, sheet):
    client = client_of(analyst(region))
    assert client.get(reverse("fact_sheet_new", args=[region.code])).status_code == 200
    assert "Опубликовать показатели" not in text_of(client.get(reverse("fact_sheet", args=[sheet.pk])))
    assert client.post(reverse("fact_sheet_publish", args=[sheet.pk])).status_code == 403


def test_an_auditor_looks_and_changes_nothing(region, sheet):
    client = client_of(auditor(region))
    assert client.get(reverse("fact_sheet", args=[sheet.pk])).status_code == 200
    assert client.get(reverse("fact_sheet_new", args=[region.code])).status_code == 403


# --- the permanent address --------------------------------------------------------------------------------------------


def test_a_figure_opened_after_the_data_changed_has_the_same_number_and_says_what_differs(region, sheet):
    client = client_of(official(region))
    before = text_of(client.get(address(sheet)))
    assert "520 " in before
    assert "Пересчёт" not in before
    page(region, {DAY: 5})
    rolled_up(region)
    after = text_of(client.get(address(sheet)))
    assert "520 " in after
    assert "+190 (+57,6 %)" in after
    assert "Пересчёт по нынешним данным: 525" in after
    assert "Причина: страницы за эти дни позже внесли в реестр" in after
    assert "ВКонтакте , 26.10.2024, подписчики: 110 → 115" in after
    assert "часть показателей вышла бы иначе" in text_of(client.get(reverse("fact_sheet", args=[sheet.pk])))


def test_a_figure_tells_what_it_is_where_from_and_what_is_missing(region):
    page(region, {DAY: "unreachable"})
    sheet = issued(rolled_up(region))
    text = text_of(client_of(official(region)).get(address(sheet)))
    for said in (
        "Подписчик — это подписка",
        "Редакция определений № 1",
        "измерено 3 из 4 страниц (75,0 %)",
        "соцсеть не ответила: 1",
        "Одноклассники",
        "26.10.2024",
        sheet.digest,
    ):
        assert said in text


def test_next_years_figure_leads_to_the_one_published_the_year_before(region):
    first = issued(region, Dates(YEAR_AGO, None, YEAR_AGO, YEAR_AGO))
    second = issued(region)
    client = client_of(official(region))
    assert "Было опубликовано тогда" not in text_of(client.get(address(second)))
    publish(first, user=first.issued_by, now=NOW)
    response = client.get(address(second))
    assert "Было опубликовано тогда 330 по тому же определению" in text_of(response)
    assert address(first) in response.content.decode()
    FactSheet.objects.filter(pk=first.pk).update(definitions={"subscribers": "Иначе"})
    assert "по другому определению" in text_of(client.get(address(second)))


def test_posts_of_another_period_are_not_taken_for_those_of_the_year_before(region):
    first = issued(region, Dates(YEAR_AGO, None, YEAR_AGO, YEAR_AGO))
    publish(first, user=first.issued_by, now=NOW)
    second = issued(region)
    text = text_of(client_of(official(region)).get(address(second, Kind.POSTS)))
    assert "Было опубликовано тогда" not in text


def test_strangers_see_a_figure_only_once_it_is_published_and_no_name_on_it(sheet):
    sheet.issued_by.full_name = "Вымышленная Анна Сергеевна"
    sheet.issued_by.save()
    assert Client().get(address(sheet)).status_code == 404
    publish(sheet, user=sheet.issued_by, now=NOW)
    response = Client().get(address(sheet))
    assert response.status_code == 200
    assert "520" in text_of(response)
    assert "Анна" not in response.content.decode()
    assert "К листу фактов" not in text_of(response)
    assert Client().get(reverse("fact_sheet", args=[sheet.pk])).status_code == 302


def test_twin_a_figure_of_an_unpublished_sheet_would_be_seen_without_the_guard(sheet, monkeypatch):
    monkeypatch.setattr("press.models.FigureQuerySet.visible_to", lambda rows, _user: rows)
    assert Client().get(address(sheet)).status_code == 200


def test_a_code_is_found_however_it_is_typed_in(sheet):
    publish(sheet, user=sheet.issued_by, now=NOW)
    code = code_of(sheet)
    assert Client().get(reverse("press_figure", args=[code.lower()])).status_code == 200


def test_another_region_sees_a_figure_only_once_it_is_published(sheet):
    client = client_of(official(RegionFactory()))
    assert client.get(address(sheet)).status_code == 404
    assert client.get(reverse("fact_sheet", args=[sheet.pk])).status_code == 404
    publish(sheet, user=sheet.issued_by, now=NOW)
    assert client.get(address(sheet)).status_code == 200
    assert client.get(reverse("fact_sheet", args=[sheet.pk])).status_code == 404


# --- files ------------------------------------------------------------------------------------------------------------


def file_of(region, sheet, kind: str) -> bytes:
    response = client_of(official(region)).get(reverse("fact_sheet_export", args=[sheet.pk, kind]))
    return b"".join(response.streaming_content)


def test_the_workbook_has_typed_cells_and_an_address_for_each_figure(region, sheet):
    book = openpyxl.load_workbook(io.BytesIO(file_of(region, sheet, "xlsx")))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 1 + sheet.figures.count()
    audience = next(row for row in rows if row[:2] == ("Подписчики", "все сети"))
    assert audience[2:5] == (520, 330, 190)
    assert audience[5] == pytest.approx(0.575758)
    assert audience[6].date() == DAY
    assert audience[8:10] == (3, 3)
    assert audience[11] == f"http://testserver/f/{code_of(sheet)}/"
    lost = next(row for row in rows if row[:2] == ("Выбывшие страницы", "все сети"))
    assert lost[2:6] == (1, "—", "—", "—")


def test_the_csv_is_for_a_russian_excel(region, sheet):
    text = file_of(region, sheet, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert ["Подписчики", "все сети", "520", "330", "190", "0,575758", "26.10.2024", "26.10.2023"] in [
        row[:8] for row in rows
    ]


def test_the_word_file_has_the_text_the_figures_and_what_they_mean(region, sheet):
    client = client_of(official(region))
    book = Document(io.BytesIO(client.get(reverse("fact_sheet_docx", args=[sheet.pk])).content))
    text = "\n".join(each.text for each in book.paragraphs).replace("\u00a0", " ")
    assert "Вымышленный край, 26 октября 2024" in text
    assert "На 26 октября 2024 года в регионе 3 госпаблика" in text
    assert "Подписчик — это подписка" in text
    cells = [[cell.text for cell in row.cells] for row in book.tables[0].rows]
    assert ["Подписчики: все сети", "520", "+190 (+57,6\u00a0%)", f"http://testserver{address(sheet)}"] in cells


def test_files_tell_the_frozen_numbers(region, sheet):
    page(region, {DAY: 5})
    rolled_up(region)
    assert "Подписчики;все сети;520;" in file_of(region, sheet, "csv").decode("utf-8-sig")


def test_reading_a_sheet_leaves_no_trace_in_the_audit_trail(region, sheet):
    count = AuditEntry.objects.count()
    file_of(region, sheet, "csv")
    assert AuditEntry.objects.count() == count


# --- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_queries_of_the_list_does_not_grow(region, count, django_assert_max_num_queries):
    for number in range(count):
        PageDay.objects.filter(day=DAY, page__platform="vk").update(subscribers=200 + number)
        issued(rolled_up(region))
    client = client_of(official(region))
    with django_assert_max_num_queries(16):
        assert client.get(reverse("fact_sheets", args=[region.code])).status_code == 200


@pytest.mark.parametrize("count", [2, 20])
def test_the_number_of_queries_of_a_sheet_and_a_figure_does_not_grow(region, count, django_assert_max_num_queries):
    for number in range(count):
        page(region, {DAY: 10, YEAR_AGO: 9}, ("vk", "ok", "telegram", "max")[number % 4])
    sheet = issued(rolled_up(region), DATES)
    client = client_of(official(region))
    with django_assert_max_num_queries(32):
        assert client.get(reverse("fact_sheet", args=[sheet.pk])).status_code == 200
    publish(sheet, user=sheet.issued_by, now=NOW)
    with django_assert_max_num_queries(12):
        assert Client().get(address(sheet)).status_code == 200
