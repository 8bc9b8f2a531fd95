"""Files with what the screen of ratings shows."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from monitoring.models import PageClass, Slot, SlotStatus
from ratings.computing import compute, store_preset
from tests.factories import PageFactory, RegionFactory, analyst, collected, institution_admin

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)


@pytest.fixture
def region():
    store_preset("amur")
    region = RegionFactory()
    collected(page(region, "Первая", weekly_reach=80), DAY)
    collected(page(region, "=HYPERLINK(1)", page_class=PageClass.CARD), DAY, has_cover=False, posts=0)
    Slot.objects.create(page=page(region, "Новая"), day=DAY, status=SlotStatus.FAILED, reason="unreachable")
    compute(region, DAY, "amur", NOW)
    return region


def page(region, title, **fields):
    return PageFactory(institution__region=region, title=title, **fields)


def get(client, region, kind, query=""):
    response = client.get(reverse("ratings_export", args=[region.code, kind]) + query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def csv_rows(client, region, query="") -> list[list[str]]:
    return list(csv.reader(io.StringIO(get(client, region, "csv", query).decode("utf-8-sig")), delimiter=";"))[1:]


def test_csv_has_every_page_in_the_order_of_the_screen(region, client):
    client.force_login(analyst(region))
    rows = csv_rows(client, region)
    assert [row[1] for row in rows] == ["Первая", "'=HYPERLINK(1)", "Новая"]
    assert [row[8] for row in rows][:2] == ["100,0", "75,0"]


def test_unknown_not_applicable_and_zero_differ_in_the_file(region, client):
    client.force_login(analyst(region))
    with_words = csv_rows(client, region)[1][10:]
    cover, activity, reach = with_words[4], with_words[6], with_words[7]
    assert (cover, activity) == ("0", "—")
    assert reach not in ("", "0", "—")


def test_a_page_never_measured_has_no_number_of_points(region, client):
    client.force_login(analyst(region))
    unread = csv_rows(client, region)[2]
    assert not any(cell.replace(",", "").isdigit() for cell in (unread[0], unread[8]))


def test_xlsx_holds_numbers_as_numbers_and_text_as_text(region, client):
    client.force_login(analyst(region))
    sheet = openpyxl.load_workbook(io.BytesIO(get(client, region, "xlsx"))).active
    assert sheet["I2"].value == 100
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=HYPERLINK(1)", "s")


def test_the_file_holds_what_the_filters_show(region, client):
    client.force_login(analyst(region))
    assert [row[1] for row in csv_rows(client, region, "?zone=green")] == ["Первая"]


def test_an_institution_admin_gets_the_own_rows_only(region, client):
    mine = region.institutions.get(pages__title="Первая")
    client.force_login(institution_admin(mine))
    assert [row[1] for row in csv_rows(client, region)] == ["Первая"]


@pytest.mark.parametrize("address", ["pdf/", "csv/?day=2020-01-01"])
def test_what_does_not_exist_is_not_found(region, client, address):
    client.force_login(analyst(region))
    base = reverse("ratings_export", args=[region.code, "csv"]).removesuffix("csv/")
    assert client.get(base + address).status_code == 404
