"""Sessions that have run out and invitations long over are forgotten."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import Invitation, Role
from gospub.accounts.retention import forget
from monitoring.tasks import retention
from tests.factories import RegionFactory, UserFactory, operator

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def signed_in(address: str) -> Client:
    client, user = Client(), UserFactory(second_factor=False)
    data = {"login": user.email, "password": "password-for-tests"}
    client.post(reverse("account_login"), data, REMOTE_ADDR=address)
    return client


def invited(expires_at: dt.datetime, accepted_at: dt.datetime | None = None) -> Invitation:
    return Invitation.objects.create(
        role=Role.ANALYST,
        region=RegionFactory(),
        email="new@example.org",
        token_digest=f"{expires_at}"[:64],
        invited_by=operator(),
        created_at=NOW - 60 * DAY,
        expires_at=expires_at,
        accepted_at=accepted_at,
    )


def test_a_session_that_has_run_out_leaves_no_address_behind():
    over, live = signed_in("192.0.2.1"), signed_in("192.0.2.2")
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=NOW - DAY)
    forget(NOW)
    assert [each.ip for each in UserSession.objects.all()] == ["192.0.2.2"]
    assert live.get(reverse("account")).status_code == 200
    assert Session.objects.count() == 1


@pytest.mark.parametrize("accepted_at", [None, NOW - 50 * DAY])
def test_an_invitation_is_forgotten_a_month_after_its_end(accepted_at):
    invited(NOW - 30 * DAY - dt.timedelta(seconds=1), accepted_at)
    kept = invited(NOW - 30 * DAY, accepted_at)
    forget(NOW)
    assert list(Invitation.objects.all()) == [kept]


def test_the_scheduler_does_it_every_day():
    invited(NOW - 31 * DAY)
    retention()
    assert not Invitation.objects.exists()
