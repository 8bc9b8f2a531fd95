"""How firm the places are."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings import robustness
from ratings.engine import Status, rate
from ratings.robustness import draw_weights, rank_correlation, shake

from .making import IMPOSSIBLE, NOT_APPLICABLE, PERCENTILE, UNKNOWN, item, methodology, table, with_weights
from .strategies import methodology_data, rules_and_tables, tables

DRAWS = 60
THREE = (item("a", weight="3"), item("b", weight="2"), item("c"))


def some_table(size: int = 12, groups: int = 1):
    """Numbers without ties, and without an order that all items agree on."""
    columns = {
        code: [(n * step + 3) % 97 / 97 for n in range(size)] for code, step in zip("abc", (31, 57, 71), strict=True)
    }
    return table(**columns, fields={"sector": [str(n % groups) for n in range(size)]})


def same(one, two) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True)
        for name in ("low", "high", "chance", "settled")
    )


# --- the draws --------------------------------------------------------------------------------------------------------


def test_one_seed_gives_one_result_and_another_another():
    rules, data = methodology(*THREE, line={"places": 3}), some_table()
    result = rate(rules, data)
    one, again, other = shake(rules, result), shake(rules, result), shake(rules, result, seed=1)
    assert same(one, again)
    assert one.report == again.report
    assert not same(one, other)
    assert (one.report["seed"], one.report["draws"]) == (robustness.SEED, robustness.DRAWS)


def test_each_weight_is_drawn_between_three_quarters_and_five_quarters_of_its_own():
    weights = draw_weights(methodology(item("a", weight="3"), item("b", weight="2")), 500, 7)
    assert weights.shape == (500, 2)
    assert (weights >= [2.25, 1.5]).all()
    assert (weights <= [3.75, 2.5]).all()
    assert (weights.min(axis=0) < [2.3, 1.53]).all()
    assert (weights.max(axis=0) > [3.7, 2.47]).all()


def test_every_second_draw_leaves_out_one_item_each_in_its_turn():
    weights = draw_weights(methodology(*THREE), 12, 7)
    gone = [np.flatnonzero(row == 0).tolist() for row in weights]
    assert gone == [[], [0], [], [1], [], [2]] * 2


@pytest.mark.parametrize("items", [THREE[:1], THREE[:2]])
def test_of_one_or_two_items_none_is_left_out(items):
    assert (draw_weights(methodology(*items), 20, 7) > 0).all()


# --- an oracle: the engine itself, draw by draw -----------------------------------------------------------------------


@settings(max_examples=30)
@given(rules_and_tables(least=2), st.sampled_from([None, {"places": 2}, {"threshold": "50"}]), st.integers(0, 9))
def test_places_and_chances_are_those_of_the_engine_with_the_weights_of_each_draw(given_ones, line, seed):
    rules, data = given_ones
    rules = replace(rules, line=methodology(*THREE, line=line).line if line else None)
    result = rate(rules, data)
    found = shake(rules, result, DRAWS, seed)
    ranked = result.status == Status.RANKED
    drawn = [rate(with_weights(rules, weights), data) for weights in draw_weights(rules, DRAWS, seed)]
    # A subject of which a draw leaves nothing keeps no score in the engine.
    whole = np.all([one.status == result.status for one in drawn], axis=0)
    if not np.array_equal(whole, np.ones(len(data), dtype=bool)):
        return
    places = np.sort([one.places for one in drawn], axis=0)
    outside = int(robustness.OUTSIDE * DRAWS)
    assert found.low[ranked].tolist() == places[outside, ranked].tolist()
    assert found.high[ranked].tolist() == places[DRAWS - 1 - outside, ranked].tolist()
    assert not found.low[~ranked].any()
    assert not found.high[~ranked].any()
    if line is None:
        assert np.isnan(found.chance).all()
    elif "places" in line:
        assert found.chance[ranked].tolist() == (places <= 2).mean(axis=0)[ranked].tolist()
    else:
        awarded = np.mean([one.exact >= 50 for one in drawn], axis=0)
        assert found.chance[ranked].tolist() == awarded[ranked].tolist()


def gappy_table():
    """Few values, so that draws have ties; each subject lacks one item at most."""
    columns = {
        code: [(n * step + n // 5) % 4 / 4 for n in range(24)] for code, step in zip("abc", (1, 2, 3), strict=True)
    }
    for n in range(0, 24, 5):
        columns["abc"[n % 3]][n] = UNKNOWN
    return table(**columns, fields={"sector": [str(n % 3) for n in range(24)]})


@pytest.mark.parametrize("unknown", ["spread", "zero"])
@pytest.mark.parametrize("cells", [robustness.CELLS, 1, 500])
def test_ranges_firmness_and_shifts_are_those_of_the_engine(monkeypatch, unknown, cells):
    monkeypatch.setattr(robustness, "CELLS", cells)
    rules = methodology(*(one | {"unknown": unknown} for one in THREE), peers={"by": ["sector"]})
    data = gappy_table()
    result = rate(rules, data)
    found = shake(rules, result, DRAWS)
    drawn = [rate(with_weights(rules, weights), data) for weights in draw_weights(rules, DRAWS, robustness.SEED)]
    places, scores = np.sort([one.places for one in drawn], axis=0), np.array([one.exact for one in drawn])
    outside = int(robustness.OUTSIDE * DRAWS)
    assert found.low.tolist() == np.minimum(places[outside], result.places).tolist()
    assert found.high.tolist() == np.maximum(places[-1 - outside], result.places).tolist()
    assert (found.low < found.high).any()
    for row in range(len(data)):
        next_ones = (result.groups == result.groups[row]) & (result.places == result.places[row] + 1)
        following = min(np.flatnonzero(next_ones), key=lambda n: data.keys[n], default=None)
        if following is None:
            assert np.isnan(found.settled[row])
            continue
        ahead, even = scores[:, row] > scores[:, following], scores[:, row] == scores[:, following]
        assert found.settled[row] == pytest.approx(ahead.mean() + even.mean() / 2)
    for left_out, driver in enumerate(found.report["drivers"]):
        weights = [0 if n == left_out else item.weight for n, item in enumerate(rules.items)]
        moved = np.abs(rate(with_weights(rules, weights), data).places - result.places)
        assert driver["shift"] == pytest.approx(moved.mean(), abs=0.0006)


def test_settled_is_the_share_of_draws_that_keep_the_order_before_the_next_one():
    rules, data = methodology(*THREE), some_table(8)
    result = rate(rules, data)
    found = shake(rules, result, DRAWS)
    scores = np.array([rate(with_weights(rules, w), data).exact for w in draw_weights(rules, DRAWS, robustness.SEED)])
    by_place = np.argsort(result.places)
    for row, following in pairwise(by_place):
        ahead, even = scores[:, row] > scores[:, following], scores[:, row] == scores[:, following]
        assert found.settled[row] == pytest.approx(ahead.mean() + even.mean() / 2)
    assert np.isnan(found.settled[by_place[-1]])
    assert 0.5 < np.nanmin(found.settled) < 1


# --- what must hold ---------------------------------------------------------------------------------------------------


@given(st.data())
def test_where_weights_shake_lightly_the_range_is_the_place(data):
    """Two items, so that none is left out; tables without ties, so that a light shake changes no order."""
    rules = methodology(item("a"), item("b", weight="2"))
    values = st.lists(st.integers(0, 1000), min_size=2, max_size=10)
    a = data.draw(values)
    b = data.draw(st.lists(st.integers(0, 1000), min_size=len(a), max_size=len(a)))
    subjects = table(a=[n / 1000 for n in a], b=[n / 1000 for n in b])
    result = rate(rules, subjects)
    if len(set(result.exact.tolist())) < len(subjects):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "LEAST_WEIGHT", 1 - 1e-7)
        patch.setattr(robustness, "MOST_WEIGHT", 1 + 1e-7)
        found = shake(rules, result, DRAWS)
    assert found.low.tolist() == result.places.tolist() == found.high.tolist()


def test_who_is_best_in_everything_keeps_the_first_place_for_certain():
    data = some_table().with_value(5, "a", 2).with_value(5, "b", 2).with_value(5, "c", 2)
    rules = methodology(*THREE, line={"places": 1})
    found = shake(rules, rate(rules, data))
    assert (found.low[5], found.high[5], found.chance[5], found.settled[5]) == (1, 1, 1, 1)
    assert max(np.delete(found.chance, 5)) == 0


def test_identical_rows_share_everything():
    twin = np.array([4, *range(12)])
    data = replace(some_table().rows(twin), keys=["twin", *(f"s{n}" for n in range(12))])
    rules = methodology(*THREE, line={"places": 3})
    found = shake(rules, rate(rules, data))
    assert found.of(0) == found.of(5)
    assert 0 < found.chance[0] < 1 or found.low[0] < found.high[0]


def test_who_has_no_place_has_no_range_and_no_chance():
    rules = methodology(*THREE, line={"places": 3}, gate=[{"code": "g", "indicator": "cover", "from": "1"}])
    columns = {code: [0.9, 0.5, UNKNOWN] for code in "abc"}
    found = shake(rules, rate(rules, table(**columns, g=[0, 1, 1])))
    nothing = {"place_low": None, "place_high": None, "award_chance": None, "settled": None}
    assert (found.of(0), found.of(2)) == (nothing, nothing)
    assert found.of(1) == {"place_low": 1, "place_high": 1, "award_chance": 1.0, "settled": None}


def test_nobody_ranked_is_no_error():
    rules = methodology(*THREE)
    found = shake(rules, rate(rules, table(a=[UNKNOWN], b=[UNKNOWN], c=[UNKNOWN])))
    assert found.low.tolist() == [0]
    assert [driver["known"] for driver in found.report["drivers"]] == [0, 0, 0]


def test_penalties_go_into_the_drawn_scores():
    fine = {"code": "p", "indicator": "cover", "steps": [{"from": "1", "points": "0"}], "otherwise": "-22"}
    rules = methodology(*THREE, penalties=[fine])
    data = table(a=[0.9, 0.8], b=[0.9, 0.8], c=[0.9, 0.8], p=[0, 1])
    found = shake(rules, rate(rules, data))
    assert (found.low.tolist(), found.high.tolist()) == ([2, 1], [2, 1])


@given(st.data(), st.randoms(use_true_random=False))
def test_draws_do_not_depend_on_the_order_of_rows(data, dice):
    rules, subjects = data.draw(rules_and_tables(least=2))
    rules = replace(rules, line=methodology(*THREE, line={"places": 2}).line)
    order = list(range(len(subjects)))
    dice.shuffle(order)
    plain = shake(rules, rate(rules, subjects), DRAWS)
    shuffled = shake(rules, rate(rules, subjects.rows(np.array(order))), DRAWS)
    assert [plain.of(n) for n in order] == [shuffled.of(n) for n in range(len(order))]
    assert plain.settled[order].tolist() == pytest.approx(shuffled.settled.tolist(), nan_ok=True)
    for one, two in zip(plain.report["drivers"], shuffled.report["drivers"], strict=True):
        assert two == pytest.approx(one, abs=0.0011)


@settings(max_examples=25)
@given(methodology_data(), st.data(), st.sampled_from([1, 7, 130, 900]))
def test_how_much_is_held_at_a_time_changes_nothing(methodology, data, cells):
    from ratings.rules_data import read_rules

    rules = read_rules(methodology | {"line": {"places": 2}})
    result = rate(rules, data.draw(tables(rules, 2)))
    whole = shake(rules, result, DRAWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "CELLS", cells)
        parts = shake(rules, result, DRAWS)
    assert same(whole, parts)
    assert whole.report == parts.report


# --- as stored --------------------------------------------------------------------------------------------------------


def test_an_order_is_settled_from_95_percent_of_the_draws():
    nan = np.array([np.nan] * 3)
    found = robustness.Robustness(np.ones(3), np.ones(3), nan, np.array([0.95, 0.949, np.nan]), {})
    assert [found.of(n)["settled"] for n in range(3)] == [True, False, None]


# --- what drives the ranking ------------------------------------------------------------------------------------------


def drivers(rules, data) -> dict[str, dict]:
    return {driver["item"]: driver for driver in shake(rules, rate(rules, data), 10).report["drivers"]}


def test_drivers_name_weight_and_number_of_those_known():
    data = table(a=[1, 0.5, 0.2], b=[0.5, UNKNOWN, 1], c=[NOT_APPLICABLE, NOT_APPLICABLE, 1])
    found = drivers(methodology(*THREE), data)
    assert [found[code]["weight"] for code in "abc"] == [0.5, 0.3333, 0.1667]
    assert [found[code]["known"] for code in "abc"] == [3, 2, 1]


def test_the_item_that_orders_all_correlates_with_the_score_and_a_constant_one_does_not():
    found = drivers(methodology(*THREE[:2]), table(a=[0.1, 0.5, 0.7, 0.9], b=[0.5] * 4))
    assert (found["a"]["correlation"], found["b"]["correlation"]) == (1.0, None)
    turned = drivers(methodology(item("a", weight="9"), item("b")), table(a=[1, 0.5, 0], b=[0, 0.5, 1]))
    assert (turned["a"]["correlation"], turned["b"]["correlation"]) == (1.0, -1.0)


def test_the_shift_is_the_mean_change_of_places_where_the_item_is_left_out():
    """Without A both swap their places; without B nothing moves."""
    rules = methodology(item("a", weight="2"), item("b"))
    found = drivers(rules, table(a=[1, 0, 0.5], b=[0, 1, 0.5]))
    assert (found["a"]["shift"], found["b"]["shift"]) == (pytest.approx(4 / 3, abs=1e-3), 0)


def test_a_single_item_has_no_shift_and_an_impossible_one_no_correlation():
    assert drivers(methodology(item("a")), table(a=[1, 0.5]))["a"]["shift"] is None
    found = drivers(methodology(item("a"), item("b")), table(a=[1, 0.5], b=[IMPOSSIBLE, 1]))
    assert (found["b"]["correlation"], found["b"]["known"], found["b"]["shift"]) == (None, 0, 0)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_rank_correlation_is_spearmans(values, dice):
    others = [dice.randrange(6) for _ in values]

    def ranks(numbers):
        return [sum(a < b for a in numbers) + (numbers.count(b) + 1) / 2 for b in numbers]

    found = rank_correlation(np.array(values, dtype=float), np.array(others, dtype=float))
    if len(set(values)) == 1 or len(set(others)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(float(np.corrcoef(ranks(values), ranks(others))[0, 1]), abs=0.0006)


def test_groups_are_drawn_each_by_itself():
    rules = methodology(item("a", PERCENTILE), *THREE[1:], peers={"by": ["sector"]}, line={"places": 1})
    data = some_table(12, groups=3)
    found = shake(rules, rate(rules, data))
    for group in range(3):
        rows = np.array([n for n in range(12) if n % 3 == group])
        alone = shake(rules, rate(rules, data.rows(rows)))
        for name in ("low", "high", "chance", "settled"):
            assert getattr(found, name)[rows].tolist() == pytest.approx(getattr(alone, name).tolist(), nan_ok=True)


def test_which_of_those_tied_on_the_next_place_follows_does_not_depend_on_the_order_of_rows():
    """B and C tie on the second place by different items."""
    rules = methodology(item("a"), item("b"))
    data = table(["A", "B", "C"], a=[0.9, 0.9, 0.1], b=[0.2, 0.1, 0.9])
    plain = shake(rules, rate(rules, data))
    turned = shake(rules, rate(rules, data.rows(np.array([2, 1, 0]))))
    assert rate(rules, data).places.tolist() == [1, 2, 2]
    assert plain.settled[0] == turned.settled[2]
