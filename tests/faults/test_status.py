"""The status of the collection says in Russian what each fault is, as soon as it was met."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Page
from tests.dashboards.test_overview import text_of
from tests.factories import analyst

FAULTS = {
    "vk_error_29": "ВКонтакте: соцсеть попросила подождать",
    "vk_error_5": "ВКонтакте: токен доступа больше не работает",
    "vk_error_14": "ВКонтакте: соцсеть требует, чтобы доступ подтвердил человек",
    "vk:http_500": "ВКонтакте: соцсеть не ответила",
    "vk:html_instead_of_json": "ответ соцсети не удалось понять",
    "telegram:huge_answer@sim6_tg": "ответ соцсети слишком велик",
    "ok:reset": "Одноклассники: соцсеть не ответила",
    "count_negative": "пока нигде не учтен",
    "telegram:retry_after": "Telegram: соцсеть попросила подождать",
    "ok:truncated_json": "ответ соцсети не удалось понять",
}


@pytest.fixture
def status(town):
    """What an analyst reads there."""
    client = Client()
    client.force_login(analyst(town.region))
    return lambda: text_of(client.get(reverse("collection_status", args=[town.region.code])))


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_network_does_is_told(town, status, fault):
    assert FAULTS[fault] not in status()
    town.simulator.set_faults([fault])
    town.collect(seconds=3)
    assert FAULTS[fault] in status()


@pytest.mark.parametrize(
    ("platform", "change", "words"),
    [
        ("vk", "deleted", "страница удалена"),
        ("vk", "banned", "страница заблокирована соцсетью"),
        ("telegram", "taken_over", "адрес занят другим сообществом"),
    ],
)
def test_what_became_of_a_page_is_told(town, status, platform, change, words):
    town.collect(platform)
    page = Page.objects.filter(platform=platform).exclude(external_id="").order_by("pk")[5]
    town.simulator.change_page(platform, page.handle, change)
    town.now += dt.timedelta(days=1)
    town.simulator.set_clock(town.now)
    town.collect(platform)
    assert words in status()
