"""The table of pages: search, filters, order, paging, swaps by htmx, files."""

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Level, PageState, PageStatus, PlatformCode, SlotStatus
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    analyst,
    inn,
    institution_admin,
    ogrn,
)

from .conftest import DAY


def page(region, title: str, state: dict[str, object] | None = None, institution=None, **fields):
    """A page of the region; with `state`, its roll-up."""
    made = PageFactory(
        institution=institution or InstitutionFactory(region=region),
        title=title,
        **{"status": PageStatus.OPEN, **fields},
    )
    if state is not None:
        PageState.objects.create(page=made, slot_status=SlotStatus.OK, measured_on=DAY, **state)
    return made


def titles(client, region, query: str = "") -> list[str]:
    """Titles of the table's rows in their order."""
    html = client.get(reverse("pages", args=[region.code]) + query).content.decode()
    return re.findall(r'class="cut"\s+href="/pages/\d+/"\s+title="([^"]*)"', html)


def test_a_page_that_was_never_measured_reads_so_and_not_zero(analyst_client, region):
    page(region, "Новая", status=PageStatus.UNKNOWN)
    html = analyst_client.get(reverse("pages", args=[region.code])).content.decode()
    assert "ещё не измерено" in html
    assert '<span class="num">0</span>' not in html


@pytest.mark.parametrize("query", ["артем", "АРТЁМ", "артём школа", "vk_school", "1234", "{inn}", "{ogrn}"])
def test_search_finds_by_name_handle_institution_and_number_in_any_case(analyst_client, region, query):
    institution = InstitutionFactory(region=region, name="Средняя школа № 5 г. Артём", inn=inn(7), ogrn=ogrn(77))
    page(region, "Пятая", institution=institution, handle="vk_school1234")
    page(region, "Другая", handle="other")
    text = query.format(inn=inn(7), ogrn=ogrn(77))
    assert titles(analyst_client, region, f"?q={text}") == ["Пятая"]


def test_search_takes_signs_literally(analyst_client, region):
    page(region, "Школа (новая)")
    page(region, "Школа")
    assert titles(analyst_client, region, "?q=(") == ["Школа (новая)"]
    assert titles(analyst_client, region, "?q=%5B%5E%5D.*%27%25_") == []


def test_filters_narrow_the_table(analyst_client, region):
    district = MunicipalityFactory(region=region)
    village = MunicipalityFactory(region=region, parent=district)
    culture = SectorFactory(name="Культура")
    libraries = SectorFactory(name="Библиотеки", parent=culture)
    library = InstitutionFactory(
        region=region, municipality=village, sector=libraries, founder="Минкульт", level=Level.MINISTRY
    )
    page(region, "Библиотека", institution=library, platform=PlatformCode.OK)
    page(region, "Школа", status=PageStatus.CLOSED)
    for query in (
        "platform=ok",
        f"municipality={village.pk}",
        f"municipality={district.pk}",
        f"sector={libraries.pk}",
        f"sector={culture.pk}",
        "founder=Минкульт",
        "level=ministry",
        "state=open",
    ):
        assert titles(analyst_client, region, f"?{query}") == ["Библиотека"], query
    assert titles(analyst_client, region, "?platform=ok&state=closed") == []


def test_gone_pages_can_be_asked_for_and_left_out(analyst_client, region):
    page(region, "Есть", {"subscribers": 1})
    page(region, "Удалена", {"subscribers": 2}, status=PageStatus.DELETED)
    assert titles(analyst_client, region, "?state=existing") == ["Есть"]
    assert titles(analyst_client, region, "?state=gone") == ["Удалена"]


def test_silent_pages_are_found(analyst_client, region):
    now = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
    page(region, "Пишет", {"last_post_at": now - dt.timedelta(days=2)})
    page(region, "Молчит", {"last_post_at": now - dt.timedelta(days=31)})
    page(region, "Неизвестна", {})
    assert titles(analyst_client, region, "?posted=week") == ["Пишет"]
    assert titles(analyst_client, region, "?posted=silent_30") == ["Молчит"]
    assert titles(analyst_client, region, "?posted=unknown") == ["Неизвестна"]


def test_a_condition_that_is_not_understood_is_named_and_left_out(analyst_client, region):
    page(region, "Школа")
    response = analyst_client.get(reverse("pages", args=[region.code]) + "?platform=myspace&q=%00")
    assert titles(analyst_client, region, "?platform=myspace") == ["Школа"]
    assert "не понята" in response.content.decode()


def test_every_condition_has_a_chip_that_removes_it_alone(analyst_client, region):
    page(region, "Школа", platform=PlatformCode.VK)
    html = analyst_client.get(reverse("pages", args=[region.code]) + "?q=школа&platform=vk").content.decode()
    chips = re.search(r'<ul class="chips".*?</ul>', html, re.S)[0]
    assert 'href="?q=%D1%88%D0%BA%D0%BE%D0%BB%D0%B0"' in chips
    assert 'href="?platform=vk"' in chips
    assert "ВКонтакте" in chips


def test_pages_without_a_figure_come_last_in_both_orders(analyst_client, region):
    page(region, "Мало", {"subscribers": 10})
    page(region, "Много", {"subscribers": 99})
    page(region, "Никогда")
    assert titles(analyst_client, region) == ["Много", "Мало", "Никогда"]
    assert titles(analyst_client, region, "?sort=subscribers") == ["Мало", "Много", "Никогда"]


@pytest.mark.parametrize(
    "column",
    ["title", "institution", "subscribers", "day", "month", "year", "posts", "engagement", "last_post", "state"],
)
def test_every_column_sorts_both_ways(analyst_client, region, column):
    low = {"subscribers": 1, "change_day": 1, "change_month": 1, "change_year": 1, "posts_7": 1, "views_30": 100}
    when = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
    page(region, "А", {**low, "interactions_30": 1, "last_post_at": when}, InstitutionFactory(region=region, name="А"))
    high = dict.fromkeys(low, 200) | {"interactions_30": 100, "last_post_at": when + dt.timedelta(days=1)}
    institution = InstitutionFactory(region=region, name="Б")
    page(region, "Б", high, institution, status=PageStatus.UNKNOWN)
    forward = titles(analyst_client, region, f"?sort={column}")
    assert sorted(forward) == ["А", "Б"]
    assert titles(analyst_client, region, f"?sort=-{column}") == forward[::-1]


def test_an_unknown_order_is_the_usual_one(analyst_client, region):
    page(region, "Мало", {"subscribers": 10})
    page(region, "Много", {"subscribers": 99})
    assert titles(analyst_client, region, "?sort=institution__region__name") == ["Много", "Мало"]


def test_fifty_pages_on_a_screen(analyst_client, region):
    institution = InstitutionFactory(region=region)
    for number in range(53):
        page(region, f"П{number:02}", institution=institution)
    assert len(titles(analyst_client, region)) == 50
    assert titles(analyst_client, region, "?sort=title&page=2") == ["П50", "П51", "П52"]
    assert titles(analyst_client, region, "?sort=title&page=99999999999999999999") == ["П50", "П51", "П52"]


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    for number in range(count):
        institution = InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region))
        page(region, f"П{number}", {"subscribers": number}, institution)
    with django_assert_max_num_queries(15):
        analyst_client.get(reverse("pages", args=[region.code]))


def test_hostile_names_are_shown_as_text(analyst_client, region):
    page(region, "<script>alert(1)</script>")
    html = analyst_client.get(reverse("pages", args=[region.code])).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- who sees what ------------------------------------------------------------------------------


def test_another_region_is_not_found(region):
    client = Client()
    client.force_login(analyst(RegionFactory()))
    for name, *more in (("pages",), ("pages_export", "csv"), ("pages_export", "xlsx")):
        assert client.get(reverse(name, args=[region.code, *more])).status_code == 404


def test_an_institution_admin_sees_the_own_pages_alone(region):
    own = page(region, "Своя", {"subscribers": 1})
    page(region, "Чужая", {"subscribers": 2}, InstitutionFactory(region=region, founder="Тайный учредитель"))
    client = Client()
    client.force_login(institution_admin(own.institution))
    html = client.get(reverse("pages", args=[region.code])).content.decode()
    assert titles(client, region) == ["Своя"]
    assert "Тайный учредитель" not in html
    exported = b"".join(client.get(reverse("pages_export", args=[region.code, "csv"])).streaming_content)
    assert "Своя" in exported.decode()
    assert "Чужая" not in exported.decode()


# --- htmx ---------------------------------------------------------------------------------------


def test_htmx_gets_the_same_table_that_a_full_load_shows(analyst_client, region):
    page(region, "Мало", {"subscribers": 10})
    page(region, "Много", {"subscribers": 99})
    url = reverse("pages", args=[region.code]) + "?sort=subscribers"
    whole = analyst_client.get(url).content.decode()
    part = analyst_client.get(url, headers={"HX-Request": "true"})
    table = re.search(r'<div class="table-box".*</table>', part.content.decode(), re.S)[0]
    assert "<html" not in part.content.decode()
    assert re.sub(r"\s+", " ", table) in re.sub(r"\s+", " ", whole)


def test_htmx_is_told_the_address_without_empty_conditions(analyst_client, region):
    url = reverse("pages", args=[region.code])
    part = analyst_client.get(f"{url}?q=&platform=vk&state=&sort=title", headers={"HX-Request": "true"})
    assert part["HX-Push-Url"] == f"{url}?platform=vk&sort=title"
    assert "HX-Request" in part["Vary"]


def test_the_live_region_is_told_the_count(analyst_client, region):
    for number in range(2):
        page(region, f"П{number}")
    part = analyst_client.get(reverse("pages", args=[region.code]), headers={"HX-Request": "true"})
    assert re.search(r'hx-swap-oob="innerHTML:#live"[^>]*>\s*Найдено 2 страницы', part.content.decode())


# --- files --------------------------------------------------------------------------------------


def rows_of_csv(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";"))


def rows_of_xlsx(response) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


def test_csv_is_for_a_russian_excel(analyst_client, region):
    page(region, "Школа", {"subscribers": 1234, "change_day": -5, "views_30": 1000, "interactions_30": 25})
    response = analyst_client.get(reverse("pages_export", args=[region.code, "csv"]))
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";")
    record = dict(zip(header, row, strict=True))
    assert record["Подписчики"] == "1234"
    assert record["За день"] == "-5"
    assert record["За месяц"] == "нет данных"
    assert record["Вовлечённость, %"] == "2,5"
    assert record["Измерено"] == "26.10.2024"
    assert record["Адрес"].startswith("https://vk.com/")


def test_files_hold_exactly_what_is_filtered_in_the_order_of_the_table(analyst_client, region):
    institution = InstitutionFactory(region=region)
    for number in range(60):
        page(region, f"П{number:02}", {"subscribers": number}, institution)
    page(region, "Иная", {"subscribers": 5}, institution, platform=PlatformCode.OK)
    query = "?platform=vk&sort=subscribers"
    csv_rows = rows_of_csv(analyst_client.get(reverse("pages_export", args=[region.code, "csv"]) + query))
    xlsx_rows = rows_of_xlsx(analyst_client.get(reverse("pages_export", args=[region.code, "xlsx"]) + query))
    expected = [f"П{number:02}" for number in range(60)]
    assert [row[1] for row in csv_rows[1:]] == expected
    assert [row[1] for row in xlsx_rows[1:]] == expected


def test_xlsx_keeps_numbers_numbers_and_days_days(analyst_client, region):
    page(region, "Школа", {"subscribers": 1234})
    header, row = rows_of_xlsx(analyst_client.get(reverse("pages_export", args=[region.code, "xlsx"])))
    record = dict(zip(header, row, strict=True))
    assert record["Подписчики"] == 1234
    assert record["Измерено"].date() == DAY
    assert record["За год"] == "нет данных"


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+7 (900)", "-5", "@SUM(A1)", "  =1+1", "\t=1"])
def test_a_title_never_becomes_a_formula(analyst_client, region, title):
    page(region, title)
    csv_title = rows_of_csv(analyst_client.get(reverse("pages_export", args=[region.code, "csv"])))[1][1]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(analyst_client.get(reverse("pages_export", args=[region.code, "xlsx"])).streaming_content))
    )
    assert csv_title == f"'{title}"
    assert book.active["B2"].data_type == "s"


def test_control_characters_do_not_break_a_file(analyst_client, region):
    page(region, "Шко\x0bла\x1f")
    assert rows_of_xlsx(analyst_client.get(reverse("pages_export", args=[region.code, "xlsx"])))[1][1] == "Школа"


def test_there_is_no_other_kind_of_file(analyst_client, region):
    assert analyst_client.get(f"/regions/{region.code}/pages/export/pdf/").status_code == 404
