"""Peer groups, and how small ones are merged: the rule of `peers.merged`, sentence by sentence."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.peers import group, merged
from ratings.rules import GroupField, PeerGroups
from ratings.table import Table

from .making import table

SECTOR, LEVEL, SIZE = GroupField.SECTOR, GroupField.LEVEL, GroupField.SIZE


def as_sets(labels) -> set[frozenset]:
    return {frozenset(label) for label in labels}


def groups_of(counts: dict[str, int], least: int) -> set[str]:
    """Groups of combinations written "ab" (the first letter is the wider field), as "ab+ac"."""
    labels = merged({tuple(key): count for key, count in counts.items()}, least)
    return {"+".join("".join(key) for key in label) for label in labels}


# --- classes of size --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name"), [(0, "0"), (499, "0"), (500, "1"), (1999, "1"), (2000, "2"), (10**6, "2"), (float("nan"), "")]
)
def test_a_size_class_begins_with_its_bound(value, name):
    peers = PeerGroups((GroupField.SIZE,), sizes=(500.0, 2000.0))
    _numbers, labels = group(peers, Table(["a"], {}, sizes=np.array([float(value)])), np.array([True]))
    assert labels == [((name,),)]


# --- merging ----------------------------------------------------------------------------------------------------------


def test_groups_that_are_large_enough_stay_as_they_are():
    assert groups_of({"a": 3, "b": 4}, 3) == {"a", "b"}


def test_all_small_groups_under_a_heading_become_one():
    assert groups_of({"ax": 1, "ay": 2, "az": 3, "bx": 9}, 3) == {"ax+ay", "az", "bx"}


def test_while_the_merged_one_is_too_small_the_smallest_neighbour_joins_it():
    assert groups_of({"ax": 1, "ay": 7, "az": 5, "aw": 6}, 5) == {"ax+az", "ay", "aw"}


def test_as_many_neighbours_join_as_are_needed():
    """0 + 4 is too small, 0 + 4 + 5 is not (4 is itself small)."""
    assert groups_of({"ax": 0, "ay": 4, "az": 5, "aw": 6}, 5) == {"ax+ay+az", "aw"}


def test_a_neighbour_of_another_heading_is_not_asked_while_there_are_own_ones():
    assert groups_of({"ax": 1, "ay": 9, "bx": 5}, 5) == {"ax+ay", "bx"}


def test_what_is_too_small_with_all_its_neighbours_goes_on_to_the_wider_field():
    assert groups_of({"ax": 1, "ay": 1, "bx": 5, "cx": 6}, 5) == {"ax+ay+bx", "cx"}


def test_small_headings_join_each_other_before_they_ask_a_large_one():
    assert groups_of({"ax": 2, "bx": 3, "cx": 5}, 5) == {"ax+bx", "cx"}


def test_only_if_all_together_are_too_few_a_group_smaller_than_the_least_is_left():
    assert groups_of({"ax": 1, "by": 2}, 5) == {"ax+by"}


def test_groups_of_one_size_go_by_the_order_of_their_names():
    assert groups_of({"az": 5, "ay": 5, "ax": 1}, 5) == {"ax+ay", "az"}


def test_three_fields_are_merged_from_the_narrowest_to_the_widest():
    counts = {"abx": 1, "aby": 2, "acx": 9, "dbx": 9}
    assert groups_of(counts, 3) == {"abx+aby", "acx", "dbx"}
    assert groups_of(counts, 4) == {"abx+aby+acx", "dbx"}


combinations = st.integers(1, 3).flatmap(
    lambda depth: st.dictionaries(
        st.tuples(*[st.sampled_from("abc")] * depth), st.integers(0, 6), min_size=1, max_size=12
    )
)


@given(combinations, st.integers(1, 8))
def test_every_group_is_large_enough_unless_all_together_are_too_few(counts, least):
    sizes = [sum(counts[key] for key in label) for label in merged(counts, least)]
    assert all(size >= least for size in sizes) or len(sizes) == 1


@given(combinations, st.integers(1, 8))
def test_merging_loses_nobody_and_puts_nobody_in_two_groups(counts, least):
    labels = merged(counts, least)
    assert Counter(key for label in labels for key in label) == Counter(list(counts))


@given(combinations, st.integers(1, 8), st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order_of_the_combinations(counts, least, dice):
    shuffled = list(counts.items())
    dice.shuffle(shuffled)
    assert sorted(merged(counts, least)) == sorted(merged(dict(shuffled), least))


@given(combinations, st.integers(1, 8))
def test_a_group_across_headings_holds_the_whole_of_a_heading_that_was_too_small(counts, least):
    """Nobody leaves a heading that is large enough by itself for the sake of its own small groups."""
    headings = Counter()
    for key, count in counts.items():
        headings[key[:1]] += count
    for label in merged(counts, least):
        touched = {key[:1] for key in label}
        if len(touched) > 1:
            assert any(headings[heading] < least for heading in touched)


# --- groups of a table ------------------------------------------------------------------------------------------------


def test_without_fields_all_are_one_group():
    numbers, labels = group(PeerGroups(), table(a=[1, 2, 3]), np.ones(3, dtype=bool))
    assert (numbers.tolist(), labels) == ([0, 0, 0], [((),)])


def test_an_empty_table_has_one_empty_group():
    numbers, labels = group(PeerGroups((SECTOR,)), table(a=[], fields={"sector": []}), np.ones(0, dtype=bool))
    assert (len(numbers), labels) == (0, [((),)])


def test_subjects_are_grouped_by_the_fields_in_the_order_given():
    data = table(a=[1, 2, 3, 4], fields={"level": ["r", "r", "t", "t"], "sector": ["b", "a", "a", "a"]})
    numbers, labels = group(PeerGroups((LEVEL, SECTOR)), data, np.ones(4, dtype=bool))
    assert labels == [(("r", "a"),), (("r", "b"),), (("t", "a"),)]
    assert numbers.tolist() == [1, 0, 2, 2]


def test_classes_of_size_make_groups_and_an_unknown_size_a_group_of_its_own():
    data = table(a=[1, 2, 3, 4], sizes=[50, 5000, float("nan"), 99])
    numbers, labels = group(PeerGroups((SIZE,), sizes=(100.0, 1000.0)), data, np.ones(4, dtype=bool))
    assert labels == [(("",),), (("0",),), (("2",),)]
    assert numbers.tolist() == [1, 2, 0, 1]


def test_who_does_not_count_makes_no_group_large_enough_but_belongs_to_it():
    data = table(a=[1] * 6, fields={"sector": ["a", "a", "b", "b", "b", "c"]})
    counted = np.array([True, True, True, False, False, False])
    numbers, labels = group(PeerGroups((SECTOR,), least=2), data, counted)
    assert as_sets(labels) == {frozenset({("a",), ("b",), ("c",)})}
    numbers, labels = group(PeerGroups((SECTOR,), least=1), data, counted)
    assert labels == [(("a",),), (("b",), ("c",))]
    assert numbers.tolist() == [0, 0, 1, 1, 1, 1]
