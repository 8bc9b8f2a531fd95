"""Quotas, the jury's mean and spread, final points, places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.contests.scoring import dense_places, final_points, judge, share_of_best, within
from ratings.award_rules import Quota

values = st.lists(st.floats(0, 100).map(lambda value: round(value, 2)), max_size=60).map(lambda row: sorted(row)[::-1])


def test_a_quota_takes_so_many_first_ones():
    assert within([9, 8, 7], Quota(places=2)) == 2


def test_a_quota_that_cuts_through_equals_takes_all_of_them():
    assert within([9, 8, 8, 8, 1], Quota(places=2)) == 4


def test_where_something_decides_between_equals_no_more_than_the_quota_are_in():
    assert within([9, 8, 8, 8, 1], Quota(places=2), [(1,), (5,), (3,), (2,), (9,)]) == 2


def test_equals_between_whom_nothing_decides_are_all_in_and_those_below_them_are_not():
    assert within([9, 8, 8, 8, 1], Quota(places=2), [(1,), (5,), (5,), (2,), (9,)]) == 3


def test_where_the_line_cuts_through_no_tie_nothing_decides():
    assert within([9, 8, 7, 7], Quota(places=2), [(1,), (1,), (5,), (5,)]) == 2


def test_equal_means_equal_to_nine_digits():
    assert within([0.1 + 0.2, 0.3, 0.1], Quota(places=1)) == 2


def test_a_large_nomination_gets_more():
    quota = Quota(places=1, large_from=4, large=2)
    assert (within([3, 2, 1], quota), within([4, 3, 2, 1], quota)) == (1, 2)


def test_a_share_is_rounded_up():
    assert within(list(range(30, 0, -1)), Quota(share=5.0)) == 2


def test_a_threshold_takes_everybody_from_it_on():
    assert within([90, 75, 74.99], Quota(threshold=75)) == 2


@given(values, st.integers(1, 70))
def test_whoever_is_out_is_worse_than_everybody_who_is_in(row, places):
    count = within(row, Quota(places=places))
    assert count >= min(places, len(row))
    assert not row[count:] or row[count] < row[count - 1]


@given(values, st.floats(0, 100))
def test_a_share_takes_at_least_that_share(row, share):
    assert within(row, Quota(share=share)) >= len(row) * share / 100 - 1e-6


@given(values)
def test_places_are_dense_and_equals_share_one(row):
    places = dense_places(row)
    assert set(places) == set(range(1, len(set(row)) + 1))
    assert all((a == b) == (row[m] == row[n]) for m, a in enumerate(places) for n, b in enumerate(places))


CRITERIA = {1: (10.0, 1.0), 2: (5.0, 3.0)}


def test_the_jury_gives_the_weighted_mean_of_its_criteria():
    found = judge({1: {"А": 8, "Б": 6}, 2: {"А": 5, "Б": 4}}, CRITERIA)
    assert found.points == pytest.approx((70 * 1 + 90 * 3) / 4)


def test_the_spread_is_the_largest_difference_of_two_experts():
    assert judge({1: {"А": 8, "Б": 6}, 2: {"А": 5, "Б": 3}}, CRITERIA).spread == pytest.approx(40)


def test_one_expert_on_a_criterion_is_too_few():
    found = judge({1: {"А": 8, "Б": 6}, 2: {"А": 5}}, CRITERIA)
    assert (found.points, found.short) == (None, 1)


def test_votes_count_in_percent_of_the_most():
    assert share_of_best([200, 50, 0]) == [100, 25, 0]
    assert share_of_best([0, 0]) == [0, 0]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.integers(1, 9), st.integers(1, 9))
def test_final_points_lie_between_their_parts(row, one, other):
    mixed = final_points({"rating": row, "jury": row[::-1]}, {"rating": one, "jury": other})
    pairs = zip(row, row[::-1], mixed, strict=True)
    assert all(min(a, b) - 1e-9 <= points <= max(a, b) + 1e-9 for a, b, points in pairs)
