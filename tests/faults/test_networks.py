"""F17–F28: what networks do to us. Rows of the fault table, played by the simulator over HTTP."""

import datetime as dt
import threading

import pytest

from monitoring.collection import batch, claims, operators, planning, pool
from monitoring.collection.claims import MAX_ATTEMPTS
from monitoring.models import AccessPause, OperatorMessage, PageDay, PlatformCode, Suspect, SuspectState
from monitoring.platforms import access, batches
from monitoring.simulator.counts import COUNTS
from tests.factories import operator

from .conftest import DAY, Town


def calls(town: Town, platform: str) -> int:
    return sum(n for name, n in town.simulator.calls().items() if name.startswith(f"{platform}:"))


class TestF17TooFast:
    def test_while_the_network_wants_us_to_wait_it_is_left_alone(self, town):
        town.simulator.set_faults(["telegram:retry_after"])
        for _ in range(5):
            town.collect("telegram")
        assert calls(town, "telegram") == 1
        assert town.slots("telegram").filter(attempts=0, status="due", reason="throttled").count() == (
            town.slots("telegram").count()
        )

    def test_then_the_day_is_collected(self, town):
        town.simulator.set_faults(["telegram:retry_after*1"])
        town.collect_until_done()
        assert town.measured("telegram")
        assert town.verify() == ""

    def test_twin_without_the_rest_it_is_knocked_at_all_the_time(self, town, monkeypatch):
        monkeypatch.setattr(pool.Pool, "report", lambda *_: None)
        monkeypatch.setattr(access, "MOST_REFUSALS", 1)
        again = batch._again
        monkeypatch.setattr(batch, "_again", lambda failure, until, asked: again(failure, None, asked))
        town.simulator.set_faults(["telegram:retry_after"])
        town.collect("telegram", seconds=1)
        assert calls(town, "telegram") > town.slots("telegram").count()

    def test_error_6_is_waited_out_and_nothing_is_lost(self, town):
        town.simulator.set_faults(["vk_error_6*2"])
        town.collect("vk")
        assert not town.slots("vk").filter(status="due").exists()


class TestF18Quota:
    @pytest.mark.parametrize("code", [29, 9])
    def test_the_network_is_paused_and_the_others_go_on(self, town, code):
        town.simulator.set_faults([f"vk_error_{code}"])
        town.collect()
        before = calls(town, "vk")
        for _ in range(5):
            town.collect()
        assert calls(town, "vk") == before
        assert AccessPause.objects.get().until > town.now
        assert not town.slots().exclude(platform="vk").filter(status="due").exists()

    def test_with_the_walls_spent_subscribers_are_still_counted(self, town, settings):
        settings.VK_TOKENS = ["service:sim-vk-service"]
        pool.charge("vk", {pool.tokens_for("vk")[0]: {"wall.get": 4990}}, town.now)
        town.collect("vk")
        assert town.measured("vk") == town.expected("vk")
        town.now += dt.timedelta(days=1)
        town.collect("vk")
        assert set(town.slots("vk").values_list("status", flat=True)) <= {"ok", "failed"}
        assert not town.slots("vk").filter(status="failed", reason="throttled").exists()


class TestF19Outage:
    def test_ten_minutes_of_500_cost_few_requests_and_no_day(self, town):
        town.simulator.set_faults(["http_500"])
        end = town.now + dt.timedelta(minutes=10)
        while town.now < end:
            town.collect()
            town.now += dt.timedelta(seconds=30)
        pages = town.slots().count()
        asked = sum(town.simulator.calls().values())
        assert asked <= MAX_ATTEMPTS * pages
        assert not PageDay.objects.exists()
        town.simulator.set_faults([])
        town.collect_until_done(hours=6)
        for code in ("vk", "ok", "telegram"):
            assert len(town.measured(code)) == len(town.expected(code))
        assert town.verify() == ""

    def test_without_the_rest_of_the_network_it_is_knocked_at_all_the_time(self, town, monkeypatch):
        monkeypatch.setattr(pool.Pool, "network_failed", lambda *_: None)
        monkeypatch.setattr("monitoring.collection.batch.RETRY_AFTER", (dt.timedelta(),) * 10_000)
        monkeypatch.setattr("monitoring.collection.batch.MAX_ATTEMPTS", 10_000)
        monkeypatch.setattr("monitoring.collection.claims.MAX_ATTEMPTS", 10_000)
        monkeypatch.setattr(batches, "FAULTS_IN_A_ROW", 10_000)
        town.simulator.set_faults(["telegram:http_500"])
        for _ in range(10):
            town.now += dt.timedelta(seconds=10)
            for _pass in range(2 * MAX_ATTEMPTS):
                claimed = claims.claim("telegram", 20, town.now)
                made = pool.Pool("telegram", lambda: town.now, threading.Event())
                batch.collect_batch(claimed, made, lambda: town.now) if claimed else planning.plan_day(
                    town.region, town.now
                )
        assert calls(town, "telegram") > MAX_ATTEMPTS * town.slots("telegram").count()


@pytest.mark.parametrize("fault", ["html_instead_of_json", "truncated_json", "broken_gzip", "wrong_charset", "empty"])
def test_f20_f21_what_cannot_be_read_is_no_number(town, fault):
    town.simulator.set_faults([fault])
    town.collect()
    shown = {number for code in PlatformCode.values for number in town.expected(code).values()}
    assert set(town.measured().values()) <= shown
    assert not town.slots().filter(status="failed", reason="").exists()
    town.simulator.set_faults([])
    town.collect_until_done()
    assert town.verify() == ""


def test_f22_an_item_that_comes_twice_is_one_row(town):
    town.simulator.set_faults(["duplicate_items"])
    town.collect("vk", "ok")
    for code in ("vk", "ok"):
        assert town.measured(code) == town.expected(code)


def test_f23_answers_are_matched_by_id_in_any_order_and_with_gaps(town):
    town.simulator.set_faults(["shuffled", "missing_items"])
    town.collect("vk", "ok")
    for code in ("vk", "ok"):
        expected = town.expected(code)
        assert town.measured(code).items() <= expected.items()
        assert len(town.measured(code)) >= 0.8 * len(expected)


SANE = {"string", "string_spaces", "string_nbsp", "string_comma", "float_whole", "leading_zeros", "zero"}
ROUNDED = {"string_k", "string_k_dot", "string_m", "string_cyrillic"}


def test_f25_no_odd_count_becomes_a_number_and_no_other_page_suffers(town):
    """Thirty kinds at once, each at a page of its own."""
    pages = {kind: town.page("vk", nth) for nth, kind in enumerate(sorted(COUNTS))}
    town.simulator.set_faults([f"count_{kind}@{page.handle}" for kind, page in pages.items()])
    town.collect("vk")
    for kind, page in pages.items():
        page.refresh_from_db()
        day = PageDay.objects.filter(page=page, day=DAY, subscribers__isnull=False).first()
        if day is not None:
            assert kind in SANE | ROUNDED, kind
            assert (day.subscribers_provenance == "rounded") == (kind in ROUNDED), kind
    odd = {page.external_id for page in pages.values()}
    others = {key: n for key, n in town.expected("vk").items() if key not in odd}
    assert {key: n for key, n in town.measured("vk").items() if key not in odd} == others
    assert len(odd) == len(COUNTS) == 30


class TestF26Jumps:
    @pytest.fixture
    def page(self, town):
        """Yesterday's number is known."""
        page = max(
            (town.page("vk", nth) for nth in range(8)),
            key=lambda found: town.world.subscribers(self.twin(town, found), DAY),
        )
        self.yesterday = town.world.subscribers(self.twin(town, page), DAY)
        self.collect(town, 0)
        return page

    @staticmethod
    def twin(town, page):
        return next(p for p in town.world.pages if p.platform == "vk" and p.handle_on(DAY) == page.handle)

    @staticmethod
    def collect(town, days: int) -> None:
        from monitoring import rollups

        town.now += dt.timedelta(days=days)
        town.simulator.set_clock(town.now)
        town.collect("vk")
        rollups.roll_up(town.region, town.now.date())

    @pytest.mark.parametrize("share", [0.1, 20])
    def test_a_sudden_change_waits_and_the_next_day_decides(self, town, page, share):
        town.simulator.change_page("vk", page.handle, "subscribers", round(self.yesterday * share))
        self.collect(town, 1)
        assert not PageDay.objects.filter(page=page, day=town.now.date(), subscribers__isnull=False).exists()
        assert Suspect.objects.get(page=page).state == SuspectState.OPEN
        self.collect(town, 1)
        assert Suspect.objects.get(page=page, day=DAY + dt.timedelta(days=1)).state == SuspectState.CONFIRMED

    def test_a_number_that_goes_back_was_none(self, town, page):
        town.simulator.change_page("vk", page.handle, "subscribers", self.yesterday * 20)
        self.collect(town, 1)
        town.simulator.change_page("vk", page.handle, "subscribers", self.yesterday + 1)
        self.collect(town, 1)
        assert Suspect.objects.get(page=page).state == SuspectState.REJECTED


class TestF27Revoked:
    def test_the_token_is_left_alone_and_the_operator_told_once(self, town, mailoutbox):
        operator()
        town.simulator.set_faults(["vk_error_5"])
        for _ in range(10):
            town.collect()
        operators.send_messages(town.now)
        operators.send_messages(town.now)
        assert calls(town, "vk") <= 3
        assert len(mailoutbox) == 1
        assert set(town.slots("vk").values_list("status", "reason")) == {("due", "token_dead")}

    def test_with_another_token_the_day_is_collected(self, town, settings):
        settings.VK_TOKENS = ["user:sim-vk-user-1", "user:sim-vk-user-2"]
        town.simulator.set_faults(["vk_error_5=sim-vk-user-1"])
        town.collect("vk")
        assert town.measured("vk") == town.expected("vk")
        assert OperatorMessage.objects.count() == 1


@pytest.mark.parametrize("fault", ["vk_error_14", "vk_captcha_bare", "vk_error_17"])
def test_f28_a_captcha_is_never_solved(town, fault):
    town.simulator.set_faults([fault])
    town.collect("vk")
    before = calls(town, "vk")
    for _ in range(5):
        town.collect("vk")
    assert (before, calls(town, "vk")) == (1, 1)
    assert AccessPause.objects.get().reason == "needs_person"
