"""One score explained: its waterfall, its place among the peers, what would raise it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..catalogue import INDICATORS, Level, Unit
from ..editing import plain
from ..explain import Advice, Line, Scenario, UnitLine, advice, group_contributions, lines, unit_lines
from ..inputs import PartLine
from ..models import Rating, Score, ScoreStatus
from ..names import group_name
from ..parts import State
from ..rules import Rules
from ..rules_data import number
from ..wording import gate_words, normaliser_words, points_text, value_text
from .rating import ZoneMark, period_words, zones

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the waterfall as it is drawn. start, width: of 100. sources: numerator and denominator in words."""

    line: Line
    label: str
    rule: str
    norm: list[str]
    value: str
    sources: str
    points: str
    start: float
    width: float
    median: float | None
    below: bool

    @property
    def known(self) -> bool:
        return self.line.state == State.KNOWN

    @property
    def impossible(self) -> bool:
        """The network cannot tell it: there is nothing to contest."""
        return self.line.state == State.IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of advice in words. url: the screen with this value tried."""

    label: str
    now: str
    aim: str
    gain: str
    place: int | None
    query: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the tried values give. gain: points against the present score; None = there would be no score."""

    points: float | None
    gain: float | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form «что если». value: as typed, or as measured."""

    code: str
    label: str
    value: str
    unit: str
    problem: str = ""


def bars(score: Score, rules: Rules) -> list[Bar]:
    """The waterfall, item by item."""
    peers = Score.objects.filter(rating=score.rating_id, group=score.group, status=ScoreStatus.RANKED)
    group = group_contributions(list(peers.values_list("items", flat=True)))
    parts = {part.code: part for part in (*rules.items, *rules.penalties)}
    return [_bar(line, parts[line.code]) for line in lines(score, rules, group)]


def _bar(line: Line, part: object) -> Bar:
    indicator = INDICATORS[line.indicator]
    points = line.contribution or 0.0
    return Bar(
        line,
        str(indicator.label),
        str(indicator.rule),
        normaliser_words(part),
        "" if line.value is None else value_text(line.value, indicator.unit),
        ""
        if line.numerator is None or line.denominator in (None, 1)
        else f"{points_text(line.numerator)} ÷ {points_text(line.denominator)}",
        "" if line.contribution is None else points_text(points),
        min(WIDTH, max(0.0, line.start)),
        min(WIDTH, abs(points)),
        line.median,
        points < 0,
    )


def parts_note(indicator: str, parts: Sequence[PartLine]) -> str:
    """How the numbers of one page's spans add up, where it is not by a plain sum."""
    level = INDICATORS[indicator].level
    if level == Level.NONE or len({part.page for part in parts}) == len(parts):
        return ""
    if level == Level.DENOMINATOR:
        return _("The denominator of a page counts once: at its first days, times the mean share over all of them.")
    return _("The numerator of a page counts once: at its last days.")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An item in one of the units whose mean the score is, in words."""

    line: UnitLine
    label: str
    value: str


def unit_rows(scenario: Scenario, rating: Rating, code: str) -> list[UnitRow]:
    """The item unit by unit; none where the period is taken as a whole."""
    unit = next(INDICATORS[part.indicator].unit for part in scenario.rules.measures if part.code == code)
    return [
        UnitRow(
            line,
            period_words(line.period.unit, line.period.first, line.period.last),
            "" if line.value is None else value_text(line.value, unit),
        )
        for line in unit_lines(scenario, rating, code)
    ]


def number_of(text: str) -> int | None:
    """A key as an address has it; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def steps(scenario: Scenario) -> list[Step]:
    """What would raise the score most, in words."""
    return [_step(each) for each in advice(scenario)]


def _step(found: Advice) -> Step:
    unit = INDICATORS[found.indicator].unit
    return Step(
        str(INDICATORS[found.indicator].label),
        _("no data") if found.now is None else value_text(found.now, unit),
        value_text(found.value, unit),
        points_text(found.gain),
        found.place,
        f"?{urlencode({found.code: typed(found.value, unit)})}",
    )


def fields(scenario: Scenario, query: QueryDict) -> tuple[list[Field], dict[str, float]]:
    """The form «что если» and the values that were typed into it, in the engine's units; a value that is no number is
    marked and left out."""
    result, changes = [], {}
    for part in (*scenario.rules.items, *scenario.rules.penalties):
        state, numerator, denominator, *_rest = scenario.score.items[part.code]
        if state in (State.NOT_APPLICABLE, State.IMPOSSIBLE):
            continue
        unit = INDICATORS[part.measure.indicator].unit
        now = numerator / denominator if state == State.KNOWN and denominator else None
        measured = "" if now is None else typed(now, unit)
        text, problem = query.get(part.code, "").strip()[:20], ""
        if text and text != measured:
            try:
                changes[part.code] = read_value(text, unit)
            except ValueError:
                problem = _("This is not a number.")
        label = str(INDICATORS[part.measure.indicator].label)
        result.append(Field(part.code, label, text or measured, unit_sign(unit), problem))
    return result, changes


def typed(value: float, unit: Unit) -> str:
    """A value as it is typed into the form: shares in percent, a decimal comma."""
    value = value * 100 if unit == Unit.SHARE else value
    text = f"{value:.{4 if unit == Unit.SHARE else 6}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace(".", ",")


def read_value(text: str, unit: Unit) -> float:
    """The other way round: a value as people type it, in the indicator's unit. ValueError where it is no number, or no
    count or hours can be."""
    value = number(plain(text).replace("%", ""), "", 0 if unit in (Unit.COUNT, Unit.HOURS) else None)
    return float(Decimal(repr(value)) / 100) if unit == Unit.SHARE else value


def unit_sign(unit: Unit) -> str:
    return {Unit.SHARE: "%", Unit.HOURS: _("hours"), Unit.PER_THOUSAND: _("per 1,000"), Unit.COUNT: ""}[unit]


def trial(scenario: Scenario, changes: Mapping[str, float]) -> Trial | None:
    """What the typed values would give; None where nothing was typed."""
    if not changes:
        return None
    points = scenario.points(changes)
    before = scenario.score.exact
    gain = points - before if points is not None and before is not None else None
    return Trial(points, gain, scenario.place(changes))


def gates(score: Score, rules: Rules) -> list[tuple[str, str]]:
    """Code and words of the conditions of taking part that this subject does not meet."""
    failed = score.facts.get("failed", [])
    return [
        (gate.code, words) for gate, words in zip(rules.gates, gate_words(rules), strict=True) if gate.code in failed
    ]


def expectation(score: Score) -> str:
    """What the expected points go by: size, population, age, as far as they are known."""
    facts = score.facts
    words = (
        ("subscribers", lambda n: _("mean subscribers: %s") % points_text(round(n))),
        ("adults", lambda n: _("adults of the municipality: %s") % points_text(n)),
        ("age", lambda n: _("days in the registry: %s") % points_text(n)),
    )
    return "; ".join(word(facts[name]) for name, word in words if facts.get(name) is not None)


def thin_reasons(score: Score, rules: Rules) -> list[str]:
    """What there is too little of."""
    least, facts = rules.eligibility, score.facts
    reasons = []
    if least.days and facts.get("days") is not None and facts["days"] < least.days:
        reasons.append(_("%(have)d days of %(want)d") % {"have": facts["days"], "want": least.days})
    if least.posts and facts.get("posts") is not None and facts["posts"] < least.posts:
        reasons.append(_("%(have)d posts of %(want)d") % {"have": facts["posts"], "want": least.posts})
    if least.collected and facts.get("collected") is not None and facts["collected"] < least.collected:
        share = {"have": value_text(facts["collected"], Unit.SHARE), "want": value_text(least.collected, Unit.SHARE)}
        reasons.append(_("%(have)s of the days were collected, %(want)s are wanted") % share)
    return reasons


def zone_mark(score: Score, rules: Rules) -> ZoneMark | None:
    return next((ZoneMark(label, tone) for code, label, tone, _b in zones(rules) if code == score.zone), None)


def group_text(rating: Rating, score: Score, rules: Rules) -> str:
    return group_name(rating.groups[score.group], rules)


def neighbours_of(score: Score, related: Sequence[str]) -> list[Score]:
    """The scores just above and below in the peer group."""
    if score.place is None:
        return []
    near = Score.objects.filter(
        rating=score.rating_id, group=score.group, place__range=(score.place - 2, score.place + 2)
    ).exclude(pk=score.pk)
    return list(near.select_related(*related).order_by("place", "pk")[:8])
