"""Opening and closing a region: who may, from when on, what anybody sees then."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from public.models import Publication
from public.opening import PublicationError, close, open_up
from tests.factories import PageFactory, analyst, official

from .worlds import NOW, ask

TODAY = dt.date(2025, 1, 20)


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_official_opens_the_region_from_today_on(closed):
    user = official(closed)
    assert ask("public_region", closed.code).status_code == 404
    response = as_(user).post(reverse("publication", args=[closed.code]), {"day": "2025-01-20"})
    assert response.status_code == 302
    assert ask("public_region", closed.code).status_code == 200
    entry = AuditEntry.objects.get(action="publication.open")
    assert (entry.actor, entry.region) == (user.email, closed.pk)


def test_an_analyst_may_not(closed):
    response = as_(analyst(closed)).post(reverse("publication", args=[closed.code]), {"day": "2025-01-20"})
    assert response.status_code == 403
    assert not Publication.objects.exists()


def test_closing_holds_at_once_whatever_was_kept(region):
    page = PageFactory(institution__region=region)
    addresses = [("public_region", region.code), ("public_pages", region.code), ("public_page", page.pk)]
    addresses += [("api_page", page.pk), ("api_region", region.code)]
    assert {ask(*each).status_code for each in addresses} == {200}
    as_(official(region)).post(reverse("publication", args=[region.code]), {"close": "1"})
    assert {ask(*each).status_code for each in addresses} == {404}
    checked = ask("official_check", query=f"?q=vk.com/{page.handle}").content.decode()
    assert "В реестре нет" in checked
    assert page.institution.name not in checked
    assert AuditEntry.objects.filter(action="publication.close").count() == 1


def test_a_region_opens_on_the_local_day_it_was_told_to(closed, settings):
    open_up(closed, dt.date(2025, 2, 1), user=None, now=NOW)
    settings.DEMO_CLOCK = "2025-01-31T23:59:00+10:00"
    assert ask("public_region", closed.code).status_code == 404
    settings.DEMO_CLOCK = "2025-02-01T00:00:00+10:00"
    assert ask("public_region", closed.code).status_code == 200


def test_an_opening_can_be_called_off_and_told_anew(closed):
    user = official(closed)
    open_up(closed, dt.date(2025, 2, 1), user=user, now=NOW)
    close(closed, user=user, now=NOW)
    open_up(closed, TODAY, user=user, now=NOW)
    assert ask("public_region", closed.code).status_code == 200


def test_a_day_that_is_over_cannot_be_chosen_nor_an_open_region_opened(closed, region):
    with pytest.raises(PublicationError):
        open_up(closed, dt.date(2025, 1, 19), user=None, now=NOW)
    with pytest.raises(PublicationError):
        open_up(region, TODAY, user=None, now=NOW)
    with pytest.raises(PublicationError):
        close(closed, user=official(closed), now=NOW)


def test_strangers_are_led_to_the_public_part_once_a_region_is_open(closed):
    assert Client().get("/").url == "/account/login/?next=/"
    open_up(closed, TODAY, user=None, now=NOW)
    assert Client().get("/").url == "/public/"


def test_the_command_opens_a_region_and_leaves_an_open_one_as_it_is(closed):
    call_command("publish", region=closed.code, verbosity=0)
    call_command("publish", region=closed.code, verbosity=0)
    assert Publication.objects.filter(region=closed).count() == 1
    with pytest.raises(CommandError):
        call_command("publish", region="RU-NOWHERE")


# --- announcements ----------------------------------------------------------------------------------------------------

SAID = {"title": "Форум", "text": "Приходите\n\n<b>все</b>", "published_on": "2025-01-20", "until": "2025-01-21"}


@pytest.fixture
def announced(region) -> Client:
    client = as_(analyst(region))
    client.post(reverse("announcement_new", args=[region.code]), SAID)
    return client


def shown(region) -> bool:
    return "Форум" in ask("announcements", region.code).content.decode()


def test_an_announcement_is_shown_on_its_days_as_text(region, announced, settings):
    html = ask("public_region", region.code).content.decode()
    assert "Форум" in html
    assert "&lt;b&gt;все&lt;/b&gt;" in html
    settings.DEMO_CLOCK = "2025-01-22T00:00:00+10:00"
    caches["public"].clear()
    assert not shown(region)


def test_one_of_tomorrow_is_not_shown_today(region):
    as_(official(region)).post(reverse("announcement_new", args=[region.code]), SAID | {"published_on": "2025-01-21"})
    assert not shown(region)


def test_it_is_changed_and_withdrawn_with_traces(region, announced):
    found = region.announcements.get()
    announced.post(reverse("announcement_edit", args=[found.pk]), SAID | {"title": "Учёба"})
    assert not shown(region)
    announced.post(reverse("announcement_withdraw", args=[found.pk]))
    announced.post(reverse("announcement_withdraw", args=[found.pk]))
    assert AuditEntry.objects.filter(action__startswith="announcement.").count() == 3
    assert AuditEntry.objects.get(action="announcement.change").before["title"] == "Форум"


def test_whoever_wrote_it_is_not_named(region, announced):
    assert "user" not in ask("announcements", region.code).content.decode().split("<main")[1].split("</main")[0]


def test_an_announcement_cannot_end_before_it_begins(region):
    response = as_(official(region)).post(
        reverse("announcement_new", args=[region.code]), SAID | {"until": "2025-01-19"}
    )
    assert response.status_code == 422
    assert "Окончание раньше начала" in response.content.decode()
