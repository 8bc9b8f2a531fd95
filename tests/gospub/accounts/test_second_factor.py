"""The second factor: obligatory for those who decide over others or see all of them, and stored encrypted."""

import contextlib
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry, Role
from tests.factories import (
    TOTP_SECRET,
    InstitutionFactory,
    RegionFactory,
    UserFactory,
    analyst,
    auditor,
    curator,
    institution_admin,
    official,
    one_time_code,
    operator,
)

pytestmark = pytest.mark.django_db
PASSWORD = "password-for-tests"


@pytest.fixture
def region():
    return RegionFactory()


def without(user):
    Authenticator.objects.filter(user=user).delete()
    return user


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sign_in(user, client: Client | None = None):
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


# --- who needs one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [analyst, official, auditor, lambda _: operator()])
def test_until_it_is_set_up_nothing_else_opens(region, role):
    client = browser(without(role(region)))
    for address in (reverse("overview", args=[region.code]), "/", "/admin/"):
        assert client.get(address).url == reverse("account")
    assert client.post(reverse("rating_compute", args=[region.code])).url == reverse("account")
    response = client.get(reverse("pages", args=[region.code]), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (401, reverse("account"))


def test_with_one_everything_does(region):
    assert browser(analyst(region)).get(reverse("overview", args=[region.code])).status_code == 200


def test_twin_without_the_rule_the_region_opens_by_password_alone(region, settings):
    settings.SECOND_FACTOR_OBLIGATORY = False
    assert browser(without(analyst(region))).get(reverse("overview", args=[region.code])).status_code == 200


def test_those_who_see_single_institutions_may_do_without(region):
    school = InstitutionFactory(region=region, founder="Минобр")
    for user in (institution_admin(school), curator(region, "Минобр")):
        assert browser(without(user)).get(reverse("institution", args=[school.pk])).status_code == 200


def test_whoever_becomes_an_analyst_needs_one_with_the_next_request(region):
    school = InstitutionFactory(region=region)
    user = without(institution_admin(school))
    client = browser(user)
    assert client.get(reverse("institution", args=[school.pk])).status_code == 200
    user.grants.create(role=Role.ANALYST, region=region)
    assert client.get(reverse("institution", args=[school.pk])).url == reverse("account")


# --- setting it up, and signing in with it ----------------------------------------------------------------------------


def test_it_is_set_up_after_the_first_sign_in_and_asked_for_at_the_next(region):
    user = without(analyst(region))
    client, _answer = sign_in(user)
    asked = client.get(reverse("mfa_activate_totp")).url  # for the password once more
    page = client.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_activate_totp"), {"code": one_time_code(secret)})
    assert client.get(reverse("overview", args=[region.code])).status_code == 200
    _client, answer = sign_in(user)
    assert answer.url == reverse("mfa_authenticate")


def set_up(client: Client, on_commit) -> None:
    """As the screen leads: password once more, secret, code."""
    asked = client.get(reverse("mfa_activate_totp")).url
    page = client.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    with on_commit(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": one_time_code(secret)})


@pytest.fixture
def two(region) -> tuple[Client, Client]:
    """Somebody who has to set one up, and somebody else who knows the password."""
    user = without(analyst(region))
    return sign_in(user)[0], sign_in(user)[0]


def test_setting_it_up_ends_the_sessions_that_began_by_password_alone(region, two, django_capture_on_commit_callbacks):
    set_up(two[0], django_capture_on_commit_callbacks)
    address = reverse("overview", args=[region.code])
    assert two[0].get(address).status_code == 200
    assert two[1].get(address).url.startswith(reverse("account_login"))


def test_twin_without_the_notice_the_other_session_goes_on(region, two):
    """Callbacks of a commit that never comes are not called."""
    set_up(two[0], lambda execute: contextlib.nullcontext())
    assert two[1].get(reverse("overview", args=[region.code])).status_code == 200


def test_what_becomes_of_it_is_in_the_audit_trail(two, django_capture_on_commit_callbacks):
    set_up(two[0], django_capture_on_commit_callbacks)
    entry = AuditEntry.objects.exclude(action="sign_in").get()
    assert (entry.action, entry.after) == ("second_factor.add", {"kind": "totp"})


def test_the_password_alone_opens_nothing(region):
    client, answer = sign_in(analyst(region))
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("overview", args=[region.code])).url.startswith(reverse("account_login"))


def test_the_right_code_opens_and_a_wrong_one_does_not(region):
    client, _answer = sign_in(analyst(region))
    assert client.post(reverse("mfa_authenticate"), {"code": "123456"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": one_time_code()}).status_code == 302
    assert client.get(reverse("overview", args=[region.code])).status_code == 200
    assert AuditEntry.objects.filter(action="sign_in").count() == 1


def test_a_code_serves_once(region):
    user = analyst(region)
    code = one_time_code()
    for expected in (302, 200):
        client, _answer = sign_in(user)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_codes_cannot_be_guessed_through(region):
    """From wherever it is tried: whoever gets here has the password."""
    user = analyst(region)
    for number in range(10):
        client, _answer = sign_in(user)
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"}, REMOTE_ADDR=f"192.0.2.{number}")
    client, _answer = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": one_time_code()})
    assert client.get(reverse("overview", args=[region.code])).url.startswith(reverse("account_login"))


def test_twin_without_the_limit_the_right_code_opens(region, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    user = analyst(region)
    for number in range(10):
        client, _answer = sign_in(user)
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"})
    client, _answer = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": one_time_code()})
    assert client.get(reverse("overview", args=[region.code])).status_code == 200


def test_the_secret_is_not_in_the_base_in_the_clear():
    user = UserFactory()
    assert TOTP_SECRET not in str(Authenticator.objects.get(user=user).data)


def test_the_last_one_cannot_be_given_up_by_those_who_need_it(region):
    user = analyst(region)
    client, _answer = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": one_time_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"), {})
    assert Authenticator.objects.filter(user=user).exists()


def test_twin_those_who_may_do_without_give_it_up(region):
    user = institution_admin(InstitutionFactory(region=region))
    client, _answer = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": one_time_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"), {})
    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEntry.objects.last().action == "second_factor.remove"


def test_the_operator_makes_somebody_with_a_lost_phone_set_up_a_new_one(region):
    user = analyst(region)
    client, _answer = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": one_time_code()})
    chosen = {"action": "forget_second_factor", "_selected_action": [user.pk]}
    browser(operator()).post(reverse("admin:accounts_user_changelist"), chosen)
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(reverse("overview", args=[region.code])).url.startswith(reverse("account_login"))
    assert AuditEntry.objects.get(action="second_factor.forget").after == {"who": user.email}
