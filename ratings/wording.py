"""A methodology in words: the same sentences on the screens, in the annex to an order and in a score's passport."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.models import PageClass, PlatformCode
from monitoring.templatetags.figures import number, percent

from .catalogue import INDICATORS
from .catalogue import Unit as ValueUnit
from .periods import Unit
from .rules import GroupField, Item, Kind, Measure, Penalty, Rules, Step, Subject, Unknown


def points_text(value: float) -> str:
    """10 → «10», 7.5 → «7,50», −6 → «−6»."""
    return number(float(value), 0 if value == int(value) else 2)


def value_text(value: float, unit: ValueUnit) -> str:
    """A value of an indicator as people read it: «5», «54,3 %», «2,5 ч»."""
    match unit:
        case ValueUnit.SHARE:
            return percent(float(value), 0 if round(value * 1000) % 10 == 0 else 1 if abs(value) >= 0.1 else 2)
        case ValueUnit.HOURS:
            return _("%s h") % number(float(value), 1)
        case ValueUnit.PER_THOUSAND:
            return _("%s per 1,000") % number(float(value), 2)
    return points_text(value)


def measure_words(measure: Measure) -> str:
    """What is measured, with its parameters and to whom it does not apply."""
    indicator = INDICATORS[measure.indicator]
    words = str(indicator.rule)
    for name, value in measure.params:
        if name == "at_end":
            words += f"; {indicator.params[name].label}" if value else ""
        else:
            words += f"; {indicator.params[name].label}: {number(value)}"
    if measure.digits is not None:
        words += "; " + _("rounded to %d digits") % measure.digits
    for page_class in sorted(measure.not_for):
        words += "; " + _("does not apply to pages of the class “%s”") % PageClass(page_class).label
    return words


def normaliser_words(part: Item | Penalty) -> list[str]:
    """How a value becomes 0–100 (of an item), or points taken off (of a penalty), a line each."""
    unit = INDICATORS[part.measure.indicator].unit
    if isinstance(part, Penalty):
        lines = [_step_words(step, part.measure.less, unit) for step in reversed(part.steps)]
        return [*lines, _("otherwise: %s") % points_text(part.otherwise)]
    less = part.measure.less
    match part.normaliser.kind:
        case Kind.TARGET:
            target = value_text(part.normaliser.target, unit)
            if less:
                return [_("all points up to %s, above it in inverse proportion") % target]
            return [_("in proportion, all points from %s on") % target]
        case Kind.STEPS:
            return [_step_words(step, less, unit) for step in reversed(part.normaliser.steps)]
        case Kind.PERCENTILE:
            better = _("the less, the better") if less else _("the more, the better")
            return [
                _("middle percentile in the peer group: share of those below plus half of the equal ones; %s") % better
            ]
    low, high = part.normaliser.low, part.normaliser.high
    return [
        _("from %(low)s (0) to %(high)s (100) in proportion")
        % {
            "low": _("the lowest of the peer group") if low is None else value_text(low, unit),
            "high": _("the highest of the peer group") if high is None else value_text(high, unit),
        }
    ]


def _step_words(step: Step, less: bool, unit: ValueUnit) -> str:
    bound = value_text(step.bound, unit)
    if less:
        words = _("below %s") % bound if step.strict else _("at most %s") % bound
    else:
        words = _("above %s") % bound if step.strict else _("at least %s") % bound
    return f"{words}: {points_text(step.points)}"


def unknown_words(item: Item) -> str:
    """What becomes of the weight where the value is not known."""
    if item.unknown == Unknown.ZERO:
        return _("a value that is not known counts as zero")
    return _("the weight of a value that is not known is spread over the others")


def gate_words(rules: Rules) -> list[str]:
    """The conditions of taking part, a line each."""
    lines = []
    for gate in rules.gates:
        indicator = INDICATORS[gate.measure.indicator]
        bound = value_text(gate.bound, indicator.unit)
        words = _("at most %s") % bound if gate.measure.less else _("at least %s") % bound
        unknown = _("not known counts as not met") if gate.unknown_fails else _("not known counts as met")
        lines.append(f"{indicator.label}: {words} ({measure_words(gate.measure)}; {unknown})")
    return lines


def eligibility_words(rules: Rules) -> list[str]:
    """What there must be enough of, a line each; none where everybody is ranked."""
    least = rules.eligibility
    lines = []
    if least.days:
        lines.append(ngettext("at least %d day under watch", "at least %d days under watch", least.days) % least.days)
    if least.posts:
        lines.append(ngettext("at least %d post", "at least %d posts", least.posts) % least.posts)
    if least.collected:
        lines.append(_("at least %s of the days that could be read were collected") % percent(least.collected, 0))
    return lines


GROUP_FIELDS = {
    GroupField.SECTOR: lambda: _("sector"),
    GroupField.SECTOR2: lambda: _("narrower sector"),
    GroupField.LEVEL: lambda: _("level"),
    GroupField.KIND: lambda: _("kind of municipality"),
    GroupField.SIZE: lambda: _("size class"),
    GroupField.NETWORK: lambda: _("network"),
    GroupField.PAGE_CLASS: lambda: _("class of page"),
}


def peers_words(rules: Rules) -> list[str]:
    """Who is compared with whom, a line each."""
    peers = rules.peers
    if not peers.by:
        return [_("All are compared with all.")]
    names = ", ".join(GROUP_FIELDS[field]() for field in peers.by)
    lines = [_("Peer groups go by: %s.") % names]
    if GroupField.SIZE in peers.by:
        bounds = ", ".join(number(bound) for bound in peers.sizes)
        words = _("adults of the municipality") if peers.by_population else _("subscribers, the mean of the period")
        lines.append(_("Size classes begin at %(bounds)s (%(what)s).") % {"bounds": bounds, "what": words})
    if peers.least > 1:
        lines.append(
            _(
                "Groups smaller than %d under one heading become one; while it is still too small, the smallest of its "
                "neighbours joins it; what is too small even so goes on to the wider heading."
            )
            % peers.least
        )
    return lines


def subject_rules(rules: Rules) -> list[str]:
    """Which days count for whom, a line each."""
    lines = []
    if rules.subject == Subject.PERSON:
        lines.append(
            _(
                "Pages count for a page admin by the days on which the admin ran them. The day of a "
                "hand-over belongs to the newcomer; co-admins share equally, or as is written in the registry."
            )
        )
    lines.append(
        _("Days that could not be read through no fault of the page, and days under an exemption, are left out.")
    )
    return lines


def network_words(rules: Rules) -> str:
    """Whose pages count."""
    if not rules.networks:
        return _("all networks")
    return ", ".join(str(PlatformCode(code).label) for code in rules.networks)


def unit_words(unit: Unit) -> str:
    """The unit that a period is cut into, as a word."""
    return {
        Unit.DAY: _("day"),
        Unit.WEEK: _("week"),
        Unit.MONTH: _("month"),
        Unit.QUARTER: _("quarter"),
        Unit.YEAR: _("year"),
    }[unit]


def line_words(rules: Rules) -> str:
    """Who would be awarded; "" where the methodology does not say."""
    if rules.line is None:
        return ""
    if rules.line.places is not None:
        return _("places 1 to %d of each peer group") % rules.line.places
    return _("all from %s points on") % points_text(rules.line.threshold)


def ties_words(rules: Rules) -> str:
    """What decides where a quota cuts through equal scores; "" where the methodology does not say."""
    if not rules.ties:
        return ""
    names = ", ".join(str(INDICATORS[rules.item(code).measure.indicator].label) for code in rules.ties)
    return _("Where the award line cuts through equal scores, these decide: %s; if equal too, all pass.") % names


def winsorising_words(rules: Rules) -> str:
    """How extreme values are treated; "" where no item feels them, or they are left as they are."""
    rule = rules.winsorising
    if rule is None or all(item.normaliser.kind != Kind.MIN_MAX for item in rules.items):
        return ""
    fields = {"most": rule.most, "skew": points_text(rule.skew), "kurtosis": points_text(rule.kurtosis)}
    return (
        _(
            "Extreme values of what goes from the lowest to the highest of a peer group are pulled to the next one "
            "while skewness is above %(skew)s and kurtosis above %(kurtosis)s, at most %(most)d an indicator and "
            "group; the list of them is kept with the rating."
        )
        % fields
    )


def rounding_words(rules: Rules) -> list[str]:
    """Where in the chain what is rounded, a line each."""
    lines = []
    if rules.unit and rules.unit_digits is not None:
        words = ngettext(
            "The scores of the units are rounded to %d digit before their mean is taken.",
            "The scores of the units are rounded to %d digits before their mean is taken.",
            rules.unit_digits,
        )
        lines.append(words % rules.unit_digits)
    words = ngettext(
        "The score is rounded to %d digit, half away from zero.",
        "The score is rounded to %d digits, half away from zero.",
        rules.digits,
    )
    lines.append(words % rules.digits)
    if rules.zones:
        lines.append(_("Zones go by the rounded score."))
    return lines
