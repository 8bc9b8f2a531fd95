"""Turns of tokens: evenly spaced, shared, within the day's budget; the same in memory and in Redis."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitoring.collection.turns import Budget, Candidate, MemoryTurns, RedisTurns, Turn, Turns

GAP = 0.05


@pytest.fixture(params=["memory", "redis"])
def turns(request) -> Turns:
    if request.param == "memory":
        return MemoryTurns()
    return RedisTurns(request.getfixturevalue("redis_url").replace("redis+socket", "unix"))


@pytest.fixture
def name() -> str:
    """A token nobody has used before: Redis outlives a test."""
    return uuid.uuid4().hex


def test_turns_of_one_token_are_a_gap_apart(turns, name):
    waits = [turns.reserve([Candidate(name, GAP)], 60).wait for _ in range(5)]
    assert waits[0] < 0.01
    assert waits[4] == pytest.approx(4 * GAP, abs=0.03)


def test_threads_and_processes_share_the_turns(redis_url, name):
    """Two connections are what two workers are."""
    stores = [RedisTurns(redis_url.replace("redis+socket", "unix")) for _ in range(2)]
    began = time.monotonic()

    def moment(n: int) -> float:
        turn = stores[n % 2].reserve([Candidate(name, GAP)], 60)
        return time.monotonic() - began + turn.wait

    with ThreadPoolExecutor(4) as pool:
        moments = sorted(pool.map(moment, range(12)))
    assert moments[-1] - moments[0] == pytest.approx(11 * GAP, abs=0.06)


def test_with_no_gap_nobody_waits(turns, name):
    assert [turns.reserve([Candidate(name, 0)], 60).wait for _ in range(5)] == [0] * 5


def test_several_tokens_take_turns_and_halve_the_wait(turns, name):
    tokens = [Candidate(name, GAP), Candidate(name + "b", GAP)]
    given = [turns.reserve(tokens, 60) for _ in range(6)]
    assert sorted(turn.index for turn in given) == [0, 0, 0, 1, 1, 1]
    assert given[-1].wait == pytest.approx(2 * GAP, abs=0.03)


def test_a_turn_that_is_too_far_off_is_not_reserved(turns, name):
    turns.hold(name, 10)
    assert turns.reserve([Candidate(name, GAP)], 1) == Turn(None, pytest.approx(10, abs=0.5))
    assert turns.reserve([Candidate(name, GAP)], 60).wait == pytest.approx(10, abs=0.5)


def test_after_a_refusal_for_pace_the_token_goes_at_half_the_pace(turns, name):
    turns.hold(name, 0.01)
    waits = [turns.reserve([Candidate(name, GAP)], 60).wait for _ in range(3)]
    assert waits[2] - waits[0] == pytest.approx(4 * GAP, abs=0.03)


class TestBudgets:
    def candidate(self, name: str, amount: int, limit: int = 50) -> Candidate:
        return Candidate(name, 0, (Budget(f"{name}:wall.get", amount, limit),))

    def test_a_count_that_is_not_known_is_asked_for(self, turns, name):
        assert turns.reserve([self.candidate(name, 25)], 60) == Turn(None, unknown=f"{name}:wall.get")

    def test_what_was_spent_before_counts_and_is_told_once(self, turns, name):
        turns.tell(f"{name}:wall.get", 10)
        turns.tell(f"{name}:wall.get", 0)
        assert turns.reserve([self.candidate(name, 25)], 60).index == 0
        assert turns.reserve([self.candidate(name, 25)], 60) == Turn(None)
        assert turns.reserve([self.candidate(name, 15)], 60).index == 0

    def test_where_one_token_is_spent_the_other_goes_on(self, turns, name):
        spent, fresh = self.candidate(name, 25, limit=25), self.candidate(name + "b", 25, limit=100)
        for candidate in (spent, fresh):
            turns.tell(candidate.budgets[0].key, 0)
        assert [turns.reserve([spent, fresh], 60).index for _ in range(3)] == [0, 1, 1]

    def test_a_turn_that_was_not_used_gives_its_calls_back(self, turns, name):
        candidate = self.candidate(name, 50)
        turns.tell(f"{name}:wall.get", 0)
        assert turns.reserve([candidate], 60).index == 0
        turns.give_back(candidate)
        assert turns.reserve([candidate], 60).index == 0
