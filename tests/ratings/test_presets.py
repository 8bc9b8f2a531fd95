"""The methodologies that ship with the project, against what their regions published."""

from decimal import Decimal
from typing import Any

import pytest

from ratings.engine import Result, rate, zone_of
from ratings.periods import Unit
from ratings.presets import preset_slugs, read_preset
from ratings.rules import AwardLine, Eligibility, GroupField, Kind, Rules, Subject
from ratings.rules_data import read_rules

from .making import NOT_APPLICABLE, UNKNOWN, table


def version(slug: str, name: str) -> Rules:
    return read_rules(next(each for each in read_preset(slug)["versions"] if each["version"] == name))


AMUR = version("amur", "2024")
CHELYABINSK = version("chelyabinsk", "2026")
CHELYABINSK_2025 = version("chelyabinsk", "2025")


def rated(rules: Rules, values: dict[str, Any], **changes: Any) -> Result:
    return rate(rules, table(**{code: [value] for code, value in (values | changes).items()}))


def points(rules: Rules, values: dict[str, Any], **changes: Any) -> str:
    return str(rated(rules, values, **changes).points(rules)[0])


def zone(rules: Rules, text: str) -> str:
    return zone_of(Decimal(text), rules).code


# --- all of them ------------------------------------------------------------------------------------------------------


def test_the_presets_are_there():
    assert preset_slugs() == ["amur", "best-admin", "chelyabinsk"]


@pytest.mark.parametrize("slug", preset_slugs())
def test_every_version_can_be_read_and_names_its_source(slug):
    preset = read_preset(slug)
    assert preset["slug"] == slug
    assert preset["name"]
    names = [each["version"] for each in preset["versions"]]
    assert len(set(names)) == len(names)
    for each in preset["versions"]:
        assert read_rules(each).items
        assert each["source"]


def test_an_unknown_preset_is_a_key_error():
    for slug in ("nowhere", "../presets/amur", ""):
        with pytest.raises(KeyError):
            read_preset(slug)


# --- Amur -------------------------------------------------------------------------------------------------------------

BEST = dict.fromkeys(("state_mark", "component", "avatar", "description", "cover"), 1.0) | {
    "widgets": 2.0, "posts_in_week": 3.0, "weekly_reach": (71, 100),
}  # fmt: skip


def contribution(code: str, value: Any) -> float:
    return rated(AMUR, BEST, **{code: value}).contributions[code][0].item()


def test_amur_rates_pages_of_vk_by_the_day():
    assert (AMUR.subject, AMUR.networks, AMUR.unit, AMUR.digits) == (Subject.PAGE, ("vk",), Unit.DAY, 2)


def test_the_items_of_amur_add_up_to_a_hundred():
    assert {item.code: item.weight for item in AMUR.items} == {
        "state_mark": 10, "component": 10, "avatar": 5, "description": 5, "cover": 10, "widgets": 10,
        "posts_in_week": 40, "weekly_reach": 10,
    }  # fmt: skip
    assert AMUR.total_weight == 100


def test_a_page_in_full_order_has_a_hundred_points_and_one_without_anything_none():
    assert points(AMUR, BEST) == "100.00"
    assert points(AMUR, dict.fromkeys(BEST, 0.0)) == "0.00"


@pytest.mark.parametrize(
    ("code", "weight"), [("state_mark", 10), ("component", 10), ("avatar", 5), ("description", 5), ("cover", 10)]
)
def test_what_is_there_gives_its_points_and_what_is_missing_costs_them(code, weight):
    assert (contribution(code, 1), contribution(code, 0)) == (weight, 0)
    assert points(AMUR, BEST, **{code: 0}) == f"{100 - weight}.00"


@pytest.mark.parametrize(("widgets", "expected"), [(0, 0), (1, 5), (2, 10), (5, 10)])
def test_points_for_widgets(widgets, expected):
    assert contribution("widgets", widgets) == expected


@pytest.mark.parametrize(("posts", "expected"), [(0, 0), (2, 0), (3, 40), (30, 40)])
def test_points_for_activity(posts, expected):
    assert contribution("posts_in_week", posts) == expected


@pytest.mark.parametrize(
    ("reach", "expected"),
    [(0, 0), (299, 0), (300, 5), (499, 5), (500, 7), (700, 7), (701, 10), (2000, 10)],
)
def test_points_for_weekly_reach_of_a_thousand_subscribers(reach, expected):
    assert contribution("weekly_reach", (reach, 1000)) == pytest.approx(expected)


@pytest.mark.parametrize("subscribers", [10, 30, 70, 130, 370, 12_340])
def test_seventy_percent_are_not_above_seventy_percent(subscribers):
    assert contribution("weekly_reach", (subscribers * 7 // 10, subscribers)) == pytest.approx(7)
    assert contribution("weekly_reach", (subscribers * 7 // 10 + 1, subscribers)) == pytest.approx(10)
    assert contribution("weekly_reach", (subscribers // 2, subscribers)) == pytest.approx(7)


def test_unknown_reach_leaves_its_weight_to_the_others():
    """No cover: 80 of the 90 points that can be counted, 100 · 80 ÷ 90 = 88.888…"""
    assert points(AMUR, BEST, weekly_reach=UNKNOWN, cover=0) == "88.89"


def test_activity_does_not_apply_to_a_business_card():
    assert AMUR.item("posts_in_week").measure.not_for == {"card"}
    assert points(AMUR, BEST, posts_in_week=NOT_APPLICABLE, state_mark=0) == "83.33"  # 50 of 60


def test_a_week_is_the_mean_of_its_days():
    days = [table(**{code: [value] for code, value in (BEST | {"cover": n % 2}).items()}) for n in range(7)]
    found = rate(AMUR, days[0], days)
    assert str(found.points(AMUR)[0]) == "94.29"  # (3 · 100 + 4 · 90) ÷ 7


def test_zones_of_amur_go_by_the_points_as_shown():
    found = [zone(AMUR, text) for text in ("100", "90.00", "89.99", "70.00", "69.99", "0")]
    assert found == ["green", "green", "yellow", "yellow", "red", "red"]


# --- Chelyabinsk ------------------------------------------------------------------------------------------------------

SOSNOVSKY = {"norm": (44, 61), "engagement": (21_888 + 759 + 1_402, 619_661), "requirements": (168, 183)}
FULL = {"norm": 1.0, "engagement": 1.0, "requirements": 1.0}


def test_the_published_example_gives_80_07():
    found = rated(CHELYABINSK, SOSNOVSKY)
    assert points(CHELYABINSK, SOSNOVSKY) == "80.07"
    assert found.normal["norm"][0] == pytest.approx(72.13, abs=0.005)
    assert found.normal["engagement"][0] == 100
    assert found.contributions["requirements"][0] == -6


@pytest.mark.parametrize("rules", [CHELYABINSK, CHELYABINSK_2025])
@pytest.mark.parametrize(("factor", "penalty"), [("1.00", 0), ("0.95", -4), ("0.92", -6)])
def test_the_published_points_of_the_penalty_table_hold(rules, factor, penalty):
    assert rated(rules, FULL, requirements=(int(factor.replace(".", "")), 100)).exact[0] == 100 + penalty


@pytest.mark.parametrize(("met", "penalty"), [(0.9151, -6), (0.9149, -8), (0.945, -4), (0.9449, -6), (0.995, 0)])
def test_the_factor_is_rounded_to_two_digits_before_the_table(met, penalty):
    assert rated(CHELYABINSK, FULL, requirements=met).contributions["requirements"][0] == penalty


def test_penalties_fall_in_steps_of_two_down_to_22():
    found = [
        rated(CHELYABINSK, FULL, requirements=(n, 100)).contributions["requirements"][0].item() for n in range(101)
    ]
    assert found == sorted(found)
    assert sorted(set(found)) == [-2 * n for n in range(11, -1, -1)]
    assert (found[0], found[70], found[71]) == (-22, -22, -20)


@pytest.mark.parametrize(("rules", "target"), [(CHELYABINSK, 0.036), (CHELYABINSK_2025, 0.03)])
def test_engagement_is_a_share_of_its_target_capped_at_all_of_it(rules, target):
    for engagement, expected in [(0, 0), (target / 2, 50), (target, 100), (1, 100)]:
        assert rated(rules, FULL, engagement=engagement).normal["engagement"][0] == pytest.approx(expected)


def test_the_order_of_2025_differs_by_its_engagement():
    values = FULL | {"engagement": 0.027}
    assert (points(CHELYABINSK_2025, values), points(CHELYABINSK, values)) == ("95.00", "87.50")


def test_versions_of_chelyabinsk_follow_each_other():
    older, newer = read_preset("chelyabinsk")["versions"]
    assert (older["until"], newer["since"], newer["until"]) == ("2026-03-31", "2026-04-01", None)


def test_business_cards_have_no_posting_norm():
    assert CHELYABINSK.item("norm").measure.not_for == {"card"}
    assert points(CHELYABINSK, SOSNOVSKY, norm=NOT_APPLICABLE) == "94.00"


def test_chelyabinsk_rates_municipalities_by_the_norm_in_every_week():
    assert CHELYABINSK.subject == Subject.MUNICIPALITY
    norm = CHELYABINSK.item("norm").measure
    assert (norm.indicator, norm.params) == ("every_week", (("posts", 3),))
    assert [part.measure.indicator for part in CHELYABINSK.penalties] == ["minimum_requirements"]


def test_groups_of_chelyabinsk():
    found = [zone(CHELYABINSK, text) for text in ("95.00", "94.99", "85.00", "84.99", "0")]
    assert found == ["leader", "intermediate", "intermediate", "lagging", "lagging"]


# --- the best administrator -------------------------------------------------------------------------------------------


def test_the_best_administrator_is_rated_among_peers_and_awarded_by_places():
    rules = version("best-admin", "1")
    assert rules.subject == Subject.PERSON
    assert rules.total_weight == 100
    assert (rules.peers.by, rules.peers.least) == ((GroupField.SECTOR, GroupField.SIZE), 8)
    assert rules.eligibility == Eligibility(180, 12, 0.9)
    assert rules.line == AwardLine(places=3)
    assert [gate.code for gate in rules.gates] == ["gate_appearance", "gate_state_mark"]
    assert {item.code for item in rules.items if item.normaliser.kind == Kind.PERCENTILE} == {
        "engagement_by_views", "growth", "post_reach",
    }  # fmt: skip
