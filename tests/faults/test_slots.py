"""F36, F37: workers that want the same slot, and a page that no worker can take."""

import threading

import pytest
from django.db import connection

from monitoring.collection import batch, claims
from monitoring.collection.claims import MAX_ATTEMPTS
from monitoring.collection.ingest import Ingest
from monitoring.models import Page, PageDay, Slot, SlotReason
from tests.factories import InstitutionFactory, RegionFactory

from .conftest import DAY, NOW, breaks


@pytest.mark.django_db(transaction=True)
class TestF36SameSlot:
    SLOTS, WORKERS = 1000, 4

    @pytest.fixture
    def slots(self) -> None:
        institution = InstitutionFactory(region=RegionFactory())
        pages = (Page(institution=institution, platform="vk", handle=f"p{n}", added_on=DAY) for n in range(self.SLOTS))
        made = Page.objects.bulk_create(pages)
        Slot.objects.bulk_create(Slot(page=page, platform="vk", day=DAY) for page in made)

    def claim_together(self) -> list[int]:
        """Slots in the order of claiming, of all workers."""
        gate = threading.Barrier(self.WORKERS)
        taken: list[int] = []

        def work() -> None:
            gate.wait()
            try:
                while held := claims.claim("vk", 7, NOW):
                    taken.extend(slot.slot_id for slot in held.slots)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(self.WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken

    def test_one_gets_it(self, slots, settings, figure):
        settings.DEMO_CLOCK = NOW.isoformat()
        taken = self.claim_together()
        assert len(set(taken)) == self.SLOTS
        figure("F36", len(taken) - len(set(taken)), 0, f"of {self.SLOTS} slots were claimed twice")
        assert breaks() == ""

    def test_twin_without_the_lock_several_do(self, slots, monkeypatch):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite lets one write after the other")
        monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **_: self)
        taken = self.claim_together()
        assert len(taken) > len(set(taken))


class TestF37PoisonPage:
    def poison(self, town, monkeypatch) -> Page:
        """A page whose processing always fails."""
        page = town.page("vk", 20)
        store = Ingest.store

        def failing(self, readings, walls):
            if page.pk in readings:
                raise ZeroDivisionError("a made-up fault of ours")
            return store(self, readings, walls)

        monkeypatch.setattr(Ingest, "store", failing)
        return page

    def test_it_is_put_aside_and_the_others_are_not(self, town, monkeypatch, figure):
        town.collect("vk")
        alone = self.requests(town)
        others = town.slots("vk").filter(status="ok").count()
        page = self.poison(town, monkeypatch)
        more = 100 * (self.requests(town) / alone - 1)
        assert town.slots("vk").exclude(page=page).filter(status="ok").count() == others - 1
        town.collect_until_done(12)
        slot = Slot.objects.get(page=page)
        assert (slot.status, slot.reason, slot.attempts) == ("failed", SlotReason.QUARANTINE, MAX_ATTEMPTS)
        figure("F37", town.slots("vk").filter(reason=SlotReason.QUARANTINE).count(), 1, "pages put aside")
        figure("F37", more, 5, "% more requests, which the networks' limits make time, for one poison page")

    def requests(self, town) -> int:
        """What a first reading of the day costs. Calls inside `execute` are part of one."""
        Slot.objects.update(status="due", attempts=0, next_attempt_at=None)
        PageDay.objects.all().delete()
        before = town.simulator.calls()
        town.collect("vk")
        more = {name: number - before.get(name, 0) for name, number in town.simulator.calls().items()}
        return sum(number for name, number in more.items() if name.count(":") == 1)

    def test_the_others_are_stored_whole(self, town, monkeypatch):
        page = self.poison(town, monkeypatch)
        town.collect("vk")
        expected = town.expected("vk")
        known = dict(Page.objects.filter(platform="vk").exclude(pk=page.pk).values_list("external_id", "pk"))
        assert len(set(expected) - set(known)) == 1

    def test_twin_without_halving_the_whole_batch_is_put_aside(self, town, monkeypatch):
        def together(each, readings, walls, now):
            try:
                Ingest({}, each.day, now, None).store(readings, walls)
            except ZeroDivisionError:
                failed = batch.Outcome(batch.SlotStatus.DUE, SlotReason.QUARANTINE)
                batch._finish(each, dict.fromkeys(each.pages, failed), now)

        self.poison(town, monkeypatch)
        monkeypatch.setattr(batch, "_store", together)
        town.collect("vk")
        assert not town.slots("vk").filter(status="ok").exists()
