"""Opening a contest: award rules are copied, nominations made, the long list filled or opened to applications."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from awards.models import Candidate, Contest, Criterion, Nomination, Origin, Stage
from gospub.accounts import audit
from gospub.accounts.models import User
from ratings.award_rules import (
    DEFAULT,
    POINTS,
    AwardRules,
    DividedBy,
    NominationRule,
    PastWinners,
    Quota,
    read_award_rules,
)
from ratings.models import Rating, RatingState
from ratings.names import field_text
from ratings.rules import GroupField, Rules
from ratings.rules_data import read_rules

from .entrants import Entrant, entrants, values_of

BATCH = 1000
OWN, BEST_OF_BEST = "own", "best-of-best"
# Those that a contest may do without.
OPTIONAL = (Stage.GATE, Stage.SHORT_LIST, Stage.JURY, Stage.VOTE)
SIMPLE = {
    OWN: lambda: NominationRule(OWN, "", DividedBy.NOTHING, POINTS, 1, Quota(places=1), ()),
    BEST_OF_BEST: lambda: NominationRule(BEST_OF_BEST, "", DividedBy.NOTHING, POINTS, 1, Quota(places=1), ()),
}


class ContestError(Exception):
    """Why something cannot be done with a contest, in words for the one who asked."""


def rules_of(contest: Contest) -> tuple[AwardRules, Rules]:
    """The contest's award rules, and the rules of the methodology behind its rating."""
    rules = read_rules(contest.rating.methodology.data)
    return read_award_rules(contest.rules, [item.code for item in rules.items]), rules


def nomination_rule(nomination: Nomination, rules: AwardRules) -> NominationRule:
    """What the nomination goes by; KeyError where the rules do not have it."""
    if nomination.rule in SIMPLE:
        return SIMPLE[nomination.rule]()
    return {each.code: each for each in rules.nominations}[nomination.rule]


def open_contest(
    rating: Rating,
    *,
    title: str,
    year: int,
    stages: Sequence[str],
    weights: Mapping[str, int],
    criteria: Sequence[str],
    applications_until: dt.date | None,
    user: User,
    now: dt.datetime,
) -> Contest:
    """A contest over a final rating. stages: of OPTIONAL those that take place; applications_until: None = the long
    list is everybody of the rating. Raises ContestError, and then keeps nothing."""
    if rating.state != RatingState.FINAL:
        raise ContestError(_("Awards are given by a final rating: let this one pass first."))
    present = [stage for stage in Stage.values if stage not in OPTIONAL or stage in stages]
    fields = {
        "region": rating.region,
        "title": title,
        "year": year,
        "rating": rating,
        "rules": rating.methodology.data.get("awards", DEFAULT),
        "stages": present,
        "weights": {name: weights[name] for name in _parts(present)},
        "by_application": applications_until is not None,
        "applications_until": applications_until,
        "created_at": now,
        "created_by": user,
    }
    try:
        with transaction.atomic():
            contest = Contest.objects.create(**fields)
            Criterion.objects.bulk_create(
                Criterion(contest=contest, name=name, position=n) for n, name in enumerate(criteria)
            )
            found = _make_nominations(contest)
            if not contest.by_application:
                fill(contest, found)
            audit.record(user, "contest.open", f"contest {contest.pk}", before={},
                         after={"title": title, "year": year, "rating": rating.pk, "stages": present},
                         now=now, region=rating.region_id)  # fmt: skip
    except IntegrityError as error:
        raise ContestError(_("There is a contest of that name and year already.")) from error
    return contest


def _parts(stages: Iterable[str]) -> list[str]:
    """What the final points are made of."""
    return ["rating", *(name for name, stage in (("jury", Stage.JURY), ("vote", Stage.VOTE)) if stage in stages)]


def _make_nominations(contest: Contest) -> list[Entrant]:
    """One nomination a rule, or a value of the field that it divides by; returns the entrants read for that."""
    awards, rules = rules_of(contest)
    found = entrants(contest.rating, rules)
    with translation.override(settings.LANGUAGE_CODE):  # names are kept as they are written now
        made = [
            Nomination(contest=contest, name=name, rule=rule.code, value=value)
            for rule in awards.nominations
            for value, name in _values(rule, found, rules)
        ]
    if awards.past_winners == PastWinners.BEST_OF_BEST:
        with translation.override(settings.LANGUAGE_CODE):
            made.append(Nomination(contest=contest, name=_("Best of the best"), rule=BEST_OF_BEST))
    for position, nomination in enumerate(made):
        nomination.position = position
    Nomination.objects.bulk_create(made, batch_size=BATCH)
    return found


def _values(rule: NominationRule, found: Iterable[Entrant], rules: Rules) -> list[tuple[str, str]]:
    """(value, name) of the rule's nominations, the smaller ones than `least` left out."""
    if not rule.by:
        return [("", rule.name)]
    counts = Counter(each.fields.get(rule.by, "") for each in found)
    known = sorted(value for value, count in counts.items() if value and count >= rule.least)
    return [(value, f"{rule.name}: {value_text(rule.by, value, rules)}") for value in known]


def value_text(by: DividedBy, value: str, rules: Rules) -> str:
    """What a value of the field is called."""
    return value if by == DividedBy.MUNICIPALITY else field_text(GroupField(by), value, rules)


def fill(contest: Contest, found: Sequence[Entrant]) -> None:
    """Everybody of the rating on the long list of each nomination they belong to."""
    awards, _rules = rules_of(contest)
    orders: dict[str, dict[int, float | None]] = {}
    rows: list[Candidate] = []
    for nomination in contest.nominations.exclude(rule__in=SIMPLE):
        rule = nomination_rule(nomination, awards)
        if rule.order not in orders:
            orders[rule.order] = values_of(found, rule.order, contest.rating)
        rows += [
            candidate(nomination, each, orders[rule.order][each.score.pk])
            for each in found
            if belongs(each, rule, nomination)
        ]
    Candidate.objects.bulk_create(rows, batch_size=BATCH)


def belongs(each: Entrant, rule: NominationRule, nomination: Nomination) -> bool:
    return not rule.by or each.fields.get(rule.by, "") == nomination.value


def candidate(nomination: Nomination, each: Entrant, value: float | None, **fields: Any) -> Candidate:
    """A row that is not stored yet. value: None = no data."""
    return Candidate(
        nomination=nomination,
        score=each.score,
        page_id=each.page,
        institution_id=each.institution,
        person_id=each.person,
        value=value,
        **{"origin": Origin.RATING} | fields,
    )


def add_nomination(contest: Contest, name: str, *, user: User, now: dt.datetime) -> Nomination:
    """A nomination of the contest's own, for candidates by application. Raises ContestError."""
    try:
        with transaction.atomic():
            found = Nomination.objects.create(
                contest=contest, name=name, rule=OWN, value=name, position=contest.nominations.count()
            )
            audit.record(user, "contest.nominate", f"contest {contest.pk}", before={}, after={"nomination": name},
                         now=now, region=contest.region_id)  # fmt: skip
    except IntegrityError as error:
        raise ContestError(_("The contest has a nomination of that name already.")) from error
    return found
