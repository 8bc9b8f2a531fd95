"""Is this page official: from any address or short name to whose it is, or that it is not in the registry."""

import datetime as dt

import pytest
from django.test import Client

from monitoring.models import PageStatus
from tests.factories import InstitutionFactory, PageFactory

from .worlds import text


@pytest.fixture
def page(region):
    return PageFactory(
        institution=InstitutionFactory(region=region, name="Школа у реки"),
        handle="school5",
        external_id="555",
        title="Наша школа",
        added_on=dt.date(2024, 3, 5),
    )


def checked(words: str, network: str = "") -> str:
    return text("official_check", query=f"?q={words}&network={network}")


@pytest.mark.parametrize(
    "address",
    [
        "https://vk.com/school5",
        "vk.com/school5?w=wall-555_1",
        "m.vk.com/SCHOOL5",
        "vk.com/club555",
        "vk.ru/public555",
        "vk.com/wall-555_12",
        "@school5",
        "school5",
        "club555",
    ],
)
def test_every_form_of_its_address_finds_the_page(page, address):
    html = checked(address)
    assert "Официальная страница, в реестре с 5 марта 2024." in html
    assert "Школа у реки" in html


def test_what_is_not_in_the_registry_is_said_so(page):
    html = checked("https://vk.com/school_5")
    assert "В реестре нет" in html
    assert "Школа у реки" not in html


def test_a_short_name_is_looked_for_in_every_network_or_in_the_one_chosen(page):
    PageFactory(institution=page.institution, platform="telegram", handle="school5", title="Канал школы")
    assert all(title in checked("school5") for title in ("Наша школа", "Канал школы"))
    assert "Наша школа" not in checked("school5", "telegram")
    assert "В реестре нет" in checked("school5", "ok")


@pytest.mark.parametrize(
    "words", ["https://vk.com/id1", "https://example.org/school5", "school 5", "javascript:alert(1)"]
)
def test_what_is_no_address_of_a_page_is_explained(page, words):
    assert "Это не адрес страницы" in checked(words)


def test_the_page_of_a_region_that_is_closed_answers_as_if_it_did_not_exist(page, closed):
    foreign = PageFactory(institution__region=closed, handle="secret5", title="Тайная")
    found = checked("vk.com/secret5")
    assert "Тайная" not in found
    assert found.replace("secret5", "") == checked("vk.com/nobody5").replace("nobody5", "")
    assert foreign.institution.name not in found


def test_a_page_that_left_the_registry_is_not_official_any_more(page):
    page.archived_on = dt.date(2025, 1, 1)
    page.save()
    html = checked("vk.com/school5")
    assert "была в реестре с 05.03.2024 по 01.01.2025" in html
    assert "verdict-good" not in html


def test_an_address_that_another_community_took_is_not_official(page):
    page.status = PageStatus.REPLACED
    page.save()
    html = checked("vk.com/school5")
    assert "теперь адрес занят другим сообществом" in html
    assert "verdict-good" not in html
    assert 'href="https://vk.com/school5"' not in html


def test_a_page_of_tomorrow_is_not_official_yet(page):
    page.added_on = dt.date(2025, 1, 21)
    page.save()
    assert "Пока не официальная" in checked("vk.com/school5")


def test_phones_in_its_title_are_hidden(page):
    page.title = "Наша школа +7 (4212) 12-34-56"
    page.save()
    assert "12-34-56" not in checked("vk.com/school5")


def test_what_was_typed_is_shown_as_text(page):
    html = checked("%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html


@pytest.mark.parametrize("words", ["a%00b", "%F0%9F%98%80", "x" * 3000, "vk.com/" + "9" * 400])
def test_odd_texts_are_answered(page, words):
    assert checked(words)


def test_whoever_asks_too_often_is_kept_off_and_nobody_else(page, settings):
    settings.CHECKS_PER_MINUTE = 3
    client = Client(REMOTE_ADDR="192.0.2.7")
    answers = [client.get("/official/?q=vk.com/school5") for _ in range(4)]
    assert [each.status_code for each in answers[:3]] == [200] * 3
    assert answers[3].status_code in (429, 200)  # a minute of the clock may have begun between two of them
    if answers[3].status_code == 429:
        assert 0 < int(answers[3]["Retry-After"]) <= 60
        assert "Наша школа" not in answers[3].content.decode()
    assert Client(REMOTE_ADDR="192.0.2.8").get("/official/?q=vk.com/school5").status_code == 200


def test_answers_are_kept_by_no_cache(page):
    response = Client().get("/official/?q=vk.com/school5")
    assert response["Cache-Control"] == "private, no-store"


def test_asking_costs_the_same_whatever_the_registry_holds(page, django_assert_max_num_queries):
    for _ in range(20):
        PageFactory(institution=page.institution)
    with django_assert_max_num_queries(3):
        checked("school5")
