"""Values to 0–100, and the treatment of extreme ones."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.normalising import _moments, between, mid_percentile, normalise, share_of_target, step_points, winsorised
from ratings.rules import Kind, Normaliser, Step, Winsorising

from .making import MIN_MAX, PERCENTILE, item, methodology, target

NAN = float("nan")
VALUES = st.lists(st.sampled_from([-1.0, 0.0, 0.2, 0.5, 0.5, 1.0, 3.0]), min_size=1, max_size=12)
FEW = Winsorising(5)


def normal(normaliser, values, groups=None, **more) -> list[float]:
    rule = methodology(item("a", normaliser, **more)).items[0]
    return normalise(rule, np.array(values, dtype=float), np.array(groups or [0] * len(values))).tolist()


def steps(*rows, **more) -> tuple[Step, ...]:
    return methodology(item("a", {"kind": "steps", "steps": list(rows)}, **more)).items[0].normaliser.steps


# --- share of a target ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "points"), [(0, 0), (-3, 0), (0.25, 50), (0.49, 98), (0.5, 100), (0.51, 100), (90, 100)]
)
def test_a_target_gives_its_share_capped_at_all_of_it(value, points):
    assert share_of_target(np.array([value], dtype=float), 0.5, False).tolist() == [points]


@pytest.mark.parametrize(("value", "points"), [(0, 100), (12, 100), (24, 100), (48, 50), (240, 10), (-1, 100)])
def test_a_target_that_is_better_not_reached_gives_less_the_further_beyond(value, points):
    assert share_of_target(np.array([value], dtype=float), 24.0, True).tolist() == [points]


# --- steps ------------------------------------------------------------------------------------------------------------


def test_a_step_is_reached_on_its_bound_and_a_strict_one_beyond_it():
    rows = steps({"from": "0.3", "points": "5"}, {"above": "0.7", "points": "10"})
    assert step_points(np.array([0.29, 0.3, 0.7, 0.71]), rows, False).tolist() == [0, 5, 5, 10]


def test_steps_of_what_is_better_small_are_reached_from_above():
    rows = steps({"to": "24", "points": "5"}, {"below": "1", "points": "10"}, better="less")
    assert step_points(np.array([24.1, 24, 1, 0.99, 0]), rows, True).tolist() == [0, 5, 5, 10, 10]


def test_steps_may_be_written_in_any_order():
    assert steps({"from": "2", "points": "10"}, {"from": "1", "points": "5"}) == (Step(1, False, 5), Step(2, False, 10))


def test_below_the_first_step_there_is_what_is_given_otherwise():
    rows = (Step(0.5, False, -4.0), Step(1.0, False, 0.0))
    assert step_points(np.array([0.4, 0.5, 1.0]), rows, False, -22.0).tolist() == [-22, -4, 0]


def test_the_highest_step_is_a_hundred():
    rows = [{"from": "1", "points": "5"}, {"from": "2", "points": "20"}]
    assert normal({"kind": "steps", "steps": rows}, [0, 1, 2, 3]) == [0, 25, 100, 100]


# --- percentile -------------------------------------------------------------------------------------------------------


def test_the_mid_percentile_counts_those_below_and_half_of_the_equal():
    assert mid_percentile(np.array([5.0, 1.0, 5.0, 9.0]), np.zeros(4, dtype=int)).tolist() == [50, 12.5, 50, 87.5]


def test_alone_in_its_group_a_value_has_50():
    assert normal(PERCENTILE, [7]) == [50]
    assert normal(MIN_MAX, [7]) == [50]


def test_all_equal_have_50():
    assert normal(PERCENTILE, [3, 3, 3]) == [50, 50, 50]
    assert normal(MIN_MAX, [3, 3, 3]) == [50, 50, 50]


@given(VALUES, st.randoms(use_true_random=False))
def test_the_mid_percentile_is_what_counting_gives(values, dice):
    groups = [dice.randrange(3) for _ in values]
    found = mid_percentile(np.array(values), np.array(groups)).tolist()
    for n, (value, group) in enumerate(zip(values, groups, strict=True)):
        peers = [v for v, g in zip(values, groups, strict=True) if g == group]
        below, equal = sum(v < value for v in peers), sum(v == value for v in peers)
        assert found[n] == pytest.approx(100 * (below + equal / 2) / len(peers))


@given(VALUES)
def test_percentiles_of_what_is_better_small_are_those_of_the_other_end(values):
    more, less = normal(PERCENTILE, values), normal(PERCENTILE, values, better="less")
    assert [a + b for a, b in zip(more, less, strict=True)] == pytest.approx([100] * len(values))


# --- between the worst and the best -----------------------------------------------------------------------------------


def test_the_worst_of_a_group_has_0_and_its_best_100():
    assert normal(MIN_MAX, [2, 4, 10, 7, 7, 1], [0, 0, 0, 1, 1, 1]) == [0, 25, 100, 100, 100, 0]


def test_what_is_better_small_is_turned_round():
    assert normal(MIN_MAX, [2, 4, 10], better="less") == [100, 75, 0]
    assert normal(MIN_MAX | {"low": "0", "high": "1"}, [0.2, 3], better="less") == pytest.approx([80, 0])


def test_given_bounds_take_the_place_of_the_groups():
    assert normal(MIN_MAX | {"low": "0", "high": "10"}, [-5, 0, 4, 10, 12]) == [0, 0, 40, 100, 100]
    assert normal(MIN_MAX | {"low": "0"}, [2, 4, 8]) == [25, 50, 100]
    assert normal(MIN_MAX | {"high": "10"}, [2, 6, 12]) == [0, 50, 100]


def test_a_bound_beyond_all_of_the_group_is_still_a_bound():
    """Nobody has come up to the lowest, or all are past the highest: that is not 50."""
    assert normal(MIN_MAX | {"low": "10"}, [2, 4, 8]) == [0, 0, 0]
    assert normal(MIN_MAX | {"low": "8"}, [2, 4, 8]) == [0, 0, 50]
    assert normal(MIN_MAX | {"high": "1"}, [2, 4, 8]) == [100, 100, 100]


@given(VALUES)
def test_between_keeps_to_the_bounds_and_to_the_order(values):
    found = between(np.array(values), np.zeros(len(values), dtype=int), Normaliser(Kind.MIN_MAX), False)
    assert ((found >= 0) & (found <= 100)).all()
    for a, x in zip(values, found, strict=True):
        assert all(x <= y for b, y in zip(values, found, strict=True) if a < b)


# --- what has no value ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "normaliser", [target(), PERCENTILE, MIN_MAX, {"kind": "steps", "steps": [{"from": "0", "points": "1"}]}]
)
@pytest.mark.parametrize("better", ["more", "less"])
def test_without_a_value_there_are_no_points_rather_than_zero(normaliser, better):
    if normaliser.get("kind") == "steps" and better == "less":
        normaliser = {"kind": "steps", "steps": [{"to": "0", "points": "1"}]}
    found = normal(normaliser, [NAN, 0.0, NAN], better=better)
    assert [np.isnan(value) for value in found] == [True, False, True]
    assert all(np.isnan(value) for value in normal(normaliser, [NAN, NAN], better=better))


def test_who_has_no_value_is_compared_with_nobody():
    assert normal(PERCENTILE, [1, NAN, 2])[::2] == [25, 75]


# --- extreme values ---------------------------------------------------------------------------------------------------


def treated(values, groups=None, rule=FEW) -> tuple[list[float], list[tuple[int, float, float]]]:
    result, found = winsorised("a", np.array(values, dtype=float), np.array(groups or [0] * len(values)), rule)
    assert {each.code for each in found} <= {"a"}
    return result.tolist(), [(each.row, each.value, each.replaced) for each in found]


PLAIN = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]


def test_an_extreme_value_is_pulled_to_the_next_one_and_listed():
    assert treated([*PLAIN, 500.0]) == ([*PLAIN, 10.0], [(10, 500.0, 10.0)])


def test_an_extremely_small_value_is_pulled_up():
    assert treated([-500.0, *PLAIN]) == ([1.0, *PLAIN], [(0, -500.0, 1.0)])


def test_several_extreme_values_are_pulled_one_after_the_other():
    values, found = treated([*PLAIN, *PLAIN, 500.0, 400.0])
    assert values == [*PLAIN, *PLAIN, 10.0, 10.0]
    assert found == [(20, 500.0, 10.0), (21, 400.0, 10.0)]


def test_where_the_values_are_not_lopsided_nothing_is_touched():
    assert treated([*PLAIN, 15.0]) == ([*PLAIN, 15.0], [])
    assert treated([5.0] * 10) == ([5.0] * 10, [])


def test_three_values_are_too_few_to_call_one_extreme():
    assert treated([1, 1, 1e6]) == ([1, 1, 1e6], [])


def test_no_more_values_are_treated_than_the_rule_allows():
    values = [*PLAIN * 4, 500.0, 400.0, 300.0]
    assert len(treated(values, rule=Winsorising(2))[1]) == 2
    assert len(treated(values, rule=Winsorising(3))[1]) == 3


def test_equal_extreme_values_are_treated_together_or_not_at_all():
    values = [*PLAIN * 4, 500.0, 500.0]
    assert treated(values, rule=Winsorising(1)) == (values, [])
    assert treated(values, rule=Winsorising(2))[1] == [(40, 500.0, 10.0), (41, 500.0, 10.0)]


def test_extreme_values_are_sought_in_each_group_by_itself():
    values, found = treated([*PLAIN, 500.0, *[n * 100 for n in PLAIN]], [0] * 11 + [1] * 10)
    assert [row for row, _value, _replaced in found] == [10]
    assert values[11:] == [n * 100 for n in PLAIN]


def test_what_is_unknown_is_neither_counted_nor_treated():
    values, found = treated([*PLAIN, NAN, 500.0])
    assert np.isnan(values[10])
    assert found == [(11, 500.0, 10.0)]


def sample_moments(values: list[float]) -> tuple[float, float]:
    """Skewness and excess kurtosis as spreadsheets give them (SKEW and KURT)."""
    n, mean, deviation = len(values), statistics.fmean(values), statistics.stdev(values)
    cubes, fourths = (sum(((value - mean) / deviation) ** power for value in values) for power in (3, 4))
    skew = n / ((n - 1) * (n - 2)) * cubes
    kurtosis = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourths - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    return skew, kurtosis


@pytest.mark.parametrize("values", [[*PLAIN, 25.0], [-25.0, *PLAIN], [1.0, 1.0, 2.0, 9.0]])
def test_both_limits_of_the_rule_must_be_passed(values):
    skew, kurtosis = sample_moments(values)
    for skew_limit, kurtosis_limit, expected in [(-0.01, -0.01, True), (0.01, -0.01, False), (-0.01, 0.01, False)]:
        rule = Winsorising(1, abs(skew) + skew_limit, kurtosis + kurtosis_limit)
        assert bool(treated(values, rule=rule)[1]) == expected


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=0, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_of_the_treatment(values, dice):
    order = list(range(len(values)))
    dice.shuffle(order)
    plain, _found = treated(values)
    shuffled, _found = treated([values[n] for n in order])
    assert [plain[n] for n in order] == shuffled


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, 50.0, 900.0]), max_size=25), st.integers(1, 5))
def test_the_list_says_exactly_what_was_changed(values, most):
    result, found = treated(values, rule=Winsorising(most))
    changed = [(n, a, b) for n, (a, b) in enumerate(zip(values, result, strict=True)) if a != b]
    assert sorted(found) == changed
    assert len(changed) <= most
    assert all(b in values for _n, a, b in changed)


@given(st.lists(st.floats(0, 100), min_size=4, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit_of_what_is_called_lopsided(values, dice):
    shuffled = list(values)
    dice.shuffle(shuffled)
    assert _moments(np.array(values)) == _moments(np.array(shuffled))
