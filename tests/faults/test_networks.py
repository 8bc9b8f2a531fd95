"""F17–F19, F27, F28: networks that refuse us. Rows of the fault table, played by the simulator over HTTP."""

import datetime as dt
import threading

import pytest

from letters import operators
from letters.sending import send_waiting
from monitoring.collection import batch, claims, planning, pool
from monitoring.collection.claims import MAX_ATTEMPTS
from monitoring.models import AccessPause, OperatorMessage, PageDay
from monitoring.platforms import access, batches
from tests.factories import operator

from .conftest import Town


def calls(town: Town, platform: str) -> int:
    return sum(n for name, n in town.simulator.calls().items() if name.startswith(f"{platform}:"))


def forget_pauses(monkeypatch) -> None:
    """Neither tokens nor slots know until when the network wants us to wait."""
    monkeypatch.setattr(pool.Pool, "report", lambda *_: None)
    monkeypatch.setattr(access, "MOST_REFUSALS", 1)
    again = batch._again
    monkeypatch.setattr(batch, "_again", lambda failure, until, *more, **other: again(failure, None, *more, **other))


class TestF17TooFast:
    def test_while_the_network_wants_us_to_wait_it_is_left_alone(self, town, figure):
        town.simulator.set_faults(["telegram:retry_after"])
        for _ in range(5):
            town.collect("telegram")
        figure("F17", calls(town, "telegram") - 1, 0, "requests while the network wants us to wait")
        assert town.slots("telegram").filter(attempts=0, status="due", reason="throttled").count() == (
            town.slots("telegram").count()
        )

    def test_then_the_day_is_collected(self, town):
        town.simulator.set_faults(["telegram:retry_after*1"])
        town.collect_until_done()
        assert town.measured("telegram")

    def test_twin_without_the_rest_it_is_knocked_at_all_the_time(self, town, monkeypatch):
        forget_pauses(monkeypatch)
        town.simulator.set_faults(["telegram:retry_after"])
        town.collect("telegram", seconds=1)
        assert calls(town, "telegram") > town.slots("telegram").count()

    def test_error_6_is_waited_out_and_nothing_is_lost(self, town):
        town.simulator.set_faults(["vk_error_6*2"])
        town.collect("vk")
        assert not town.slots("vk").filter(status="due").exists()


class TestF18Quota:
    @pytest.mark.parametrize("code", [29, 9])
    def test_the_network_is_paused_and_the_others_go_on(self, town, code, figure):
        figure("F18", self.calls_in_the_pause(town, code), 0, f"requests in the pause after error {code}")
        assert AccessPause.objects.get().until > town.now
        assert not town.slots().exclude(platform="vk").filter(status="due").exists()

    def test_twin_with_pauses_forgotten_it_is_asked_on(self, town, monkeypatch):
        forget_pauses(monkeypatch)
        assert self.calls_in_the_pause(town, 29) > 0

    def calls_in_the_pause(self, town, code: int) -> int:
        town.simulator.set_faults([f"vk_error_{code}"])
        town.collect(seconds=3)
        before = calls(town, "vk")
        for _ in range(5):
            town.collect("vk", seconds=0.5)
        return calls(town, "vk") - before

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
    def test_ten_minutes_of_500_cost_few_requests_and_no_day(self, town, figure):
        town.simulator.set_faults(["http_500"])
        end = town.now + dt.timedelta(minutes=10)
        while town.now < end:
            town.collect()
            town.now += dt.timedelta(seconds=30)
        pages = town.slots().count()
        asked = sum(town.simulator.calls().values())
        figure("F19", asked / pages, MAX_ATTEMPTS, "requests a page in ten minutes of 500")
        assert not PageDay.objects.exists()
        town.simulator.set_faults([])
        town.collect_until_done(hours=6)
        for code in ("vk", "ok", "telegram"):
            assert len(town.measured(code)) == len(town.expected(code))

    def test_twin_without_the_rest_of_the_network_it_is_knocked_at_all_the_time(self, town, monkeypatch):
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


class TestF27Revoked:
    def test_the_token_is_left_alone_and_the_operator_told_once(self, town, mailoutbox, figure):
        operator()
        town.simulator.set_faults(["vk_error_5"])
        for _ in range(10):
            town.collect()
        for _ in range(2):
            operators.pass_on(town.now)
            send_waiting(lambda: town.now, town.now)
        figure("F27", calls(town, "vk"), 3, "requests with a token that was revoked")
        figure("F27", len(mailoutbox), 1, "mails to the operator")
        assert mailoutbox
        assert set(town.slots("vk").values_list("status", "reason")) == {("due", "token_dead")}

    def test_twin_with_refusals_forgotten_it_is_used_on(self, town, monkeypatch):
        monkeypatch.setattr(pool.Pool, "report", lambda *_: None)
        town.simulator.set_faults(["vk_error_5"])
        for _ in range(10):
            town.collect("vk", seconds=0.5)
        assert calls(town, "vk") > 3

    def test_with_another_token_the_day_is_collected(self, town, settings):
        settings.VK_TOKENS = ["user:sim-vk-user-1", "user:sim-vk-user-2"]
        town.simulator.set_faults(["vk_error_5=sim-vk-user-1"])
        town.collect("vk")
        assert town.measured("vk") == town.expected("vk")
        assert OperatorMessage.objects.count() == 1

    def test_where_no_token_is_left_for_the_walls_subscribers_are_counted_once(self, town, settings):
        settings.VK_TOKENS = ["user:sim-vk-user", "community:sim-vk-community"]
        town.simulator.set_faults(["vk_error_5=sim-vk-user"])
        town.collect("vk", seconds=5)
        assert town.measured("vk") == town.expected("vk")
        assert set(town.slots("vk").values_list("status", "reason")) >= {("due", "token_dead")}
        assert town.simulator.calls()["vk:groups.getById"] <= 3

    def test_a_refusal_that_no_token_explains_is_an_attempt_like_any_other(self, town):
        town.simulator.set_faults(["vk_error_7"])
        town.collect("vk", seconds=5)
        assert calls(town, "vk") == 1
        assert set(town.slots("vk").values_list("status", "reason", "attempts")) == {("due", "needs_person", 1)}


class TestF28Captcha:
    def calls_after_it(self, town, fault: str) -> int:
        town.simulator.set_faults([fault])
        town.collect("vk", seconds=0.5)
        for _ in range(5):
            town.collect("vk", seconds=0.5)
        return calls(town, "vk") - 1

    @pytest.mark.parametrize("fault", ["vk_error_14", "vk_captcha_bare", "vk_error_17"])
    def test_it_is_never_solved(self, town, fault, figure):
        figure("F28", self.calls_after_it(town, fault), 0, f"requests after {fault}")
        assert AccessPause.objects.get().reason == "needs_person"

    def test_twin_with_refusals_forgotten_it_is_asked_for_again(self, town, monkeypatch):
        monkeypatch.setattr(pool.Pool, "report", lambda *_: None)
        assert self.calls_after_it(town, "vk_error_14") > 0
