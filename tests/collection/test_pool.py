"""The pool of a network's tokens: who rests, until when, and what the operators hear of it."""

import datetime as dt
import threading

import pytest

from letters.operators import pass_on
from letters.sending import send_waiting
from monitoring.collection import rests, turns
from monitoring.collection.pool import Pool, charge
from monitoring.models import AccessPause, CallCount, OperatorMessage
from monitoring.platforms.base import Failure, PlatformError, Token
from tests.factories import operator

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)
WALLS = {"execute": 1, "wall.get": 25}
ONE, TWO = Token("user", "one"), Token("user", "two")


@pytest.fixture(autouse=True)
def fresh(settings):
    """Two tokens of VK, no pace, no turns from other tests."""
    turns.turns.cache_clear()
    rests.rests_of.cache_clear()
    settings.VK_TOKENS = ["user:one", "user:two"]
    settings.REQUESTS_PER_SECOND = dict.fromkeys(settings.REQUESTS_PER_SECOND, 0)


def pool(now: dt.datetime = NOW) -> Pool:
    return Pool("vk", lambda: now, threading.Event())


def refused(failure: Failure, until: dt.datetime | None = None, method: str = "") -> PlatformError:
    return PlatformError(failure, "wall.get: error", until, method)


def report(token: Token, error: PlatformError, now: dt.datetime = NOW) -> None:
    """A worker meets the refusal, and a second later the base knows."""
    made = pool(now)
    made.report(token, error)
    made.sync()


def who(made: Pool, charge: dict[str, int] = WALLS) -> Token | Failure:
    """The token whose turn it is, or why there is none."""
    try:
        return made.ask(charge, lambda token: token)
    except PlatformError as error:
        return error.failure


def test_a_dead_token_leaves_the_pool_of_every_worker_and_the_others_carry_on():
    report(ONE, refused(Failure.TOKEN_DEAD))
    assert who(pool()) == TWO


def test_it_is_out_until_an_operator_puts_it_back():
    report(ONE, refused(Failure.TOKEN_DEAD))
    assert who(pool(NOW + dt.timedelta(days=30))) == TWO
    AccessPause.objects.all().delete()
    assert who(pool()) == ONE


def test_a_throttled_token_is_back_when_the_network_said():
    until = NOW + dt.timedelta(minutes=10)
    report(ONE, refused(Failure.THROTTLED, until))
    assert who(pool()) == TWO
    turns.turns.cache_clear()
    assert who(pool(until)) == ONE


def test_a_spent_method_leaves_the_others_of_the_token():
    for token in (ONE, TWO):
        report(token, refused(Failure.THROTTLED, NOW + dt.timedelta(hours=5), "wall.get"))
    assert who(pool()) == Failure.THROTTLED
    assert who(pool(), {"groups.getById": 1}) == ONE


def test_where_all_tokens_rest_the_network_is_closed_and_says_why():
    for token in (ONE, TWO):
        report(token, refused(Failure.NEEDS_PERSON))
    assert pool().why_closed().failure == Failure.NEEDS_PERSON


def test_a_short_throttling_only_moves_the_next_turn():
    report(ONE, refused(Failure.THROTTLED, NOW + dt.timedelta(seconds=1)))
    assert not AccessPause.objects.exists()
    assert who(pool()) == TWO


class TestDay:
    def test_the_days_calls_are_never_overdrawn(self):
        charge("vk", {ONE: {"wall.get": 4990}}, NOW)
        made = pool()
        assert {who(made) for _ in range(20)} == {TWO}
        assert who(made, {"wall.get": 10}) == ONE

    def test_when_they_are_spent_the_method_rests_until_the_networks_midnight(self):
        charge("vk", {ONE: {"wall.get": 5000}, TWO: {"wall.get": 5000}}, NOW)
        made = pool()
        assert who(made) == Failure.THROTTLED
        made.sync()
        midnight = dt.datetime(2024, 10, 26, 21, tzinfo=dt.UTC)
        assert set(AccessPause.objects.values_list("method", "until")) == {("wall.get", midnight)}
        assert isinstance(who(pool(midnight)), Token)

    def test_calls_add_up_by_method_and_moscow_day(self):
        made = pool()
        made.ask({"wall.get": 25, "execute": 1}, lambda token: None)
        made.settle()
        made.ask({"wall.get": 5}, lambda token: None)
        made.settle()
        made.settle()
        charge("vk", {ONE: {"wall.get": 7}}, dt.datetime(2024, 10, 26, 21, 30, tzinfo=dt.UTC))
        rows = CallCount.objects.values_list("day", "method", "calls")
        assert set(rows) == {
            (dt.date(2024, 10, 26), "wall.get", 30),
            (dt.date(2024, 10, 26), "execute", 1),
            (dt.date(2024, 10, 27), "wall.get", 7),
        }

    def test_the_token_itself_is_not_stored(self):
        report(Token("user", "secret-token"), refused(Failure.TOKEN_DEAD))
        charge("vk", {Token("user", "secret-token"): {"wall.get": 1}}, NOW)
        tables = (CallCount, AccessPause, OperatorMessage)
        assert "secret" not in str([list(model.objects.values()) for model in tables])


class TestOutage:
    def test_a_network_that_answers_nobody_rests_longer_each_time(self):
        made, rests = pool(), []
        for _ in range(3):
            made.network_failed(refused(Failure.UNREACHABLE))
            made.sync()
            rests.append((AccessPause.objects.get().until - NOW).total_seconds())
        assert rests == [30, 60, 120]
        assert who(pool()) == Failure.UNREACHABLE

    def test_the_first_answer_ends_it(self):
        made = pool()
        made.network_failed(refused(Failure.UNREACHABLE))
        made.sync()
        pool().network_answered()
        assert not AccessPause.objects.exists()
        assert who(pool()) == ONE


def test_threads_of_the_same_process_know_at_once():
    one, other = pool(), pool()
    one.report(ONE, refused(Failure.TOKEN_DEAD))
    assert who(other) == TWO


class TestStop:
    def test_a_worker_that_is_told_to_end_sends_nothing_more(self):
        made = pool()
        made._stop.set()
        sent = []
        with pytest.raises(PlatformError) as caught:
            made.ask(WALLS, sent.append)
        assert (caught.value.failure, sent) == (Failure.INTERRUPTED, [])


class TestOperators:
    def test_they_get_one_message_however_often_the_token_is_met(self, mailoutbox):
        operator()
        for _ in range(5):
            report(ONE, refused(Failure.TOKEN_DEAD))
        assert [pass_on(NOW), pass_on(NOW)] == [1, 0]
        assert send_waiting(lambda: NOW, NOW) == 1
        assert len(mailoutbox) == 1
        assert ONE.fingerprint in mailoutbox[0].body

    def test_a_throttling_of_minutes_is_no_message(self):
        report(ONE, refused(Failure.THROTTLED, NOW + dt.timedelta(minutes=10), "wall.get"))
        assert not OperatorMessage.objects.exists()

    def test_a_days_calls_that_are_spent_are_one_message_for_all_tokens(self):
        for token in (ONE, TWO, ONE):
            report(token, refused(Failure.THROTTLED, NOW + dt.timedelta(hours=11), "wall.get"))
        text = OperatorMessage.objects.get().text
        assert ONE.fingerprint in text
        assert "26.10.2024, 21:00 UTC" in text

    def test_the_next_day_is_another_message(self):
        for day in range(2):
            now = NOW + dt.timedelta(days=day)
            report(ONE, refused(Failure.THROTTLED, now + dt.timedelta(hours=11), "wall.get"), now)
        assert OperatorMessage.objects.count() == 2

    def test_a_second_source_is_spent_by_design(self):
        report(Token("bot", "one", aside=True), refused(Failure.THROTTLED, NOW + dt.timedelta(hours=11), "getChat"))
        assert not OperatorMessage.objects.exists()
