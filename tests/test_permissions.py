"""Every address against the table of tests/permissions.py; and that the comparison notices a guard taken away."""

import gc
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from gospub.accounts import resetting
from gospub.accounts.models import User
from tests import matrix
from tests.matrix import checks, signed_in, wrong_answers
from tests.permission_world import ROLES, STRANGERS, Role, World, keep_upload, world
from tests.permissions import ADMIN, METHODS, TABLE

# The whole matrix runs on SQLite only: who may what is decided by no database, and there it takes half the time.
NO_LIMITS = {"ACCOUNT_RATE_LIMITS": False, "MFA_RATE_LIMITS": False, "OPEN_DATA_PER_MINUTE": 0}


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for the whole matrix: what a request changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = world()
        gc.collect()
        gc.freeze()  # or every collection goes through all that Django holds, in a hundred thousand requests
        yield made
        gc.unfreeze()
        transaction.set_rollback(True)


@pytest.fixture
def _no_limits(settings, shared, monkeypatch):
    """The limits against guessing would answer instead of the table; refusals without end need no line of log each,
    and nobody measures how long a reset takes."""
    monkeypatch.setattr(resetting, "STEP", 1e-6)
    for name, value in NO_LIMITS.items():
        setattr(settings, name, value)
    cache.clear()
    for place in (shared.here, shared.there):
        keep_upload(place.analyst, place.region, place.upload)
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def test_every_address_is_in_the_table_and_the_table_names_no_other():
    assert matrix.outside_the_table() == []


@pytest.mark.matrix
@pytest.mark.django_db
@pytest.mark.parametrize("name", TABLE)
def test_everybody_gets_what_the_table_says(name, shared, _no_limits):
    assert wrong_answers(shared, name) == []


def test_the_readme_tells_how_much_is_checked():
    number = sum(1 for name in TABLE for _ in checks(name))
    figures = f"{len(TABLE)} addresses × {len(ROLES)} roles × {len(METHODS)} methods"
    readme = (Path(configured.BASE_DIR) / "README.md").read_text(encoding="utf-8")
    assert figures in readme
    assert f"{number:,}".replace(",", " ") in readme


# --- Django's admin ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_the_admin_is_for_the_operator(role):
    client = signed_in(world(), role)
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code == ADMIN[role], address


@pytest.mark.matrix
@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != Role.OPERATOR])
def test_no_address_of_the_admin_opens_for_anybody_else(role, shared):
    assert len(matrix.admin_addresses()) > 100
    assert matrix.wrong_answers_of_the_admin(shared, role) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role not in (*STRANGERS, Role.OPERATOR)])
def test_the_admin_refuses_those_who_are_signed_in_without_being_the_operator(role):
    assert signed_in(world(), role).get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("role", STRANGERS)
def test_the_admin_sends_strangers_to_the_one_sign_in_with_its_limits(role):
    client = signed_in(world(), role)
    for address in (reverse("admin:index"), reverse("admin:login")):
        response = client.get(address, follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


# --- rights that end --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["pages", "registry_export", "registry_import_report"])
def test_a_right_taken_away_ends_at_the_next_request_in_ready_files_too(name):
    here = world()
    client = signed_in(here, Role.ANALYST)
    address = reverse(name, args=TABLE[name].args(here.here))
    assert client.get(address).status_code == 200
    here.users[Role.ANALYST].grants.all().delete()
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_user_who_is_deactivated_is_signed_out_at_the_next_request():
    here = world()
    client = signed_in(here, Role.ANALYST)
    User.objects.filter(pk=here.users[Role.ANALYST].pk).update(is_active=False)
    response = client.get(reverse("pages", args=[here.here.region.code]))
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, rule in TABLE.items() if (rule.missing or [0])[0] == "RU-NOWHERE"])
def test_no_address_of_a_region_breaks_on_a_code_that_no_database_can_hold(name):
    here = world()
    address = reverse(name, args=TABLE[name].args(here.here)).replace(here.here.region.code, "a%00b")
    assert signed_in(here, Role.OPERATOR).get(address).status_code in (404, 405)


# --- twins: the same comparison with a guard taken away must complain --------------------------------


def complaints(settings, name: str) -> list[str]:
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    return wrong_answers(world(), name)


@pytest.mark.django_db
def test_an_address_that_nobody_put_into_the_table_is_noticed(settings):
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    assert matrix.outside_the_table() == ["forgotten/"]


@pytest.mark.django_db
def test_a_view_on_an_unguarded_queryset_is_noticed(settings):
    found = complaints(settings, "page")
    assert "page: GET of foreign as analyst of the region answers 200, not 404" in found
    assert "page: GET of own as admin of another institution of the region answers 200, not 404" in found
    assert "page: GET of own as curator of another founder of the region answers 200, not 404" in found
    assert "page: GET of own as analyst whose right is over answers 200, not 404" in found


@pytest.mark.django_db
def test_a_view_open_to_those_who_are_not_signed_in_is_noticed(settings):
    found = complaints(settings, "ratings")
    assert "ratings: GET of own as anonymous answers 200, not 302" in found
    assert "ratings: GET (htmx) of own as anonymous answers 200, not 401" in found


@pytest.mark.django_db
def test_a_view_that_takes_every_method_is_noticed(settings):
    found = complaints(settings, "institutions")
    assert any(re.match("institutions: DELETE of own as operator answers 200", line) for line in found)


@pytest.mark.django_db
def test_a_form_that_anybody_may_send_is_noticed(settings):
    found = complaints(settings, "network_switch")
    assert "network_switch: POST of own as analyst of the region answers 400, not 404" in found


@pytest.mark.django_db
def test_a_refusal_that_tells_that_something_exists_is_noticed(settings):
    found = complaints(settings, "institution")
    assert "institution: GET of foreign as analyst of the region: what is foreign differs from what is missing" in found


@pytest.mark.django_db
def test_a_reading_that_writes_is_noticed(settings):
    with pytest.raises(AssertionError, match="A reading writes"):
        complaints(settings, "events")


@pytest.mark.django_db
def test_an_admin_that_lets_everybody_in_is_noticed(settings):
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    found = matrix.wrong_answers_of_the_admin(world(), Role.ANALYST)
    assert "GET /admin/ as analyst of the region answers 200" in found


@pytest.mark.django_db
def test_a_deactivated_user_who_is_let_in_is_noticed(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    found = wrong_answers(world(), "pages")
    assert "pages: GET of own as deactivated analyst of the region answers 200, not 302" in found


@pytest.mark.django_db
def test_a_right_without_its_dates_is_noticed():
    """The user's right ended in January; with the dates cleared it holds."""
    here = world()
    here.users[Role.OVER].grants.update(until=None)
    found = wrong_answers(here, "pages")
    assert "pages: GET of own as analyst whose right is over answers 200, not 404" in found


@pytest.mark.django_db
def test_sign_up_stays_closed_even_if_its_address_were_open(settings):
    settings.ROOT_URLCONF = "tests.open_sign_up"
    data = {"email": "new@example.org", "password1": "long-enough-password", "password2": "long-enough-password"}
    assert Client().post("/signup/", data).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.django_db
def test_sign_up_that_was_opened_is_noticed(settings):
    settings.ACCOUNT_ADAPTER = "allauth.account.adapter.DefaultAccountAdapter"
    with pytest.raises(AssertionError):
        test_sign_up_stays_closed_even_if_its_address_were_open(settings)
