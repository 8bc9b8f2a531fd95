"""A score taken apart: what adds up to it, what would raise it, what would be if."""

import random

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.models import PageProfile, Post
from ratings.computing import calculate
from ratings.explain import Scenario, advice, group_contributions, lines, typeable
from ratings.models import Rating, Score, ScoreStatus
from ratings.parts import State
from ratings.rules_data import read_rules
from ratings.screens import score as screen
from ratings.tables_data import read_table_data, unpack
from tests.factories import RegionFactory, watched

from .worlds import FIRST, LAST, by_key, item, methodology, page_in, rate, ratio, some_pages, steps, target

pytestmark = pytest.mark.django_db

PENALTY = [{"indicator": "widgets", "steps": [{"from": "2", "points": "0"}], "otherwise": "-5"}]
KINDS = {
    "ranks": [item("engagement_by_views", "2"), item("regularity"), item("growth", normaliser={"kind": "min_max"})],
    "targets": [target("engagement_by_views", "0.07", "2"), target("regularity", "0.9"), target("avatar", "1")],
    "steps": [
        steps("engagement_by_views", {"0.02": "3", "0.05": "7"}, "2"),
        item("regularity", normaliser={"kind": "steps", "steps": [{"above": "0.5", "points": "5"}]}),
    ],
    "mixed": [item("engagement_by_views", "2"), target("avatar", "1"), steps("widgets", {"1": "5", "2": "10"})],
}


def some_region(seed: int = 1, count: int = 9):
    """A region of pages that differ in everything, the same for the same seed."""
    dice, region = random.Random(seed), RegionFactory()
    for _ in range(count):
        page = watched(
            page_in(region, platform=dice.choice(["vk", "vk", "ok"])),
            FIRST,
            LAST,
            subscribers=dice.randint(50, 900),
            grows=dice.randint(0, 4),
            every=dice.choice([0, 1, 2, 3, 5]),
            likes=dice.randint(0, 9),
            views=dice.choice([70, 110, 130]),
            profile={"has_avatar": dice.random() < 0.5, "widgets": dice.choice([0, 1, 2, None])},
        )
        if dice.random() < 0.2:
            PageProfile.objects.filter(page=page).delete()
    return region


def explained(rating: Rating):
    """Every score with its lines."""
    rules = read_rules(rating.methodology.data)
    scores = list(rating.scores.all())
    for score in scores:
        group = group_contributions([each.items for each in scores if each.group == score.group])
        yield score, lines(score, rules, group)


# --- what a score is made of ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", [None, "week"])
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_contributions_add_up_to_the_score(db, kind, unit, seed):
    rating = rate(some_region(seed, 6), methodology(*KINDS[kind], unit=unit))
    for score, parts in explained(rating):
        total = sum(line.contribution or 0 for line in parts)
        assert score.exact is None or total == pytest.approx(score.exact, abs=0.01)


def test_penalties_add_up_too_and_the_score_ends_at_zero(db):
    rating = rate(some_region(3), methodology(*KINDS["targets"], penalties=PENALTY))
    for score, parts in explained(rating):
        total = sum(line.contribution or 0 for line in parts)
        assert score.exact == pytest.approx(min(100, max(0, total)), abs=0.01)


def test_each_line_starts_where_the_one_before_ended(region):
    some_pages(region, [2])
    rating = rate(region, methodology(target("engagement_by_views", "0.04"), target("avatar", "1"), penalties=PENALTY))
    PageProfile.objects.update(widgets=0)
    rating = rate(region, rating.methodology)
    _score, parts = next(iter(explained(rating)))
    assert [(line.start, line.contribution) for line in parts] == [(0, 25), (25, 50), (70, -5)]


def test_a_line_tells_what_was_lost(region):
    some_pages(region, [2])
    rating = rate(region, methodology(target("engagement_by_views", "0.08", "30"), target("avatar", "1", "10")))
    _score, (first, second) = next(iter(explained(rating)))
    assert (first.weight, first.contribution, first.lost, second.lost) == (75, 18.75, 56.25, 0)


def test_an_unknown_value_has_neither_weight_nor_points(region):
    watched(page_in(region), FIRST, LAST)
    rating = rate(region, methodology(target("regularity", "1", "30"), target("component", "1", "10")))
    _score, (known, unknown) = next(iter(explained(rating)))
    assert (known.weight, unknown.weight, unknown.state) == (100, None, State.UNKNOWN)
    assert (unknown.value, unknown.normal, unknown.contribution, unknown.lost) == (None, None, None, None)


def test_an_unknown_value_that_counts_as_zero_keeps_its_weight(region):
    watched(page_in(region), FIRST, LAST, every=1)
    rating = rate(region, methodology(target("regularity", "1", "30"), target("component", "1", "10", unknown="zero")))
    score, (known, _unknown) = next(iter(explained(rating)))
    assert (known.weight, known.contribution, score.exact) == (75, 75, 75)


def test_the_median_is_that_of_the_peer_group(region):
    some_pages(region, [1, 2, 4])
    rating = rate(region, methodology(target("engagement_by_views", "0.04")))
    assert {line.median for _score, parts in explained(rating) for line in parts} == {50}


# --- what would be if -------------------------------------------------------------------------------------------------


def recomputed(rating: Rating, score: Score, changes: dict[str, float]) -> tuple[float, int]:
    """Score and place after a computation of the whole rating with these values, by the engine."""
    data = unpack(bytes(rating.inputs.packed))

    def changed(packed):
        table = read_table_data(packed)
        if score.key in table.keys:
            for code, value in changes.items():
                table = table.with_value(list(table.keys).index(score.key), code, value)
        return table

    rules = read_rules(rating.methodology.data)
    result = calculate(rules, changed(data["whole"]), [changed(unit) for unit in data["units"]]).result
    row = list(result.table.keys).index(score.key)
    return float(result.exact[row]), int(result.places[row])


@pytest.mark.parametrize("unit", [None, "week"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", [{}, {"winsorising": {"most": 2}}, {"peers": {"by": ["network"]}}])
def test_every_piece_of_advice_is_what_the_engine_gives(db, kind, unit, more):
    rating = rate(some_region(5), methodology(*KINDS[kind], unit=unit, **more))
    told = 0
    for score in rating.scores.all():
        for each in advice(Scenario(rating, score)):
            told += 1
            exact, place = recomputed(rating, score, {each.code: each.value})
            assert each.gain == pytest.approx(exact - score.exact, abs=1e-6)
            assert each.place == place
    assert told


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_changed_gives_the_score_itself(db, kind):
    rating = rate(some_region(7), methodology(*KINDS[kind]))
    for score in rating.scores.all():
        scenario = Scenario(rating, score)
        assert (scenario.points({}), scenario.place({})) == (score.exact, score.place)


@pytest.mark.parametrize("more", [{}, {"winsorising": {"most": 2}}])
def test_networks_that_cannot_tell_and_extreme_values_count_as_in_the_rating(db, more):
    region = some_region(7)
    for likes in (0, 0, 90):
        watched(page_in(region, platform="telegram"), FIRST, LAST, likes=likes)
    rating = rate(region, methodology(*KINDS["targets"], target("widgets", "2"), **more))
    for score in rating.scores.all():
        assert Scenario(rating, score).points({}) == score.exact


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_gives_what_the_advice_promised(db, kind):
    rating = rate(some_region(11), methodology(*KINDS[kind]))
    promised = 0
    for score in rating.scores.all():
        scenario = Scenario(rating, score)
        for told, step in zip(advice(scenario), screen.steps(scenario), strict=True):
            promised += 1
            _fields, changes = screen.fields(scenario, QueryDict(step.query.removeprefix("?")))
            trial = screen.trial(scenario, changes)
            assert trial is not None
            assert trial.gain == pytest.approx(told.gain, abs=1e-6)
            assert trial.place == told.place
    assert promised


@settings(max_examples=50, deadline=None)
@given(value=st.floats(0, 2), less=st.booleans())
def test_what_is_aimed_at_can_be_typed_and_is_never_worse(value, less):
    aim = typeable(value, less)
    assert (aim <= value + 1e-11) if less else (aim >= value - 1e-11)
    typed = screen.typed(aim, screen.Unit.SHARE)
    assert round(float(typed.replace(",", ".")) / 100, 6) == aim


def test_the_predicted_place_comes_true(region):
    """Facts are changed as advised, the rating is computed anew."""
    pages = some_pages(region, [1, 2, 3, 4, 5])
    rules = methodology(steps("engagement_by_views", {"0.02": "3", "0.04": "7", "0.05": "9"}), target("avatar", "1"))
    rating = rate(region, rules)
    score = by_key(rating)[str(pages[0].pk)]
    [step] = [each for each in advice(Scenario(rating, score)) if each.code == "engagement_by_views"]
    assert (step.value, step.now) == (0.02, 0.01)
    Post.objects.filter(page=pages[0]).update(likes_7=2)
    after = by_key(rate(region, rules))[str(pages[0].pk)]
    assert after.place == step.place
    assert after.exact == pytest.approx(score.exact + step.gain)


def test_the_predicted_place_of_a_target_comes_true(region):
    pages = some_pages(region, [1, 2, 3, 4, 9])
    rules = methodology(target("engagement_by_views", "0.04"))
    rating = rate(region, rules)
    score = by_key(rating)[str(pages[1].pk)]
    [step] = advice(Scenario(rating, score))
    Post.objects.filter(page=pages[1]).update(likes_7=4)
    after = by_key(rate(region, rules))[str(pages[1].pk)]
    assert (after.place, after.exact) == (step.place, 100)


def test_a_step_just_beyond_its_bound_is_aimed_at_beyond_it(region):
    rule = {"kind": "steps", "steps": [{"above": "0", "points": "5"}]}
    page = watched(page_in(region), FIRST, LAST, likes=0)
    rating = rate(region, methodology(item("engagement_by_views", normaliser=rule), target("avatar", "1")))
    [step] = advice(Scenario(rating, by_key(rating)[str(page.pk)]))
    assert step.value > 0
    assert step.gain == 50


def test_less_is_better_where_it_is(region):
    pages = some_pages(region, [1, 2, 3])
    for hours, page in enumerate(pages, start=1):
        Post.objects.filter(page=page, day=FIRST).update(answered_comments=1, answer_minutes=[hours * 60])
    rating = rate(region, methodology(item("answer_hours"), target("avatar", "1")))
    [step] = advice(Scenario(rating, by_key(rating)[str(pages[2].pk)]))
    assert step.now == 3
    assert step.value < 3


def test_those_who_have_everything_are_advised_nothing(region):
    page = watched(page_in(region), FIRST, LAST)
    rating = rate(region, methodology(target("avatar", "1")))
    assert advice(Scenario(rating, by_key(rating)[str(page.pk)])) == []


def test_those_with_too_few_data_are_advised_nothing(region):
    page = watched(page_in(region), FIRST, LAST, profile={"has_avatar": False})
    rating = rate(region, methodology(target("avatar", "1"), eligibility={"posts": 1000}))
    score = by_key(rating)[str(page.pk)]
    assert score.status == ScoreStatus.THIN
    assert advice(Scenario(rating, score)) == []


def test_what_a_network_cannot_tell_is_no_advice(region):
    page = watched(page_in(region, platform="telegram"), FIRST, LAST, every=3)
    rating = rate(region, methodology(target("widgets", "2"), target("regularity", "1")))
    scenario = Scenario(rating, by_key(rating)[str(page.pk)])
    assert [each.code for each in advice(scenario)] == ["regularity"]
    fields, _changes = screen.fields(scenario, QueryDict())
    assert [field.code for field in fields] == ["regularity"]


# --- the form ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def scenario(region) -> Scenario:
    """A page with two posts for a hundred views and a wait of an hour for each answer."""
    page = watched(page_in(region), FIRST, LAST, likes=2)
    Post.objects.filter(day=FIRST).update(answered_comments=1, answer_minutes=[60])
    rules = methodology(
        target("engagement_by_views", "0.04"),
        target("answer_hours", "1"),
        target("growth", "1"),
        target("widgets", "2"),
    )
    rating = rate(region, rules)
    assert ratio(rating, page, "engagement_by_views") == (30, 1500)
    return Scenario(rating, by_key(rating)[str(page.pk)])


@pytest.mark.parametrize("text", ["3,5", "3.5", " 3,5 ", "3,5%", "3,5 %", "3.50", "3,5\xa0%"])
def test_the_form_takes_commas_and_percents(scenario, text):
    query = QueryDict(mutable=True)
    query["engagement_by_views"] = text
    fields, changes = screen.fields(scenario, query)
    assert changes == {"engagement_by_views": 0.035}
    assert not any(field.problem for field in fields)


@pytest.mark.parametrize("text", ["пять", "1,2,3", "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "٣x", "%", "--1"])
def test_bad_numbers_are_named_and_left_out(scenario, text):
    query = QueryDict(mutable=True)
    query.update({"engagement_by_views": text, "widgets": "1"})
    fields, changes = screen.fields(scenario, query)
    assert changes == {"widgets": 1}
    assert [field.code for field in fields if field.problem] == ["engagement_by_views"]
    assert fields[0].value == text


@pytest.mark.parametrize(("code", "text", "taken"), [("widgets", "-1", False), ("answer_hours", "-1", False)])
def test_counts_are_never_below_zero(scenario, code, text, taken):
    query = QueryDict(mutable=True)
    query[code] = text
    assert (code in screen.fields(scenario, query)[1]) is taken


@pytest.mark.parametrize("text", ["-5", "−5", "-5 %"])
def test_growth_may_be_below_zero(scenario, text):
    query = QueryDict(mutable=True)
    query["growth"] = text
    assert screen.fields(scenario, query)[1] == {"growth": -0.05}


def test_what_stands_in_the_form_already_is_no_change(scenario):
    fields, changes = screen.fields(scenario, QueryDict())
    assert changes == {}
    query = QueryDict(mutable=True)
    query.update({field.code: field.value for field in fields})
    assert screen.fields(scenario, query)[1] == {}
    assert screen.trial(scenario, {}) is None


def test_a_trial_tells_points_gain_and_place(scenario):
    trial = screen.trial(scenario, {"engagement_by_views": 0.04})
    assert (trial.points, trial.place) == (scenario.score.exact + 12.5, 1)
    assert trial.gain == 12.5
