"""Files of every table: all rows, all tables of a screen in one workbook, what they are of, no formula."""

import io

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from monitoring.models import PageState
from ratings.models import Rating
from reports.sources import SCREENS, Asked
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, institution_admin, official

from .conftest import NOW

REGIONAL = [name for name, screen in SCREENS.items() if not screen.of_rating]


def book(client: Client, region, screen: str, **query):
    response = client.get(reverse("table_file", args=[region.code, screen, "xlsx"]), query)
    assert response.status_code == 200, response.status_code
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def csv_of(client: Client, region, screen: str, **query) -> list[str]:
    response = client.get(reverse("table_file", args=[region.code, screen, "csv"]), query)
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def cells(sheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("screen", REGIONAL)
def test_every_table_of_every_screen_is_told_by_its_name(region, keeper, screen):
    tables = SCREENS[screen].tables(Asked(region, keeper, QueryDict(), NOW))
    # two years need a day a year ago, which this region has not
    assert [sheet.name for sheet in tables.sheets] == ([] if screen == "years" else list(SCREENS[screen].sheets))
    for sheet in tables.sheets:
        assert all(len(row) == len(sheet.headings) for row in sheet.rows), sheet.name


@pytest.mark.parametrize("screen", REGIONAL)
def test_a_workbook_says_what_it_is_of(region, keeper, analyst_client, screen):
    sheets = book(analyst_client, region, screen)
    told = dict(cells(sheets["Параметры"])[1:])
    assert sheets.sheetnames[-1] == "Параметры"
    assert told["Регион"] == region.name
    assert told["Кто сделал"] == str(keeper)
    assert told["Когда сделано"] == "26.10.2024 12:00 (Asia/Vladivostok)"


def test_the_filter_is_in_the_parameters_and_in_the_rows(region, analyst_client):
    place = region.municipalities.get(name="Лазо")
    sheets = book(analyst_client, region, "pages", municipality=place.pk)
    assert dict(cells(sheets["Параметры"])[1:])["Фильтр: Муниципалитет"] == "Лазо"
    assert [row[1] for row in cells(sheets.worksheets[0])[1:]] == ["=Школа Лазо"]


def test_no_cell_is_a_formula(region, analyst_client):
    sheet = book(analyst_client, region, "growth", step="page").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert any(line.startswith("'=Школа") for line in csv_of(analyst_client, region, "growth", step="page"))


def test_a_csv_is_of_the_table_that_is_asked_for(region, analyst_client):
    days = csv_of(analyst_client, region, "overview", table="days")
    assert days[0].startswith("День;")
    assert days[1].startswith("26.10.2024;220")
    url = reverse("table_file", args=[region.code, "overview", "csv"])
    assert analyst_client.get(url, {"table": "no-such"}).status_code == 404


def test_no_row_is_left_out(region, analyst_client):
    for _ in range(120):
        page = PageFactory(institution__region=region)
        PageState.objects.create(page=page, subscribers=1)
    assert len(csv_of(analyst_client, region, "growth", step="page")) == 1 + 122
    assert len(csv_of(analyst_client, region, "institutions")) == 1 + 122


def test_unknown_is_no_data_in_a_file(region, analyst_client):
    InstitutionFactory(region=region, name="Без страниц")
    [line] = [line for line in csv_of(analyst_client, region, "institutions") if "Без страниц" in line]
    assert line.endswith(";0;0;0;0;нет данных")


def test_everybody_gets_a_file_of_what_they_see_alone(region):
    mine = region.institutions.get(name="Школа Лазо")
    client = Client()
    client.force_login(institution_admin(mine))
    assert [line.split(";")[0] for line in csv_of(client, region, "institutions")[1:]] == ["Школа Лазо"]
    for screen in REGIONAL:
        status = client.get(reverse("table_file", args=[region.code, screen, "csv"])).status_code
        assert status == (404 if SCREENS[screen].whole else 200), screen
    stranger = Client()
    stranger.force_login(official(RegionFactory()))
    assert stranger.get(reverse("table_file", args=[region.code, "pages", "csv"])).status_code == 404


def test_a_rating_is_told_with_its_version(region, analyst_client):
    rating = Rating.objects.get()
    told = dict(cells(book(analyst_client, region, "rating", subject=rating.pk)["Параметры"])[1:])
    assert rating.digest in told["Версия"]
    url = reverse("table_file", args=[region.code, "rating", "csv"])
    assert analyst_client.get(url).status_code == 404
    assert analyst_client.get(url, {"subject": rating.pk + 1}).status_code == 404


@pytest.mark.parametrize("screen", ["pages", "institutions", "growth", "presence", "coverage"])
def test_as_many_queries_for_many_rows_as_for_few(region, analyst_client, screen):
    counts = []
    for more in (1, 30):
        for _ in range(more):
            PageState.objects.create(page=PageFactory(institution__region=region), subscribers=1)
        with CaptureQueriesContext(connection) as queries:
            csv_of(analyst_client, region, screen)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_screens_offer_their_files(region, analyst_client):
    html = analyst_client.get(reverse("pages", args=[region.code]), {"platform": "vk", "page": 2}).content.decode()
    assert f"/regions/{region.code}/files/pages/xlsx/?platform=vk" in html
    assert f"/regions/{region.code}/views/?screen=pages&amp;query=platform%3Dvk" in html
