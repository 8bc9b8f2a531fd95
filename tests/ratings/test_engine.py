"""The engine by small examples; what holds in general is in test_engine_properties."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.engine import Status, dense_places, half_up, rate, rounded, zone_of
from ratings.parts import State

from .making import IMPOSSIBLE, MIN_MAX, NOT_APPLICABLE, PERCENTILE, UNKNOWN, item, methodology, table

NAN = float("nan")
SECTORS = {"by": ["sector"]}


def exact(rules, **columns) -> list[float]:
    return rate(rules, table(**columns)).exact.tolist()


# --- weights and what has no value ------------------------------------------------------------------------------------


def test_a_score_is_the_mean_of_the_items_by_weight():
    rules = methodology(item("a", weight="3"), item("b", weight="1"))
    assert exact(rules, a=[1.0, 0.5, 0], b=[0, 1, 0]) == [75, 62.5, 0]


@pytest.mark.parametrize("state", [UNKNOWN, NOT_APPLICABLE])
def test_the_weight_of_what_has_no_value_is_spread_over_the_others(state):
    rules = methodology(item("a", weight="60"), item("b", weight="30"), item("c", weight="10"))
    assert exact(rules, a=[state], b=[1.0], c=[0.0]) == [75]


def test_unknown_counts_against_where_the_rule_says_so_and_not_applicable_does_not():
    rules = methodology(item("a", unknown="zero"), item("b"))
    assert exact(rules, a=[UNKNOWN, NOT_APPLICABLE, 0], b=[1, 1, 1]) == [50, 100, 50]


def test_who_has_nothing_known_has_neither_score_nor_place():
    result = rate(methodology(item("a"), item("b")), table(a=[UNKNOWN, 1], b=[NOT_APPLICABLE, UNKNOWN]))
    assert result.status.tolist() == [Status.NOTHING, Status.RANKED]
    assert result.points(methodology(item("a"))) == [None, Decimal("100.00")]
    assert result.places.tolist() == [0, 1]
    assert np.isnan([result.exact[0], result.low[0], result.high[0], result.contributions["a"][0]]).all()


def test_an_indicator_that_applies_to_nobody_is_as_if_it_were_not_there():
    for normaliser in (PERCENTILE, MIN_MAX, None):
        rules = methodology(item("a", normaliser), item("b"))
        assert exact(rules, a=[NOT_APPLICABLE, NOT_APPLICABLE], b=[1, 0.5]) == [100, 50]


def test_all_unknown_under_a_rule_of_zero_is_a_score_of_zero():
    result = rate(methodology(item("a", unknown="zero")), table(a=[UNKNOWN]))
    assert (result.exact[0], result.status[0], result.places[0]) == (0, Status.RANKED, 1)


def test_a_table_without_rows_is_rated_without_complaint():
    rules = methodology(item("a", PERCENTILE), item("b", MIN_MAX), gate=[{"indicator": "cover", "from": "1"}])
    result = rate(rules, table(a=[], b=[], gate_cover=[]))
    assert (len(result.exact), len(result.places)) == (0, 0)


def test_the_worst_and_the_best_of_what_is_unknown():
    """A is 100 of weight 1, B of weight 3 is not known."""
    result = rate(methodology(item("a"), item("b", weight="3")), table(a=[1], b=[UNKNOWN]))
    assert (result.low[0], result.exact[0], result.high[0]) == (25, 100, 100)
    result = rate(methodology(item("a"), item("b", weight="3")), table(a=[0], b=[UNKNOWN]))
    assert (result.low[0], result.exact[0], result.high[0]) == (0, 0, 75)


def test_what_is_taken_for_zero_could_still_be_at_its_best():
    result = rate(methodology(item("a"), item("b", weight="3", unknown="zero")), table(a=[1], b=[UNKNOWN]))
    assert (result.low[0], result.exact[0], result.high[0]) == (25, 25, 100)


def test_where_all_is_known_or_does_not_apply_nothing_is_uncertain():
    result = rate(methodology(item("a"), item("b")), table(a=[0.5, 0.3], b=[0.7, NOT_APPLICABLE]))
    assert result.low.tolist() == result.exact.tolist() == result.high.tolist() == [60, 30]


def test_contributions_say_what_each_item_adds():
    result = rate(methodology(item("a", weight="3"), item("b")), table(a=[0.5, UNKNOWN], b=[1, 0.4]))
    assert result.contributions["a"].tolist() == [37.5, 0]
    assert result.contributions["b"].tolist() == [25, 40]


def test_a_value_is_rounded_first_where_the_rules_say_so():
    assert exact(methodology(item("a", round=1)), a=[0.25, 0.249]) == [30, 20]


# --- what a network cannot tell ---------------------------------------------------------------------------------------


def test_what_is_impossible_for_one_is_dropped_for_its_whole_group_and_no_other():
    rules = methodology(item("a"), item("b"), peers=SECTORS)
    result = rate(rules, table(a=[IMPOSSIBLE, 0, 0, 0], b=[1, 1, 1, 1], fields={"sector": ["x", "x", "y", "y"]}))
    assert result.exact.tolist() == [100, 100, 50, 50]
    assert result.states["a"].tolist() == [IMPOSSIBLE, IMPOSSIBLE, State.KNOWN, State.KNOWN]
    assert np.isnan(result.normal["a"][:2]).all()


def test_what_is_impossible_does_not_count_against_anybody_by_a_rule_of_zero():
    assert exact(methodology(item("a", unknown="zero"), item("b")), a=[IMPOSSIBLE, UNKNOWN], b=[1, 1]) == [100, 100]


def test_a_penalty_that_is_impossible_for_one_falls_on_nobody_of_its_group():
    rules = methodology(item("a"), penalties=[FAULTS], peers=SECTORS)
    columns = {"a": [1, 1, 1], "faults": [IMPOSSIBLE, 0, 0], "fields": {"sector": ["x", "x", "y"]}}
    assert exact(rules, **columns) == [100, 100, 78]


# --- penalties and gates ----------------------------------------------------------------------------------------------

FAULTS = {
    "code": "faults",
    "indicator": "regularity",
    "steps": [{"from": "0.5", "points": "-4"}, {"from": "1", "points": "0"}],
    "otherwise": "-22",
}
GATE = {"code": "gate", "indicator": "regularity", "from": "0.5"}


def test_a_penalty_is_added_by_the_highest_step_reached():
    result = rate(methodology(item("a"), penalties=[FAULTS]), table(a=[0.9] * 4, faults=[1, 0.99, 0.5, 0.49]))
    assert result.exact.tolist() == [90, 86, 86, 68]
    assert result.contributions["faults"].tolist() == [0, -4, -4, -22]


def test_no_penalty_takes_a_score_below_zero():
    assert exact(methodology(item("a"), penalties=[FAULTS]), a=[0.1], faults=[0]) == [0]


def test_an_unknown_penalty_is_not_given_but_may_come():
    result = rate(methodology(item("a"), penalties=[FAULTS]), table(a=[0.9, 0.9], faults=[UNKNOWN, NOT_APPLICABLE]))
    assert result.exact.tolist() == result.high.tolist() == [90, 90]
    assert result.low.tolist() == [68, 90]


def test_who_fails_a_gate_has_a_score_and_no_place():
    result = rate(methodology(item("a"), gate=[GATE]), table(a=[1, 0.5, 0.4], gate=[0.49, 0.5, 1]))
    assert result.exact.tolist() == [100, 50, 40]
    assert result.status.tolist() == [Status.GATE, Status.RANKED, Status.RANKED]
    assert result.places.tolist() == [0, 1, 2]
    assert result.failed["gate"].tolist() == [True, False, False]


def test_a_gate_where_less_is_better_stops_what_is_above_it():
    result = rate(methodology(item("a"), gate=[GATE | {"better": "less"}]), table(a=[1, 1], gate=[0.5, 0.51]))
    assert result.failed["gate"].tolist() == [False, True]


@pytest.mark.parametrize(("unknown", "fails"), [("pass", [False, False]), ("fail", [True, False])])
def test_unknown_passes_a_gate_unless_the_rules_say_it_fails(unknown, fails):
    rules = methodology(item("a"), gate=[GATE | {"unknown": unknown}])
    assert rate(rules, table(a=[1, 1], gate=[UNKNOWN, NOT_APPLICABLE])).failed["gate"].tolist() == fails


# --- eligibility ------------------------------------------------------------------------------------------------------


def test_a_thin_subject_has_neither_score_nor_place_and_is_compared_with_nobody():
    rules = methodology(item("a", PERCENTILE), eligibility={"posts": 12})
    result = rate(rules, table(a=[1, 2, 3], posts=[12, 13, 11]))
    assert result.status.tolist() == [Status.RANKED, Status.RANKED, Status.THIN]
    assert result.exact.tolist()[:2] == [25, 75]
    assert np.isnan(result.exact[2])
    assert result.places.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("name", "bound", "values"),
    [("days", 180, [180, 179, NAN]), ("posts", 12, [12, 11, NAN]), ("collected", "0.9", [0.9, 0.89, NAN])],
)
def test_too_few_data_make_a_subject_thin_and_unknown_ones_do_not(name, bound, values):
    result = rate(methodology(item("a"), eligibility={name: bound}), table(a=[1, 1, 1], **{name: values}))
    assert result.status.tolist() == [Status.RANKED, Status.THIN, Status.RANKED]


def test_a_thin_subject_does_not_make_an_indicator_impossible_for_its_group():
    rules = methodology(item("a"), item("b"), eligibility={"posts": 12})
    assert exact(rules, a=[0, IMPOSSIBLE], b=[1, 1], posts=[12, 0])[0] == 50


def test_thin_subjects_make_no_group_large_enough():
    rules = methodology(item("a", PERCENTILE), peers=SECTORS | {"least": 2}, eligibility={"posts": 1})
    result = rate(rules, table(a=[1, 2, 3], posts=[1, 0, 1], fields={"sector": ["x", "x", "y"]}))
    assert result.labels == [(("x",), ("y",))]


# --- units ------------------------------------------------------------------------------------------------------------


def test_a_unit_without_a_score_is_left_out_of_the_mean():
    rules = methodology(item("a"))
    units = [table(a=[1, UNKNOWN]), table(a=[0.5, 0.2])]
    assert rate(rules, table(a=[0, 0]), units).exact.tolist() == [75, 20]


def test_who_has_a_score_in_no_unit_has_none():
    result = rate(methodology(item("a")), table(a=[1, 1]), [table(a=[UNKNOWN, 1])])
    assert result.status.tolist() == [Status.NOTHING, Status.RANKED]


def test_units_may_lack_subjects_and_hold_others_in_any_order():
    rules = methodology(item("a"))
    units = [table(["y", "x"], a=[0.2, 1]), table(["stranger", "x"], a=[0.9, 0.5])]
    assert rate(rules, table(["x", "y", "z"], a=[0, 0, 0]), units).exact.tolist()[:2] == [75, 20]


def test_scores_of_units_are_rounded_before_the_mean_where_the_rules_say_so():
    units = [table(a=[0.125]), table(a=[0.124])]
    assert rate(methodology(item("a"), unit_digits=0), table(a=[0]), units).exact.tolist() == [12.5]
    assert rate(methodology(item("a")), table(a=[0]), units).exact.tolist() == [12.45]


def test_groups_and_eligibility_go_by_the_whole_period():
    rules = methodology(item("a", PERCENTILE), peers=SECTORS, eligibility={"posts": 2})
    whole = table(a=[0, 0, 0], posts=[2, 2, 1], fields={"sector": ["x", "y", "x"]})
    unit = table(a=[1, 2, 3], posts=[0, 0, 9], fields={"sector": ["x", "x", "x"]})
    result = rate(rules, whole, [unit])
    assert result.exact.tolist()[:2] == [50, 50]
    assert result.status.tolist() == [Status.RANKED, Status.RANKED, Status.THIN]


def test_what_is_known_in_one_unit_is_known():
    result = rate(methodology(item("a"), item("b")), table(a=[0], b=[0]), [
        table(a=[UNKNOWN], b=[1]), table(a=[0.4], b=[1]),
    ])  # fmt: skip
    assert (result.states["a"][0], result.normal["a"][0]) == (State.KNOWN, 40)
    assert [result.contributions[code][0] for code in "ab"] == [10, 75]


# --- extreme values ---------------------------------------------------------------------------------------------------


def test_extreme_values_are_pulled_in_before_they_are_compared():
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 500]
    rules = methodology(item("a", MIN_MAX), winsorising={"most": 5})
    result = rate(rules, table(a=values))
    assert result.normal["a"].tolist()[-2:] == [100, 100]
    assert [(each.row, each.code, each.value, each.replaced) for each in result.treated] == [(10, "a", 500, 10)]
    assert rate(methodology(item("a", MIN_MAX)), table(a=values)).treated == []


def test_what_was_treated_in_a_unit_names_the_row_of_the_whole():
    keys = [f"k{n}" for n in range(11)]
    unit = table(keys[::-1], a=[500.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1])
    rules = methodology(item("a", normaliser={"kind": "min_max"}), winsorising={"most": 5})
    assert [each.row for each in rate(rules, table(keys, a=[1.0] * 11), [unit]).treated] == [10]


def test_extreme_values_are_left_alone_where_ranks_do_not_feel_them():
    rules = methodology(item("a"), winsorising={"most": 5})
    keys = [f"k{n}" for n in range(11)]
    assert rate(rules, table(keys, a=[500.0, *range(1, 11)])).treated == []


# --- places, rounding, zones ------------------------------------------------------------------------------------------


def test_places_are_dense_inside_each_group():
    scores, groups = np.array([50.0, 80, 80, 10, 90, 90, NAN]), np.array([0, 0, 0, 0, 1, 1, 1])
    ranked = np.array([True, True, True, True, True, False, False])
    assert dense_places(scores, groups, ranked).tolist() == [2, 1, 1, 3, 1, 0, 0]


def test_equal_scores_on_different_ways_share_a_place():
    rules = methodology(item("a", weight="0.1"), item("b", weight="0.2"), item("c", weight="0.3"))
    assert rate(rules, table(a=[1, 0], b=[1, 0], c=[0, 1])).places.tolist() == [1, 1]


HALVES = [("0.125", 2, "0.13"), ("2.675", 2, "2.68"), ("80.065", 2, "80.07"), ("80.0649", 2, "80.06"),
          ("0.5", 0, "1"), ("1.5", 0, "2"), ("1.005", 2, "1.01"), ("89.995", 2, "90.00"), ("0", 2, "0.00"),
          ("100", 4, "100.0000")]  # fmt: skip


@pytest.mark.parametrize(("value", "digits", "expected"), HALVES)
def test_halves_are_rounded_up(value, digits, expected):
    assert str(rounded(float(value), digits)) == expected
    assert half_up(np.array([float(value)]), digits).tolist() == [float(expected)]


def test_what_is_below_zero_is_rounded_away_from_it():
    assert half_up(np.array([-0.125, -0.124]), 2).tolist() == [-0.13, -0.12]
    assert str(rounded(-0.125, 2)) == "-0.13"


def test_no_score_is_rounded_to_none():
    assert rounded(NAN, 2) is None


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_every_written_half_is_rounded_up(whole, digits):
    written = Decimal(10 * whole + 5).scaleb(-digits - 1)
    assert rounded(float(written), digits) == Decimal(whole + 1).scaleb(-digits)


@pytest.mark.parametrize(("value", "points"), [(0.00125, "0.13"), (0.02675, "2.68"), (0.80065, "80.07")])
def test_a_half_survives_the_whole_chain(value, points):
    rules = methodology(item("a", weight="0.3"), item("b", weight="0.6"))
    assert [str(each) for each in rate(rules, table(a=[value], b=[value])).points(rules)] == [points]


def test_the_digits_of_the_rules_are_kept():
    rules = methodology(item("a"), digits=0)
    assert [str(each) for each in rate(rules, table(a=[0.125])).points(rules)] == ["13"]


def test_zones_go_from_their_bound_on():
    zones = [
        {"zone": "green", "label": "G", "from": "90"},
        {"zone": "yellow", "label": "Y", "from": "69.5"},
        {"zone": "red", "label": "R", "from": "0"},
    ]
    rules = methodology(item("a"), zones=zones)
    codes = [zone_of(Decimal(points), rules).code for points in ("100", "90", "89.99", "69.50", "69.49", "0")]
    assert codes == ["green", "green", "yellow", "yellow", "red", "red"]
    assert zone_of(Decimal(5), methodology(item("a"))) is None
