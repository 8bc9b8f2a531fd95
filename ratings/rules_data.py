"""A methodology's data read into `Rules`; the one place that knows how the data is written.

Numbers in the data are decimal strings, so that no reader makes 0.1 of something else. docs/methodology.md lists every
field for people.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from monitoring.models import PageClass, PlatformCode

from .catalogue import INDICATORS
from .periods import Unit
from .rules import (
    AwardLine,
    Eligibility,
    Gate,
    GroupField,
    Item,
    Kind,
    Measure,
    Normaliser,
    PeerGroups,
    Penalty,
    Rules,
    Step,
    Subject,
    Unknown,
    Winsorising,
    Zone,
)

T = TypeVar("T")
# Working days for appeals where a methodology does not say: a week for an institution to see its score, gather what it
# has on it, and write; longer windows do not fit between the end of a year and its awards in January.
APPEAL_DAYS = 5
# Columns that a table of subjects has besides those of the indicators.
RESERVED = frozenset({"subject", "days", "posts", "collected", *GroupField})


class RulesError(ValueError):
    """What is wrong with a methodology's data, in words for the one who writes it."""


def read_rules(data: Mapping[str, Any]) -> Rules:
    """A version of a methodology as in ratings/presets; RulesError says what is wrong with it."""
    try:
        return _rules(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise RulesError(_("The methodology lacks a part, or a part is not what it should be: %s") % error) from error


def _rules(data: Mapping[str, Any]) -> Rules:
    unit = data.get("unit")
    winsorising = data.get("winsorising")
    rules = Rules(
        subject=choice(Subject, data.get("subject", Subject.PAGE), _("subject")),
        networks=tuple(choice(PlatformCode, each, _("network")) for each in data.get("networks", ())),
        unit=choice(Unit, unit, _("unit")) if unit else None,
        items=tuple(_item(each) for each in data["items"]),
        penalties=tuple(_penalty(each) for each in data.get("penalties", ())),
        gates=tuple(_gate(each) for each in data.get("gate", ())),
        peers=_peers(data.get("peers", {})),
        eligibility=_eligibility(data.get("eligibility", {})),
        winsorising=_winsorising(winsorising) if winsorising else None,
        zones=tuple(_zone(each) for each in data.get("zones", ())),
        line=_line(data["line"]) if data.get("line") else None,
        ties=tuple(data.get("ties", ())),
        digits=whole(data.get("digits", 2), _("digits"), 0, 4),
        unit_digits=_optional_digits(data.get("unit_digits")),
        appeal_days=whole(data.get("appeal_days", APPEAL_DAYS), _("days for appeals"), 1, 60),
    )
    _check(rules)
    return rules


def _check(rules: Rules) -> None:
    if not rules.items:
        raise RulesError(_("A methodology needs at least one indicator."))
    codes = [measure.code.lower() for measure in rules.measures]  # a table's header knows no capitals
    for code in codes:
        if codes.count(code) > 1:
            raise RulesError(_("“%s” occurs twice: give one of them another code.") % code)
        if code in RESERVED:
            raise RulesError(_("“%s” is the name of another column of a table: choose another code.") % code)
    bounds = [zone.bound for zone in rules.zones]
    if bounds and (bounds != sorted(bounds, reverse=True) or bounds[-1] != 0):
        raise RulesError(_("Zones must go from the highest bound down to 0."))
    for code in rules.ties:
        if code not in [item.code for item in rules.items]:
            raise RulesError(_("A tie cannot be decided by “%s”: there is no such indicator.") % code)


def _measure(data: Mapping[str, Any]) -> Measure:
    name = data["indicator"]
    if name not in INDICATORS:
        raise RulesError(_("There is no indicator “%s”.") % name)
    code = text_of(data.get("code", name), _("code"))
    known = INDICATORS[name].params
    given = data.get("params", {})
    if extra := sorted(set(given) - set(known)):
        raise RulesError(_("“%(code)s” has no parameter “%(name)s”.") % {"code": code, "name": extra[0]})
    params = tuple(
        (each, whole(given.get(each, bounds.default), f"{code}: {each}", bounds.least, bounds.most))
        for each, bounds in known.items()
    )
    not_for = frozenset(choice(PageClass, each, _("page class")) for each in data.get("not_for", ()))
    better = data.get("better", "less" if INDICATORS[name].less else "more")
    less = _second(("more", "less"), better, f"{code}: better")
    return Measure(code, name, params, not_for, _optional_digits(data.get("round")), less)


def _item(data: Mapping[str, Any]) -> Item:
    measure = _measure(data)
    weight = number(data["weight"], _("weight of “%s”") % measure.code)
    if weight <= 0:
        raise RulesError(_("The weight of “%s” must be above 0.") % measure.code)
    unknown = choice(Unknown, data.get("unknown", Unknown.SPREAD), _("rule for unknown values"))
    return Item(measure, _normaliser(data["normaliser"], measure), weight, unknown)


def _normaliser(data: Mapping[str, Any], measure: Measure) -> Normaliser:
    kind = choice(Kind, data["kind"], _("normaliser of “%s”") % measure.code)
    if kind == Kind.TARGET:
        target = number(data["target"], _("target of “%s”") % measure.code)
        if target <= 0:
            raise RulesError(_("The target of “%s” must be above 0.") % measure.code)
        return Normaliser(kind, target=target)
    if kind == Kind.STEPS:
        steps = _steps(data["steps"], measure)
        if steps[0].points < 0 or steps[-1].points <= 0:
            raise RulesError(_("The steps of “%s” must rise from 0 points or more.") % measure.code)
        return Normaliser(kind, steps=steps)
    if kind == Kind.MIN_MAX:
        bounds = [data.get(name) for name in ("low", "high")]
        low, high = (None if each is None else number(each, _("bounds of “%s”") % measure.code) for each in bounds)
        if low is not None and high is not None and low >= high:
            raise RulesError(_("The bounds of “%s” must rise.") % measure.code)
        return Normaliser(kind, low=low, high=high)
    return Normaliser(kind)


def _steps(data: Sequence[Mapping[str, Any]], measure: Measure) -> tuple[Step, ...]:
    """Sorted from the worst value to the best; points must not fall on the way."""
    names = ("to", "below") if measure.less else ("from", "above")
    what = _("steps of “%s”") % measure.code
    steps = [
        Step(
            number(each[names[1]] if names[1] in each else each[names[0]], what),
            names[1] in each,
            number(each["points"], what),
        )
        for each in data
    ]
    steps.sort(key=lambda step: (-step.bound if measure.less else step.bound, step.strict))
    if not steps or any(a.bound == b.bound or a.points > b.points for a, b in pairwise(steps)):
        raise RulesError(_("The steps of “%s” must rise: a better value never gives fewer points.") % measure.code)
    return tuple(steps)


def _penalty(data: Mapping[str, Any]) -> Penalty:
    measure = _measure(data)
    steps = _steps(data["steps"], measure)
    otherwise = number(data["otherwise"], _("steps of “%s”") % measure.code)
    if steps[-1].points > 0 or otherwise > steps[0].points:
        raise RulesError(_("Penalties of “%s” must be 0 or below, the highest for the worst value.") % measure.code)
    return Penalty(measure, steps, otherwise)


def _gate(data: Mapping[str, Any]) -> Gate:
    measure = _measure(data | {"code": data.get("code", f"gate_{data['indicator']}")})
    bound = number(data["from"], _("gate of “%s”") % measure.code)
    fails = _second(("pass", "fail"), data.get("unknown", "pass"), _("gate of “%s”") % measure.code)
    return Gate(measure, bound, fails)


def _peers(data: Mapping[str, Any]) -> PeerGroups:
    by = tuple(choice(GroupField, each, _("peer group")) for each in data.get("by", ()))
    sizes = tuple(number(each, _("size classes")) for each in data.get("sizes", ()))
    if list(sizes) != sorted(set(sizes)) or (GroupField.SIZE in by and not sizes):
        raise RulesError(_("Size classes need bounds that rise."))
    least = whole(data.get("least", 1), _("least size of a peer group"), 1, 10_000)
    by_population = _second(("subscribers", "population"), data.get("size_of", "subscribers"), _("size classes"))
    return PeerGroups(by, least, sizes, by_population)


def _eligibility(data: Mapping[str, Any]) -> Eligibility:
    return Eligibility(
        whole(data.get("days", 0), _("least days"), 0, 366),
        whole(data.get("posts", 0), _("least posts"), 0, 100_000),
        number(data.get("collected", "0"), _("least share of days collected"), 0, 1),
    )


def _winsorising(data: Mapping[str, Any]) -> Winsorising:
    what = _("treatment of extreme values")
    return Winsorising(
        whole(data.get("most", 5), what, 1, 100),
        number(data.get("skew", "2"), what),
        number(data.get("kurtosis", "3.5"), what),
    )


def _zone(data: Mapping[str, Any]) -> Zone:
    tone = data.get("tone", "")
    if tone not in ("", "good", "warn", "bad"):
        raise RulesError(_("A zone is drawn as good, warn or bad, not as “%s”.") % tone)
    names = (text_of(data["zone"], _("zones")), text_of(data["label"], _("zones")))
    return Zone(*names, tone, number(data["from"], _("zones"), 0, 100))


def _line(data: Mapping[str, Any]) -> AwardLine:
    if "places" in data:
        return AwardLine(places=whole(data["places"], _("award line"), 1, 10_000))
    return AwardLine(threshold=number(data["threshold"], _("award line"), 0, 100))


def number(text: object, what: str, least: float | None = None, most: float | None = None) -> float:
    """A decimal number as written in a methodology, the comma of Russian texts too; RulesError names `what`."""
    try:
        value = float(Decimal(str(text).strip().replace(",", ".")))
    except (InvalidOperation, ValueError) as error:  # ValueError: sNaN, and integers too long to be written
        shown = "…" if type(text) is int else text
        raise RulesError(_("%(what)s: “%(text)s” is not a number.") % {"what": what, "text": shown}) from error
    if not (-1e12 if least is None else least) <= value <= (1e12 if most is None else most):
        raise RulesError(_("%(what)s: %(text)s is out of bounds.") % {"what": what, "text": text})
    return value


def whole(value: object, what: str, least: int, most: int) -> int:
    """A whole number between the bounds, both included; RulesError names `what`."""
    result = number(value, what, least, most)
    if result != int(result):
        raise RulesError(_("%(what)s: “%(text)s” is not a whole number.") % {"what": what, "text": value})
    return int(result)


def _optional_digits(value: object) -> int | None:
    return None if value is None else whole(value, _("digits"), 0, 9)


def choice(choices: Callable[[object], T], value: object, what: str) -> T:
    """One of the choices; RulesError names `what`."""
    try:
        return choices(value)
    except ValueError as error:
        raise RulesError(_("%(what)s: there is no “%(value)s”.") % {"what": what, "value": value}) from error


def _second(words: tuple[str, str], value: object, what: str) -> bool:
    """Whether it is the second of the two words."""
    if value not in words:
        raise RulesError(_("%(what)s: there is no “%(value)s”.") % {"what": what, "value": value})
    return value == words[1]


def text_of(value: object, what: str) -> str:
    """A text that is not blank; RulesError names `what`."""
    if not isinstance(value, str) or not value.strip():
        raise RulesError(_("%(what)s: there is no “%(value)s”.") % {"what": what, "value": value})
    return value
