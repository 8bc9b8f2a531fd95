"""Sleeping pages: silent as far as posts are known, since when, for whom; never those of which nothing is known."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.dashboards.queries.sleeping import asleep
from monitoring.models import Page, PageState, PageStatus
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, curator

from .conftest import DAY
from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)  # noon in Vladivostok
LONG_AGO = dt.date(2024, 1, 1)


def page(region, silent: float | None, known_to: dt.datetime | None = NOW, **fields) -> Page:
    """An open page that posted so many days before `known_to`; None = never."""
    known = {"posts_known_from": LONG_AGO, "posts_known_to": known_to, "status": PageStatus.OPEN}
    place = fields.pop("institution", None) or InstitutionFactory(region=region)
    found = PageFactory(institution=place, **known | fields)
    last = None if silent is None else (known_to or NOW) - dt.timedelta(days=silent)
    PageState.objects.create(page=found, subscribers=700, measured_on=DAY, last_post_at=last, slot_status="ok")
    return found


def sleeping(region, **options) -> list[Page]:
    return list(asleep(Page.objects.filter(institution__region=region), region.time_zone, **options))


def test_fourteen_days_without_a_post_are_a_sleep(region):
    page(region, silent=13.9)
    tired = page(region, silent=14.1)
    assert sleeping(region) == [tired]
    assert sleeping(region)[0].quiet_since == dt.date(2024, 10, 12)


def test_a_page_that_never_posted_sleeps_since_its_posts_are_known(region):
    page(region, silent=None, posts_known_from=DAY - dt.timedelta(days=5))
    empty = page(region, silent=None)
    assert [(found, found.quiet_since) for found in sleeping(region)] == [(empty, LONG_AGO)]


def test_what_is_not_known_is_not_taken_for_silence(region):
    page(region, silent=None, known_to=None, posts_known_from=None)
    PageFactory(institution__region=region, status=PageStatus.OPEN)
    assert sleeping(region) == []


def test_a_page_counts_as_of_the_moment_its_posts_were_read(region):
    """Its last post is 20 days old, but only the first 12 of them are known to be silent."""
    page(region, silent=12, known_to=NOW - dt.timedelta(days=8))
    assert sleeping(region) == []


@pytest.mark.parametrize("status", [PageStatus.CLOSED, PageStatus.DELETED, PageStatus.UNKNOWN])
def test_only_open_pages_sleep(region, status):
    page(region, silent=40, status=status)
    page(region, silent=40, archived_on=DAY)
    assert sleeping(region) == []


def test_the_list_tells_since_when_how_long_and_to_how_many(analyst_client, region):
    page(region, silent=20, title="Тихая библиотека")
    page(region, silent=None, title="Пустая школа")
    text = text_of(analyst_client.get(reverse("sleeping", args=[region.code])))
    assert "Найдено 2 страницы" in text or "2 страницы" in text
    assert "Тихая библиотека" in text and "06.10.2024 20 700" in text
    assert "Пустая школа" in text and "известны с 01.01.2024" in text
    assert text.index("Пустая школа") < text.index("Тихая библиотека")


def test_it_is_narrowed_by_days_and_network(analyst_client, region):
    page(region, silent=20, title="Дремлет")
    page(region, silent=100, title="Спит", platform="ok")
    url = reverse("sleeping", args=[region.code])
    assert "Дремлет" not in text_of(analyst_client.get(url, {"days": "90"}))
    assert "Спит" not in text_of(analyst_client.get(url, {"platform": "vk"}))


def test_the_file_has_the_rows_of_the_list_and_no_formula(analyst_client, region):
    page(region, silent=20, title="=1+1")
    page(region, silent=None, title="Пустая")
    url = reverse("sleeping_export", args=[region.code, "csv"])
    lines = b"".join(analyst_client.get(url).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "'=1+1" in lines[2] and ";06.10.2024;01.01.2024;20;26.10.2024;700;" in lines[2]
    assert analyst_client.get(reverse("sleeping_export", args=[region.code, "xlsx"])).status_code == 200


def test_a_curator_sees_the_own_pages_and_nobody_another_region(region):
    own = page(region, silent=20, institution=InstitutionFactory(region=region, founder="Минкульт"), title="Своя")
    page(region, silent=20, title="Соседняя")
    page(RegionFactory(), silent=20, title="Далёкая")
    client = Client()
    client.force_login(curator(region, own.institution.founder))
    text = text_of(client.get(reverse("sleeping", args=[region.code])))
    assert "Своя" in text
    assert "Соседняя" not in text and "Далёкая" not in text


@pytest.mark.parametrize("pages", [1, 60])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    region, analyst_client, django_assert_max_num_queries, pages
):
    for _number in range(pages):
        page(region, silent=20)
    with django_assert_max_num_queries(12):
        analyst_client.get(reverse("sleeping", args=[region.code]))
