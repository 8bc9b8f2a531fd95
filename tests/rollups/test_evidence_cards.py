"""Evidence cards: one for each spell, nothing decided is touched."""

import datetime as dt

import pytest

from monitoring.evidence_cards import explain
from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, Page, Region
from monitoring.rollups import close_day
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, institution_admin

from .gaming import (
    DAY,
    NOW,
    ONE,
    days,
    everything,
    find,
    handed_on,
    kinds,
    same,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def page(region) -> Page:
    return PageFactory(institution=InstitutionFactory(region=region))


# --- cards ------------------------------------------------------------------------------------------


def test_finding_again_changes_nothing(region, page):
    everything(page)
    assert find(region) == 4
    assert set(kinds()) == set(EvidenceKind.values)
    before = list(EvidenceCard.objects.order_by("pk").values())
    assert find(region) == 0
    assert list(EvidenceCard.objects.order_by("pk").values()) == before


def test_a_spell_that_continues_prolongs_its_open_card(region, page):
    handed_on(page)
    find(region)
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    assert find(region, DAY + ONE) == 0
    card = EvidenceCard.objects.get()
    assert days(card) == (DAY - 29 * ONE, DAY + ONE)
    assert card.facts == {"posts": 15, "copies": 10}
    assert card.found_at == NOW


def test_the_end_of_the_window_cuts_no_card_short(region, page):
    same(page, posts=9, first=DAY - 3 * ONE, last=DAY)
    find(region)
    find(region, DAY + 28 * ONE)
    card = EvidenceCard.objects.get()
    assert (days(card), card.size) == ((DAY - 3 * ONE, DAY), 9)


def test_an_earlier_day_closed_once_more_takes_nothing_back(region, page):
    handed_on(page)
    find(region)
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    find(region, DAY + ONE)
    find(region)
    assert EvidenceCard.objects.get().facts["posts"] == 15


@pytest.mark.parametrize("decision", [EvidenceDecision.JUSTIFIED, EvidenceDecision.GAMING])
def test_a_decision_is_kept_and_its_spell_is_not_put_up_again(region, page, decision):
    handed_on(page)
    find(region)
    EvidenceCard.objects.update(decision=decision, note="Решено", decided_at=NOW)
    before = list(EvidenceCard.objects.values())
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    assert find(region, DAY + ONE) == 0
    assert list(EvidenceCard.objects.values()) == before


def test_a_month_after_a_decision_the_same_sign_is_a_new_card(region, page):
    handed_on(page)
    find(region)
    EvidenceCard.objects.update(decision=EvidenceDecision.JUSTIFIED, decided_at=NOW)
    handed_on(page, day=DAY + 30 * ONE)
    assert [find(region, DAY + 29 * ONE), find(region, DAY + 30 * ONE)] == [0, 1]


def test_an_explanation_is_kept_while_the_card_moves_on(region, page):
    handed_on(page)
    find(region)
    explain(EvidenceCard.objects.get(), user=institution_admin(page.institution), text="Так велели", now=NOW)
    handed_on(page, day=DAY + ONE)
    find(region, DAY + ONE)
    card = EvidenceCard.objects.get()
    assert (card.explanation, card.last_day) == ("Так велели", DAY + ONE)


def test_open_cards_are_asked_for_by_a_span_of_days(region, page):
    handed_on(page)
    find(region)
    of_page = EvidenceCard.objects.open().filter(page=page)
    first = DAY - 29 * ONE
    spans = [(DAY, DAY + ONE), (first - ONE, first), (DAY + ONE, DAY + ONE), (first - ONE, first - ONE)]
    assert [of_page.touching(*span).exists() for span in spans] == [True, True, False, False]
    EvidenceCard.objects.update(decision=EvidenceDecision.GAMING)
    assert not of_page.touching(DAY, DAY).exists()


def test_another_regions_pages_are_let_alone(region, page):
    handed_on(page)
    assert find(RegionFactory()) == 0


def test_closing_a_day_finds_signs(region, page):
    handed_on(page)
    close_day(region, DAY)
    assert EvidenceCard.objects.get().found_at == dt.datetime(2024, 10, 26, 14, tzinfo=dt.UTC)
    close_day(RegionFactory(), DAY, NOW)


@pytest.mark.parametrize("pages", [1, 12])
def test_the_number_of_queries_does_not_depend_on_the_pages(region, pages, django_assert_max_num_queries):
    for _ in range(pages):
        everything(PageFactory(institution=InstitutionFactory(region=region)))
    with django_assert_max_num_queries(13):
        find(region)
    handed_on(Page.objects.first(), day=DAY + ONE)
    with django_assert_max_num_queries(13):
        find(region, DAY + ONE)
