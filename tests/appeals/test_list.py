"""The list of appeals: the queue of those who decide, the own ones of an institution, filters, the menu's count."""

import datetime as dt

import pytest
from django.urls import reverse

from appeals.deciding import reject
from appeals.models import Appeal
from tests.factories import RegionFactory, analyst, auditor, curator, institution_admin, official
from tests.ratings.worlds import NOW, item

from .worlds import ANSWER, ENGAGEMENT, admin_of, client_of, filed, preliminary, score_of

pytestmark = pytest.mark.django_db


def names(client, region, **query: str) -> list[str]:
    """Titles of the pages in the list, in its order."""
    page = client.get(reverse("appeals", args=[region.code]), query)
    return [row.name for row in page.context["rows"]]


@pytest.fixture
def rating(region):
    return preliminary(region)


def test_analysts_officials_and_auditors_see_all_of_the_region(region, rating):
    for title in ("П00", "П01"):
        filed(score_of(rating, title))
    other = preliminary(RegionFactory())
    filed(score_of(other, "П02"))
    for who in (analyst, official, auditor):
        assert set(names(client_of(who(region)), region)) == {"П00", "П01"}


def test_an_institution_sees_its_own(region, rating):
    for title in ("П00", "П01"):
        filed(score_of(rating, title))
    assert names(client_of(admin_of(score_of(rating))), region) == ["П00"]


def test_a_curator_sees_those_under_the_founder(region, rating):
    score = score_of(rating)
    score.page.institution.founder = "Минкульт"
    score.page.institution.save()
    filed(score)
    filed(score_of(rating, "П01"))
    assert names(client_of(curator(region, "Минкульт")), region) == ["П00"]


def test_another_region_is_not_found(region, rating):
    stranger = institution_admin(score_of(preliminary(RegionFactory())).page.institution)
    assert client_of(stranger).get(reverse("appeals", args=[region.code])).status_code == 404


@pytest.fixture
def three(region, rating) -> None:
    """Filed eight days ago and rejected; five days ago; today."""
    for title, days in (("П00", 8), ("П01", 5), ("П02", 0)):
        appeal = filed(score_of(rating, title))
        Appeal.objects.filter(pk=appeal.pk).update(
            filed_at=NOW - dt.timedelta(days=days, minutes=1), until=dt.date(2025, 1, 27) - dt.timedelta(days=days + 1)
        )
    reject(Appeal.objects.get(score__page__title="П00"), ANSWER, user=official(region), link="", now=NOW)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["П02", "П01", "П00"]),
        ({"sort": "filed"}, ["П00", "П01", "П02"]),
        ({"state": "filed"}, ["П02", "П01"]),
        ({"state": "rejected"}, ["П00"]),
        ({"age": "new"}, ["П02"]),
        ({"age": "over_3"}, ["П01", "П00"]),
        ({"age": "over_7"}, ["П00"]),
        ({"term": "runs"}, ["П02", "П01"]),
        ({"term": "over"}, ["П00"]),
        ({"q": "п01"}, ["П01"]),
        ({"q": "выгрузку"}, ["П02", "П01", "П00"]),
        ({"state": "draft"}, ["П02", "П01", "П00"]),  # no such choice: it is left out, and said
    ],
)
def test_it_is_filtered_by_state_age_and_term(region, three, query, expected):
    assert names(client_of(analyst(region)), region, **query) == expected


def test_it_tells_for_how_long_an_appeal_has_waited(region, three):
    html = client_of(analyst(region)).get(reverse("appeals", args=[region.code]), {"q": "П01"}).content.decode()
    assert "5 дней" in html


def test_htmx_gets_the_table_alone(region, three):
    address = reverse("appeals", args=[region.code])
    response = client_of(analyst(region)).get(address, {"state": "filed"}, headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "Найдено 2 апелляции" in response.content.decode()


def test_the_menu_counts_what_waits_for_those_who_see_the_region(region, three):
    address = f"{reverse('appeals', args=[region.code])}?state=filed&amp;sort=filed"
    for user, told in ((analyst(region), True), (official(region), True), (admin_of(score_of_first()), False)):
        html = client_of(user).get(reverse("ratings", args=[region.code])).content.decode()
        assert (address in html) is told


def score_of_first():
    return Appeal.objects.order_by("pk").first().score


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(region, count, django_assert_max_num_queries):
    rating = preliminary(region, tuple(range(1, count + 1)), item(ENGAGEMENT))
    for score in rating.scores.select_related("rating__methodology", "page__institution"):
        filed(score)
    client = client_of(analyst(region))
    with django_assert_max_num_queries(14):
        assert len(names(client, region)) == count


@pytest.mark.parametrize("count", [2, 20])
def test_nor_on_the_screen_of_one(region, count, django_assert_max_num_queries):
    rating = preliminary(region, tuple(range(1, count + 1)), item(ENGAGEMENT))
    for score in rating.scores.select_related("rating__methodology", "page__institution"):
        filed(score)
    appeal = Appeal.objects.order_by("pk").first()
    client = client_of(official(region))
    with django_assert_max_num_queries(80):
        assert client.get(reverse("appeal", args=[appeal.pk])).status_code == 200


def test_hostile_words_stay_words(region, rating):
    appeal = filed(score_of(rating), text="<script>alert(1)</script> так посчитали неверно", post="javascript:alert(1)")
    for user in (analyst(region), appeal.author):
        html = client_of(user).get(reverse("appeal", args=[appeal.pk])).content.decode()
        assert "<script>alert" not in html
        assert 'href="javascript' not in html
