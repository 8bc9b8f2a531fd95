"""What holds of the engine for any methodology and any table."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ratings.engine import Result, Status, rate
from ratings.parts import Readings, State
from ratings.rules import Rules
from ratings.rules_data import read_rules
from ratings.table import Table

from .making import table, with_weights
from .oracle import expect
from .strategies import (
    SECTORS,
    cells_or_impossible,
    known_cells,
    methodology_data,
    rising_steps,
    rules_and_tables,
    tables,
)

# Scores are brought to nine digits.
NEAR = 2e-9


def by_key(result: Result) -> dict[str, tuple]:
    """All that is said of each subject; NaN as text, so that it equals itself."""
    columns = [result.exact, result.low, result.high, result.places, result.status]
    for numbers in (result.states, result.normal, result.contributions, result.failed):
        columns += [numbers[code] for code in sorted(numbers)]
    return {
        key: (result.labels[result.groups[n]], *(repr(column[n].item()) for column in columns))
        for n, key in enumerate(result.table.keys)
    }


@given(rules_and_tables())
def test_points_lie_between_0_and_100(given_ones):
    result = rate(*given_ones)
    scored = result.exact[~np.isnan(result.exact)]
    assert ((scored >= 0) & (scored <= 100)).all()


@given(rules_and_tables(), st.sampled_from([0.001, 0.3, 3, 1000]))
def test_weights_scaled_by_a_constant_change_nothing(given_ones, factor):
    rules, data = given_ones
    scaled = with_weights(rules, [item.weight * factor for item in rules.items])
    before, after = rate(rules, data), rate(scaled, data)
    assert after.exact == pytest.approx(before.exact, abs=NEAR, nan_ok=True)
    assert after.places.tolist() == before.places.tolist()
    for code, values in before.contributions.items():
        assert after.contributions[code] == pytest.approx(values, abs=NEAR, nan_ok=True)


@given(rules_and_tables(), st.data())
def test_a_better_value_never_lowers_the_subjects_own_score(given_ones, data):
    rules, subjects = given_ones
    measure = data.draw(st.sampled_from([part.measure for part in (*rules.items, *rules.penalties)]))
    known = np.flatnonzero(subjects.readings[measure.code].state == State.KNOWN)
    assume(len(known))
    row = int(data.draw(st.sampled_from(known.tolist())))
    value = subjects.values(measure.code)[row]
    better = value + data.draw(st.sampled_from([0.1, 0.5, 3, 100])) * (-1 if measure.less else 1)
    before = rate(rules, subjects).exact[row]
    after = rate(rules, subjects.with_value(row, measure.code, better)).exact[row]
    assert np.isnan(before) == np.isnan(after)
    assert np.isnan(before) or after >= before - NEAR


@given(rules_and_tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(given_ones, dice):
    rules, data = given_ones
    order = list(range(len(data)))
    dice.shuffle(order)
    assert by_key(rate(rules, data.rows(np.array(order)))) == by_key(rate(rules, data))


@given(rules_and_tables(least=2), st.data())
def test_a_score_does_not_depend_on_values_outside_the_peer_group(given_ones, data):
    rules, subjects = given_ones
    before = rate(rules, subjects)
    group = data.draw(st.sampled_from(sorted(set(before.groups.tolist()))))
    other = data.draw(tables(rules, len(subjects), len(subjects)))
    outside = before.groups != group
    changed = {
        code: Readings(
            *(
                np.where(outside, getattr(other.readings[code], name), getattr(old, name))
                for name in ("numerator", "denominator", "state")
            )
        )
        for code, old in subjects.readings.items()
    }
    after = rate(rules, replace(subjects, readings=changed))
    inside = [key for key, is_out in zip(subjects.keys, outside, strict=True) if not is_out]
    assert [by_key(after)[key] for key in inside] == [by_key(before)[key] for key in inside]


@given(rules_and_tables(least=2), st.data())
def test_a_score_does_not_depend_on_who_else_is_outside_the_peer_group(given_ones, data):
    rules, subjects = given_ones
    before = rate(rules, subjects)
    group = data.draw(st.sampled_from(sorted(set(before.groups.tolist()))))
    after = rate(rules, subjects.rows(np.flatnonzero(before.groups == group)))
    assume(len(set(after.groups.tolist())) == 1)
    found, expected = by_key(after), by_key(before)
    assert all(found[key][1:] == expected[key][1:] for key in found)


@given(rules_and_tables())
def test_contributions_add_up_to_the_score(given_ones):
    result = rate(*given_ones)
    total = sum(result.contributions.values())
    assert np.clip(total, 0, 100) == pytest.approx(result.exact, abs=0.01, nan_ok=True)


@given(rules_and_tables())
def test_the_score_lies_between_the_worst_and_the_best_that_the_unknown_can_make_of_it(given_ones):
    result = rate(*given_ones)
    scored = ~np.isnan(result.exact)
    assert (result.low[scored] <= result.exact[scored] + NEAR).all()
    assert (result.exact[scored] <= result.high[scored] + NEAR).all()


@given(rules_and_tables())
def test_places_are_dense_and_ties_share(given_ones):
    result = rate(*given_ones)
    ranked = result.status == Status.RANKED
    assert (result.places[~ranked] == 0).all()
    for group in set(result.groups[ranked].tolist()):
        rows = np.flatnonzero(ranked & (result.groups == group))
        ladder = sorted(set(result.exact[rows].tolist()), reverse=True)
        assert result.places[rows].tolist() == [ladder.index(points) + 1 for points in result.exact[rows].tolist()]


@given(rules_and_tables())
def test_who_has_no_score_is_thin_or_has_nothing_known_and_nobody_else(given_ones):
    result = rate(*given_ones)
    without = np.isnan(result.exact)
    assert without.tolist() == np.isin(result.status, [Status.THIN, Status.NOTHING]).tolist()


@given(methodology_data(), st.data())
def test_a_thin_subject_changes_nothing_for_the_others(methodology, data):
    rules = read_rules(methodology | {"eligibility": {"posts": 3}})
    subjects = data.draw(tables(rules, 2))
    with_thin = rate(rules, subjects)
    thin = with_thin.status == Status.THIN
    assume(thin.any() and not thin.all())
    without = by_key(rate(rules, subjects.rows(np.flatnonzero(~thin))))
    found = by_key(with_thin)
    assert all(found[key][1:] == without[key][1:] for key in without)


@given(rules_and_tables(extras=False), st.data())
def test_a_spread_item_without_value_is_as_if_it_were_not_in_the_rules(given_ones, data):
    rules, subjects = given_ones
    assume(len(rules.items) > 1)
    rules = read_with_spread(rules)
    gone = data.draw(st.sampled_from([item.code for item in rules.items]))
    state = data.draw(st.sampled_from([State.UNKNOWN, State.NOT_APPLICABLE, State.IMPOSSIBLE]))
    nothing = Readings(np.zeros(len(subjects)), np.zeros(len(subjects)), np.full(len(subjects), state))
    found = rate(rules, replace(subjects, readings={**subjects.readings, gone: nothing}))
    fewer = replace(rules, items=tuple(item for item in rules.items if item.code != gone))
    expected = rate(fewer, subjects)
    assert found.exact == pytest.approx(expected.exact, abs=NEAR, nan_ok=True)
    assert found.places.tolist() == expected.places.tolist()


def read_with_spread(rules: Rules) -> Rules:
    return replace(rules, items=tuple(replace(item, unknown="spread") for item in rules.items))


@given(rules_and_tables(extras=False), st.data())
def test_the_score_of_units_is_the_mean_of_their_scores(given_ones, data):
    rules, first = given_ones
    rules = replace(rules, peers=replace(rules.peers, by=()))
    units = [first, *(data.draw(tables(rules, len(first), len(first))) for _ in range(2))]
    found = rate(rules, first, units)
    scores = np.array([rate(rules, unit).exact for unit in units])
    counted = (~np.isnan(scores)).sum(axis=0)
    expected = np.where(counted > 0, np.nansum(scores, axis=0) / np.maximum(counted, 1), np.nan)
    assert found.exact == pytest.approx(expected, abs=NEAR, nan_ok=True)
    assert sum(found.contributions.values()) == pytest.approx(expected, abs=0.01, nan_ok=True)


@given(methodology_data(), st.integers(0, 2), st.data())
def test_contributions_add_up_to_the_mean_of_units_rounded_and_cut_at_zero(methodology, digits, data):
    rules = read_rules(methodology | {"unit_digits": digits, "peers": {}})
    units = [data.draw(tables(rules, 4, 4)) for _ in range(3)]
    found = rate(rules, units[0], units)
    assert sum(found.contributions.values()) == pytest.approx(found.exact, abs=0.01, nan_ok=True)


# --- the oracle -------------------------------------------------------------------------------------------------------


@st.composite
def oracle_case(draw: st.DrawFn):
    """Weighted items with the four normalisers, penalties and gates; groups by sector as they are."""
    items = []
    for n in range(draw(st.integers(1, 4))):
        better = draw(st.sampled_from(["more", "less"]))
        kind = draw(st.sampled_from(["target", "steps", "percentile", "min_max"]))
        normaliser = {"kind": kind}
        if kind == "target":
            normaliser["target"] = draw(st.sampled_from(["0.3", "1", "2"]))
        if kind == "steps":
            normaliser["steps"] = draw(rising_steps(better == "less", 0, 9))
            normaliser["steps"][-1]["points"] = "10"
        weight = draw(st.sampled_from(["0.3", "1", "2.5", "40"]))
        unknown = draw(st.sampled_from(["spread", "zero"]))
        items.append(
            {"code": f"i{n}", "indicator": "regularity", "better": better, "weight": weight, "unknown": unknown}
            | {"normaliser": normaliser}
        )
    data = {"items": items, "peers": {"by": ["sector"]}}
    extra = {"indicator": "regularity", "better": draw(st.sampled_from(["more", "less"]))}
    if draw(st.booleans()):
        steps = draw(rising_steps(extra["better"] == "less", -20, 0))
        data["penalties"] = [extra | {"code": "p", "steps": steps, "otherwise": "-22"}]
    if draw(st.booleans()):
        bound, unknown = draw(st.sampled_from(["0.3", "1"])), draw(st.sampled_from(["pass", "fail"]))
        data["gate"] = [extra | {"code": "g", "from": bound, "unknown": unknown}]
    size = draw(st.integers(1, 9))

    def column(of):
        return draw(st.lists(of, min_size=size, max_size=size))

    codes = [part["code"] for name in ("items", "penalties", "gate") for part in data.get(name, [])]
    cells = {code: column(draw(st.sampled_from([known_cells, cells_or_impossible]))) for code in codes}
    return data, column(st.sampled_from(SECTORS)), cells


@given(oracle_case())
def test_the_engine_agrees_with_slow_exact_arithmetic(case):
    data, groups, cells = case
    subjects: Table = table(**cells, fields={"sector": groups})
    result = rate(read_rules(data), subjects)
    expected = expect(data, groups, cells)
    points = [np.nan if each.points is None else float(each.points) for each in expected]
    assert result.exact.tolist() == pytest.approx(points, abs=NEAR, nan_ok=True)
    assert result.places.tolist() == [each.place for each in expected]
