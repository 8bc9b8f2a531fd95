"""Limits without a key and with one; who makes keys, and when they end."""

import pytest
from django.test import Client
from django.urls import reverse

from gospub import limits
from gospub.accounts.models import AuditEntry
from open_data import keys
from open_data.models import ApiKey
from tests.factories import RegionFactory, analyst, official, operator
from tests.public.worlds import NOW, ask


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def made(client: Client, **said: object) -> str:
    """The text of a key that was made on the screen."""
    html = client.post(reverse("api_keys"), {"holder": "Портал открытых данных"} | said).content.decode()
    return html.partition('<code class="press-text">')[2].partition("<")[0]


def asked(key: str, address: str = "192.0.2.1") -> object:
    return Client(REMOTE_ADDR=address).get(reverse("api_regions"), headers={"Authorization": f"Bearer {key}"})


# --- limits -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def _still(monkeypatch):
    """No minute of the clock begins in the middle of a test."""
    monkeypatch.setattr(limits.time, "time", lambda: 1_700_000_001.0)


@pytest.mark.usefixtures("_still")
def test_more_than_sixty_requests_a_minute_are_put_off(region):
    client = Client(REMOTE_ADDR="192.0.2.1")
    statuses = [client.get("/api/v1/regions").status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    refused = client.get("/api/v1/regions")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["detail"]
    assert refused["Cache-Control"] == "no-store"
    assert Client(REMOTE_ADDR="192.0.2.2").get("/api/v1/regions").status_code == 200


@pytest.mark.usefixtures("_still")
def test_a_household_with_many_addresses_of_its_network_is_one(region, settings):
    settings.OPEN_DATA_PER_MINUTE = 2
    statuses = [Client(REMOTE_ADDR=f"2001:db8::{n}").get("/api/v1/regions").status_code for n in range(1, 4)]
    assert statuses == [200, 200, 429]


def test_the_next_minute_begins_anew(db):
    assert limits.wait("x", "somebody", 1, now=59) == 0
    assert limits.wait("x", "somebody", 1, now=59) == 1
    assert limits.wait("x", "somebody", 1, now=60) == 0


@pytest.mark.usefixtures("_still")
def test_a_key_allows_more(region, settings):
    settings.OPEN_DATA_PER_MINUTE, settings.OPEN_DATA_PER_MINUTE_WITH_KEY = 1, 3
    key = made(signed_in(operator()))
    assert [asked(key).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.usefixtures("_still")
def test_guessing_keys_is_limited_as_asking_without_one(region, settings):
    settings.OPEN_DATA_PER_MINUTE = 2
    assert [asked(f"gp_{n}").status_code for n in range(3)] == [401, 401, 429]


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_kept_as_a_digest(region):
    client = signed_in(operator())
    key = made(client)
    assert key.startswith("gp_")
    assert asked(key).status_code == 200
    assert key not in client.get(reverse("api_keys")).content.decode()
    stored = ApiKey.objects.values().get()
    assert key not in str(stored)
    assert stored["digest"] == keys.digest(key)
    assert key not in str(AuditEntry.objects.values())


def test_a_key_gives_the_same_data_and_no_more(region, closed):
    found = asked(made(signed_in(operator())))
    assert found.content == ask("api_regions").content


def test_a_key_that_was_ended_works_no_more(region):
    client = signed_in(operator())
    key = made(client)
    client.post(reverse("api_key_end", args=[ApiKey.objects.get().pk]))
    response = asked(key)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert [each.action for each in AuditEntry.objects.filter(action__startswith="api_key").order_by("pk")] == [
        "api_key.make",
        "api_key.end",
    ]


def test_a_key_ends_with_the_right_of_whoever_made_it(region):
    user = analyst(region)
    key = made(signed_in(user), region=region.pk)
    assert asked(key).status_code == 200
    user.grants.all().delete()
    assert asked(key).status_code == 401


def test_a_key_ends_with_the_account_of_whoever_made_it(region):
    user = operator()
    key = made(signed_in(user))
    user.is_active = False
    user.save()
    assert asked(key).status_code == 401


def test_an_analyst_makes_and_sees_keys_of_the_own_region_alone(region):
    other = RegionFactory()
    key, _text = keys.make("Чужой", other, user=analyst(other), now=NOW)
    client = signed_in(analyst(region))
    assert client.post(reverse("api_keys"), {"holder": "Я", "region": other.pk}).status_code == 422
    assert "Чужой" not in client.get(reverse("api_keys")).content.decode()
    assert client.post(reverse("api_key_end", args=[key.pk])).status_code == 404


def test_nobody_else_makes_keys(region):
    assert signed_in(official(region)).get(reverse("api_keys")).status_code == 404
