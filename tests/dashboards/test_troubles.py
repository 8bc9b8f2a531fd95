"""What is wrong with the collection: told on its screen, in a banner everywhere, on cards and rows."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.dashboards.queries.troubles import stoppages
from monitoring.models import AccessPause, Heartbeat, Network, NetworkState, PlatformCode, Slot, SlotStatus
from monitoring.models.measures import SlotReason
from monitoring.rollups import roll_up
from tests.factories import InstitutionFactory, PageFactory, collected, institution_admin

from .conftest import DAY
from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)  # noon in the region
SINCE = NOW - dt.timedelta(hours=1)


def paused(platform: str = "vk", state: NetworkState = NetworkState.PAUSED) -> Network:
    return Network.objects.create(platform=platform, state=state, since=SINCE)


def screen(client, region, name: str = "collection_status") -> str:
    return text_of(client.get(reverse(name, args=[region.code])))


@pytest.mark.parametrize("name", ["overview", "pages", "institutions", "events", "suspects", "collection_status"])
def test_every_screen_says_that_a_network_is_paused_and_since_when(analyst_client, region, name):
    paused()
    text = screen(analyst_client, region, name)
    assert text.count("ВКонтакте: сбор приостановлен оператором.") == 1
    assert "26.10.2024, 11:00 (UTC+10)" in text


def test_a_network_that_is_off_is_told_of_on_the_status_alone(analyst_client, region):
    paused(state=NetworkState.OFF)
    words = "ВКонтакте: сбор выключен оператором."
    assert words in screen(analyst_client, region)
    assert words not in screen(analyst_client, region, "pages")


def test_the_banner_leads_those_to_the_status_who_may_see_it(analyst_client, region):
    paused()
    page = PageFactory(institution=InstitutionFactory(region=region))
    client = Client()
    client.force_login(institution_admin(page.institution))
    address = reverse("pages", args=[region.code])
    assert "Состояние сбора" in text_of(analyst_client.get(address))
    assert "сбор приостановлен" in text_of(client.get(address))
    assert "Состояние сбора" not in text_of(client.get(address))


def test_a_network_that_is_collected_is_no_trouble(analyst_client, region):
    Network.objects.create(platform="vk", state=NetworkState.ON, since=SINCE)
    assert "ВКонтакте: сбор" not in screen(analyst_client, region)


@pytest.mark.parametrize(("seconds", "told"), [(30, False), (90, True)])
def test_workers_that_give_no_sign_for_a_minute_are_told_of(analyst_client, region, settings, seconds, told):
    settings.DEMO_CLOCK = ""
    Heartbeat.objects.create(name="scheduler", at=timezone.now() - dt.timedelta(seconds=seconds))
    for name in ("pages", "collection_status"):
        assert ("рабочие процессы не отвечают" in screen(analyst_client, region, name)) == told


def test_workers_that_never_gave_a_sign_are_told_of(db):
    found = stoppages(NOW)
    assert [(stop.platform, stop.since) for stop in found] == [("", None)]


def test_in_the_demo_the_clock_stands_still_and_no_sign_gets_old(analyst_client, region):
    Heartbeat.objects.create(name="scheduler", at=NOW - dt.timedelta(days=9))
    assert "рабочие процессы" not in screen(analyst_client, region)


def test_all_stoppages_are_one_query(db, django_assert_num_queries):
    paused("vk")
    paused("max", NetworkState.OFF)
    with django_assert_num_queries(1):
        assert len(stoppages(NOW)) == 3


def rest(reason: str, until: dt.datetime | None = None, **of: str) -> AccessPause:
    return AccessPause.objects.create(**{"platform": "vk", **of}, reason=reason, since=SINCE, until=until)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("token_dead", "ВКонтакте: токен доступа больше не работает, токен 3f9a."),
        ("needs_person", "ВКонтакте: соцсеть требует, чтобы доступ подтвердил человек, токен 3f9a."),
    ],
)
def test_a_token_that_needs_somebody_says_what_to_do(analyst_client, region, reason, words):
    rest(reason, token="3f9a")
    text = screen(analyst_client, region)
    assert words in text
    assert "Оператору нужно" in text
    assert "с 26.10.2024, 11:00 (UTC+10)" in text


def test_a_throttled_method_says_until_when(analyst_client, region):
    rest("throttled", NOW + dt.timedelta(hours=5), token="3f9a", method="wall.get")
    text = screen(analyst_client, region)
    assert "токен 3f9a, метод wall.get" in text
    assert "до 26.10.2024, 17:00 (UTC+10)" in text


def test_a_network_that_does_not_answer_is_named_alone(analyst_client, region):
    rest("unreachable", NOW + dt.timedelta(minutes=5), platform="telegram")
    assert "Telegram: соцсеть не ответила." in screen(analyst_client, region)


def test_a_rest_that_is_over_is_no_trouble(analyst_client, region):
    rest("unreachable", NOW - dt.timedelta(minutes=5))
    assert "Что не так" not in screen(analyst_client, region)


def slot(region, **fields) -> Slot:
    page = PageFactory(institution=InstitutionFactory(region=region))
    return Slot.objects.create(page=page, day=DAY, **fields)


def test_posts_that_are_read_less_often_are_counted(analyst_client, region):
    for _ in range(3):
        slot(region, status=SlotStatus.OK, posts_owed=False)
    slot(region, status=SlotStatus.OK)
    text = screen(analyst_client, region)
    assert "записи 3 страниц читаются реже, дневного лимита не хватает" in text


def test_pages_in_quarantine_and_networks_without_a_token_are_named(analyst_client, region):
    slot(region, status=SlotStatus.FAILED, reason=SlotReason.QUARANTINE)
    slot(region, status=SlotStatus.SKIPPED, reason=SlotReason.NO_TOKEN)
    text = screen(analyst_client, region)
    assert "1 страница отложена" in text
    assert "токен доступа не задан" in text


def test_doubtful_numbers_are_counted_and_lead_to_their_list(analyst_client, region):
    for _ in range(2):
        slot(region, status=SlotStatus.OK, reason=SlotReason.SUSPECT)
    answer = analyst_client.get(reverse("collection_status", args=[region.code]))
    assert "2 сегодняшних числа сомнительны и пока нигде не учтены" in text_of(answer)
    assert f'href="{reverse("suspects", args=[region.code])}?state=open"' in answer.content.decode()


@pytest.mark.parametrize(("minutes", "told"), [(1, True), (5, False)])
def test_a_base_that_takes_nothing_is_told_of_while_it_lasts(analyst_client, region, minutes, told):
    Heartbeat.objects.create(name="unwritten", at=NOW - dt.timedelta(minutes=minutes))
    assert ("База данных не принимает прочитанное" in screen(analyst_client, region)) == told


def test_a_day_without_faults_has_no_list_of_them(analyst_client, region):
    slot(region, status=SlotStatus.OK)
    assert "Что не так" not in screen(analyst_client, region)


def test_cards_and_rows_of_a_stopped_network_say_not_collected_since(analyst_client, region):
    page = collected(PageFactory(institution=InstitutionFactory(region=region)), DAY)
    collected(PageFactory(institution=page.institution, platform=PlatformCode.OK), DAY)
    roll_up(region, DAY)
    paused()
    for name in ("overview", "pages"):
        assert screen(analyst_client, region, name).count("не собирается с 26.10.2024") == 1
    card = text_of(analyst_client.get(reverse("page", args=[page.pk])))
    assert "не собирается с 26.10.2024" in card
    institution = text_of(analyst_client.get(reverse("institution", args=[page.institution_id])))
    assert institution.count("не собирается с 26.10.2024") == 1
