"""F01–F07: what befalls workers."""

import os
import signal
import subprocess
import time

import pytest

from .house import PREFORK, House

pytestmark = pytest.mark.faults

FINAL = "s until all slots are final"


class TestF01ProcessOfThePool:
    def test_its_slots_are_read_by_others(self, house: House, figure):
        worker = house.worker(pool=PREFORK, beat=False)
        house.beat()
        house.until_half_way()
        os.kill(house.dice.choice(worker.children()), signal.SIGKILL)
        figure("F01", house.until_done(60), 30, FINAL)
        house.all_measured()

    def test_twin_with_claims_that_outlive_their_process_nobody_may(self, house: House):
        worker = house.worker("long_lease", pool=PREFORK, beat=False)
        house.beat()
        house.until_half_way()
        for child in worker.children():
            os.kill(child, signal.SIGKILL)
        time.sleep(1)
        assert house.due("attempts > 0") > house.due(
            "attempts > 0 and next_attempt_at <= now() + interval '30 seconds'"
        )


class TestF02Worker:
    def test_its_slots_are_read_by_the_next(self, house: House, figure):
        worker = house.worker()
        house.until_half_way()
        worker.kill()
        assert house.due()
        time.sleep(5)
        house.worker()
        figure("F02", 5 + house.until_done(90), 60, FINAL)
        house.all_measured()

    def test_twin_with_claims_that_outlive_their_worker_nobody_may(self, house: House):
        worker = house.worker("long_lease")
        house.until_half_way()
        worker.kill()
        assert house.due() > house.claimable_within(60)


class TestF03BeforeTheCommit:
    def test_nothing_is_stored_twice(self, house: House, figure):
        killed, double = house.killed_at("before_commit", 100)
        assert killed == 100
        figure("F03", double, 0, "double rows at 100 moments")
        house.all_measured()

    def test_twin_without_transaction_and_upsert_it_is(self, house: House):
        assert house.killed_at("before_commit", 20, "plain_inserts")[1] > 0


class TestF04AfterTheCommit:
    def test_what_is_read_again_is_the_same_row(self, house: House, figure):
        killed, double = house.killed_at("after_commit", 100)
        assert killed == 100
        figure("F04", double, 0, "double rows at 100 moments")
        house.all_measured()

    def test_twin_where_the_ledger_is_told_later_it_is_another(self, house: House):
        assert house.killed_at("after_commit", 20, "late_finish")[1] > 0


class TestF05HugeAnswer:
    """300 MB of blanks."""

    MEGABYTES = 256

    @pytest.fixture
    def page(self, house: House) -> str:
        house.simulator.set_faults(["huge_answer@sim6_tg"])
        return "sim6_tg"

    def test_it_costs_one_page_and_no_memory(self, house: House, page, figure):
        worker = house.worker()
        key = house.sql("select id from monitoring_page where handle = %s", page)[0][0]
        house.until(lambda: house.due(f"page_id <> {key}") == 0, "the others", 60)
        figure("F05", worker.peak_megabytes(), self.MEGABYTES, "MB held by the worker")
        assert house.sql("select reason from monitoring_slot where page_id = %s", key) == [("too_large",)]
        assert house.shown.keys() - house.measured().keys() == {("telegram", page)}

    def test_twin_without_the_cap_the_memory_is_gone(self, house: House, page):
        worker = house.worker("no_cap")
        house.until(lambda: worker.peak_megabytes() > self.MEGABYTES, "too much memory", 60)


class TestF06SlowLoris:
    FAULTS = ("drip@sim6_tg",)

    def test_it_is_cut_off_and_the_others_go_on(self, house: House, figure):
        house.simulator.set_faults(list(self.FAULTS))
        house.worker()
        house.until(lambda: house.due("attempts > 0 and platform = 'telegram'") > 0, "work", 60)
        figure("F06", house.until(lambda: house.due() <= 1, "the others", 60), 25, "s until all but that page are read")
        house.simulator.set_faults([])
        house.until_done(60)
        house.all_measured()

    def test_twin_without_the_deadline_they_wait(self, house: House):
        house.simulator.set_faults(list(self.FAULTS))
        house.worker("no_deadline")
        house.until(lambda: house.due("attempts > 0 and platform = 'telegram'") > 0, "work", 60)
        time.sleep(26)
        assert house.due("platform = 'telegram'") > 1


class TestF07Deploy:
    SLOW = {"TELEGRAM_REQUESTS_PER_SECOND": "0.4", "OK_REQUESTS_PER_SECOND": "0.4"}

    def test_the_worker_leaves_soon_and_loses_nothing(self, house: House, figure):
        worker = house.worker(**self.SLOW)
        house.until_half_way(4)
        began = time.monotonic()
        worker.tell(signal.SIGTERM)
        worker.wait(60)
        figure("F07", time.monotonic() - began, 25, "s until the worker is gone")
        left = house.due()
        assert left
        assert house.claimable_within(1) == left
        house.worker()
        house.until_done(60)
        house.all_measured()

    def test_twin_without_the_word_to_stop_it_stays(self, house: House):
        worker = house.worker("no_word_to_stop", **self.SLOW)
        house.until_half_way(4)
        worker.tell(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(25)
