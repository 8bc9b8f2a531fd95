"""The feed of events: grouped by day, filtered, paged, exported."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import EventKind, PageEvent, PlatformCode
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    institution_admin,
)

from .conftest import DAY
from .test_overview import text_of


def event(region, kind=EventKind.RENAMED, *, day=DAY, institution=None, old="", new="", **page):
    page = PageFactory(institution=institution or InstitutionFactory(region=region), **page)
    return PageEvent.objects.create(page=page, day=day, kind=kind, old=old, new=new)


def feed(client, region, query: str = "") -> str:
    return text_of(client.get(reverse("events", args=[region.code]) + query))


def test_old_and_new_are_told_in_words(analyst_client, region):
    event(region, old="school5", new="school5_bikin")
    event(region, EventKind.GAIN, old="816", new="1240")
    text = feed(analyst_client, region)
    assert "переименована: school5 → school5_bikin" in text
    assert "подписчики 816 → 1 240" in text


def test_days_stand_newest_first_each_with_its_events(analyst_client, region):
    event(region, day=DAY - dt.timedelta(days=1), title="Вчерашняя")
    event(region, title="Сегодняшняя")
    text = feed(analyst_client, region)
    order = [text.index(word) for word in ("26 октября 2024", "Сегодняшняя", "25 октября 2024", "Вчерашняя")]
    assert order == sorted(order)


def test_an_event_leads_to_the_card_of_its_page(analyst_client, region):
    happened = event(region)
    html = analyst_client.get(reverse("events", args=[region.code])).content.decode()
    assert f'href="{reverse("page", args=[happened.page_id])}"' in html


def test_filters_narrow_the_feed(analyst_client, region):
    district, culture = MunicipalityFactory(region=region), SectorFactory(name="Культура")
    library = InstitutionFactory(region=region, municipality=district, sector=culture)
    event(region, EventKind.CLOSED, institution=library, title="Библиотека", platform=PlatformCode.OK)
    event(region, day=DAY - dt.timedelta(days=9), title="Гимназия")
    for query in (
        "kind=closed",
        "platform=ok",
        f"municipality={district.pk}",
        f"sector={culture.pk}",
        "since=2024-10-20",
        "q=библиотека",
    ):
        text = feed(analyst_client, region, f"?{query}")
        assert ("Библиотека" in text, "Гимназия" in text) == (True, False), query
    assert "Гимназия" in feed(analyst_client, region, "?until=2024-10-20")
    assert "Ни одно событие не подходит" in feed(analyst_client, region, "?kind=deleted")


def test_a_chosen_day_is_shown_as_people_write_it(analyst_client, region):
    html = analyst_client.get(reverse("events", args=[region.code]) + "?since=2024-10-20").content.decode()
    assert "20.10.2024" in html
    assert 'value="2024-10-20"' in html


def test_the_file_holds_what_the_feed_shows(analyst_client, region):
    event(region, EventKind.LOSS, old="1240", new="816", title="=HYPERLINK(1)")
    event(region, EventKind.CLOSED)
    response = analyst_client.get(reverse("events_export", args=[region.code, "csv"]) + "?kind=loss")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";"))
    assert [len(row) for row in rows] == [10, 10]
    assert rows[1][0] == "26.10.2024"
    assert rows[1][2:4] == ["1\u00a0240", "816"]
    assert rows[1][5] == "'=HYPERLINK(1)"


def test_the_xlsx_is_there_too(analyst_client, region):
    event(region)
    response = analyst_client.get(reverse("events_export", args=[region.code, "xlsx"]))
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_other_regions_and_institutions_are_not_told_of(region):
    own = event(region, title="Своя")
    event(region, title="Соседняя")
    event(RegionFactory(), title="Дальняя")
    client = Client()
    client.force_login(institution_admin(own.page.institution))
    text = feed(client, region)
    assert ("Своя" in text, "Соседняя" in text, "Дальняя" in text) == (True, False, False)


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_depend_on_the_events(
    analyst_client, region, count, django_assert_max_num_queries
):
    institution = InstitutionFactory(region=region)
    for _ in range(count):
        event(region, institution=institution)
    with django_assert_max_num_queries(12):
        analyst_client.get(reverse("events", args=[region.code]))
