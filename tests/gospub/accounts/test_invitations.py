"""Invitations: one link, one use, one address, seven days."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from gospub.accounts import invitations
from gospub.accounts.models import AuditEntry, Grant, Invitation, Role, User
from tests.factories import (
    InstitutionFactory,
    RegionFactory,
    UserFactory,
    analyst,
    institution_admin,
    official,
    operator,
)

pytestmark = pytest.mark.django_db
ACCOUNT = {"full_name": "Новая Сотрудница", "password": "a-long-enough-phrase"}


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def school(region):
    return InstitutionFactory(region=region, founder="Минобр")


def browser(user: User | None = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def send(by: User, **fields: object):
    data = {"email": "New@Example.org", "role": "institution_admin"} | fields
    return browser(by).post(reverse("invitation_send"), data)


def link() -> str:
    """The address in the last letter."""
    return mail.outbox[-1].body.partition("http://testserver")[2].split()[0]


def invited(by: User, school, **fields: object) -> str:
    assert send(by, region=school.region_id, ogrn=school.ogrn, **fields).status_code == 302
    return link()


# --- accepting --------------------------------------------------------------------------------------------------------


def test_the_invited_one_sets_name_and_password_and_has_the_right(region, school):
    address = invited(analyst(region), school)
    assert mail.outbox[-1].to == ["new@example.org"]
    assert browser().post(address, ACCOUNT).url == reverse("account_login")
    user = User.objects.get(email="new@example.org")
    assert (user.full_name, user.check_password(ACCOUNT["password"])) == (ACCOUNT["full_name"], True)
    assert user.grants.get().institution == school
    client = Client()
    response = client.post(
        reverse("account_login"), {"login": user.email, "password": ACCOUNT["password"]}, follow=True
    )
    assert response.redirect_chain[-1][0] == reverse("desk", args=[school.pk])


def test_a_link_serves_once(region, school):
    address = invited(analyst(region), school)
    browser().post(address, ACCOUNT)
    again = browser().post(address, ACCOUNT | {"password": "another-long-phrase"})
    assert again.status_code == 404
    assert "Такого приглашения нет" in again.content.decode()
    assert User.objects.get(email="new@example.org").check_password(ACCOUNT["password"])


def test_a_link_is_good_for_seven_days(region, school):
    address = invited(analyst(region), school)
    Invitation.objects.update(expires_at=dt.datetime.now(dt.UTC))
    assert browser().get(address).status_code == 404
    assert dt.timedelta(days=7) == invitations.LIFE


def test_opening_the_link_accepts_nothing(region, school):
    """Mail programs open links to look at them."""
    assert browser().get(invited(analyst(region), school)).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()


def test_the_form_cannot_change_address_or_role(region, school):
    address = invited(analyst(region), school)
    browser().post(address, ACCOUNT | {"email": "evil@example.org", "role": "operator", "is_staff": "1"})
    assert not User.objects.filter(email="evil@example.org").exists()
    assert Grant.objects.get(user__email="new@example.org").role == Role.INSTITUTION_ADMIN


@pytest.mark.parametrize("password", ["short", "1234567890", "new@example.org"])
def test_a_weak_password_is_refused_in_words_and_uses_nothing_up(region, school, password):
    address = invited(analyst(region), school)
    response = browser().post(address, ACCOUNT | {"password": password})
    assert response.status_code == 422
    assert "Ошибка:" in response.content.decode()
    assert browser().post(address, ACCOUNT).status_code == 302


def test_one_who_has_an_account_adds_the_right_after_signing_in(region, school):
    user = UserFactory(email="new@example.org")
    address = invited(analyst(region), school)
    assert browser().get(address).url.startswith(reverse("account_login"))
    client = browser(user)
    assert client.get(address).status_code == 200
    assert not user.grants.exists()
    client.post(address)
    assert user.grants.get().institution == school


def test_somebody_else_who_is_signed_in_cannot_take_it(region, school):
    address = invited(analyst(region), school)
    other = institution_admin(InstitutionFactory(region=region))
    assert browser(other).get(address).status_code == browser(other).post(address).status_code == 404
    assert other.grants.count() == 1
    assert browser().post(address, ACCOUNT).status_code == 302


def test_an_invitation_that_was_taken_back_leads_nowhere(region, school):
    by = analyst(region)
    address = invited(by, school)
    browser(by).post(reverse("invitation_withdraw", args=[Invitation.objects.get().pk]))
    assert browser().get(address).status_code == 404


def test_inviting_again_replaces_the_first_link(region, school):
    by = analyst(region)
    first = invited(by, school)
    second = invited(by, school)
    assert [browser().get(address).status_code for address in (first, second)] == [404, 200]


def test_the_link_is_not_in_the_base(region, school):
    token = invited(analyst(region), school).strip("/").rpartition("/")[2]
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(AuditEntry._base_manager.values()))


def test_dates_of_the_invitation_are_those_of_the_right(region, school):
    browser().post(invited(analyst(region), school, since="2026-01-01", until="2026-12-31"), ACCOUNT)
    grant = Grant.objects.get(user__email="new@example.org")
    assert (grant.since, grant.until) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


# --- who invites whom -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["operator", "analyst", "official", "auditor"])
def test_an_analyst_gives_no_right_above_institutions(region, role):
    response = send(analyst(region), role=role, region=region.pk)
    assert response.status_code == 422
    assert not mail.outbox


def test_an_analyst_invites_in_the_own_region_only(region, school):
    foreign = InstitutionFactory()
    assert send(analyst(region), region=foreign.region_id, ogrn=foreign.ogrn).status_code == 422
    assert send(analyst(region), region=region.pk, ogrn=foreign.ogrn).status_code == 422
    assert not Invitation.objects.exists()


def test_others_find_no_form(region, school):
    for user in (official(region), institution_admin(school), UserFactory()):
        assert send(user, region=region.pk, ogrn=school.ogrn).status_code == 404
    assert not mail.outbox


def test_the_operator_gives_every_role(region, school):
    scopes = {
        "operator": {},
        "auditor": {},
        "analyst": {"region": region.pk},
        "official": {"region": region.pk},
        "curator": {"region": region.pk, "founder": "Минобр"},
        "institution_admin": {"region": region.pk, "ogrn": school.ogrn},
    }
    assert set(scopes) == set(Role.values)
    by = operator()
    for role, scope in scopes.items():
        assert send(by, role=role, **scope).status_code == 302, role
    assert Invitation.objects.count() == len(scopes)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"email": "nobody"}, "адрес"),
        ({"role": "curator", "founder": "Нет такого"}, "нет такого учредителя"),
        ({"role": "curator"}, "Для этой роли нужно указать: учредитель"),
        ({"role": "institution_admin"}, "Для этой роли нужно указать: учреждение"),
        ({"role": "analyst", "founder": "Минобр"}, "учредитель не указывается"),
        ({"role": "analyst", "since": "2026-02-01", "until": "2026-01-01"}, "раньше, чем началось"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_russian(region, school, fields, text):
    response = send(operator(), **({"role": "analyst", "region": region.pk} | fields))
    assert response.status_code == 422
    assert text in response.content.decode()


def test_a_mail_server_that_is_down_leaves_no_open_invitation_unsaid(region, school, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    response = send(analyst(region), region=region.pk, ogrn=school.ogrn)
    assert "Почтовый сервер сейчас не принимает письмо" in response.content.decode()
    assert not Invitation.objects.exists()


def test_the_form_is_filled_in_from_an_institutions_card(region, school):
    html = browser(analyst(region)).get(f"{reverse('invitation_send')}?ogrn={school.ogrn}").content.decode()
    assert f'value="{school.ogrn}"' in html


# --- what is known of it afterwards -----------------------------------------------------------------------------------


def test_every_step_is_in_the_audit_trail(region, school):
    by = analyst(region)
    browser().post(invited(by, school), ACCOUNT)
    actions = list(AuditEntry.objects.values_list("action", "actor", "region"))
    assert actions == [
        ("invitation.send", by.email, region.pk),
        ("grant.give", "new@example.org", region.pk),
    ]
    assert AuditEntry.objects.last().before == {"by": by.email}
