"""Django's admin: everything opens, people and rights are kept there, what was measured is only read."""

import datetime as dt

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gospub.accounts.models import Grant, Role, User
from monitoring import rollups
from monitoring.admin import ReadOnlyAdmin
from monitoring.models import Institution, PageDay, PageMonth
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.periods import Unit, period_of
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    UserFactory,
    collected,
    watched,
)
from tests.factories import operator as make_operator

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
EDITED = [model for model in MODELS if not isinstance(admin.site._registry[model], ReadOnlyAdmin)]
READ_ONLY = [model for model in MODELS if model not in EDITED]


@pytest.fixture
def operator(client):
    client.force_login(make_operator())
    return client


def address(model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def add_rated_page(region) -> None:
    municipality = MunicipalityFactory(region=region)
    page = PageFactory(institution__region=region, institution__municipality=municipality)
    collected(page, DAY)
    page.institution.exemptions.create(ground="Приказ", since=DAY)
    Grant.objects.create(user=UserFactory(), role=Role.INSTITUTION_ADMIN, region=region, institution=page.institution)
    person = region.people.create(name="Тестовая Персона")
    person.stewardships.create(page=page, since=DAY)
    store_preset("amur")
    compute(region, period_of(Unit.DAY, DAY), "amur", NOW)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_can_be_searched(operator, model):
    add_rated_page(RegionFactory())
    assert operator.get(address(model, "changelist")).status_code == 200
    if admin.site._registry[model].search_fields:
        assert operator.get(address(model, "changelist"), {"q": "школа"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_every_object_opens(operator, model):
    add_rated_page(RegionFactory())
    found = model._default_manager.first()
    if found is not None:
        assert operator.get(address(model, "change", found.pk)).status_code == 200


@pytest.mark.parametrize("model", EDITED)
def test_everything_that_is_kept_by_hand_can_be_added(operator, model):
    assert operator.get(address(model, "add")).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_was_measured_or_computed_cannot_be_added(operator, model):
    assert operator.get(address(model, "add")).status_code == 403


def test_what_was_measured_cannot_be_changed_or_deleted(operator):
    add_rated_page(RegionFactory())
    day = PageDay.objects.get()
    assert operator.post(address(PageDay, "change", day.pk), {"subscribers": 1}).status_code == 403
    assert operator.post(address(PageDay, "delete", day.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [day.pk]}
    operator.post(address(PageDay, "changelist"), chosen)
    assert PageDay.objects.get().subscribers == 100


@pytest.mark.parametrize("model", MODELS)
def test_queries_of_a_list_do_not_grow_with_its_rows(operator, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(address(model, "changelist")).status_code == 200
        return len(captured)

    region = RegionFactory()
    for _ in range(2):
        add_rated_page(region)
    few = queries()
    for _ in range(6):
        add_rated_page(region)
    assert queries() <= few


def test_every_foreign_key_to_a_big_table_is_looked_up_and_not_listed():
    for model in EDITED:
        found = admin.site._registry[model]
        for field in model._meta.fields:
            if field.is_relation:
                assert field.name in (*found.autocomplete_fields, *found.raw_id_fields), f"{model}.{field.name}"


def test_a_person_is_added_with_an_address_in_lower_case(operator):
    operator.post(
        address(User, "add"),
        {"email": "New@Example.ORG", "full_name": "Новая", "usable_password": "true",
         "password1": "long-enough-password", "password2": "long-enough-password",
         "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0},
    )  # fmt: skip
    user = User.objects.get(email="new@example.org")
    assert user.check_password("long-enough-password")
    assert not user.is_staff


def test_one_address_is_one_person_in_any_letter_case(operator):
    UserFactory(email="taken@example.org")
    response = operator.post(
        address(User, "add"),
        {"email": "TAKEN@example.org", "usable_password": "true", "password1": "long-enough-password",
         "password2": "long-enough-password", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0},
    )  # fmt: skip
    assert response.context["adminform"].form.errors.keys() == {"email"}


def test_the_operator_gives_a_right_with_the_person(operator):
    user, institution = UserFactory(), InstitutionFactory()
    response = operator.post(
        address(User, "change", user.pk),
        {"email": user.email, "is_active": "on",
         "grants-TOTAL_FORMS": 1, "grants-INITIAL_FORMS": 0, "grants-0-role": Role.INSTITUTION_ADMIN,
         "grants-0-region": institution.region_id, "grants-0-institution": institution.pk},
    )  # fmt: skip
    assert response.status_code == 302
    assert user.grants.get().institution == institution


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_right_that_makes_no_sense_is_refused_in_words(operator, elsewhere):
    """An institution admin of an institution of another region, or of none."""
    user, region = UserFactory(), RegionFactory()
    institution = InstitutionFactory().pk if elsewhere else ""
    response = operator.post(
        address(User, "change", user.pk),
        {"email": user.email, "is_active": "on",
         "grants-TOTAL_FORMS": 1, "grants-INITIAL_FORMS": 0, "grants-0-role": Role.INSTITUTION_ADMIN,
         "grants-0-region": region.pk, "grants-0-institution": institution},
    )  # fmt: skip
    assert response.status_code == 200
    assert not user.grants.exists()


def test_the_operator_sets_a_new_password(operator):
    user = UserFactory()
    response = operator.post(
        reverse("admin:auth_user_password_change", args=[user.pk]),
        {"usable_password": "true", "password1": "another-long-password", "password2": "another-long-password"},
    )
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password("another-long-password")


def test_no_password_is_shown(operator):
    user = UserFactory()
    text = operator.get(address(User, "change", user.pk)).content.decode()
    assert user.password not in text


def test_an_exemption_that_is_entered_later_is_in_the_months_it_covers(operator):
    first, last = dt.date(2024, 9, 2), dt.date(2024, 10, 27)
    page = watched(PageFactory(), first, last)
    place = page.institution
    rollups.sum_up(place.region, first, last)
    response = operator.post(
        address(Institution, "change", place.pk),
        {"name": place.name, "region": place.region_id, "ogrn": place.ogrn, "level": place.level,
         "exemptions-TOTAL_FORMS": 1, "exemptions-INITIAL_FORMS": 0, "exemptions-0-ground": "Ремонт",
         "exemptions-0-since": "2024-09-01", "exemptions-0-until": "2024-09-30"},
    )  # fmt: skip
    assert response.status_code == 302
    assert list(PageMonth.objects.order_by("month").values_list("weeks", flat=True)) == [0, 3]
