"""Collecting a made-up region over HTTP: what a day leaves in the base, whatever goes wrong."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gospub import clock
from monitoring import tasks
from monitoring.collection import planning, run
from monitoring.collection.batch import MAX_ATTEMPTS, collect_batch
from monitoring.models import (
    CallCount,
    Dimension,
    GroupDay,
    Page,
    PageDay,
    PageProfile,
    PageState,
    Post,
    Region,
    Slot,
    SlotStatus,
)
from monitoring.registry.importing import import_file
from monitoring.simulator.demo import DEMO_MOMENT, TODAY, ZARECHNAYA, demo_registry, demo_world
from monitoring.simulator.registry import write_registry
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def region(tmp_path) -> Region:
    """The smaller demo region with its registry of today imported."""
    plan = ZARECHNAYA
    region = RegionFactory(code=plan.code, name=plan.name, oktmo=plan.oktmo, time_zone=plan.zone)
    path = tmp_path / "registry.xlsx"
    write_registry(path, demo_registry(region.code, TODAY))
    import_file(path, region, TODAY)
    return region


def collect(region: Region, now: dt.datetime = DEMO_MOMENT, platform: str | None = None) -> None:
    """One pass over what is due."""
    planning.plan_day(region, now)
    for batch in planning.hand_out(region, now, run.batch_sizes(), platform):
        collect_batch(batch, now)


def expected(day: dt.date = TODAY) -> dict[str, int]:
    """Subscribers by handle in the simulated world, of the pages that show them."""
    world = demo_world(ZARECHNAYA.code)
    people = {page.handle_on(day): world.audience.subscribers(page, day) for page in world.pages if page.exists(day)}
    return {handle: number for handle, number in people.items() if number is not None}


def measured(day: dt.date = TODAY) -> dict[str, int]:
    rows = PageDay.objects.filter(day=day, subscribers__isnull=False)
    return dict(rows.values_list("page__handle", "subscribers"))


def test_every_number_is_what_the_network_showed(region, simulator):
    collect(region)
    assert sorted(measured().values()) == sorted(expected().values())
    assert set(measured()) >= {handle for handle in expected() if "okru" not in handle}


def test_every_number_has_the_hash_of_the_answer_behind_it(region, simulator):
    collect(region)
    assert not PageDay.objects.filter(subscribers__isnull=False, answer_hash="").exists()


def test_every_slot_is_final_and_says_why_it_is_not_ok(region, simulator):
    collect(region)
    assert not Slot.objects.filter(status=SlotStatus.DUE).exists()
    assert not Slot.objects.filter(status=SlotStatus.FAILED, reason="").exists()


def test_a_hidden_counter_is_no_data(region, simulator):
    collect(region)
    [hidden] = [page for page in demo_world(ZARECHNAYA.code).pages if page.hidden]
    page = Page.objects.get(external_id=hidden.external_id)
    assert page.slots.get().reason == "closed"
    assert not page.days.filter(subscribers__isnull=False).exists()


def test_collecting_twice_changes_nothing(region, simulator):
    collect(region)
    before = figures()
    Slot.objects.update(status=SlotStatus.DUE, next_attempt_at=None)
    collect(region)
    assert figures() == before


def figures() -> list[list[tuple]]:
    """All that was collected. Without the hashes: a MAX channel is read by the bot once its number is known."""
    tables = (Page, PageDay, PageProfile, Post)
    names = [[f.name for f in model._meta.fields if f.name != "answer_hash"] for model in tables]
    return [list(model.objects.order_by("pk").values_list(*of)) for model, of in zip(tables, names, strict=True)]


def test_a_batch_in_which_nothing_is_due_asks_nothing(region, simulator):
    collect(region)
    simulator.reset()
    collect(region)
    assert simulator.calls() == {}


def test_calls_are_charged_to_the_day(region, simulator):
    collect(region, platform="vk")
    charged = dict(CallCount.objects.values_list("method", "calls"))
    assert charged["wall.get"] == simulator.calls()["vk:execute:wall.get"]


class TestFaults:
    def test_an_outage_is_no_data_and_stays_due(self, region, simulator):
        simulator.set_faults(["http_500"])
        collect(region, platform="ok")
        slots = Slot.objects.filter(page__platform="ok")
        assert set(slots.values_list("status", "reason")) == {(SlotStatus.DUE, "unreachable")}
        assert not PageDay.objects.exists()

    def test_after_the_outage_the_day_is_whole(self, region, simulator):
        simulator.set_faults(["http_500"])
        collect(region, platform="ok")
        simulator.set_faults([])
        collect(region, DEMO_MOMENT + dt.timedelta(minutes=5))
        assert sorted(measured().values()) == sorted(expected().values())

    def test_it_gives_up_after_so_many_attempts_and_says_so(self, region, simulator):
        simulator.set_faults(["html_instead_of_json"])
        now = DEMO_MOMENT
        for _attempt in range(MAX_ATTEMPTS):
            collect(region, now, "ok")
            now += dt.timedelta(minutes=40)
        slots = Slot.objects.filter(page__platform="ok")
        assert set(slots.values_list("status", "reason", "attempts")) == {("failed", "bad_answer", MAX_ATTEMPTS)}

    def test_a_dead_token_fails_the_slots_of_its_network_only(self, region, simulator, settings):
        settings.VK_TOKENS = ["user:revoked"]
        collect(region)
        reasons = Slot.objects.filter(page__platform="vk").values_list("reason", flat=True)
        assert set(reasons) == {"token_dead"}
        assert Slot.objects.filter(page__platform="ok", status=SlotStatus.OK).exists()

    def test_without_a_token_the_slots_say_so(self, region, simulator, settings):
        settings.VK_TOKENS = []
        collect(region, platform="vk")
        assert set(Slot.objects.filter(page__platform="vk").values_list("reason", flat=True)) == {"no_token"}

    def test_a_batch_that_comes_after_its_day_is_missed_and_invents_nothing(self, region, simulator):
        planning.plan_day(region, DEMO_MOMENT)
        batches = list(planning.hand_out(region, DEMO_MOMENT, run.batch_sizes()))
        for batch in batches:
            collect_batch(batch, DEMO_MOMENT + dt.timedelta(days=1))
        assert set(Slot.objects.values_list("status", "reason")) == {("failed", "missed")}
        assert not PageDay.objects.exists()


class TestCommand:
    def test_it_collects_rolls_up_and_prints_a_summary(self, region, simulator, settings):
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        out = StringIO()
        call_command("collect", region=region.code, stdout=out)
        total = sum(expected().values())
        group = GroupDay.objects.get(region=region, dimension=Dimension.ALL)
        assert (group.subscribers, group.measured) == (total, len(expected()))
        assert str(total // 1000) in out.getvalue()
        assert PageState.objects.filter(subscribers__isnull=False).count() == len(expected())

    def test_a_past_day_is_collected_from_a_simulator(self, region, simulator, settings):
        day = TODAY - dt.timedelta(days=3)
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        Page.objects.update(added_on=day)
        call_command("collect", region=region.code, day=day, stdout=StringIO())
        assert sorted(measured(day).values()) == sorted(expected(day).values())

    def test_a_past_day_of_real_networks_is_refused(self, region, settings):
        settings.SIMULATOR_URL = ""
        with pytest.raises(CommandError):
            call_command("collect", region=region.code, day=TODAY)
        assert not Slot.objects.exists()

    def test_the_networks_may_be_collected_one_by_one(self, region, simulator, settings):
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        call_command("collect", region=region.code, platform="telegram", stdout=StringIO())
        done = Slot.objects.exclude(status=SlotStatus.DUE).values_list("page__platform", flat=True)
        assert set(done) == {"telegram"}


class TestSchedule:
    """What the scheduler wakes; the queue is left out by calling the task where it would be sent."""

    def test_a_round_hands_out_what_is_due_and_rolls_it_up(self, region, simulator, settings):
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        run.hand_out_all(clock.now(), tasks.collect_batch)
        tasks.roll_up()
        assert not Slot.objects.filter(status=SlotStatus.DUE).exists()
        assert GroupDay.objects.get(region=region, dimension=Dimension.ALL).subscribers == sum(expected().values())

    def test_the_next_round_has_nothing_to_hand_out(self, region, simulator, settings):
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        run.hand_out_all(clock.now(), tasks.collect_batch)
        handed_out = []
        run.hand_out_all(clock.now(), lambda *batch: handed_out.append(batch))
        assert handed_out == []


def test_the_clock_of_the_demo_is_the_day_of_both_regions():
    assert clock.local_day(DEMO_MOMENT, ZARECHNAYA.zone) == TODAY
