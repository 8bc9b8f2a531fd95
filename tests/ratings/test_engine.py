"""What holds for any methodology and any pages."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.engine import PageScore, dense_places, rate, round_half_away
from ratings.indicators import INDICATORS, PageInputs, State
from ratings.rules import Item, Rules, Step, ZoneBound, read_rules

ZONES = (ZoneBound("green", Fraction(90)), ZoneBound("yellow", Fraction(70)), ZoneBound("red", Fraction(0)))
YES_OR_NO = ("state_mark", "connected_to_component", "has_avatar", "has_description", "has_cover")
COUNTS = ("widgets", "posts_in_week", "weekly_reach")


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    bounds = sorted(draw(st.sets(st.fractions(0, 5, max_denominator=20), min_size=1, max_size=4)))
    points = sorted(draw(st.lists(st.integers(0, 40), min_size=len(bounds), max_size=len(bounds))))
    points[-1] += 1
    return tuple(Step(bound, draw(st.booleans()), Fraction(p)) for bound, p in zip(bounds, points, strict=True))


@st.composite
def methodologies(draw: st.DrawFn) -> Rules:
    chosen = draw(st.lists(st.sampled_from(sorted(INDICATORS)), min_size=1, unique=True))
    nowhere: frozenset[str] = frozenset()
    items = tuple(Item(code, draw(steps()), draw(st.sampled_from([nowhere, frozenset({"card"})]))) for code in chosen)
    return Rules(items, ZONES, draw(st.integers(0, 2)), "vk")


pages = st.builds(
    PageInputs,
    page_class=st.sampled_from(["active", "card"]),
    **{name: st.none() | st.booleans() for name in YES_OR_NO},
    widgets=st.none() | st.integers(0, 2),
    posts_in_week=st.none() | st.integers(0, 50),
    weekly_reach=st.none() | st.integers(0, 2000),
    subscribers=st.none() | st.integers(0, 1000),
)
regions = st.dictionaries(st.integers(1, 50), pages, max_size=12)


def one(rules: Rules, page: PageInputs) -> PageScore:
    return rate(rules, {1: page})[1]


@given(methodologies(), pages)
def test_points_lie_between_0_and_100(rules, page):
    points = one(rules, page).points
    assert points is None or 0 <= points <= 100


@given(methodologies(), pages, st.sampled_from(YES_OR_NO + COUNTS), st.integers(1, 100))
def test_a_better_input_never_lowers_the_score(rules, page, name, more):
    before = getattr(page, name)
    if before is None:
        return
    better = True if name in YES_OR_NO else before + more
    after = one(rules, dataclasses.replace(page, **{name: better})).points
    assert after is None or after >= one(rules, page).points


@given(methodologies(), regions, st.fractions(Fraction(1, 100), 100))
def test_all_weights_times_a_constant_change_nothing(rules, region, factor):
    def scaled(item: Item) -> Item:
        return dataclasses.replace(
            item, steps=tuple(dataclasses.replace(step, points=step.points * factor) for step in item.steps)
        )

    other = dataclasses.replace(rules, items=tuple(scaled(item) for item in rules.items))
    results = [
        {page: (score.points, score.zone, score.place) for page, score in rate(each, region).items()}
        for each in (rules, other)
    ]
    assert results[0] == results[1]


@given(methodologies(), regions, st.randoms())
def test_the_order_of_rows_changes_nothing(rules, region, random):
    rows = list(region.items())
    random.shuffle(rows)
    assert rate(rules, dict(rows)) == rate(rules, region)


@given(methodologies(), regions)
def test_a_score_does_not_depend_on_other_pages(rules, region):
    together = rate(rules, region)
    for key, page in region.items():
        assert one(rules, page).points == together[key].points


@given(methodologies(), pages)
def test_an_item_that_cannot_be_counted_is_left_out_as_if_it_were_not_in_the_methodology(rules, page):
    score = one(rules, page)
    known = {item.indicator for item in score.items if item.state is State.KNOWN}
    rest = dataclasses.replace(rules, items=tuple(item for item in rules.items if item.indicator in known))
    assert score.points == one(rest, page).points


@given(methodologies(), regions)
def test_more_points_never_have_a_worse_place(rules, region):
    ranked = [score for score in rate(rules, region).values() if score.points is not None]
    for a in ranked:
        for b in ranked:
            assert a.points <= b.points or a.place < b.place


def test_nothing_known_gives_no_points_no_zone_and_no_place():
    rules = read_rules({
        "items": [{"indicator": "avatar", "steps": [{"from": "1", "points": "1"}]}],
        "zones": [{"zone": "red", "from": "0"}],
        "digits": 2,
        "platform": "vk",
    })  # fmt: skip
    unknown = one(rules, PageInputs(page_class="active"))
    assert (unknown.points, unknown.zone, unknown.place) == (None, "", None)
    assert one(rules, PageInputs(page_class="active", has_avatar=False)).points == 0


def test_equal_points_share_a_place_and_none_is_left_out():
    points = {1: Fraction(90), 2: Fraction(100), 3: Fraction(90), 4: Fraction(1, 3)}
    assert dense_places(points) == {2: 1, 1: 2, 3: 2, 4: 3}


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249", "0.12"), ("88.885", "88.89"), ("90", "90.00"), ("1/3", "0.33")],
)
def test_points_are_rounded_half_away_from_zero(value, rounded):
    assert round_half_away(Fraction(value), 2) == Decimal(rounded)


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []},
        {"items": [{"indicator": "charm", "steps": [{"from": "1", "points": "1"}]}]},
        {"items": [{"indicator": "avatar", "steps": []}]},
        {"items": [{"indicator": "widgets", "steps": [{"from": "2", "points": "1"}, {"from": "1", "points": "2"}]}]},
        {"items": [{"indicator": "widgets", "steps": [{"from": "1", "points": "2"}, {"from": "2", "points": "1"}]}]},
        {"zones": [{"zone": "red", "from": "0"}, {"zone": "green", "from": "90"}]},
        {"zones": [{"zone": "green", "from": "90"}]},
    ],
)
def test_a_methodology_that_makes_no_sense_is_refused(wrong):
    good = {
        "items": [{"indicator": "avatar", "steps": [{"from": "1", "points": "1"}]}],
        "zones": [{"zone": "green", "from": "90"}, {"zone": "red", "from": "0"}],
        "digits": 2,
        "platform": "vk",
    }
    assert read_rules(good)
    with pytest.raises(ValueError, match=r"."):
        read_rules(good | wrong)
