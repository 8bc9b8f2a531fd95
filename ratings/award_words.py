"""Award rules in words: the same sentences on the screens and in the annex to an order."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitoring.templatetags.figures import number

from .award_rules import (
    ANSWERS,
    DEFAULT,
    EXPECTATION,
    GROWTH,
    POINTS,
    AwardRules,
    DividedBy,
    NominationRule,
    PastWinners,
    Quota,
    read_award_rules,
)
from .catalogue import INDICATORS
from .rules import GroupField, Rules
from .wording import GROUP_FIELDS, points_text, ties_words

ORDER_WORDS = {
    POINTS: lambda: _("points of the rating"),
    GROWTH: lambda: _("growth of the audience, %"),
    ANSWERS: lambda: _("share of comments answered, %"),
    EXPECTATION: lambda: _("points above the expected ones"),
}


def order_words(order: str, rules: Rules) -> str:
    """What a nomination is ordered by."""
    if order in ORDER_WORDS:
        return ORDER_WORDS[order]()
    return str(INDICATORS[rules.item(order).measure.indicator].label)


def divided_words(by: DividedBy) -> str:
    """What a rule makes nominations by; "" where it makes one for all."""
    if by == DividedBy.NOTHING:
        return ""
    return _("municipality") if by == DividedBy.MUNICIPALITY else GROUP_FIELDS[GroupField(by)]()


def quota_words(quota: Quota) -> str:
    """«3 места», «5 %, в номинациях от 100 участников — 10», «от 75 баллов»."""
    if quota.threshold is not None:
        return _("all from %s points on") % points_text(quota.threshold)
    if quota.places is not None:
        words, large = _("places: %s") % number(quota.places), quota.large and number(int(quota.large))
    else:
        words, large = _("share: %s %%") % points_text(quota.share), quota.large and points_text(quota.large) + " %"
    if quota.large_from is None:
        return words
    return (
        words
        + "; "
        + _("with %(count)s candidates and more: %(large)s")
        % {
            "count": number(quota.large_from),
            "large": large,
        }
    )


PAST_LABELS = {
    PastWinners.ALLOWED: lambda: _("take part like everybody"),
    PastWinners.BARRED: lambda: _("do not take part"),
    PastWinners.BEST_OF_BEST: lambda: _("compete in “Best of the best”"),
}
PAST = {
    PastWinners.ALLOWED: lambda: _("Winners of the years before take part like everybody."),
    PastWinners.BARRED: lambda: _("Winners of the %s years before do not take part."),
    PastWinners.BEST_OF_BEST: lambda: _("Winners of the %s years before compete in “Best of the best”."),
}


def award_words(data: Mapping[str, Any], rules: Rules) -> list[str]:
    """The award rules of a methodology's data, or those that count where it has none, a line each."""
    awards = read_award_rules(data.get("awards") or DEFAULT, [item.code for item in rules.items])
    lines = [_nomination(each, rules) for each in awards.nominations]
    return [*lines, *_common(awards, rules)]


def _nomination(rule: NominationRule, rules: Rules) -> str:
    parts = [_("by %s") % order_words(rule.order, rules), quota_words(rule.winners)]
    if by := divided_words(rule.by):
        least = _("one for each: %(field)s, from %(least)s candidates on")
        parts.insert(0, least % {"field": by, "least": number(rule.least)})
    degrees = [("I" * degree if degree else _("laureate")) for degree in rule.degrees]
    if degrees:
        parts.append(_("diplomas: %s") % ", ".join(degrees))
    return f"{rule.name}: {'; '.join(parts)}."


def _common(awards: AwardRules, rules: Rules) -> list[str]:
    past = PAST[awards.past_winners]()
    cut = ties_words(rules) or _("Where the line cuts through equals, all of them are awarded.")
    lines = [
        _("Short list of a nomination: %s.") % quota_words(awards.short_list),
        past % number(awards.past_years) if "%s" in past else past,
        _("Nobody is awarded twice in a nomination.") + " " + cut,
        _("A list is proposed once %s %% of the readings of the period were collected or excused.")
        % points_text(round(awards.collected * 100, 6)),
    ]
    if awards.mark:
        mark = {"points": points_text(awards.mark.threshold), "months": number(awards.mark.months)}
        lines.append(_("Quality mark: from %(points)s points on, for %(months)s months; it can be withdrawn.") % mark)
    return lines
