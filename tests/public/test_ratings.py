"""Published ratings, their methods and the cards of pages as anybody sees them."""

import gzip
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gospub.accounts.models import Role
from monitoring.models import PageMonth
from monitoring.personal.consents import withdraw
from public.queries.method import example
from ratings.models import Rating, RatingState
from ratings.rules_data import read_rules
from tests.awards.marks.worlds import mark_on
from tests.factories import ConsentFactory, PersonFactory, UserFactory, operator, steward
from tests.ratings.worlds import FIRST, item, methodology, page_in, rate, some_pages, to

from .worlds import NOW, ask, published, rated, text


@pytest.fixture
def rating(region) -> Rating:
    return rated(region)


def test_a_final_rating_is_open_to_anybody_with_its_places(rating):
    html = text("public_rating", rating.pk)
    for score in rating.scores.select_related("page"):
        assert score.page.title in html
        assert reverse("public_page", args=[score.page_id]) in html
    assert rating.digest in html


@pytest.mark.parametrize("state", [RatingState.DRAFT, RatingState.PRELIMINARY])
def test_one_that_is_not_final_is_open_to_nobody(rating, state):
    to(rating, state)
    assert ask("public_rating", rating.pk).status_code == 404
    assert ask("api_rating_scores", rating.pk).status_code == 404
    assert rating.methodology.name not in text("public_region", rating.region.code)
    assert rating.methodology.name not in text("public_page", rating.scores.first().page_id)


def test_the_list_shows_the_last_edition_and_an_old_one_leads_to_it(rating):
    corrected = rate(rating.region, rating.methodology)
    assert corrected.edition == 2
    published(corrected)
    html = text("public_region", rating.region.code)
    assert reverse("public_rating", args=[corrected.pk]) in html
    assert reverse("public_rating", args=[rating.pk]) not in html
    assert "Эта редакция исправлена" in text("public_rating", rating.pk)
    assert "Эта редакция исправлена" not in text("public_rating", corrected.pk)


def test_searching_finds_a_page_and_the_answer_is_kept_nowhere(rating):
    response = ask("public_rating", rating.pk, query="?q=П01")
    html = response.content.decode()
    assert "П01" in html
    assert "П02" not in html
    assert response["Cache-Control"] == "private, no-store"
    assert ask("public_rating", rating.pk)["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "query", ["?page=-1", "?page=x", "?page=99999999999999999999", "?group=99", "?group=%00", "?q=%00"]
)
def test_odd_parameters_are_answered(rating, query):
    assert ask("public_rating", rating.pk, query=query).status_code == 200


@pytest.mark.parametrize("name", ["public_rating", "public_page"])
def test_keys_that_no_base_can_hold_are_not_found(rating, name):
    assert ask(name, 10**30).status_code == 404


def test_a_rating_costs_as_many_queries_for_few_scores_as_for_many(region, django_assert_num_queries):
    few, many = rated(region, (1, 2)), rated(region, tuple(range(30)))
    with CaptureQueriesContext(connection) as of_few:
        ask("public_rating", few.pk)
    with django_assert_num_queries(len(of_few)):
        ask("public_rating", many.pk)
    assert len(of_few) <= 12


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def of_people(region) -> Rating:
    """A published rating of two people, Явленская with her consent."""
    pages = some_pages(region, (1, 3))
    for page, name in zip(pages, ("Тайная Вера", "Явленская Анна"), strict=True):
        steward(page, PersonFactory(region=region, name=name), FIRST)
    ConsentFactory(person=region.people.get(name="Явленская Анна"))
    return published(rate(region, methodology(item("engagement_by_views"), subject="person")))


ADDRESSES = ("public_rating", "api_rating_scores", "api_rating_bundle")


def told(name: str, rating: Rating) -> str:
    content = ask(name, rating.pk).content
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()


@pytest.mark.parametrize("name", ADDRESSES)
def test_people_are_named_with_their_consent_alone_and_no_longer_once_it_ends(of_people, region, name):
    before = told(name, of_people)
    assert "Явленская" in before
    assert "Тайная" not in before
    withdraw(region.people.get(name="Явленская Анна").consents.get(), user=operator(), now=NOW)
    assert "Явленская" not in told(name, of_people)


@pytest.mark.parametrize("name", ADDRESSES)
def test_twin_a_cache_that_knows_nothing_of_consents_gives_the_name_away(of_people, region, name, monkeypatch):
    """Of the two answers that this installation keeps; the third one is made anew each time."""
    for module in ("public.kept", "open_data.api"):
        monkeypatch.setattr(f"{module}.stamp", lambda now: "")
    told(name, of_people)
    withdraw(region.people.get(name="Явленская Анна").consents.get(), user=operator(), now=NOW)
    assert ("Явленская" in told(name, of_people)) == (name != "api_rating_scores")


def test_nobody_is_searched_for_by_name(of_people):
    html = ask("public_rating", of_people.pk, query="?q=Тайная").content.decode()
    assert "Тайная" not in re.sub(r'value="[^"]*"', "", html).split("<main")[1]


def test_what_names_people_is_asked_for_anew_each_time(of_people):
    for name in ADDRESSES[1:]:
        assert ask(name, of_people.pk)["Cache-Control"] == "no-cache"


# --- the method -------------------------------------------------------------------------------------------------------


def test_the_method_has_an_example_whose_points_add_up(rating):
    html = text("public_method", rating.region.code, rating.methodology_id)
    found = example(rating, read_rules(rating.methodology.data))
    assert found.name in html
    assert found.total == pytest.approx(found.score.exact)
    shown = re.findall(r'<strong class="num">([\d,]+)</strong>', html)
    assert f"{found.score.points:.2f}".replace(".", ",") in shown


def test_a_method_that_no_published_rating_used_is_not_shown(rating, region):
    other = methodology(item("avatar"))
    assert ask("public_method", region.code, other.pk).status_code == 404


# --- cards and lists of pages -----------------------------------------------------------------------------------------


def test_the_card_shows_figures_place_and_quality_mark(rating):
    score = rating.scores.select_related("page").get(place=1)
    mark = mark_on(score.page)
    html = text("public_page", score.page_id)
    assert score.page.institution.name in html
    assert "место 1" in html
    assert reverse("badge", args=[mark.code]) in html


def test_a_month_without_data_is_a_gap_and_not_a_zero(rating):
    page = rating.scores.first().page
    PageMonth.objects.filter(page=page).update(subscribers_last=None)
    html = text("public_page", page.pk)
    assert "нет данных" in html
    assert '<span class="num">0</span></td> <td class="n"><span class="num">' not in html


def test_a_mark_that_was_withdrawn_is_not_shown(rating):
    page = rating.scores.first().page
    mark = mark_on(page, withdrawn_at=NOW)
    assert mark.code not in text("public_page", page.pk)


def test_the_list_of_pages_is_searched_by_name_and_network(region):
    page_in(region, title="Ёлкинский музей")
    page_in(region, title="Другая", platform="ok")
    assert "Ёлкинский" in text("public_pages", region.code, query="?q=елкинский")
    assert "Ёлкинский" not in text("public_pages", region.code, query="?network=ok")


def test_a_region_without_any_figures_is_shown(region):
    assert "Данные ещё не собирались" in text("public_region", region.code)


# --- for search engines and for everybody alike -----------------------------------------------------------------------


def test_robots_may_read_the_public_part_alone(region):
    lines = ask("robots").content.decode().splitlines()
    assert "Allow: /public/" in lines
    assert "Disallow: /" in lines
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_the_map_names_open_regions_and_their_pages_alone(rating, closed):
    index = ask("sitemap").content.decode()
    assert rating.region.code in index
    assert closed.code not in index
    urls = ask("region_sitemap", rating.region.code).content.decode()
    found = re.findall(r"<loc>http://testserver([^<]*)</loc>", urls)
    assert reverse("public_rating", args=[rating.pk]) in found
    assert all(ask_path(path) == 200 for path in found)


def ask_path(path: str) -> int:
    return Client().get(path).status_code


def test_neither_cookies_nor_a_sign_in_change_a_letter(rating):
    client = Client()
    client.force_login(operator())
    client.cookies.load({"theme": "dark", "django_language": "en"})
    address = reverse("public_rating", args=[rating.pk])
    signed_in = client.get(address)
    assert signed_in.content == Client().get(address).content
    assert signed_in["Cache-Control"] == "public, max-age=300"
    assert "csrfmiddlewaretoken" not in signed_in.content.decode()


def test_it_is_open_to_an_analyst_without_a_second_factor_and_the_screens_behind_it_are_not(region):
    user, client = UserFactory(second_factor=False), Client()
    user.grants.create(role=Role.ANALYST, region=region)
    client.force_login(user)
    for name in ("public_start", "official_check", "api_docs", "api_regions", "robots", "sitemap"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("api_keys")).url == reverse("account")


def test_a_parameter_that_the_screen_does_not_know_changes_nothing(rating):
    assert ask("public_rating", rating.pk, query="?x=<b>evil").content == ask("public_rating", rating.pk).content
