"""Collecting a made-up region over HTTP: what a day leaves in the base, whatever goes wrong."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gospub import clock
from monitoring import rollups, tasks
from monitoring.collection import claims, planning, run
from monitoring.collection.batch import collect_batch
from monitoring.collection.claims import MAX_ATTEMPTS
from monitoring.collection.pool import Pool
from monitoring.models import (
    CallCount,
    Dimension,
    GroupDay,
    Heartbeat,
    Network,
    NetworkState,
    Page,
    PageDay,
    PageProfile,
    PageState,
    PlatformCode,
    Post,
    Region,
    Slot,
    SlotStatus,
)
from monitoring.registry.importing import import_file
from monitoring.simulator.demo import DEMO_MOMENT, TODAY, ZARECHNAYA, demo_registry, demo_world
from monitoring.simulator.registry import write_registry
from ratings.computing import compute
from ratings.methodologies import store_presets
from ratings.models import Rating
from ratings.periods import Unit, period_of
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
    """Work off what may be claimed now, of one network or of all."""
    planning.plan_day(region, now)
    for code in [platform] if platform else PlatformCode.values:
        run.Runner(code, lambda: now, threading.Event()).run()


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

    def test_a_network_that_is_out_all_day_is_asked_seldom_and_the_day_says_why(self, region, simulator):
        simulator.set_faults(["html_instead_of_json"])
        now = DEMO_MOMENT
        for _half_hour in range(21):
            collect(region, now, "ok")
            now += dt.timedelta(minutes=30)
        planning.plan_day(region, DEMO_MOMENT + dt.timedelta(days=1))
        slots = Slot.objects.filter(page__platform="ok", day=TODAY)
        assert set(slots.values_list("status", "reason")) == {("failed", "bad_answer")}
        assert max(slots.values_list("attempts", flat=True)) <= MAX_ATTEMPTS
        assert simulator.calls()["ok:group.getInfo"] <= 2 * 21

    def test_a_dead_token_leaves_the_slots_of_its_network_due_and_no_attempt_is_counted(
        self, region, simulator, settings
    ):
        settings.VK_TOKENS = ["user:revoked"]
        collect(region)
        slots = Slot.objects.filter(page__platform="vk")
        assert set(slots.values_list("status", "reason", "attempts")) == {("due", "token_dead", 0)}
        assert Slot.objects.filter(page__platform="ok", status=SlotStatus.OK).exists()

    def test_with_another_token_beside_it_nothing_is_lost(self, region, simulator, settings):
        settings.VK_TOKENS = ["user:revoked", "user:sim-vk-user"]
        collect(region)
        assert sorted(measured().values()) == sorted(expected().values())

    def test_without_a_token_the_slots_say_so_and_wait(self, region, simulator, settings):
        settings.VK_TOKENS = []
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
        tasks.plan()
        collect(region, platform="vk")
        slots = Slot.objects.filter(page__platform="vk")
        assert set(slots.values_list("status", "reason")) == {("due", "no_token")}

    def test_a_paused_network_is_left_alone(self, region, simulator):
        Network.objects.create(platform="vk", state=NetworkState.PAUSED, since=DEMO_MOMENT)
        collect(region)
        assert not any(name.startswith("vk:") for name in simulator.calls())
        assert set(Slot.objects.filter(page__platform="vk").values_list("status", flat=True)) == {"due"}

    def test_a_late_worker_that_lost_its_claim_stores_nothing(self, region, simulator):
        planning.plan_day(region, DEMO_MOMENT)
        late = claims.claim("ok", 100, DEMO_MOMENT)
        claims.claim("ok", 100, DEMO_MOMENT + dt.timedelta(minutes=1))
        collect_batch(late, Pool("ok", lambda: DEMO_MOMENT, threading.Event()), lambda: DEMO_MOMENT)
        assert not PageDay.objects.exists()

    def test_a_page_that_cannot_be_processed_is_put_aside_and_the_others_are_stored(self, region, simulator):
        """The base itself refuses one page's row: whatever the reason, one page must not take a batch with it."""
        page = Page.objects.filter(platform="ok").order_by("pk")[7]
        with refusing_page_day_of(page):
            collect(region, platform="ok")
        poisoned = Slot.objects.get(page=page)
        assert (poisoned.status, poisoned.reason, poisoned.attempts) == ("due", "quarantine", 1)
        others = Slot.objects.filter(page__platform="ok").exclude(page=page)
        assert not others.filter(status=SlotStatus.DUE).exists()

    def test_a_batch_that_comes_after_its_day_is_missed_and_invents_nothing(self, region, simulator):
        planning.plan_day(region, DEMO_MOMENT)
        tomorrow = DEMO_MOMENT + dt.timedelta(days=1)
        for code in PlatformCode.values:
            run.Runner(code, lambda: tomorrow, threading.Event()).run()
        assert set(Slot.objects.values_list("status", "reason")) == {("failed", "missed")}
        assert not PageDay.objects.exists()


@contextmanager
def refusing_page_day_of(page: Page) -> Iterator[None]:
    """A trigger that refuses every page day of the page."""
    if connection.vendor == "postgresql":
        make = (
            "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$ LANGUAGE plpgsql;"
            "CREATE TRIGGER refuse BEFORE INSERT ON monitoring_pageday FOR EACH ROW "
            f"WHEN (NEW.page_id = {page.pk}) EXECUTE FUNCTION refuse()"
        )
        drop = "DROP TRIGGER refuse ON monitoring_pageday; DROP FUNCTION refuse()"
    else:
        make = (
            f"CREATE TRIGGER refuse BEFORE INSERT ON monitoring_pageday WHEN NEW.page_id = {page.pk} "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        drop = "DROP TRIGGER refuse"
    with connection.cursor() as cursor:
        cursor.execute(make)
        try:
            yield
        finally:
            cursor.execute(drop)


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
    """What the schedule does; the queue is left out by running what it would wake."""

    @pytest.fixture(autouse=True)
    def _clock(self, settings):
        settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()

    def test_a_round_collects_what_is_due_and_rolls_it_up(self, region, simulator):
        tasks.plan()
        run.tick(clock.now(), tasks.collect)
        tasks.roll_up()
        assert not Slot.objects.filter(status=SlotStatus.DUE).exists()
        assert GroupDay.objects.get(region=region, dimension=Dimension.ALL).subscribers == sum(expected().values())

    def test_the_next_round_wakes_nobody(self, region, simulator):
        tasks.plan()
        run.tick(clock.now(), tasks.collect)
        woken = []
        run.tick(clock.now(), woken.append)
        assert woken == []

    def test_every_round_leaves_a_heartbeat(self, region):
        run.tick(clock.now(), lambda platform: None)
        assert Heartbeat.objects.get(name=run.SCHEDULER).at == DEMO_MOMENT

    def test_a_worker_in_which_two_runners_work_on_a_network_takes_no_third(self, region, simulator):
        tasks.plan()
        with tasks._free["vk"], tasks._free["vk"]:
            tasks.collect("vk")
        assert simulator.calls() == {}


def test_the_clock_of_the_demo_is_the_day_of_both_regions():
    assert clock.local_day(DEMO_MOMENT, ZARECHNAYA.zone) == TODAY


# --- what comes of it -------------------------------------------------------------------------------------------------


def collected_by(workers: int, region: Region) -> None:
    """The day collected by so many workers of each network at once."""

    def work(code: str) -> None:
        try:
            run.Runner(code, lambda: DEMO_MOMENT, threading.Event()).run()
        finally:
            connection.close()

    planning.plan_day(region, DEMO_MOMENT)
    threads = [threading.Thread(target=work, args=[code]) for code in PlatformCode.values for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    rollups.roll_up(region, TODAY, DEMO_MOMENT)


def test_a_rating_is_the_same_however_many_workers_collected(region, simulator):
    store_presets()
    before = list(Page.objects.all())
    fields = [field.name for field in Page._meta.concrete_fields if not field.primary_key]
    seals = []
    for workers in (1, 4):
        for model in (Rating, PageDay, Post, PageProfile, PageState, Slot):
            model.objects.all().delete()
        Page.objects.bulk_update(before, fields)
        collected_by(workers, region)
        rating = compute(region, period_of(Unit.DAY, TODAY), "amur", DEMO_MOMENT)
        seals.append((rating.digest, rating.scores.filter(place__isnull=False).count()))
    assert seals[0] == seals[1]
    assert seals[0][1] > 10
