"""Signed award lists as anybody sees them, on the screen and by the API: whom they name, and whom they do not."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.lists.deciding import confirm_all
from awards.lists.signing import next_edition, sign
from awards.models import Award, AwardList
from monitoring.models import ConsentScope, Page, Person
from monitoring.personal.consents import withdraw
from tests.awards.papers.worlds import draft_list
from tests.factories import ConsentFactory, official, operator

from .worlds import NOW, ask, text

ADDRESSES = ("public_awards", "api_awards")


def told(name: str, region) -> str:
    return ask(name, *([region.code] if name == "public_awards" else [])).content.decode()


@pytest.fixture
def draft(region) -> AwardList:
    """П0 to П2 win the first nomination, and the best of two sectors; each page has an admin."""
    return draft_list(region)


@pytest.fixture
def signed(draft) -> AwardList:
    return signed_off(draft)


def signed_off(draft: AwardList) -> AwardList:
    by = official(draft.contest.region)
    confirm_all(draft, user=by, now=NOW)
    return sign(draft, user=by, now=NOW)


def rows() -> list[dict]:
    return ask("api_awards").json()["data"]


def test_a_signed_list_tells_who_was_awarded_for_what_and_when(signed, region):
    html = text("public_awards", region.code)
    for award in signed.awards.select_related("nomination", "institution"):
        assert award.title in html
        assert award.institution.name in html
        assert award.nomination.name in html
        assert reverse("public_page", args=[award.page_id]) in html
    assert signed.digest in html
    assert "2024" in html
    found = {each["id"]: each for each in rows()}
    assert found.keys() == set(signed.awards.values_list("pk", flat=True))
    first = found[signed.awards.get(nomination__name="Лучший госпаблик", place=1).pk]
    assert (first["title"], first["place"], first["degree"], first["year"]) == ("П0", 1, 1, 2024)
    assert (first["digest"], first["person"]) == (signed.digest, None)


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_draft_is_shown_to_nobody(draft, region, name):
    assert "П0" not in told(name, region)
    assert reverse("public_awards", args=[region.code]) not in text("public_region", region.code)


@pytest.mark.parametrize("name", ADDRESSES)
def test_what_a_corrected_list_gives_no_more_is_not_shown(signed, region, name):
    draft = next_edition(signed, user=official(region), now=NOW)
    Award.objects.filter(list=draft, title="П2").delete()
    assert "П2" in told(name, region)
    signed_off(draft)
    caches["public"].clear()
    assert "П2" not in told(name, region)
    assert "П1" in told(name, region)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_awards_of_a_closed_region_are_shown_to_nobody(closed, region, name):
    signed_off(draft_list(closed))
    assert "П0" not in told(name, region)
    assert ask("public_awards", closed.code).status_code == 404


def consents(person: Person, *scopes: ConsentScope) -> None:
    for scope in scopes:
        ConsentFactory(person=person, scope=scope)


def winner(signed: AwardList) -> Person:
    award = signed.awards.filter(title="П0").first()
    person = award.page.stewardships.get().person
    Award._base_manager.filter(page=award.page).update(person=person)
    return person


@pytest.mark.parametrize(
    ("scopes", "screen", "api"),
    [
        ((), False, False),
        ((ConsentScope.OPEN_DATA,), False, False),
        ((ConsentScope.AWARDS,), True, False),
        ((ConsentScope.AWARDS, ConsentScope.OPEN_DATA), True, True),
    ],
)
def test_a_person_is_named_as_far_as_the_consent_goes(signed, region, scopes, screen, api):
    person = winner(signed)
    consents(person, *scopes)
    assert (person.name in told("public_awards", region)) == screen
    assert (person.name in {each["person"] for each in rows()}) == api
    assert "П0" in told("public_awards", region)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_name_is_gone_with_the_next_request_once_a_consent_is_withdrawn(signed, region, name):
    person = winner(signed)
    consents(person, ConsentScope.AWARDS, ConsentScope.OPEN_DATA)
    assert person.name in told(name, region)
    withdraw(person.consents.get(scope=ConsentScope.AWARDS), user=operator(), now=NOW)
    assert person.name not in told(name, region)


def test_twin_a_list_that_does_not_ask_for_consents_gives_the_name_away(signed, region, monkeypatch):
    monkeypatch.setattr("public.queries.awards.people_named", lambda keys, *_: keys)
    assert winner(signed).name in told("public_awards", region)


def test_phones_in_names_are_hidden(signed, region):
    Award._base_manager.filter(title="П0").update(title="Библиотека, тел. 45-67-89")
    for name in ADDRESSES:
        assert "45-67-89" not in told(name, region)


def test_the_rating_and_the_region_lead_to_the_awards(signed, region):
    address = reverse("public_awards", args=[region.code])
    assert address in text("public_region", region.code)
    assert address in text("public_rating", signed.contest.rating_id)


def test_awards_cost_as_many_queries_for_few_as_for_many(signed, region):
    def cost(name: str) -> int:
        caches["public"].clear()
        with CaptureQueriesContext(connection) as queries:
            told(name, region)
        return len(queries)

    few = [cost(name) for name in ADDRESSES]
    nomination, pages = signed.contest.nominations.first(), Page.objects.exclude(awards__list=signed)
    Award.objects.bulk_create(
        Award(list=signed, nomination=nomination, page=each, institution=each.institution, title=each.title, place=9)
        for each in pages
    )
    assert [cost(name) for name in ADDRESSES] == few
