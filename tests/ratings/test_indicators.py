"""Each indicator on a few pages: known, unknown, not applicable, impossible."""

import re
from inspect import cleandoc

import numpy as np
import pytest

from monitoring.platforms.base import Gives
from ratings.catalogue import INDICATORS, Source
from ratings.parts import Parts, Readings, State, added, ratio

NAN = float("nan")
UNKNOWN, NOT_APPLICABLE, IMPOSSIBLE = State.UNKNOWN, State.NOT_APPLICABLE, State.IMPOSSIBLE
PROFILE = ("state_mark", "has_avatar", "has_description", "has_cover", "pos_right", "pos_level", "widgets")


def parts(answers=None, without: tuple[Gives, ...] = (), **columns: float) -> Parts:
    """One page that no exemption covers unless it is said; `without`: what its network cannot tell."""
    free = dict.fromkeys(("exempt_days", "exempt_weeks", "exempt_lately"), 0)
    return Parts(
        {name: np.array([value], dtype=float) for name, value in (free | columns).items()},
        {what: np.array([what not in without]) for what in Gives},
        [answers or []],
    )


def reading(name: str, page: Parts, **params: int) -> tuple[float, float] | State:
    """(numerator, denominator), or the state of what has no value."""
    known = INDICATORS[name]
    found = known.measure(page, **{each: params.get(each, bounds.default) for each, bounds in known.params.items()})
    assert len(found.state) == len(found.numerator) == len(found.denominator) == len(page)
    if found.state[0] != State.KNOWN:
        return State(found.state[0])
    assert found.denominator[0] > 0
    return found.numerator[0].item(), found.denominator[0].item()


def profile(at_end: str = "", **features: tuple[float, float]) -> dict[str, float]:
    """Columns of how a page looked: (days with it, days known); what is not named is not known."""
    return {
        f"{name}{part}{at_end}": value
        for name in PROFILE
        for part, value in zip(("", "_days"), features.get(name, (0, 0)), strict=True)
    }


CASES = [
    ("posting_norm", {"weeks": 4, "weeks_3": 3}, (3, 4)),
    ("posting_norm", {"weeks": 4, "weeks_3": 0}, (0, 4)),
    ("posting_norm", {"weeks": 0, "weeks_3": 0}, UNKNOWN),
    ("posting_norm", {"weeks": NAN, "weeks_3": NAN}, UNKNOWN),
    ("posting_norm", {"weeks": 4, "weeks_3": NAN}, UNKNOWN),
    ("every_week", {"weeks": 4, "weeks_3": 4}, (1, 1)),
    ("every_week", {"weeks": 4, "weeks_3": 3}, (0, 1)),
    ("every_week", {"weeks": 0, "weeks_3": 0}, UNKNOWN),
    ("every_week", {"weeks": NAN, "weeks_3": NAN}, UNKNOWN),
    ("posts_in_week", {"recent_posts": 3}, (3, 1)),
    ("posts_in_week", {"recent_posts": 0}, (0, 1)),
    ("posts_in_week", {"recent_posts": NAN}, UNKNOWN),
    ("regularity", {"active_days": 5, "posts_days": 30}, (5, 30)),
    ("regularity", {"active_days": 0, "posts_days": 0}, UNKNOWN),
    ("regularity", {"active_days": NAN, "posts_days": NAN}, UNKNOWN),
    ("posting_norm", {"weeks": 0, "weeks_3": 0, "exempt_weeks": 1}, NOT_APPLICABLE),
    ("every_week", {"weeks": 0, "weeks_3": 0, "exempt_weeks": 1}, NOT_APPLICABLE),
    ("posts_in_week", {"recent_posts": 0, "exempt_lately": 1}, NOT_APPLICABLE),
    ("posts_in_week", {"recent_posts": NAN, "exempt_lately": 1}, NOT_APPLICABLE),
    ("regularity", {"active_days": 0, "posts_days": 0, "exempt_days": 1}, NOT_APPLICABLE),
    ("own_content", {"own_posts": 7, "posts": 10}, (7, 10)),
    ("own_content", {"own_posts": 0, "posts": 10}, (0, 10)),
    ("own_content", {"own_posts": 0, "posts": 0}, NOT_APPLICABLE),
    ("own_content", {"own_posts": NAN, "posts": 10}, UNKNOWN),
    ("own_content", {"own_posts": NAN, "posts": NAN}, UNKNOWN),
    ("engagement_by_views", {"viewed_posts": 9, "aged_views": 1000, "viewed_interactions": 36}, (36, 1000)),
    ("engagement_by_views", {"viewed_posts": 0, "aged_views": 0, "viewed_interactions": 0}, UNKNOWN),
    ("engagement_by_views", {"viewed_posts": 9, "aged_views": 0, "viewed_interactions": 0}, NOT_APPLICABLE),
    ("engagement_by_views", {"viewed_posts": 9, "aged_views": 1000, "viewed_interactions": NAN}, UNKNOWN),
    ("engagement_by_views", {"viewed_posts": NAN, "aged_views": NAN, "viewed_interactions": NAN}, UNKNOWN),
    ("engagement_by_subscribers", {"aged_posts": 2, "aged_audience": 400, "aged_interactions": 10}, (10, 400)),
    ("engagement_by_subscribers", {"aged_posts": 0, "aged_audience": 0, "aged_interactions": 0}, UNKNOWN),
    ("engagement_by_subscribers", {"aged_posts": 2, "aged_audience": 0, "aged_interactions": 1}, UNKNOWN),
    ("engagement_by_subscribers", {"aged_posts": 2, "aged_audience": 400, "aged_interactions": NAN}, UNKNOWN),
    ("post_reach", {"viewed_posts": 2, "aged_views": 300, "viewed_audience": 400}, (300, 400)),
    ("post_reach", {"viewed_posts": 0, "aged_views": 0, "viewed_audience": 0}, UNKNOWN),
    ("post_reach", {"viewed_posts": 2, "aged_views": 300, "viewed_audience": 0}, NOT_APPLICABLE),
    ("post_reach", {"viewed_posts": 2, "aged_views": 300, "viewed_audience": NAN}, UNKNOWN),
    ("weekly_reach", {"weekly_reach": 700, "subscribers_last": 1000}, (700, 1000)),
    ("weekly_reach", {"weekly_reach": 0, "subscribers_last": 1000}, (0, 1000)),
    ("weekly_reach", {"weekly_reach": NAN, "subscribers_last": 1000}, UNKNOWN),
    ("weekly_reach", {"weekly_reach": 700, "subscribers_last": NAN}, UNKNOWN),
    ("weekly_reach", {"weekly_reach": 700, "subscribers_last": 0}, NOT_APPLICABLE),
    ("growth", {"subscribers_first": 1000, "subscribers_last": 1100}, (100, 1000)),
    ("growth", {"subscribers_first": 1000, "subscribers_last": 900}, (-100, 1000)),
    ("growth", {"subscribers_first": 3, "subscribers_last": 30}, (27, 100)),
    ("growth", {"subscribers_first": 0, "subscribers_last": 0}, (0, 100)),
    ("growth", {"subscribers_first": NAN, "subscribers_last": 30}, UNKNOWN),
    ("growth", {"subscribers_first": 30, "subscribers_last": NAN}, UNKNOWN),
    ("growth_by_adults", {"subscribers_first": 100, "subscribers_last": 160, "adults": 20_000}, (60, 20)),
    ("growth_by_adults", {"subscribers_first": 100, "subscribers_last": 160, "adults": NAN}, UNKNOWN),
    ("growth_by_adults", {"subscribers_first": NAN, "subscribers_last": 160, "adults": 20_000}, UNKNOWN),
    ("growth_by_adults", {"subscribers_first": 100, "subscribers_last": 160, "adults": 0}, NOT_APPLICABLE),
    ("audience_by_adults", {"subscribers_last": 160, "adults": 20_000}, (160, 20_000)),
    ("audience_by_adults", {"subscribers_last": 160, "adults": NAN}, UNKNOWN),
    ("audience_by_adults", {"subscribers_last": NAN, "adults": 20_000}, UNKNOWN),
    ("audience_by_adults", {"subscribers_last": 160, "adults": 0}, NOT_APPLICABLE),
    ("comments_answered", {"people_comments": 10, "answered_comments": 9}, (9, 10)),
    ("comments_answered", {"people_comments": 10, "answered_comments": 0}, (0, 10)),
    ("comments_answered", {"people_comments": 0, "answered_comments": 0}, NOT_APPLICABLE),
    ("comments_answered", {"people_comments": NAN, "answered_comments": NAN}, UNKNOWN),
    ("component", {"component": 1}, (1, 1)),
    ("component", {"component": 0}, (0, 1)),
    ("component", {"component": NAN}, UNKNOWN),
    ("presence", {"networks_present": 1, "networks_due": 3}, (1, 3)),
    ("presence", {"networks_present": 0, "networks_due": 3}, (0, 3)),
    ("presence", {"networks_present": 0, "networks_due": 0}, NOT_APPLICABLE),
    ("presence", {"networks_present": NAN, "networks_due": 3}, UNKNOWN),
    ("days_alive", {"days_owed": 30, "days_gone": 3}, (27, 30)),
    ("days_alive", {"days_owed": 30, "days_gone": 30}, (0, 30)),
    ("days_alive", {"days_owed": 0, "days_gone": 0}, UNKNOWN),
    ("days_alive", {"days_owed": NAN, "days_gone": NAN}, UNKNOWN),
]
SHOWN = {
    "state_mark": "state_mark", "avatar": "has_avatar", "description": "has_description", "cover": "has_cover",
    "pos_widget": "pos_right", "pos_widget_level": "pos_level", "widgets": "widgets",
}  # fmt: skip
COMPOSED = {"appearance", "minimum_requirements", "answer_hours"}


@pytest.mark.parametrize(("name", "columns", "expected"), CASES)
def test_an_indicator_reads(name, columns, expected):
    assert reading(name, parts(**columns)) == expected


def test_every_indicator_has_its_cases():
    assert {name for name, _columns, _expected in CASES} | SHOWN.keys() | COMPOSED == INDICATORS.keys()


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_says_its_formula_unit_and_source(name):
    assert re.search(r"\S.*\n\n.*Unit: .+ Source: .+\.$", cleandoc(INDICATORS[name].measure.__doc__), re.DOTALL)


@pytest.mark.parametrize(("name", "count"), [("posting_norm", 5), ("every_week", 5)])
def test_the_norm_is_a_parameter(name, count):
    page = parts(weeks=2, weeks_1=2, weeks_3=2, weeks_5=1)
    assert reading(name, page) == ((2, 2) if name == "posting_norm" else (1, 1))
    assert reading(name, page, posts=count) == ((1, 2) if name == "posting_norm" else (0, 1))


def test_the_floor_of_growth_is_a_parameter():
    assert reading("growth", parts(subscribers_first=3, subscribers_last=30), floor=10) == (27, 10)
    assert reading("growth", parts(subscribers_first=10, subscribers_last=30), floor=10) == (20, 10)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("engagement_by_views", {Gives.VIEWS, Gives.INTERACTIONS}),
        ("engagement_by_subscribers", {Gives.INTERACTIONS}),
        ("post_reach", {Gives.VIEWS}),
        ("comments_answered", {Gives.ANSWERS}),
    ],
)
def test_what_a_network_cannot_tell_is_impossible_even_where_a_number_is_stored(name, needs):
    columns = next(columns for case, columns, expected in CASES if case == name and isinstance(expected, tuple))
    for what in Gives:
        assert (reading(name, parts(**columns, without=(what,))) == IMPOSSIBLE) == (what in needs)
    unknown = dict.fromkeys(columns, NAN)
    assert reading(name, parts(**unknown, without=tuple(needs))) == IMPOSSIBLE


# --- how the page looks -----------------------------------------------------------------------------------------------

NEEDS = {
    "state_mark": Gives.STATE_MARK, "avatar": Gives.AVATAR, "description": Gives.DESCRIPTION, "cover": Gives.COVER,
    "pos_widget": Gives.MENU, "pos_widget_level": Gives.MENU, "widgets": Gives.MENU,
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_feature_is_days_shown_by_days_known(name):
    feature = SHOWN[name]
    assert reading(name, parts(**profile(**{feature: (12, 30)}))) == (12, 30)
    assert reading(name, parts(**profile(**{feature: (0, 30)}))) == (0, 30)
    assert reading(name, parts(**profile())) == UNKNOWN
    assert reading(name, parts(**profile(**{feature: (NAN, NAN)}))) == UNKNOWN


@pytest.mark.parametrize("name", SHOWN)
def test_at_the_end_only_the_last_day_is_asked(name):
    page = parts(**profile(**{SHOWN[name]: (0, 30)}), **profile("_end", **{SHOWN[name]: (1, 1)}))
    assert reading(name, page, at_end=1) == (1, 1)
    assert reading(name, page, at_end=0) == (0, 30)
    assert reading(name, parts(**profile(**{SHOWN[name]: (5, 5)}), **profile("_end")), at_end=1) == UNKNOWN


@pytest.mark.parametrize("name", SHOWN)
def test_a_feature_that_the_network_does_not_show_is_impossible(name):
    for what in Gives:
        page = parts(**profile(**{SHOWN[name]: (12, 30)}), without=(what,))
        assert (reading(name, page) == IMPOSSIBLE) == (what == NEEDS[name])


LOOKS = {"has_avatar": (30, 30), "has_description": (15, 30), "has_cover": (0, 30)}


def test_appearance_adds_avatar_description_and_cover():
    assert reading("appearance", parts(**profile(**LOOKS))) == (45, 90)
    assert reading("appearance", parts(**profile()), at_end=0) == UNKNOWN


def test_appearance_leaves_out_what_the_network_cannot_show_and_is_unknown_where_anything_else_is():
    assert reading("appearance", parts(**profile(has_avatar=(30, 30)))) == UNKNOWN
    assert reading("appearance", parts(**profile(**LOOKS), without=(Gives.COVER,))) == (45, 60)


def test_appearance_is_impossible_only_where_nothing_of_it_can_be_told():
    three = (Gives.AVATAR, Gives.DESCRIPTION, Gives.COVER)
    assert reading("appearance", parts(**profile(**LOOKS), without=three)) == IMPOSSIBLE
    assert reading("appearance", parts(**profile(), without=three[:2])) == UNKNOWN


def test_appearance_at_the_end_goes_by_the_last_day():
    end = profile("_end", has_avatar=(1, 1), has_description=(1, 1), has_cover=(0, 1))
    assert reading("appearance", parts(**profile(**LOOKS), **end), at_end=1) == (2, 3)


FILLED = {"has_avatar": (1, 1), "has_description": (1, 1), "has_cover": (1, 1)}


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"state_mark": (1, 1), "pos_right": (1, 1), **FILLED}, (3, 3)),
        ({"state_mark": (0, 1), "pos_right": (1, 1), **FILLED}, (2, 3)),
        ({"state_mark": (1, 1), "pos_right": (0, 1), **FILLED}, (2, 3)),
        ({"state_mark": (1, 1), "pos_right": (1, 1), **FILLED, "has_cover": (0, 1)}, (2, 3)),
        ({"state_mark": (0, 1), "pos_right": (0, 1), **FILLED, "has_avatar": (0, 1)}, (0, 3)),
        ({"pos_right": (1, 1), **FILLED}, UNKNOWN),
        ({"state_mark": (1, 1), "pos_right": (0, 1)}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_minimum_requirements_count_mark_widget_and_filled_profile_of_the_last_day(features, expected):
    page = parts(**profile(state_mark=(0, 30), pos_right=(0, 30)), **profile("_end", **features))
    assert reading("minimum_requirements", page) == expected


def test_minimum_requirements_leave_out_what_the_network_cannot_show():
    page = profile("_end", state_mark=(1, 1), pos_right=(1, 1), **FILLED)
    assert reading("minimum_requirements", parts(**page, without=(Gives.MENU,))) == (2, 2)
    everything = (Gives.MENU, Gives.STATE_MARK, Gives.AVATAR, Gives.DESCRIPTION, Gives.COVER)
    assert reading("minimum_requirements", parts(**page, without=everything)) == IMPOSSIBLE


# --- answers ----------------------------------------------------------------------------------------------------------


def test_the_time_to_answer_is_known_where_there_are_answers():
    page = Parts({}, {what: np.array([True, True, False]) for what in Gives}, [[5, 60], [], [7]])
    assert INDICATORS["answer_hours"].measure(page).state.tolist() == [State.KNOWN, NOT_APPLICABLE, IMPOSSIBLE]
    assert INDICATORS["answer_hours"].less
    assert INDICATORS["answer_hours"].sources == {Source.ANSWERS}


# --- parts ------------------------------------------------------------------------------------------------------------


def one(numerator: float, denominator: float, state: State = State.KNOWN) -> Readings:
    return Readings(np.array([numerator]), np.array([denominator]), np.array([state]))


def test_a_ratio_with_an_unknown_part_is_unknown_rather_than_zero():
    found = ratio(np.array([NAN, 1, 0, 0, NAN]), np.array([1.0, NAN, 0, 5, 0]))
    assert found.state.tolist() == [UNKNOWN, UNKNOWN, NOT_APPLICABLE, State.KNOWN, UNKNOWN]


def test_a_ratio_with_nothing_below_takes_the_state_asked_for():
    assert ratio(np.array([0.0]), np.array([0.0]), UNKNOWN).state.tolist() == [UNKNOWN]
    assert ratio(np.array([0.0]), np.array([-1.0])).state.tolist() == [NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ((State.KNOWN, UNKNOWN), UNKNOWN),
        ((IMPOSSIBLE, State.KNOWN), State.KNOWN),
        ((UNKNOWN, NOT_APPLICABLE), UNKNOWN),
        ((IMPOSSIBLE, UNKNOWN), UNKNOWN),
        ((IMPOSSIBLE, NOT_APPLICABLE), NOT_APPLICABLE),
        ((IMPOSSIBLE, IMPOSSIBLE), IMPOSSIBLE),
    ],
)
def test_sums_are_known_where_nothing_in_them_is_unknown(states, state):
    found = added(*(one(3, 7, each) for each in states))
    assert found.state.tolist() == [state]
    known = states.count(State.KNOWN) if state == State.KNOWN else 0
    assert (found.numerator[0], found.denominator[0]) == (3 * known, 7 * known)


def test_rows_of_parts_take_everything_along():
    whole = Parts({"a": np.array([1.0, 2, 3])}, {Gives.MENU: np.array([True, False, True])}, [[1], [2], [3]])
    some = whole.rows(np.array([False, True, True]))
    assert (some["a"].tolist(), some.gives[Gives.MENU].tolist(), some.answers) == ([2, 3], [False, True], [[2], [3]])
    assert len(some) == 2
