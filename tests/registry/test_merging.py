"""Duplicates become one: everything moves, nothing counts twice, what was passed stays as it was."""

import datetime as dt
import gzip
import json

import pytest
from django.urls import reverse

from compliance.coverage import By, coverage
from gospub.accounts.models import Grant
from monitoring.models import Exemption, Institution, Page, Region, RegistryChange
from monitoring.registry.history import StaleError, seen, undo
from monitoring.registry.keeping import Keeper, RefusedError
from monitoring.registry.merging import MOVES, STAYS, merge, relations
from ratings.bundle import write_bundle
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.models import Rating, RatingState
from ratings.periods import Unit, period_of
from tests.factories import (
    InstitutionFactory,
    PageFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    collected,
    institution_admin,
    steward,
)

from .spreadsheets import load, plan, school, warnings

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 10, 26, 3, tzinfo=dt.UTC)
DAY = dt.date(2024, 10, 26)


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000")


@pytest.fixture
def keeper(region: Region) -> Keeper:
    return Keeper(analyst(region), NOW, DAY)


@pytest.fixture
def pair(region: Region) -> tuple[Institution, Institution]:
    """A duplicate, and the institution that is to stay."""
    return (
        InstitutionFactory(region=region, name="Школа 7", founder="Минобр"),
        InstitutionFactory(region=region, name="МБОУ СОШ № 7", founder=""),
    )


def merged(pair, keeper) -> RegistryChange:
    duplicate, stays = pair
    change = merge(duplicate, stays, (seen(duplicate), seen(stays)), keeper)
    duplicate.refresh_from_db()
    stays.refresh_from_db()
    return change


def test_everything_that_points_to_an_institution_is_known_to_the_merger():
    assert set(relations()) == MOVES | STAYS
    assert not MOVES & STAYS


def test_pages_with_their_people_and_days_move(pair, keeper, region):
    page = collected(PageFactory(institution=pair[0]), DAY)
    steward(page, PersonFactory(region=region), DAY)
    merged(pair, keeper)
    page.refresh_from_db()
    assert page.institution == pair[1]
    assert (page.stewardships.count(), page.days.count()) == (1, 1)


def test_the_duplicate_is_archived_and_names_its_successor(pair, keeper):
    merged(pair, keeper)
    assert (pair[0].archived_on, pair[0].merged_into) == (DAY, pair[1])


def test_what_only_the_duplicate_knew_is_kept(pair, keeper):
    merged(pair, keeper)
    assert pair[1].founder == "Минобр"


def test_one_of_the_two_may_lack_the_number_that_the_other_has(region, keeper):
    pair = InstitutionFactory(region=region, name="Школа 7"), InstitutionFactory(region=region, name="Школа 7", ogrn="")
    merged(pair, keeper)
    assert pair[1].ogrn == pair[0].ogrn != ""


def test_rights_and_exemptions_move_along(pair, keeper):
    admin = institution_admin(pair[0])
    Exemption.objects.create(institution=pair[0], ground="Распоряжение", since=DAY)
    merged(pair, keeper)
    assert Grant.objects.get(user=admin).institution == pair[1]
    assert Exemption.objects.get().institution == pair[1]


def test_one_who_has_both_rights_keeps_the_one_that_counts(pair, keeper):
    admin = institution_admin(pair[0])
    Grant.objects.create(user=admin, role="institution_admin", region=pair[1].region, institution=pair[1])
    merged(pair, keeper)
    assert Grant.objects.filter(user=admin, institution=pair[1]).count() == 1


def test_nothing_is_counted_twice(pair, keeper, region):
    for institution in pair:
        collected(PageFactory(institution=institution), DAY)
    merged(pair, keeper)
    for day in (DAY - dt.timedelta(days=30), DAY, DAY + dt.timedelta(days=1)):
        assert coverage(region, day, By.MUNICIPALITY).total.total == 1


def test_twin_a_duplicate_that_is_not_merged_counts(pair, region):
    assert coverage(region, DAY, By.MUNICIPALITY).total.total == 2


def rated(region: Region, state: RatingState, methodology: str = "amur") -> Rating:
    store_preset(methodology)
    rating = compute(region, period_of(Unit.DAY, DAY), methodology, NOW)
    Rating.objects.filter(pk=rating.pk).update(state=state)
    rating.refresh_from_db()
    return rating


def sealed(bundle: bytes) -> dict:
    """A bundle but for the present names of its subjects, which stand outside the seal."""
    return {**json.loads(gzip.decompress(bundle)), "names": None}


def test_a_rating_that_was_passed_stays_as_it_was(pair, keeper, region):
    for institution in pair:
        collected(PageFactory(institution=institution), DAY)
    rating = rated(region, RatingState.FINAL)
    before = rating.digest, sorted(rating.scores.values_list("key", "points"))
    bundle = write_bundle(rating, NOW)
    merged(pair, keeper)
    rating = Rating.objects.get()
    assert (rating.digest, sorted(rating.scores.values_list("key", "points"))) == before
    assert sealed(write_bundle(rating, NOW)) == sealed(bundle)


@pytest.mark.parametrize(("state", "refused"), [(RatingState.FINAL, True), (RatingState.DRAFT, False)])
def test_an_institution_with_a_score_in_a_frozen_rating_is_not_taken_in(pair, keeper, region, state, refused):
    for institution in pair:
        collected(PageFactory(institution=institution), DAY)
    rating = rated(region, state)
    rating.scores.update(page=None)
    rating.scores.filter(pk=rating.scores.first().pk).update(institution=pair[0])
    if refused:
        with pytest.raises(RefusedError, match="frozen"):
            merged(pair, keeper)
    else:
        merged(pair, keeper)


def test_who_merges_after_somebody_changed_one_of_the_two_is_told(pair, keeper):
    duplicate, stays = pair
    told = seen(duplicate), seen(stays)
    Institution.objects.filter(pk=stays.pk).update(name="Лицей № 7")
    with pytest.raises(StaleError):
        merge(duplicate, stays, told, keeper)
    assert Institution.objects.filter(archived_on=None).count() == 2


def test_a_merger_is_taken_back_whole(pair, keeper, region):
    page = PageFactory(institution=pair[0])
    admin = institution_admin(pair[0])
    change = merged(pair, keeper)
    undo(change, keeper.user, NOW, DAY)
    for row in (*pair, page):
        row.refresh_from_db()
    assert (pair[0].archived_on, pair[0].merged_into, page.institution) == (None, None, pair[0])
    assert (pair[1].founder, Grant.objects.get(user=admin).institution) == ("", pair[0])


def test_an_old_spreadsheet_does_not_bring_the_duplicate_back(region, keeper):
    load(region, school(1, name="Школа 7"), school(2, name="МБОУ СОШ № 7"))
    duplicate, stays = Institution.objects.get(name="Школа 7"), Institution.objects.get(name="МБОУ СОШ № 7")
    merged((duplicate, stays), keeper)
    file = school(1, name="Школа 7"), school(2, name="МБОУ СОШ № 7")
    assert len(warnings(plan(region, *file))) == 1
    load(region, *file)
    assert set(Page.objects.values_list("institution", flat=True)) == {stays.pk}
    assert Institution.objects.kept().count() == 1


def test_the_screen_shows_what_would_happen_before_it_does(pair, keeper, client):
    client.force_login(keeper.user)
    page = PageFactory(institution=pair[0], title="Наша школа")
    address = reverse("institution_merge", args=[pair[1].pk])
    html = client.get(f"{address}?q=школа&with={pair[0].pk}").content.decode()
    assert "Наша школа" in html
    sent = {"with": pair[0].pk, "seen": seen(pair[1]), "seen_duplicate": seen(pair[0])}
    assert client.post(address, sent).status_code == 302
    page.refresh_from_db()
    assert page.institution == pair[1]
