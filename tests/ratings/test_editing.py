"""A methodology as a form and back: nothing changes that nobody changed, and bad texts are named."""

import copy

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.catalogue import INDICATORS
from ratings.editing import (
    EMPTY_ITEMS,
    form_of,
    gate_forms,
    item_forms,
    penalty_forms,
    read_form,
    read_steps,
    steps_text,
    zone_forms,
)
from ratings.presets import preset_slugs, read_preset
from ratings.rules import Kind, Unknown
from ratings.rules_data import RulesError, read_rules

from .worlds import item, target

VERSIONS = [(slug, n) for slug in preset_slugs() for n in range(len(read_preset(slug)["versions"]))]


def again(data: dict, **changes: str) -> dict:
    """The data after a form with these fields changed."""
    form = form_of(data)
    for name, value in changes.items():
        form[name.replace("__", "-")] = value
    return read_form(form, data)


def methodology(*items: dict, **rest) -> dict:
    return {"subject": "page", "items": list(items)} | rest


# --- nothing changes that nobody changed ------------------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "number"), VERSIONS)
def test_a_preset_comes_back_with_the_same_meaning(slug, number):
    data = read_preset(slug)["versions"][number]
    before = copy.deepcopy(data)
    assert read_rules(again(data)) == read_rules(data)
    assert data == before


@pytest.mark.parametrize(
    "more",
    [
        {"digits": 0},
        {"digits": 4},
        {"unit": "week", "unit_digits": 1},
        {"peers": {"by": ["network", "sector"], "least": 5}},
        {"peers": {"by": ["size", "kind"], "sizes": ["10.5", "2000"], "size_of": "population"}},
        {"eligibility": {"days": 3, "posts": 2, "collected": "0.955"}},
        {"winsorising": {"most": 3, "skew": "1", "kurtosis": "2"}},
        {"line": {"threshold": "84.5"}},
        {"line": {"places": 10}},
        {"ties": ["growth"]},
        {"gate": [{"indicator": "avatar", "from": "1", "unknown": "fail"}]},
        {"gate": [{"indicator": "growth", "from": "0.1", "code": "own", "better": "less", "not_for": ["card"]}]},
        {
            "penalties": [
                {
                    "indicator": "growth",
                    "code": "p",
                    "better": "less",
                    "params": {"floor": 9},
                    "steps": [{"to": "2", "points": "-3"}, {"below": "1", "points": "0"}],
                    "otherwise": "-7",
                }
            ]
        },
        {"networks": ["vk", "ok"]},
        {"zones": [{"zone": "a", "label": "А", "from": "0"}]},
    ],
)
def test_whatever_the_form_shows_or_does_not_show_is_kept(more):
    data = methodology(item("growth", "10", params={"floor": 7}), target("avatar", "1", params={"at_end": 1}), **more)
    assert read_rules(again(data)) == read_rules(data)


@pytest.mark.parametrize(
    "part",
    [
        {"not_for": ["flagship"]},
        {"not_for": ["flagship", "card"]},
        {"unknown": "zero"},
        {"round": 3},
        {"better": "less"},
        {"code": "other"},
        {"normaliser": {"kind": "min_max", "low": "0", "high": "0.5"}},
        {"normaliser": {"kind": "target", "target": "0.000001"}},
        {"normaliser": {"kind": "steps", "steps": [{"from": "-0.1", "points": "1"}, {"above": "0", "points": "2"}]}},
    ],
)
def test_whatever_an_item_holds_is_kept(part):
    data = methodology(item("growth", "10.25") | part)
    assert read_rules(again(data)) == read_rules(data)


def test_two_items_of_one_indicator_keep_their_codes():
    data = methodology(
        item("posting_norm", params={"posts": 3}, code="three"), item("posting_norm", params={"posts": 7}, code="seven")
    )
    assert read_rules(again(data)) == read_rules(data)


# --- what is changed --------------------------------------------------------------------------------------------------


def test_weights_and_targets_are_typed_with_a_comma():
    rules = read_rules(again(methodology(target("avatar", "1")), **{"item-0-weight": "7,5", "item-0-target": "0,25"}))
    assert (rules.items[0].weight, rules.items[0].normaliser.target) == (7.5, 0.25)


def test_a_new_indicator_is_added_at_the_end():
    data = methodology(target("avatar", "1"))
    assert len(item_forms(form_of(data))) == 1 + EMPTY_ITEMS
    more = {"item-1-indicator": "growth", "item-1-weight": "3", "item-1-kind": "percentile"}
    rules = read_rules(again(data, **more))
    assert [(each.code, each.weight) for each in rules.items] == [("avatar", 1), ("growth", 3)]
    assert rules.items[1].measure.params == (("floor", 100),)


def test_a_second_item_of_an_indicator_gets_a_code_of_its_own():
    data = methodology(target("avatar", "1"), gate=[{"indicator": "avatar", "from": "1"}])
    more = {"item-1-indicator": "avatar", "item-1-weight": "1", "item-1-param": "1", "gate-1-indicator": "avatar",
            "gate-1-bound": "0,5", "penalty-0-indicator": "avatar", "penalty-0-steps": "≥1: 0",
            "penalty-0-otherwise": "-1"}  # fmt: skip
    rules = read_rules(again(data, **more))
    codes = [[part.code for part in parts] for parts in (rules.items, rules.penalties, rules.gates)]
    assert codes == [["avatar", "avatar_2"], ["avatar_3"], ["gate_avatar", "gate_avatar_2"]]


def test_an_indicator_is_removed_with_what_hangs_on_it():
    data = methodology(item("growth"), item("regularity"), ties=["growth", "regularity"])
    rules = read_rules(again(data, **{"item-0-remove": "1"}))
    assert ([each.code for each in rules.items], rules.ties) == (["regularity"], ("regularity",))


def test_an_indicator_is_changed_into_another():
    data = methodology(item("posting_norm", params={"posts": 5}, code="norm"))
    rules = read_rules(again(data, **{"item-0-indicator": "growth", "item-0-param": "50"}))
    assert (rules.items[0].code, rules.items[0].measure.params) == ("growth", (("floor", 50),))


def test_steps_rules_for_cards_and_for_the_unknown_are_set():
    changes = {"item-0-kind": "steps", "item-0-steps": "≥0,3: 5; >0,7: 10", "item-0-cards": "1", "item-0-zero": "1"}
    [each] = read_rules(again(methodology(item("weekly_reach")), **changes)).items
    assert [(s.bound, s.strict, s.points) for s in each.normaliser.steps] == [(0.3, False, 5), (0.7, True, 10)]
    assert (each.measure.not_for, each.unknown) == ({"card"}, Unknown.ZERO)


def test_bounds_rounding_and_what_is_better_are_set():
    changes = {"item-0-kind": "min_max", "item-0-bounds": "; 0,5", "item-0-digits": "2", "item-0-better": "less"}
    [each] = read_rules(again(methodology(item("growth")), **changes)).items
    assert (each.normaliser.low, each.normaliser.high) == (None, 0.5)
    assert (each.measure.digits, each.measure.less) == (2, True)


def test_ties_go_by_the_numbers_of_their_items():
    data = methodology(item("growth"), item("regularity"), item("own_content"), ties=["growth"])
    changes = {"item-0-tie": "2", "item-2-tie": "1"}
    assert read_rules(again(data, **changes)).ties == ("own_content", "growth")
    assert read_rules(again(data, **{"item-0-tie": ""})).ties == ()


def test_conditions_of_taking_part_are_set_and_removed():
    data = methodology(item("growth"), gate=[{"indicator": "avatar", "from": "1", "params": {"at_end": 1}}])
    more = {"gate-1-indicator": "posting_norm", "gate-1-bound": "0,8", "gate-1-param": "5", "gate-1-fail": "1"}
    gates = read_rules(again(data, **more)).gates
    assert [(each.code, each.bound, each.unknown_fails) for each in gates] == [
        ("gate_avatar", 1, False),
        ("gate_posting_norm", 0.8, True),
    ]
    assert [each.measure.params for each in gates] == [(("at_end", 1),), (("posts", 5),)]
    assert read_rules(again(data, **{"gate-0-remove": "1"})).gates == ()
    assert len(gate_forms(form_of(data))) == 2


def test_penalties_are_set_and_removed():
    data = methodology(item("growth"))
    more = {"penalty-0-indicator": "minimum_requirements", "penalty-0-steps": "≥0,92: −6; ≥1: 0",
            "penalty-0-otherwise": "−22", "penalty-0-digits": "2"}  # fmt: skip
    changed = again(data, **more)
    [penalty] = read_rules(changed).penalties
    assert [(step.bound, step.points) for step in penalty.steps] == [(0.92, -6), (1, 0)]
    assert (penalty.otherwise, penalty.measure.digits) == (-22, 2)
    assert read_rules(again(changed)).penalties == (penalty,)
    assert read_rules(again(changed, **{"penalty-0-remove": "1"})).penalties == ()
    assert len(penalty_forms(form_of(changed))) == 2


def test_zones_are_set_from_the_highest_down_and_an_empty_one_is_left_out():
    data = methodology(item("growth"), zones=[{"zone": "low", "label": "Низ", "from": "0", "tone": "bad"}])
    zones = read_rules(again(data, **{"zone-1-label": "Верх", "zone-1-bound": "89,5", "zone-1-tone": "good"})).zones
    assert [(each.label, each.bound, each.tone) for each in zones] == [("Верх", 89.5, "good"), ("Низ", 0, "bad")]
    assert zones[1].code == "low"
    assert read_rules(again(data, **{"zone-0-label": "", "zone-0-bound": ""})).zones == ()
    assert len(zone_forms(form_of(data))) == 2


def test_who_is_rated_where_and_by_which_units_is_set():
    data = methodology(item("growth"), networks=["vk"], unit="day")
    form = form_of(data)
    form["subject"], form["unit"], form["unit_digits"] = "founder", "month", "0"
    form.setlist("networks", ["ok", "max"])
    rules = read_rules(read_form(form, data))
    assert (rules.subject, rules.unit, rules.unit_digits, rules.networks) == ("founder", "month", 0, ("ok", "max"))
    form["unit"] = form["unit_digits"] = ""
    form.setlist("networks", [])
    rules = read_rules(read_form(form, data))
    assert (rules.unit, rules.unit_digits, rules.networks) == (None, None, ())


def test_the_rules_of_the_whole_are_set():
    changes = {"least": "4", "sizes": "500; 2 000", "days": "30", "posts": "3", "collected": "95,5", "digits": "1"}
    form = form_of(methodology(item("growth")))
    form.update(changes | {"line": "places", "line_value": "3", "winsorising": "1", "size_of": "population"})
    for name, value in changes.items():
        form.setlist(name, [value])
    form.setlist("line", ["places"])
    form.setlist("line_value", ["3"])
    form.setlist("by", ["sector", "size"])
    form.setlist("size_of", ["population"])
    rules = read_rules(read_form(form, methodology(item("growth"))))
    assert (rules.peers.by, rules.peers.least, rules.peers.sizes) == (("sector", "size"), 4, (500, 2000))
    assert (rules.eligibility.days, rules.eligibility.posts, rules.eligibility.collected) == (30, 3, 0.955)
    assert (rules.line.places, rules.winsorising.most, rules.digits, rules.peers.by_population) == (3, 5, 1, True)


def test_a_field_that_comes_to_the_groups_is_the_narrowest():
    data = methodology(item("growth"), peers={"by": ["network", "sector"]})
    form = form_of(data)
    form.setlist("by", ["sector", "level", "network"])
    assert read_rules(read_form(form, data)).peers.by == ("network", "sector", "level")


# --- steps as text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("≥0,3: 5", [{"from": "0.3", "points": "5"}]),
        (">=0.3:5", [{"from": "0.3", "points": "5"}]),
        ("0,3 — 5; 0,5 — 7", [{"from": "0.3", "points": "5"}, {"from": "0.5", "points": "7"}]),
        ("от 0,3: 5\nсвыше 0,7: 10", [{"from": "0.3", "points": "5"}, {"above": "0.7", "points": "10"}]),
        (">0,7=10", [{"above": "0.7", "points": "10"}]),
        ("≤2: 10; <1: 20", [{"to": "2", "points": "10"}, {"below": "1", "points": "20"}]),
        ("до 2: 10; ниже 1: 20", [{"to": "2", "points": "10"}, {"below": "1", "points": "20"}]),
        ("≥-0,1: 5", [{"from": "-0.1", "points": "5"}]),
        ("≥−0,1: −5", [{"from": "-0.1", "points": "-5"}]),
        ("", []),
        (" ; ;", []),
    ],
)
def test_steps_are_read_as_people_write_them(text, steps):
    assert read_steps(text) == steps


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["from", "above", "to", "below"]),
            st.decimals(-1000, 1000, places=3),
            st.decimals(-100, 100, places=1),
        ),
        max_size=5,
    )
)
def test_steps_are_written_so_that_they_can_be_read_again(rows):
    steps = [{name: f"{bound:f}", "points": f"{points:f}"} for name, bound, points in rows]
    assert read_steps(steps_text(steps)) == steps


@pytest.mark.parametrize("text", ["сколько-нибудь", "≥: 5", "≥0,3", "0,3: пять", "≥0,3: 5 0,5: 7", "a" * 500])
def test_steps_that_cannot_be_read_are_quoted(text):
    with pytest.raises(RulesError) as error:
        read_steps(text)
    assert text.strip()[:60] in str(error.value)


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"item-0-weight": "много"}, "много"),
        ({"item-0-weight": ""}, "avatar"),
        ({"item-0-weight": "0"}, "avatar"),
        ({"item-0-weight": "-1"}, "avatar"),
        ({"item-0-weight": "NaN"}, "avatar"),
        ({"item-0-target": "1/2"}, "1/2"),
        ({"item-0-target": ""}, "avatar"),
        ({"item-0-kind": "magic"}, "magic"),
        ({"item-0-indicator": "beauty"}, "beauty"),
        ({"item-0-kind": "steps", "item-0-steps": "≥1: много"}, "≥1: много"),
        ({"item-0-kind": "steps", "item-0-steps": ""}, "avatar"),
        ({"item-0-remove": "1"}, ""),
        ({"item-0-digits": "два"}, "два"),
        ({"item-0-better": "worse"}, "worse"),
        ({"item-0-tie": "первый"}, "первый"),
        ({"item-0-kind": "min_max", "item-0-bounds": "1; 0"}, "avatar"),
        ({"gate-0-indicator": "beauty"}, "beauty"),
        ({"gate-0-indicator": "avatar", "gate-0-bound": "есть"}, "есть"),
        ({"penalty-0-indicator": "beauty"}, "beauty"),
        ({"penalty-0-indicator": "avatar", "penalty-0-steps": "≥1: 0"}, "avatar"),
        ({"penalty-0-indicator": "avatar", "penalty-0-steps": "≥1: 0", "penalty-0-otherwise": "5"}, "avatar"),
        ({"zone-0-label": "Верх", "zone-0-bound": "много"}, "много"),
        ({"zone-0-label": "Верх", "zone-0-bound": "50"}, "0"),
        ({"zone-0-bound": "0"}, ""),
        ({"subject": "cat"}, "cat"),
        ({"unit": "century"}, "century"),
        ({"unit_digits": "x"}, "x"),
        ({"networks": "fido"}, "fido"),
        ({"least": "несколько"}, "несколько"),
        ({"least": "0"}, "0"),
        ({"sizes": "500; 200"}, ""),
        ({"sizes": "x"}, "x"),
        ({"days": "1,5"}, "1,5"),
        ({"days": "9999"}, "9999"),
        ({"collected": "почти"}, "почти"),
        ({"collected": "101"}, "1.01"),
        ({"digits": "9"}, "9"),
        ({"line": "places", "line_value": "все"}, "все"),
        ({"line": "threshold", "line_value": "101"}, "101"),
    ],
)
def test_what_cannot_be_read_is_named(changes, named):
    with pytest.raises(RulesError) as error:
        read_rules(again(methodology(target("avatar", "1")), **changes))
    assert named in str(error.value)


@pytest.mark.parametrize(("text", "named"), [("пол", "пол"), ("9", "posts")])
def test_a_parameter_that_cannot_be_is_named(text, named):
    with pytest.raises(RulesError, match=named):
        read_rules(again(methodology(target("posting_norm", "1")), **{"item-0-param": text}))


def test_an_empty_form_is_a_methodology_of_nothing():
    with pytest.raises(RulesError):
        read_rules(read_form(QueryDict(), methodology(target("avatar", "1"))))


def test_every_indicator_can_be_chosen():
    for name in INDICATORS:
        more = {"item-1-indicator": name, "item-1-weight": "1", "item-1-kind": Kind.PERCENTILE.value}
        data = methodology(target("cover" if name == "avatar" else "avatar", "1"))
        assert read_rules(again(data, **more)).items[1].measure.indicator == name
