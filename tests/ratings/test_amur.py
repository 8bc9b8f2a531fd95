"""The Amur preset against the published table (100 points)."""

import dataclasses
from decimal import Decimal

import pytest

from ratings.engine import rate, score_item
from ratings.indicators import PageInputs, State
from ratings.presets import preset_slugs, read_preset
from ratings.rules import read_rules

RULES = read_rules(read_preset("amur")["versions"][-1])
BEST = PageInputs(
    page_class="active",
    state_mark=True,
    connected_to_component=True,
    has_avatar=True,
    has_description=True,
    has_cover=True,
    widgets=2,
    posts_in_week=3,
    weekly_reach=71,
    subscribers=100,
)


def score(**changes: object):
    return rate(RULES, {1: dataclasses.replace(BEST, **changes)})[1]


def item(indicator: str, **changes: object):
    rule = next(each for each in RULES.items if each.indicator == indicator)
    return score_item(rule, dataclasses.replace(BEST, **changes))


def test_every_preset_can_be_read():
    assert preset_slugs() == ["amur"]
    for slug in preset_slugs():
        assert all(read_rules(version).items for version in read_preset(slug)["versions"])


def test_the_items_add_up_to_a_hundred():
    assert {each.indicator: int(each.max_points) for each in RULES.items} == {
        "state_mark": 10,
        "component": 10,
        "avatar": 5,
        "description": 5,
        "cover": 10,
        "widgets": 10,
        "posts_in_week": 40,
        "weekly_reach": 10,
    }


def test_a_page_in_full_order_has_a_hundred_points_and_is_green():
    assert (score().points, score().zone) == (Decimal("100.00"), "green")


def test_a_page_without_anything_has_zero_points_and_is_red():
    nothing = dict.fromkeys(
        ("state_mark", "connected_to_component", "has_avatar", "has_description", "has_cover"), False
    )
    empty = score(**nothing, widgets=0, posts_in_week=0, weekly_reach=0)
    assert (empty.points, empty.zone) == (Decimal("0.00"), "red")


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"state_mark": False}, 90),
        ({"connected_to_component": False}, 90),
        ({"has_avatar": False}, 95),
        ({"has_description": False}, 95),
        ({"has_cover": False}, 90),
        ({"posts_in_week": 2}, 60),
    ],
)
def test_what_is_missing_costs_its_points(change, points):
    assert score(**change).points == points


@pytest.mark.parametrize(("widgets", "points"), [(0, 0), (1, 5), (2, 10)])
def test_points_for_widgets(widgets, points):
    assert item("widgets", widgets=widgets).points == points


@pytest.mark.parametrize(("posts", "points"), [(0, 0), (2, 0), (3, 40), (30, 40)])
def test_points_for_activity(posts, points):
    assert item("posts_in_week", posts_in_week=posts).points == points


@pytest.mark.parametrize(
    ("reach", "points"),
    [(0, 0), (299, 0), (300, 5), (499, 5), (500, 7), (700, 7), (701, 10), (2000, 10)],
)
def test_points_for_weekly_reach_of_a_thousand_subscribers(reach, points):
    assert item("weekly_reach", weekly_reach=reach, subscribers=1000).points == points


def test_unknown_reach_leaves_its_weight_to_the_others():
    """No cover: 80 of the 90 points that can be counted, 100 · 80 ÷ 90 = 88.888…"""
    found = score(weekly_reach=None, has_cover=False)
    assert (found.points, found.zone) == (Decimal("88.89"), "yellow")
    assert found.items[-1].state is State.UNKNOWN


def test_activity_does_not_apply_to_a_business_card():
    found = score(page_class="card", posts_in_week=0, state_mark=False)
    assert found.items[6].state is State.NOT_APPLICABLE
    assert found.points == Decimal("83.33")  # 50 of 60


def test_the_zone_goes_by_the_points_as_shown():
    """89.99 is yellow, 90.00 is green; 69.99 is red, 70.00 is yellow."""
    from ratings.engine import zone_of

    found = [zone_of(Decimal(points), RULES) for points in ("100", "90.00", "89.99", "70.00", "69.99", "0")]
    assert found == ["green", "green", "yellow", "yellow", "red", "red"]
