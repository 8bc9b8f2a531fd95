"""F24, F32–F35: late answers, clocks, zones and schedules."""

import datetime as dt
import threading

import pytest
from django.db import connection

from gospub.clock import day_bounds
from monitoring.collection import batch, planning, run
from monitoring.collection.ingest import Ingest
from monitoring.models import Page, PageDay, Slot, SlotReason
from tests.factories import InstitutionFactory, PageFactory, RegionFactory
from tests.services import wait_for

from .conftest import DAY, NOW, breaks

HOURS = dt.timedelta(hours=1)


# Numbers of the day cannot be stored; a sequence counts the attempts.
REFUSE = f"""
    create sequence refusals;
    create function refuse() returns trigger language plpgsql as $$ begin
        perform nextval('refusals');
        raise exception 'a made-up fault' using errcode = '40001';
    end $$;
    create trigger refuse before insert on monitoring_pageday for each row
        when (new.day = '{DAY}' and new.subscribers is not null) execute function refuse()
"""
ACCEPT = "drop trigger refuse on monitoring_pageday; drop function refuse(); drop sequence refusals"


class TestF24LateAnswer:
    """Asked seconds before midnight, stored after the next day was read."""

    def page_read_twice(self, town) -> Page:
        """A page of theirs, renamed between the two readings."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite refuses no transactions")
        midnight = day_bounds(DAY, town.region.time_zone)[1]
        town.now -= dt.timedelta(days=1)
        town.collect("vk")
        town.now = midnight - dt.timedelta(seconds=10)
        page = town.page("vk", 20)
        self.execute(REFUSE)
        late = threading.Thread(target=self.collect, args=[town])
        late.start()
        wait_for(lambda: self.execute("select is_called from refusals") == [(True,)], "the late reading")
        town.now = midnight + dt.timedelta(seconds=2)
        town.simulator.set_clock(town.now)
        town.simulator.change_page("vk", page.handle, "renamed", "quite_new_name")
        town.collect("vk")
        self.execute(ACCEPT)
        late.join()
        page.refresh_from_db()
        return page

    def execute(self, statements: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statements)
            return cursor.fetchall() if cursor.description else []

    def collect(self, town) -> None:
        try:
            town.collect("vk")
        finally:
            connection.close()

    def test_it_stands_under_its_own_day_and_nothing_newer_is_overwritten(self, town, figure):
        page = self.page_read_twice(town)
        expected, measured = town.expected("vk"), town.measured("vk")
        wrong = sum(measured.get(page) != number for page, number in expected.items())
        figure("F24", wrong, 0, "late numbers missing or under another day")
        assert page.handle == "quite_new_name"
        assert PageDay.objects.filter(page=page, subscribers__isnull=False).count() == 3

    def test_twin_with_moments_not_compared_the_older_name_comes_back(self, town, monkeypatch):
        monkeypatch.setattr(Ingest, "_is_late", lambda self, reading: False)
        assert self.page_read_twice(town).handle != "quite_new_name"


class TestF32ClockJumps:
    """17:00 in the region; two hours on or back it is the same day, nine hours on the next."""

    def test_a_slot_keeps_its_day_and_no_day_comes_twice(self, town, figure):
        town.collect("vk")
        for jump in (2, -4, 2):
            town.now += jump * HOURS
            town.collect("vk")
        days = PageDay.objects.filter(subscribers__isnull=False).values_list("day", flat=True).distinct()
        figure("F32", abs(len(set(days)) - 1), 0, "days too many or too few after jumps of two hours")
        assert town.measured("vk") == town.expected("vk")

    def test_what_was_claimed_before_midnight_is_not_stored_after_it(self, town):
        town.now = day_bounds(DAY, town.region.time_zone)[1] - dt.timedelta(minutes=1)
        planning.plan_day(town.region, town.now)
        town.now += 2 * HOURS
        town.collect("vk")
        assert not PageDay.objects.filter(day=DAY, subscribers__isnull=False).exists()
        assert set(town.slots("vk").values_list("status", "reason")) == {("failed", SlotReason.MISSED)}

    def test_twin_without_that_tomorrows_number_is_todays(self, town, monkeypatch):
        town.now = day_bounds(DAY, town.region.time_zone)[1] - dt.timedelta(minutes=1)
        planning.plan_day(town.region, town.now)
        town.now += 2 * HOURS
        monkeypatch.setattr(batch, "local_day", lambda now, zone: DAY)
        run.Runner("vk", lambda: town.now, threading.Event()).run()
        assert PageDay.objects.filter(day=DAY, subscribers__isnull=False).exists()


@pytest.mark.django_db
class TestF33Zones:
    @pytest.mark.parametrize(
        ("zone", "first", "days"),
        [
            ("Asia/Yakutsk", dt.date(2024, 1, 1), 366),
            ("Europe/Berlin", dt.date(2023, 3, 20), 14),
            ("Europe/Berlin", dt.date(2023, 10, 20), 14),
            ("Asia/Kamchatka", dt.date(2010, 3, 20), 14),
        ],
        ids=["leap year", "summer time begins", "summer time ends", "the zone's rule changes"],
    )
    def test_every_local_day_is_owed_once(self, zone, first, days, settings, figure):
        region = RegionFactory(time_zone=zone)
        PageFactory(institution=InstitutionFactory(region=region), added_on=first)
        now, end = day_bounds(first, zone)[0], day_bounds(first + dt.timedelta(days=days - 1), zone)[1]
        while now < end:
            settings.DEMO_CLOCK = now.isoformat()
            planning.plan_day(region, now)
            now += 18 * HOURS
        figure("F33", abs(Slot.objects.values("day").distinct().count() - days), 0, f"days too many or few, {zone}")
        assert Slot.objects.count() == days
        assert breaks() == ""

    @pytest.mark.parametrize("of", ["zone", "winter"])
    def test_half_an_hour_after_a_summer_midnight_the_new_day_is_owed(self, of, monkeypatch):
        """With the twin: by winter's clock it is the day before."""
        region = RegionFactory(time_zone="Europe/Berlin")
        PageFactory(institution=InstitutionFactory(region=region), added_on=dt.date(2023, 1, 1))
        if of == "winter":
            monkeypatch.setattr(planning, "local_day", lambda now, zone: (now + 1 * HOURS).date())
        planning.plan_day(region, dt.datetime(2023, 7, 1, 22, 30, tzinfo=dt.UTC))
        assert (Slot.objects.get().day == dt.date(2023, 7, 2)) == (of == "zone")


@pytest.mark.django_db(transaction=True)
class TestF34TwoSchedulers:
    ROUNDS, PAGES = 10, 40

    @pytest.fixture
    def region(self):
        region = RegionFactory()
        institution = InstitutionFactory(region=region)
        pages = (Page(institution=institution, platform="vk", handle=f"p{n}", added_on=DAY) for n in range(self.PAGES))
        Page.objects.bulk_create(pages)
        return region

    def plan_together(self, region, now: dt.datetime) -> None:
        """Two schedulers at the same moment."""
        gate = threading.Barrier(2)
        errors: list[Exception] = []

        def plan() -> None:
            try:
                gate.wait()
                planning.plan_day(region, now)
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=plan) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors, errors

    def test_each_page_is_owed_once(self, region, settings, figure):
        for n in range(self.ROUNDS):
            settings.DEMO_CLOCK = (NOW + n * dt.timedelta(days=1)).isoformat()
            self.plan_together(region, NOW + n * dt.timedelta(days=1))
        double = Slot.objects.count() - self.ROUNDS * self.PAGES
        figure("F34", double, 0, f"slots too many in {self.ROUNDS} days planned twice at once")
        assert breaks() == ""

    def test_twin_without_the_key_it_is_owed_twice(self, region):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite lets one write after the other")
        with connection.cursor() as cursor:
            cursor.execute("drop index slot_day_page")
        try:
            for n in range(self.ROUNDS):
                self.plan_together(region, NOW + n * dt.timedelta(days=1))
            assert Slot.objects.count() > self.ROUNDS * self.PAGES
        finally:
            with connection.cursor() as cursor:
                cursor.execute("truncate monitoring_slot")
                cursor.execute("create unique index slot_day_page on monitoring_slot (day, page_id)")


class TestF35SchedulerDown:
    def test_missed_days_stand_in_the_ledger_and_have_no_numbers(self, town, figure):
        town.collect("vk")
        town.now += 50 * HOURS
        town.simulator.set_clock(town.now)
        town.collect("vk")
        between = DAY + dt.timedelta(days=1)
        missed = Slot.objects.filter(day=between)
        watched = Page.objects.filter(added_on__lte=between).count()
        figure(
            "F35", watched - missed.filter(status="failed", reason="missed").count(), 0, "slots of the day not named"
        )
        assert not PageDay.objects.filter(day=between, subscribers__isnull=False).exists()
        assert PageDay.objects.filter(day=town.now.date(), subscribers__isnull=False).exists()

    def test_twin_without_it_the_ledger_is_broken(self, town, monkeypatch):
        town.collect("vk")
        monkeypatch.setattr(planning, "_write_missed", lambda *_: None)
        town.now += 50 * HOURS
        town.simulator.set_clock(town.now)
        town.collect("vk")
        assert "I1" in breaks()
