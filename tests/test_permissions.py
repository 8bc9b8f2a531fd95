"""Every address against the table of tests/permissions.py; and that the comparison notices a guard taken away."""

import re

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import User
from tests import permissions
from tests.factories import UserFactory
from tests.permissions import ADMIN, ROLES, STRANGERS, TABLE, Role, answer, signed_in, world, wrong_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    """The limits against guessing live in the cache."""
    cache.clear()


def test_every_address_is_in_the_table_and_the_table_names_no_other():
    assert permissions.outside_the_table() == []


@pytest.mark.parametrize("name", TABLE)
def test_everybody_gets_what_the_table_says(name):
    assert wrong_answers(world(), name) == []


@pytest.mark.parametrize("name", [name for name, rule in TABLE.items() if rule.get[Role.ANONYMOUS] == 302])
def test_htmx_sends_those_who_are_not_signed_in_to_the_sign_in_as_a_whole_page(name):
    here = world()
    response = answer(Client(), "GET", name, TABLE[name].args(here), **{"HX-Request": "true"})
    assert response.status_code == 401
    assert "Location" not in response
    assert response["HX-Redirect"].startswith("/")


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_is_for_the_operator(role):
    client = signed_in(world(), role)
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code == ADMIN[role], address


@pytest.mark.parametrize("role", [role for role in ROLES if role not in (*STRANGERS, Role.OPERATOR)])
def test_the_admin_refuses_those_who_are_signed_in_without_being_the_operator(role):
    assert signed_in(world(), role).get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("role", STRANGERS)
def test_the_admin_sends_strangers_to_the_one_sign_in_with_its_limits(role):
    client = signed_in(world(), role)
    for address in (reverse("admin:index"), reverse("admin:login")):
        response = client.get(address, follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_staff_member_without_rights_changes_nothing_in_the_admin():
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_a_right_taken_away_ends_at_the_next_request():
    here = world()
    client = signed_in(here, Role.ANALYST)
    address = reverse("pages", args=[here.region.code])
    assert client.get(address).status_code == 200
    here.users[Role.ANALYST].grants.all().delete()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", [name for name, rule in TABLE.items() if (rule.missing or [0])[0] == "RU-NOWHERE"])
def test_no_address_of_a_region_breaks_on_a_code_that_no_database_can_hold(name):
    here = world()
    address = reverse(name, args=TABLE[name].args(here)).replace(here.region.code, "a%00b")
    assert signed_in(here, Role.OPERATOR).get(address).status_code == 404


def test_nobody_signs_up():
    response = Client().post(
        reverse("account_signup"),
        {"email": "new@example.org", "password1": "long-enough-password", "password2": "long-enough-password"},
    )
    assert response.status_code == 200
    assert not User.objects.exists()


# --- twins: the same comparison with a guard taken away must complain --------------------------------


def complaints(settings, name: str) -> list[str]:
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    return wrong_answers(world(), name)


def test_an_address_that_nobody_put_into_the_table_is_noticed(settings):
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    assert permissions.outside_the_table() == ["forgotten/"]


def test_a_view_on_an_unguarded_queryset_is_noticed(settings):
    found = complaints(settings, "page")
    assert "page: GET as analyst of another region answers 200, not 404" in found
    assert "page: GET as admin of another institution of the region answers 200, not 404" in found


def test_a_view_open_to_those_who_are_not_signed_in_is_noticed(settings):
    assert "ratings: GET as anonymous answers 200, not 302" in complaints(settings, "ratings")


def test_a_view_that_takes_every_method_is_noticed(settings):
    assert any(
        re.match("institutions: POST as operator answers 200", line) for line in complaints(settings, "institutions")
    )


def test_a_form_that_anybody_may_send_is_noticed(settings):
    assert "network_switch: POST as analyst of the region answers 400, not 404" in complaints(
        settings, "network_switch"
    )


def test_a_refusal_that_tells_that_something_exists_is_noticed(settings):
    found = complaints(settings, "institution")
    assert "institution: as analyst of another region what is foreign differs from what is missing" in found


def test_a_deactivated_user_who_is_let_in_is_noticed(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    found = wrong_answers(world(), "pages")
    assert "pages: GET as deactivated analyst of the region answers 200, not 302" in found


def test_sign_up_that_was_opened_is_noticed(settings):
    settings.ACCOUNT_ADAPTER = "allauth.account.adapter.DefaultAccountAdapter"
    with pytest.raises(AssertionError):
        test_nobody_signs_up()
