"""What is due on a local day."""

import datetime as dt

import pytest

from monitoring.collection.planning import due, hand_out, plan_day
from monitoring.models import Page, Slot, SlotStatus
from tests.factories import InstitutionFactory, PageFactory, RegionFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)  # 20:00 in Vladivostok
DAY = dt.date(2024, 10, 26)
SIZES = {"vk": 2, "ok": 2, "telegram": 2, "max": 2}


@pytest.fixture
def region():
    return RegionFactory()


def pages(region, platform="vk", count=1, **fields) -> list[Page]:
    return [
        PageFactory(institution=InstitutionFactory(region=region), platform=platform, **fields) for _ in range(count)
    ]


class TestPlan:
    def test_every_watched_page_owes_one_slot_a_day(self, region):
        pages(region, count=3)
        assert plan_day(region, NOW) == 3
        assert plan_day(region, NOW) == 0
        assert Slot.objects.filter(day=DAY, status=SlotStatus.DUE).count() == 3

    def test_the_day_is_the_regions_own(self, region):
        pages(region)
        plan_day(region, dt.datetime(2024, 10, 26, 15, tzinfo=dt.UTC))
        assert Slot.objects.get().day == dt.date(2024, 10, 27)

    def test_archived_and_future_pages_owe_nothing(self, region):
        pages(region, archived_on=DAY)
        pages(region, added_on=DAY + dt.timedelta(days=1))
        assert plan_day(region, NOW) == 0

    def test_other_regions_are_left_alone(self, region):
        pages(RegionFactory())
        assert plan_day(region, NOW) == 0

    def test_what_yesterday_left_due_is_missed_and_never_filled_in(self, region):
        [page] = pages(region)
        Slot.objects.create(page=page, day=DAY - dt.timedelta(days=1))
        plan_day(region, NOW)
        old = Slot.objects.get(day=DAY - dt.timedelta(days=1))
        assert (old.status, old.reason) == (SlotStatus.FAILED, "missed")


class TestHandOut:
    def test_batches_are_of_one_network_and_full(self, region):
        pages(region, "vk", 3)
        pages(region, "ok", 2)
        plan_day(region, NOW)
        sizes = [(batch.platform, len(batch.page_ids)) for batch in hand_out(region, NOW, SIZES)]
        assert sizes == [("vk", 2), ("ok", 2), ("vk", 1)]

    def test_nothing_is_handed_out_twice(self, region):
        pages(region, count=3)
        plan_day(region, NOW)
        assert list(hand_out(region, NOW, SIZES))
        assert not list(hand_out(region, NOW, SIZES))

    def test_a_batch_that_never_came_back_is_handed_out_again(self, region):
        pages(region)
        plan_day(region, NOW)
        list(hand_out(region, NOW, SIZES))
        assert len(list(hand_out(region, NOW + dt.timedelta(minutes=61), SIZES))) == 1

    def test_a_slot_waits_for_its_next_attempt(self, region):
        pages(region)
        plan_day(region, NOW)
        Slot.objects.update(next_attempt_at=NOW + dt.timedelta(minutes=2))
        assert not due(region, DAY, NOW).exists()
        assert due(region, DAY, NOW + dt.timedelta(minutes=2)).exists()
