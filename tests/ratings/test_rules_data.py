"""A methodology's data, and what is wrong with it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ratings.catalogue import INDICATORS
from ratings.engine import rate
from ratings.periods import Unit
from ratings.presets import preset_slugs, read_preset
from ratings.rules import AwardLine, Eligibility, GroupField, Kind, Step, Subject, Unknown, Winsorising
from ratings.rules_data import RulesError, number, read_rules

from .making import item, table, target

FULL: dict[str, Any] = {
    "subject": "person",
    "networks": ["vk", "ok"],
    "unit": "week",
    "digits": 1,
    "unit_digits": 0,
    "items": [
        item("norm", target("0.9"), weight="25", not_for=["card"], unknown="zero", round=2),
        item("growth", {"kind": "percentile"}, weight="7.5", indicator="growth", params={"floor": 50}),
        item("hours", {"kind": "min_max", "high": "48"}, indicator="answer_hours"),
        item("widgets", {"kind": "steps", "steps": [{"from": "1", "points": "5"}, {"above": "2", "points": "10"}]}),
    ],
    "penalties": [
        {"indicator": "cover", "steps": [{"from": "0.5", "points": "-2"}, {"from": "1", "points": "0"}],
         "otherwise": "-5"}
    ],
    "gate": [{"indicator": "cover", "from": "0.99", "unknown": "fail"}],
    "peers": {"by": ["sector", "size"], "least": 8, "sizes": ["500", "2000"], "size_of": "population"},
    "eligibility": {"days": 180, "posts": 12, "collected": "0.9"},
    "winsorising": {"most": 3},
    "zones": [
        {"zone": "green", "label": "Зелёная", "tone": "good", "from": "90"},
        {"zone": "red", "label": "Красная", "from": "0"},
    ],
    "line": {"places": 3},
    "ties": ["norm", "growth"],
}  # fmt: skip


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """FULL with one place of it changed; `to` ... = taken away."""
    data = copy.deepcopy(FULL)
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return data


# --- what is read -----------------------------------------------------------------------------------------------------


def test_every_part_is_read():
    rules = read_rules(FULL)
    assert (rules.subject, rules.networks, rules.unit) == (Subject.PERSON, ("vk", "ok"), Unit.WEEK)
    assert (rules.digits, rules.unit_digits, rules.ties) == (1, 0, ("norm", "growth"))
    assert [each.code for each in rules.measures] == ["norm", "growth", "hours", "widgets", "cover", "gate_cover"]
    assert [each.weight for each in rules.items] == [25, 7.5, 1, 1]
    assert rules.total_weight == 34.5
    assert [each.normaliser.kind for each in rules.items] == [Kind.TARGET, Kind.PERCENTILE, Kind.MIN_MAX, Kind.STEPS]
    norm = rules.item("norm")
    assert (norm.normaliser.target, norm.measure.not_for, norm.unknown) == (0.9, {"card"}, Unknown.ZERO)
    assert (norm.measure.digits, norm.measure.indicator) == (2, "regularity")
    assert rules.item("growth").measure.params == (("floor", 50),)
    assert (rules.item("hours").normaliser.low, rules.item("hours").normaliser.high) == (None, 48)
    assert rules.item("widgets").normaliser.steps == (Step(1, False, 5), Step(2, True, 10))
    assert (rules.penalties[0].steps, rules.penalties[0].otherwise) == ((Step(0.5, False, -2), Step(1, False, 0)), -5)
    assert (rules.gates[0].bound, rules.gates[0].unknown_fails) == (0.99, True)
    assert rules.peers.by == (GroupField.SECTOR, GroupField.SIZE)
    assert (rules.peers.least, rules.peers.sizes, rules.peers.by_population) == (8, (500, 2000), True)
    assert rules.eligibility == Eligibility(180, 12, 0.9)
    assert rules.winsorising == Winsorising(3, 2.0, 3.5)
    assert [(zone.code, zone.tone, zone.bound) for zone in rules.zones] == [("green", "good", 90), ("red", "", 0)]
    assert rules.line == AwardLine(places=3)


def test_what_is_not_said_has_its_default():
    rules = read_rules({"items": [{"indicator": "posting_norm", "weight": "1", "normaliser": target()}]})
    assert (rules.subject, rules.networks, rules.unit, rules.line) == (Subject.PAGE, (), None, None)
    assert (rules.digits, rules.unit_digits, rules.winsorising, rules.zones) == (2, None, None, ())
    assert (rules.peers.by, rules.peers.least, rules.peers.by_population) == ((), 1, False)
    assert rules.eligibility == Eligibility(0, 0, 0.0)
    only = rules.items[0]
    assert (only.code, only.unknown, only.measure.params) == ("posting_norm", Unknown.SPREAD, (("posts", 3),))
    assert (only.measure.digits, only.measure.less, only.measure.not_for) == (None, False, frozenset())


def test_less_is_better_where_the_indicator_or_the_rules_say_so():
    assert read_rules(FULL).item("hours").measure.less
    assert not read_rules(changed("items", 2, "better", to="more")).item("hours").measure.less
    assert read_rules(changed("items", 1, "better", to="less")).item("growth").measure.less


def test_a_line_may_be_a_threshold():
    assert read_rules(changed("line", to={"threshold": "80"})).line == AwardLine(threshold=80.0)


def test_an_unknown_item_is_a_key_error():
    with pytest.raises(KeyError):
        read_rules(FULL).item("nothing")


@pytest.mark.parametrize(
    ("text", "value"), [("0.1", 0.1), ("0,1", 0.1), (" 5 ", 5), (3, 3), (0.25, 0.25), ("-2", -2), ("1e3", 1000)]
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert number(text, "x") == value


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "nan", "sNaN", "inf", "-inf", "1e13", "1e999999999", None, True, [], {}], ids=repr
)
def test_what_is_no_number_or_too_large_names_what_it_should_be(text):
    with pytest.raises(RulesError, match="the weight"):
        number(text, "the weight")


def test_a_number_of_five_thousand_digits_is_too_large():
    with pytest.raises(RulesError, match="the weight"):
        number(10**5000, "the weight")


def test_bounds_of_a_number_are_in_bounds():
    assert [number(text, "x", 0, 1) for text in ("0", "1")] == [0, 1]
    for text in ("-0.01", "1.01"):
        with pytest.raises(RulesError):
            number(text, "x", 0, 1)


# --- what is wrong ----------------------------------------------------------------------------------------------------

STEPS = ("items", 3, "normaliser", "steps")

MISTAKES: list[tuple[Any, str | None]] = [
    (changed("items", to=...), "items"),
    (changed("items", to=[]), None),
    (changed("items", to=None), None),
    (changed("items", 0, to="norm"), None),
    (changed("items", 0, "indicator", to=...), "indicator"),
    (changed("items", 0, "indicator", to="beauty"), "beauty"),
    (changed("items", 0, "indicator", to=["cover"]), None),
    (changed("items", 0, "weight", to=...), "weight"),
    (changed("items", 0, "weight", to="heavy"), "norm.*heavy"),
    (changed("items", 0, "weight", to="0"), "norm"),
    (changed("items", 0, "weight", to="-1"), "norm"),
    (changed("items", 0, "weight", to="NaN"), "norm"),
    (changed("items", 0, "code", to="growth"), "growth"),
    (changed("items", 0, "code", to="cover"), "cover"),
    (changed("items", 0, "code", to="GROWTH"), "growth"),
    (changed("items", 0, "code", to="days"), "days"),
    (changed("items", 0, "code", to="Sector"), "sector"),
    (changed("items", 0, "code", to=["a"]), None),
    (changed("items", 0, "code", to=5), None),
    (changed("items", 0, "code", to=""), None),
    (changed("items", 0, "unknown", to="ignore"), "ignore"),
    (changed("items", 0, "better", to="bigger"), "bigger"),
    (changed("items", 0, "not_for", to=["poster"]), "poster"),
    (changed("items", 0, "round", to="1.5"), "1.5"),
    (changed("items", 0, "round", to=10), "10"),
    (changed("items", 1, "params", to={"ceiling": 1}), "growth.*ceiling"),
    (changed("items", 1, "params", to={"floor": 0}), "growth: floor.*0"),
    (changed("items", 1, "params", to={"floor": "1.5"}), "growth: floor.*1.5"),
    (changed("items", 1, "params", to=[]), None),
    (changed("items", 0, "normaliser", to=...), "normaliser"),
    (changed("items", 0, "normaliser", to={}), "kind"),
    (changed("items", 0, "normaliser", to={"kind": "rank"}), "norm.*rank"),
    (changed("items", 0, "normaliser", to={"kind": "target"}), "target"),
    (changed("items", 0, "normaliser", to=target("0")), "norm"),
    (changed("items", 2, "normaliser", "low", to="48"), "hours"),
    (changed("items", 2, "normaliser", "low", to="low"), "hours.*low"),
    (changed(*STEPS, to=[]), "widgets"),
    (changed(*STEPS, to=[{"points": "5"}]), "from"),
    (changed(*STEPS, to=[{"to": "1", "points": "5"}]), "from"),
    (changed(*STEPS, to=[{"from": "1"}]), "points"),
    (changed(*STEPS, to=[{"from": "1", "points": "0"}]), "widgets"),
    (changed(*STEPS, to=[{"from": "0", "points": "-1"}, {"from": "1", "points": "5"}]), "widgets"),
    (changed(*STEPS, to=[{"from": "1", "points": "5"}, {"from": "2", "points": "4"}]), "widgets"),
    (changed(*STEPS, to=[{"from": "1", "points": "5"}, {"above": "1", "points": "9"}]), "widgets"),
    (changed("penalties", 0, "otherwise", to=...), "otherwise"),
    (changed("penalties", 0, "otherwise", to="-1"), "cover"),
    (changed("penalties", 0, "steps", 1, "points", to="1"), "cover"),
    (changed("gate", 0, "from", to=...), "from"),
    (changed("gate", 0, "from", to="much"), "gate_cover.*much"),
    (changed("gate", 0, "unknown", to="fial"), "fial"),
    (changed("gate", 0, to="cover"), None),
    (changed("subject", to="dog"), "dog"),
    (changed("networks", to=["myspace"]), "myspace"),
    (changed("unit", to="decade"), "decade"),
    (changed("peers", to=[]), None),
    (changed("peers", "by", to=["colour"]), "colour"),
    (changed("peers", "sizes", to=["2000", "500"]), None),
    (changed("peers", "sizes", to=["500", "500"]), None),
    (changed("peers", "sizes", to=[]), None),
    (changed("peers", "least", to=0), "0"),
    (changed("peers", "size_of", to="weight"), "weight"),
    (changed("eligibility", "days", to=-1), "-1"),
    (changed("eligibility", "posts", to="1.5"), "1.5"),
    (changed("eligibility", "collected", to="1.1"), "1.1"),
    (changed("winsorising", to={"most": 0}), "0"),
    (changed("winsorising", to=["most"]), None),
    (changed("zones", 0, "from", to="101"), "101"),
    (changed("zones", 0, "tone", to="pink"), "pink"),
    (changed("zones", 0, "label", to=...), "label"),
    (changed("zones", 0, "zone", to=7), None),
    (changed("zones", to=FULL["zones"][:1]), None),
    (changed("zones", to=FULL["zones"][::-1]), None),
    (changed("line", to={"first": 3}), "threshold"),
    (changed("line", to={"places": 0}), "0"),
    (changed("line", to={"threshold": "101"}), "101"),
    (changed("ties", to=["cover"]), "cover"),
    (changed("ties", to=[["norm"]]), None),
    (changed("digits", to=5), "5"),
    (changed("digits", to=None), "None"),
    (changed("unit_digits", to=-1), "-1"),
    ([], None),
    (None, None),
    ("items", None),
]


@pytest.mark.parametrize(("data", "named"), MISTAKES)
def test_a_mistake_is_told_in_words(data, named):
    with pytest.raises(RulesError, match=named) as caught:
        read_rules(data)
    assert len(str(caught.value)) > 10


def test_steps_of_what_is_better_small_are_written_with_to_and_below():
    steps = [{"to": "24", "points": "5"}, {"below": "1", "points": "10"}]
    data = changed("items", 2, "normaliser", to={"kind": "steps", "steps": steps})
    assert read_rules(data).item("hours").normaliser.steps == (Step(24, False, 5), Step(1, True, 10))
    with pytest.raises(RulesError, match="to"):
        read_rules(changed("items", 2, "normaliser", to=FULL["items"][3]["normaliser"]))


@pytest.mark.parametrize("name", INDICATORS)
def test_bounds_of_parameters_are_those_of_the_catalogue(name):
    for parameter, bounds in INDICATORS[name].params.items():
        for value in (bounds.least, bounds.most):
            rules = read_rules({"items": [item("x", indicator=name, params={parameter: value})]})
            assert dict(rules.items[0].measure.params)[parameter] == value
        for value in (bounds.least - 1, bounds.most + 1):
            with pytest.raises(RulesError, match=f"x: {parameter}"):
                read_rules({"items": [item("x", indicator=name, params={parameter: value})]})


# --- anything at all --------------------------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["norm", "cover", "growth", "0", "1", "-1", "0,5", "sNaN", "steps", "less", "vk", "size", "day"]),
)  # fmt: skip
names = st.one_of(
    st.text(max_size=3),
    st.sampled_from([*FULL, *FULL["items"][0], "kind", "target", "steps", "from", "points", "by", "least", "places"]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


def read_or_refuse(data: Any) -> None:
    """What can be read can be used: everything has a name, and subjects without any value can be rated."""
    try:
        rules = read_rules(data)
    except RulesError as error:
        assert str(error)
        return
    hash(rules)
    assert all(isinstance(measure.code, str) for measure in rules.measures)
    fields = {field: ["x", "y"] for field in GroupField}
    subjects = table(**{measure.code: [0.5, (1, 3)] for measure in rules.measures}, fields=fields, sizes=[1, 1e6])
    assert len(rate(rules, subjects).exact) == 2


@given(anything)
@example({"items": [item("a", weight="sNaN")]})
@example({"items": [item("a", weight=10**5000)]})
def test_no_data_raise_anything_but_a_rules_error(data):
    read_or_refuse(data)


def places_of(data: Any, path: tuple = ()) -> list[tuple]:
    """The paths to all that is in the data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(found for key, value in inside for found in places_of(value, (*path, key)))]


WHOLE = [FULL, *(version for slug in preset_slugs() for version in read_preset(slug)["versions"])]


@settings(max_examples=300)
@given(st.sampled_from(WHOLE), st.data())
def test_a_methodology_with_one_part_spoilt_raises_nothing_but_a_rules_error(whole, data):
    spoilt = json.loads(json.dumps(whole))
    *path, last = data.draw(st.sampled_from(places_of(spoilt)[1:]))
    place = spoilt
    for step in path:
        place = place[step]
    spoil: Callable[[], Any] = data.draw(st.sampled_from([lambda: place.pop(last), lambda: data.draw(anything)]))
    value = spoil()
    if last in range(len(place)) if isinstance(place, list) else last in place:
        place[last] = value
    read_or_refuse(spoilt)
