"""Each indicator by hand: what is met, what is not, what is unknown, what does not apply."""

from fractions import Fraction

import pytest

from ratings import indicators
from ratings.indicators import PageInputs, Ratio, State


def page(**known: object) -> PageInputs:
    return PageInputs(page_class="active", **known)


YES_OR_NO = [
    (indicators.state_mark, "state_mark"),
    (indicators.component, "connected_to_component"),
    (indicators.avatar, "has_avatar"),
    (indicators.description, "has_description"),
    (indicators.cover, "has_cover"),
]


@pytest.mark.parametrize(("measure", "name"), YES_OR_NO)
def test_a_requirement_that_is_met_is_one(measure, name):
    assert measure(page(**{name: True})) == Ratio(1)


@pytest.mark.parametrize(("measure", "name"), YES_OR_NO)
def test_a_requirement_that_is_not_met_is_zero(measure, name):
    assert measure(page(**{name: False})) == Ratio(0)


@pytest.mark.parametrize(("measure", "name"), YES_OR_NO)
def test_a_requirement_that_nobody_checked_is_unknown(measure, name):
    assert measure(page(**{name: None})) is State.UNKNOWN


@pytest.mark.parametrize("count", [0, 1, 2])
def test_widgets_are_counted(count):
    assert indicators.widgets(page(widgets=count)) == Ratio(count)


def test_widgets_that_the_network_did_not_tell_are_unknown():
    assert indicators.widgets(page()) is State.UNKNOWN


def test_four_posts_in_a_week_are_four_a_week():
    assert indicators.posts_in_week(page(posts_in_week=4)) == Ratio(4, 1)


def test_a_week_without_posts_is_zero_and_not_unknown():
    assert indicators.posts_in_week(page(posts_in_week=0)) == Ratio(0, 1)


def test_a_wall_that_was_not_read_is_unknown():
    assert indicators.posts_in_week(page()) is State.UNKNOWN


def test_350_people_reached_of_500_subscribers_are_70_percent():
    assert indicators.weekly_reach(page(weekly_reach=350, subscribers=500)).value == Fraction(7, 10)


def test_reach_may_exceed_the_subscribers():
    assert indicators.weekly_reach(page(weekly_reach=900, subscribers=300)).value == 3


@pytest.mark.parametrize("known", [{"weekly_reach": 10}, {"subscribers": 10}, {}])
def test_reach_needs_both_numbers(known):
    assert indicators.weekly_reach(page(**known)) is State.UNKNOWN


def test_reach_does_not_apply_to_a_page_without_subscribers():
    assert indicators.weekly_reach(page(weekly_reach=5, subscribers=0)) is State.NOT_APPLICABLE
