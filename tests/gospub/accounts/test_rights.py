"""Rights: what each role sees, where, and from when until when."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from gospub.accounts.models import Grant, Role, User
from gospub.accounts.rights import rights_of
from monitoring.models import EventKind, EvidenceCard, Institution, Page, PageEvent, Region, Suspect
from ratings.models import Methodology, Rating
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    UserFactory,
    analyst,
    auditor,
    curator,
    granted,
    institution_admin,
    official,
    operator,
)

pytestmark = pytest.mark.django_db
ROLES_OF_A_REGION = [analyst, official, auditor]
DAY = dt.date(2024, 10, 26)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def museum(region) -> Institution:
    return InstitutionFactory(region=region, founder="Минкульт")


@pytest.fixture
def school(region) -> Institution:
    return InstitutionFactory(region=region, founder="Минобр")


def seen(user: User) -> set[Institution]:
    return set(Institution.objects.visible_to(user))


# --- where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES_OF_A_REGION)
def test_roles_of_a_region_see_all_of_it_and_nothing_else(region, museum, school, role):
    InstitutionFactory()
    user = role(region)
    assert seen(user) == {museum, school}
    assert list(Region.objects.seen_whole_by(user)) == list(Region.objects.visible_to(user)) == [region]


@pytest.mark.parametrize("role", [operator, auditor])
def test_the_operator_and_the_auditor_of_the_installation_see_everything(museum, role):
    other = InstitutionFactory()
    assert seen(role()) == {museum, other}


def test_a_curator_sees_the_institutions_under_the_founder_in_the_own_region_only(region, museum, school):
    InstitutionFactory(founder="Минкульт")  # the same name elsewhere is another ministry
    user = curator(region, "Минкульт")
    assert seen(user) == {museum}
    assert list(Region.objects.visible_to(user)) == [region]
    assert not Region.objects.seen_whole_by(user).exists()


def test_an_institution_admin_sees_the_own_institution(museum, school):
    assert seen(institution_admin(museum)) == {museum}


def test_rights_add_up(region, museum, school):
    user = curator(region, "Минкульт")
    Grant.objects.create(user=user, role=Role.INSTITUTION_ADMIN, region=region, institution=school)
    assert seen(user) == {museum, school}


def test_pages_and_cards_are_seen_where_their_institution_is(region, museum, school):
    own, other = PageFactory(institution=museum), PageFactory(institution=school)
    cards = [EvidenceFactory(page=page) for page in (own, other)]
    events = [PageEvent.objects.create(page=page, day=DAY, kind=EventKind.RENAMED) for page in (own, other)]
    for user in (curator(region, "Минкульт"), institution_admin(museum)):
        assert list(Page.objects.visible_to(user)) == [own]
        assert list(EvidenceCard.objects.visible_to(user)) == cards[:1]
        assert list(PageEvent.objects.visible_to(user)) == events[:1]


def test_doubtful_numbers_are_for_those_who_see_the_whole_region(region, museum):
    own = SuspectFactory(page=PageFactory(institution=museum))
    SuspectFactory()
    assert list(Suspect.objects.visible_to(auditor(region))) == [own]
    assert not Suspect.objects.visible_to(institution_admin(museum)).exists()


@pytest.mark.parametrize("model", [Region, Institution, Page, PageEvent, EvidenceCard, Suspect, Rating])
def test_whoever_has_no_right_sees_nothing(museum, model):
    page = PageFactory(institution=museum)
    EvidenceFactory(page=page)
    SuspectFactory(page=page)
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.RENAMED)
    assert not model.objects.visible_to(UserFactory()).exists()


def test_methodologies_of_other_regions_are_not_seen(region):
    published, own, foreign = (
        Methodology.objects.create(slug=slug, name=slug, version="1", data={"items": []}, region=where)
        for slug, where in (("a", None), ("b", region), ("c", RegionFactory()))
    )
    assert set(Methodology.objects.visible_to(analyst(region))) == {published, own}
    assert set(Methodology.objects.visible_to(auditor())) == {published, own, foreign}


# --- what may be done -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "keeps", "rates"), [(analyst, True, True), (official, False, True), (auditor, False, False)]
)
def test_who_keeps_and_who_rates_a_region(region, role, keeps, rates):
    rights = role(region).rights
    assert (rights.keeps(region.pk), rights.rates(region.pk)) == (keeps, rates)
    other = RegionFactory().pk
    assert not (rights.keeps(other) or rights.rates(other) or rights.sees_whole(other))


def test_the_auditor_of_the_installation_changes_nothing(region):
    rights = auditor().rights
    assert rights.sees_whole(region.pk)
    assert not rights.keeps(region.pk)
    assert not rights.rates(region.pk)


def test_only_the_operator_enters_the_admin(region):
    assert operator().is_staff
    assert not any(user.is_staff or user.is_superuser for user in (auditor(), analyst(region), UserFactory()))
    assert not auditor().has_perm("monitoring.change_page")


def test_an_operator_who_is_deactivated_is_none():
    user = operator()
    user.is_active = False
    assert not user.is_superuser


# --- from when until when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY + dt.timedelta(days=1), None, False),
        (None, DAY - dt.timedelta(days=1), False),
    ],
)
def test_a_right_holds_between_its_days_both_included(region, since, until, holds):
    user = granted(Role.ANALYST, region=region, since=since, until=until)
    noon = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
    assert rights_of(user, noon).sees_whole(region.pk) == holds


def test_the_days_are_those_of_the_region():
    region = RegionFactory(time_zone="Asia/Vladivostok")
    user = granted(Role.ANALYST, region=region, until=DAY)
    late = dt.datetime(2024, 10, 26, 13, 59, tzinfo=dt.UTC)  # 23:59 there
    assert rights_of(user, late).sees_whole(region.pk)
    assert not rights_of(user, late + dt.timedelta(minutes=1)).sees_whole(region.pk)


@pytest.mark.parametrize(
    "fields",
    [
        {"role": Role.OPERATOR, "region": True},
        {"role": Role.ANALYST},
        {"role": Role.ANALYST, "region": True, "founder": "Минкульт"},
        {"role": Role.CURATOR, "region": True},
        {"role": Role.INSTITUTION_ADMIN, "region": True},
        {"role": Role.AUDITOR, "region": True, "institution": True},
    ],
)
def test_the_base_refuses_a_right_without_its_place_or_with_another_ones(region, museum, fields):
    places = {"region": region, "institution": museum}
    scope = {name: places.get(name, value) for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=UserFactory(), **scope)


def test_one_right_is_given_once():
    user = operator()
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role=Role.OPERATOR)


def test_rights_cost_one_query(region, django_assert_num_queries):
    user = User.objects.get(pk=analyst(region).pk)
    with django_assert_num_queries(1):
        assert user.rights.analyst
        assert not user.is_superuser
        assert user.rights.has_second_factor
