"""The status of the collection: what is done, what failed and why, what budgets are left."""

import datetime as dt

from django.test import Client
from django.urls import reverse

from monitoring.dashboards.queries.collection import budgets
from monitoring.models import CallCount, PlatformCode, Slot, SlotStatus
from monitoring.models.measures import SlotReason
from monitoring.rollups import roll_up
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, analyst, collected, institution_admin

from .conftest import DAY
from .test_overview import text_of


def slot(region, status: SlotStatus, reason: str = "", platform=PlatformCode.VK, **fields) -> Slot:
    page = PageFactory(institution=InstitutionFactory(region=region), platform=platform)
    return Slot.objects.create(page=page, day=DAY, status=status, reason=reason, **fields)


def status(client, region, query: str = "", **headers: str):
    return client.get(reverse("collection_status", args=[region.code]) + query, headers=headers)


def test_it_says_how_much_of_today_is_done(analyst_client, region):
    for state in (SlotStatus.OK, SlotStatus.OK, SlotStatus.DUE):
        slot(region, state)
    text = text_of(status(analyst_client, region))
    assert "66,6 %" in text
    assert "осталась 1 страница" in text


def test_failures_are_named_in_russian(analyst_client, region):
    slot(region, SlotStatus.FAILED, SlotReason.UNREACHABLE)
    assert "соцсеть не ответила" in text_of(status(analyst_client, region))


def test_the_last_reading_is_told_in_the_regions_time(analyst_client, region):
    slot(region, SlotStatus.OK, finished_at=dt.datetime(2024, 10, 25, 21, 5, tzinfo=dt.UTC))
    assert "26.10.2024, 07:05 (UTC+10)" in text_of(status(analyst_client, region))


def test_while_work_is_under_way_the_page_asks_again(analyst_client, region):
    slot(region, SlotStatus.DUE)
    assert 'hx-trigger="every 3s"' in status(analyst_client, region).content.decode()


def test_asking_again_can_be_paused(analyst_client, region):
    slot(region, SlotStatus.DUE)
    html = status(analyst_client, region, "?paused=1").content.decode()
    assert 'hx-trigger="every' not in html
    assert "Возобновить обновление" in html


def test_when_all_is_done_the_page_asks_no_more(analyst_client, region):
    slot(region, SlotStatus.OK)
    html = status(analyst_client, region, **{"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every' not in html
    assert "всё за сегодня сделано" in html
    assert "<html" not in html


def test_a_day_without_a_plan_says_so(analyst_client, region):
    assert "ещё ничего не запланировано" in text_of(status(analyst_client, region))


def test_the_strip_tells_days_without_collection_from_days_with_failures(analyst_client, region):
    collected(PageFactory(institution=InstitutionFactory(region=region)), DAY)
    slot(region, SlotStatus.FAILED, SlotReason.UNREACHABLE)
    roll_up(region, DAY)
    text = text_of(status(analyst_client, region))
    assert "50,0 %" in text
    assert "—" in text


def test_a_budget_is_what_all_tokens_have_left_of_the_networks_day(db):
    for token, calls in (("a", 4000), ("b", 231)):
        CallCount.objects.create(platform="vk", token=token, method="wall.get", day=DAY, calls=calls)
    CallCount.objects.create(platform="vk", token="a", method="wall.get", day=DAY - dt.timedelta(days=1), calls=99)
    wall = budgets(DAY, {"vk": {"wall.get": 10_000}})[0]
    assert (wall.calls, wall.left) == (4231, 5769)


def test_a_method_without_a_limit_has_nothing_left_or_spent(db):
    CallCount.objects.create(platform="ok", method="group.getInfo", day=DAY, calls=3)
    info = budgets(DAY, {})[0]
    assert (info.calls, info.limit, info.left) == (3, None, None)


def test_an_overdrawn_budget_has_nothing_left(db):
    CallCount.objects.create(platform="vk", method="wall.get", day=DAY, calls=5001)
    assert budgets(DAY, {"vk": {"wall.get": 5000}})[0].left == 0


def test_another_region_and_a_single_institution_have_no_status(region):
    for user in (analyst(RegionFactory()), institution_admin(InstitutionFactory(region=region))):
        client = Client()
        client.force_login(user)
        assert status(client, region).status_code == 404


def test_other_regions_slots_are_not_counted(analyst_client, region):
    slot(RegionFactory(), SlotStatus.DUE)
    assert "ещё ничего не запланировано" in text_of(status(analyst_client, region))


def test_it_reads_little_however_many_slots_there_are(analyst_client, region, django_assert_max_num_queries):
    for number in range(40):
        slot(region, SlotStatus.DUE, platform=PlatformCode.values[number % 4])
    with django_assert_max_num_queries(16):
        status(analyst_client, region)
