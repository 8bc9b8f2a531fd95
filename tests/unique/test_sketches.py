"""Sketches against sets: the truth lies within the bounds, and nobody is in them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.unique.sketches import Members, overlap, salted, together

KEY = b"k" * 32


def sketch(ids: set[int], parts: int = 1) -> Members:
    """A sketch of those people, taken in and stored in so many parts."""
    ordered, members = sorted(ids), Members()
    for part in range(parts):
        now = Members()
        now.join(*members.stored())
        now.add(ordered[part::parts], KEY)
        members = now
    return members


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(-(2**70), 2**70), max_size=200), st.sets(st.integers(1, 300), max_size=200))
def test_few_people_are_counted_to_the_digit(one, other):
    assert sketch({each % 2**63 for each in one}).estimate().people == pytest.approx(
        len({e % 2**63 for e in one}), abs=0.5
    )
    pair = [sketch(each).stored()[1] for each in (other, {each + 150 for each in other})]
    assert overlap(*pair).people == len(other & {each + 150 for each in other})
    assert together(*pair).people == len(other | {each + 150 for each in other})


@pytest.mark.parametrize("parts", [1, 7])
def test_many_people_are_counted_within_two_percent(parts):
    people = set(random.Random(5).sample(range(10**9), 120_000))
    found = sketch(people, parts).estimate()
    assert found.people == pytest.approx(len(people), rel=0.02)
    assert found.low <= len(people) <= found.high
    assert 0.005 < found.error < 0.03


def test_an_overlap_lies_between_its_bounds():
    numbers = random.Random(6).sample(range(10**9), 90_000)
    one, other = set(numbers[:50_000]), set(numbers[40_000:])
    found = overlap(sketch(one).stored()[1], sketch(other).stored()[1])
    assert found.low <= len(one & other) <= found.high
    assert found.people == pytest.approx(len(one & other), rel=0.12)


def test_the_same_people_twice_are_the_same_people():
    people = set(range(1, 5000))
    members = sketch(people)
    before = members.estimate().people
    members.add(people, KEY)
    assert members.estimate().people == pytest.approx(before, rel=0.01)


def test_nobody_is_nobody():
    found = Members().estimate()
    assert (found.people, found.error) == (0, None)


def test_no_number_is_in_a_sketch_and_another_key_makes_others():
    ids = list(range(700_000_001, 700_000_101))
    stored = b"".join(sketch(set(ids)).stored())
    assert not any(each.to_bytes(8, "big") in stored or each.to_bytes(8, "little") in stored for each in ids)
    assert not any(each.to_bytes(4, "little") in stored for each in ids)
    assert set(salted(ids, KEY)).isdisjoint(salted(ids, b"x" * 32))
