"""What is due on a local day."""

import datetime as dt

import pytest

from monitoring.collection.planning import plan_day
from monitoring.models import Network, NetworkState, Page, PageDay, PageState, Slot, SlotReason, SlotStatus
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, collected

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)  # 20:00 in Vladivostok
DAY = dt.date(2024, 10, 26)


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

    @pytest.mark.parametrize(("status", "reason"), [("ok", ""), ("ok", "closed"), ("due", "throttled")])
    def test_a_number_that_came_after_the_last_roll_up_is_the_last_good_one(self, region, status, reason):
        """Whatever became of the posts."""
        page = pages(region)[0]
        collected(page, DAY - dt.timedelta(days=1))
        Slot.objects.update(status=status, reason=reason)
        plan_day(region, NOW)
        assert Slot.objects.get(day=DAY).last_measured_on == DAY - dt.timedelta(days=1)
        assert PageState.objects.get(page=page).subscribers == 100

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


class TestDayEnd:
    def leave_due(self, page: Page, **fields: object) -> Slot:
        return Slot.objects.create(page=page, day=DAY - dt.timedelta(days=1), **fields)

    def closed(self, region, page: Page) -> tuple[str, str]:
        plan_day(region, NOW)
        slot = Slot.objects.get(page=page, day=DAY - dt.timedelta(days=1))
        return slot.status, slot.reason

    def test_a_slot_that_was_tried_keeps_its_reason(self, region):
        [page] = pages(region)
        self.leave_due(page, attempts=2, reason=SlotReason.UNREACHABLE)
        assert self.closed(region, page) == ("failed", "unreachable")

    def test_a_paused_networks_slots_are_skipped(self, region):
        Network.objects.create(platform="vk", state=NetworkState.PAUSED, since=NOW)
        [page] = pages(region)
        self.leave_due(page)
        assert self.closed(region, page) == ("skipped", "paused")

    def test_where_only_posts_were_still_owed_the_day_was_good(self, region):
        [page] = pages(region)
        self.leave_due(page, attempts=1, reason=SlotReason.THROTTLED)
        PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=1), subscribers=5, answer_hash="ab" * 32)
        assert self.closed(region, page) == ("ok", "throttled")

    def test_what_a_worker_holds_right_now_is_left_to_it(self, region):
        [page] = pages(region)
        self.leave_due(page, attempts=1, next_attempt_at=NOW + dt.timedelta(seconds=10))
        assert self.closed(region, page) == ("due", "")

    def test_days_that_nobody_planned_are_written_down_as_missed(self, region):
        [page] = pages(region)
        region.daily_since = DAY - dt.timedelta(days=30)
        Slot.objects.create(page=page, day=DAY - dt.timedelta(days=4), status=SlotStatus.OK)
        assert plan_day(region, NOW) == 1
        days = dict(Slot.objects.filter(page=page).values_list("day", "reason"))
        assert days == {DAY - dt.timedelta(days=back): "missed" if 0 < back < 4 else "" for back in range(5)}

    def test_a_page_added_after_the_days_last_plan_has_missed_that_day(self, region):
        pages(region)
        plan_day(region, NOW - dt.timedelta(days=1))
        [late] = pages(region, added_on=DAY - dt.timedelta(days=1))
        plan_day(region, NOW)
        assert dict(Slot.objects.filter(page=late).values_list("day", "reason")) == {
            DAY - dt.timedelta(days=1): "missed",
            DAY: "",
        }

    def test_a_page_that_is_watched_again_has_missed_the_days_between(self, region):
        [page] = pages(region)
        plan_day(region, NOW - dt.timedelta(days=4))
        for back in (3, 2, 1):
            Page.objects.update(archived_on=DAY - dt.timedelta(days=3))
            plan_day(region, NOW - dt.timedelta(days=back))
        Page.objects.update(archived_on=None)
        plan_day(region, NOW)
        missed = Slot.objects.filter(page=page, reason="missed").values_list("day", flat=True)
        assert set(missed) == {DAY - dt.timedelta(days=back) for back in range(1, 5)}
        assert Slot.objects.get(day=DAY).status == "due"

    def test_a_regions_first_day_has_no_days_before_it(self, region):
        [page] = pages(region)
        Slot.objects.create(page=page, day=DAY - dt.timedelta(days=90), status=SlotStatus.OK)
        assert plan_day(region, NOW) == 1
        assert Slot.objects.count() == 2
        assert region.daily_since == DAY


class TestSwitches:
    def test_a_network_that_is_off_owes_nothing_and_the_day_says_so(self, region):
        Network.objects.create(platform="vk", state=NetworkState.OFF, since=NOW)
        pages(region)
        plan_day(region, NOW)
        assert Slot.objects.values_list("status", "reason").get() == ("skipped", "off")

    def test_switched_on_again_its_pages_are_due_the_same_day(self, region):
        Network.objects.create(platform="vk", state=NetworkState.OFF, since=NOW)
        pages(region)
        plan_day(region, NOW)
        Network.objects.update(state=NetworkState.ON)
        plan_day(region, NOW)
        assert Slot.objects.values_list("status", "reason").get() == ("due", "")

    def test_switched_off_in_mid_day_what_is_due_is_due_no_more(self, region):
        pages(region)
        plan_day(region, NOW)
        Network.objects.create(platform="vk", state=NetworkState.OFF, since=NOW)
        plan_day(region, NOW)
        assert Slot.objects.values_list("status", "reason").get() == ("skipped", "off")


class TestPosts:
    """A day's 5 000 walls a token: where they do not suffice, sleeping pages wait."""

    @pytest.fixture(autouse=True)
    def _token(self, settings, monkeypatch):
        settings.VK_TOKENS = ["user:one"]
        monkeypatch.setattr("monitoring.platforms.vk.WALLS_A_DAY", 3)

    def page(self, region, last_post_days_ago: int | None, read_days_ago: int = 1) -> Page:
        [page] = pages(region, posts_known_to=NOW - dt.timedelta(days=read_days_ago))
        at = None if last_post_days_ago is None else NOW - dt.timedelta(days=last_post_days_ago)
        PageState.objects.create(page=page, last_post_at=at)
        return page

    def owed(self) -> set[int]:
        return set(Slot.objects.filter(posts_owed=True).values_list("page_id", flat=True))

    def test_subscribers_are_owed_of_all_and_posts_of_those_awake(self, region):
        awake = {self.page(region, days).pk for days in (0, 3)}
        asleep = [self.page(region, days) for days in (40, None)]
        assert plan_day(region, NOW) == 4
        assert self.owed() == awake
        assert len(asleep) == 2

    def test_of_the_sleeping_the_one_not_read_for_longest_has_its_turn(self, region):
        self.page(region, 40, read_days_ago=1)
        long_ago = self.page(region, 40, read_days_ago=9)
        self.page(region, 40, read_days_ago=2)
        plan_day(region, NOW)
        assert long_ago.pk in self.owed()

    def test_a_network_without_such_a_limit_owes_all(self, region):
        pages(region, "ok", 9)
        plan_day(region, NOW)
        assert len(self.owed()) == 9
