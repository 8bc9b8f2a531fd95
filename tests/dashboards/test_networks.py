"""The operator's screen of networks: switches, ways out, tokens, messages."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.dashboards.queries.networks import host_of
from monitoring.models import AccessPause, CallCount, Network, NetworkState, OperatorMessage
from monitoring.platforms import tokens_for
from tests.factories import operator

from .conftest import DAY
from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
SECRET = "the-value-of-a-token-0123456789"


@pytest.fixture
def client(db) -> Client:
    """Signed in as the operator."""
    signed_in = Client()
    signed_in.force_login(operator())
    return signed_in


def networks(client) -> str:
    return text_of(client.get(reverse("networks")))


def switched(client, state: str, platform: str = "vk"):
    return client.post(reverse("network_switch", args=[platform]), {"state": state})


def test_a_network_is_paused_switched_off_and_on_again(client):
    for state in ("paused", "off", "on"):
        assert switched(client, state).url == reverse("networks")
        row = Network.objects.get(platform="vk")
        assert (row.state, row.since) == (state, NOW)
    assert row.changed_by.is_superuser


def test_a_pause_that_becomes_a_switching_off_has_lasted_since_the_pause(client, settings):
    switched(client, "paused")
    settings.DEMO_CLOCK = (NOW + dt.timedelta(days=3)).isoformat()
    for state, since in (("off", NOW), ("paused", NOW), ("on", NOW + dt.timedelta(days=3))):
        switched(client, state)
        assert Network.objects.get(platform="vk").since == since


def test_every_switching_is_audited_and_a_second_click_changes_nothing(client):
    for _ in range(2):
        switched(client, "paused")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("network.switch", "network vk")
    assert (entry.before, entry.after) == ({"state": "on"}, {"state": "paused"})


def test_a_state_that_there_is_not_is_refused(client):
    assert switched(client, "melted").status_code == 400
    assert not Network.objects.exists()


def test_the_state_says_since_when_and_by_whom(client):
    switched(client, "off", "max")
    text = networks(client)
    assert "выключена с 26.10.2024, 05:00 (UTC+3)" in text
    assert "Пользователь" in text


def test_the_value_of_a_token_is_never_shown(client, settings):
    settings.VK_TOKENS = [f"user:{SECRET}"]
    html = client.get(reverse("networks")).content.decode()
    assert SECRET not in html
    assert tokens_for("vk")[0].fingerprint in html
    assert "пользовательский" in html


def test_a_tokens_calls_stand_against_what_the_day_allows(client, settings):
    settings.VK_TOKENS = [f"user:{SECRET}"]
    name = tokens_for("vk")[0].fingerprint
    CallCount.objects.create(platform="vk", token=name, method="wall.get", day=DAY, calls=4231)
    CallCount.objects.create(platform="vk", token=name, method="wall.get", day=DAY - dt.timedelta(days=1), calls=77)
    assert "wall.get 4 231 из 5 000" in networks(client)


def test_a_token_at_rest_is_put_back_to_work_and_that_is_audited(client, settings):
    settings.VK_TOKENS = [f"user:{SECRET}"]
    name = tokens_for("vk")[0].fingerprint
    pause = AccessPause.objects.create(platform="vk", token=name, reason="token_dead", since=NOW)
    assert "до вашего решения" in networks(client)
    address = reverse("token_return", args=[pause.pk])
    assert "Возвращено в работу" in text_of(client.post(address, follow=True))
    assert not AccessPause.objects.exists()
    assert AuditEntry.objects.get().subject == f"token vk {name}"
    assert "Уже работает" in text_of(client.post(address, follow=True))


def test_a_resting_token_that_left_the_settings_is_still_shown(client):
    AccessPause.objects.create(platform="vk", token="3f9a", reason="token_dead", since=NOW)
    assert "3f9a больше нет в настройках" in networks(client)


def test_a_network_without_a_token_says_so(client, settings):
    settings.VK_TOKENS = []
    assert "нет токена доступа" in networks(client)


def test_the_way_out_shows_the_host_of_the_proxy_and_no_password(client, settings):
    settings.NETWORK_PROXIES = {"telegram": "socks5://somebody:password1@proxy.example:1080"}
    settings.NETWORK_CA_FILES = {"max": "/secret/folder/root.pem"}
    html = client.get(reverse("networks")).content.decode()
    assert "proxy.example:1080" in html
    for hidden in ("somebody", "password1", "/secret/folder"):
        assert hidden not in html


@pytest.mark.parametrize("address", ["", "user:word@host", "http://[broken", "http://a:word@b:port"])
def test_an_address_that_cannot_be_taken_apart_shows_nothing(address):
    assert host_of(address) == ""


def test_messages_to_the_operators_are_in_the_outbox_or_wait_for_it(client):
    OperatorMessage.objects.create(key="a", subject="Первое", text="…", created_at=NOW, posted_at=NOW)
    OperatorMessage.objects.create(key="b", subject="Второе", text="…", created_at=NOW)
    text = networks(client)
    assert "передано в почту" in text
    assert "ждёт передачи в почту" in text


def test_nobody_but_the_operator_finds_the_screen(analyst_client):
    pause = AccessPause.objects.create(platform="vk", reason="unreachable", since=NOW)
    assert analyst_client.get(reverse("networks")).status_code == 404
    assert switched(analyst_client, "off").status_code == 404
    assert analyst_client.post(reverse("token_return", args=[pause.pk])).status_code == 404
    assert AccessPause.objects.exists()
    assert not Network.objects.filter(state=NetworkState.OFF).exists()


def test_it_reads_little_however_much_there_is(client, django_assert_max_num_queries):
    for number in range(30):
        AccessPause.objects.create(platform="vk", token=f"t{number}", reason="token_dead", since=NOW)
        CallCount.objects.create(platform="vk", token=f"t{number}", method="wall.get", day=DAY, calls=1)
    with django_assert_max_num_queries(12):
        client.get(reverse("networks"))
