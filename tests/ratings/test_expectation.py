"""What a subject of that size, population and age usually gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.expectation import LEAST_SUBJECTS, expected_points

SIZE = 40


def facts(size: int = SIZE) -> dict[str, np.ndarray]:
    """Two facts that do not say the same."""
    numbers = np.arange(size)
    return {"subscribers": 10.0 + numbers**2, "age": 30.0 + (numbers * 17) % 41 * 10.0}


def linear(columns: dict[str, np.ndarray], start: float = 20.0) -> np.ndarray:
    return start + 5 * np.log1p(columns["subscribers"]) + 3 * np.log1p(columns["age"])


def everybody(size: int = SIZE) -> np.ndarray:
    return np.ones(size, dtype=bool)


def test_an_exact_relation_is_recovered():
    points = linear(facts())
    assert points.max() < 100
    assert expected_points(points, everybody(), facts()) == pytest.approx(points, abs=1e-5)


def test_a_subject_that_stands_out_is_expected_to_be_like_the_others():
    """It has no place, so it is not among those who make the expectation."""
    points = linear(facts())
    usual = points[7]
    points[7] = 0
    ranked = everybody()
    ranked[7] = False
    assert expected_points(points, ranked, facts())[7] == pytest.approx(usual, abs=1e-5)


def test_the_fit_is_that_of_least_squares():
    noisy = np.clip(linear(facts()) + 10 * np.sin(np.arange(SIZE) * 7.0), 0, 100)
    columns = facts()
    matrix = np.stack([np.ones(SIZE), *(np.log1p(column) for column in columns.values())], axis=1)
    expected = matrix @ np.linalg.lstsq(matrix, noisy, rcond=None)[0]
    assert expected_points(noisy, everybody(), columns) == pytest.approx(np.clip(expected, 0, 100), abs=1e-5)


def test_expected_points_stay_between_0_and_100():
    columns = facts()
    columns["subscribers"] = np.where(np.arange(SIZE) == 39, 1e12, columns["subscribers"])
    columns["age"] = np.where(np.arange(SIZE) == 38, 0.0, columns["age"])
    points = linear(columns, -10.0)
    ranked = (points >= 0) & (points <= 100)
    found = expected_points(points, ranked, columns)
    assert (found[39], found[38] <= points.max()) == (100.0, True)
    low = expected_points(-linear(columns) * 0.9 + 100, everybody() & ranked, columns)
    assert low.min() == 0


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(dice):
    order = list(range(SIZE))
    dice.shuffle(order)
    points = np.clip(linear(facts()) + 10 * np.sin(np.arange(SIZE) * 7.0), 0, 100)
    plain = expected_points(points, everybody(), facts())
    shuffled = expected_points(points[order], everybody(), {name: c[order] for name, c in facts().items()})
    assert plain[order].tolist() == shuffled.tolist()


def test_too_few_ranked_subjects_give_no_expectation():
    points, ranked = linear(facts()), everybody()
    ranked[LEAST_SUBJECTS:] = False
    assert not np.isnan(expected_points(points, ranked, facts())).any()
    ranked[LEAST_SUBJECTS - 1] = False
    assert np.isnan(expected_points(points, ranked, facts())).all()


def test_where_a_fact_is_unknown_nothing_is_expected_of_that_subject_alone():
    columns = facts()
    columns["age"][3] = np.nan
    found = expected_points(linear(facts()), everybody(), columns)
    assert np.flatnonzero(np.isnan(found)).tolist() == [3]
    assert np.delete(found, 3) == pytest.approx(np.delete(linear(facts()), 3), abs=1e-5)


def test_a_fact_unknown_for_half_of_the_ranked_is_left_out():
    columns = facts() | {"adults": np.where(np.arange(SIZE) % 2, np.nan, np.arange(SIZE) * 3.0)}
    assert expected_points(linear(facts()), everybody(), columns) == pytest.approx(linear(facts()), abs=1e-5)


def test_a_fact_that_is_the_same_for_all_is_left_out():
    columns = facts() | {"adults": np.full(SIZE, 50_000.0)}
    assert expected_points(linear(facts()), everybody(), columns) == pytest.approx(linear(facts()), abs=1e-5)


def test_a_fact_that_varies_among_the_unranked_alone_is_left_out():
    ranked = np.arange(SIZE) < 30
    columns = facts() | {"adults": np.where(ranked, 5.0, np.arange(SIZE) * 3.0)}
    assert expected_points(linear(facts()), ranked, columns) == pytest.approx(linear(facts()), abs=1e-5)


def test_facts_that_say_the_same_give_no_expectation():
    columns = facts() | {"again": facts()["age"]}
    assert np.isnan(expected_points(linear(facts()), everybody(), columns)).all()


def test_without_facts_nothing_is_expected():
    assert np.isnan(expected_points(linear(facts()), everybody(), {})).all()


def test_subjects_without_a_score_are_expected_to_get_what_others_do():
    points = linear(facts())
    points[5], ranked = np.nan, everybody()
    ranked[5] = False
    assert expected_points(points, ranked, facts())[5] == pytest.approx(linear(facts())[5], abs=1e-5)
