"""A methodology in words, its versions, and what a change of it would do."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.accounts.models import User
from monitoring.models import Institution, Municipality, Page, Person, Region

from ..award_rules import ORDERS, DividedBy
from ..award_words import PAST_LABELS, award_words, divided_words, order_words
from ..catalogue import INDICATORS
from ..models import Methodology, Rating
from ..names import subject_words
from ..periods import Unit, period_of, year_before
from ..rehearsal import Move, Rehearsal
from ..rules import Kind, Rules, Subject
from ..wording import (
    eligibility_words,
    gate_words,
    line_words,
    measure_words,
    network_words,
    normaliser_words,
    peers_words,
    points_text,
    rounding_words,
    subject_rules,
    unit_words,
    unknown_words,
    winsorising_words,
)

MOST_MOVES = 20


def methodologies_of(region: Region, user: User) -> QuerySet[Methodology]:
    """Published methodologies and the region's own, all versions."""
    found = Methodology.objects.filter(Q(region=None) | Q(region=region))
    if not user.rights.sees_whole(region.pk):
        found = found.filter(ratings__in=Rating.objects.visible_to(user)).distinct()
    return found.order_by("name", "since", "pk")


@dataclass(frozen=True, slots=True)
class ItemWords:
    label: str
    rule: str
    points: list[str]
    weight: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Words:
    """A methodology as the screen tells it."""

    subject: str
    subject_rules: list[str]
    networks: str
    items: list[ItemWords]
    penalties: list[ItemWords]
    gates: list[str]
    eligibility: list[str]
    peers: list[str]
    line: str
    rounding: list[str]
    extremes: str
    whole: bool
    unit: str
    awards: list[str]


def words(rules: Rules, data: Mapping[str, Any]) -> Words:
    """The rules in words, item by item, and the award rules of the data they come from."""
    items = [
        ItemWords(
            str(INDICATORS[item.measure.indicator].label),
            measure_words(item.measure),
            normaliser_words(item),
            points_text(item.weight),
            unknown_words(item),
        )
        for item in rules.items
    ]
    penalties = [
        ItemWords(
            str(INDICATORS[each.measure.indicator].label), measure_words(each.measure), normaliser_words(each), "", ""
        )
        for each in rules.penalties
    ]
    return Words(
        subject_words(rules.subject),
        subject_rules(rules),
        network_words(rules),
        items,
        penalties,
        gate_words(rules),
        eligibility_words(rules),
        peers_words(rules),
        line_words(rules),
        rounding_words(rules),
        winsorising_words(rules),
        rules.unit is None,
        unit_words(rules.unit) if rules.unit else "",
        award_words(data, rules),
    )


KINDS = (
    (Kind.TARGET.value, gettext_lazy("share of a target")),
    (Kind.STEPS.value, gettext_lazy("steps")),
    (Kind.PERCENTILE.value, gettext_lazy("percentile in the peer group")),
    (Kind.MIN_MAX.value, gettext_lazy("from the lowest to the highest")),
)


TONES = (("good", gettext_lazy("good")), ("warn", gettext_lazy("middling")), ("bad", gettext_lazy("bad")))


@dataclass(frozen=True, slots=True)
class AwardChoices:
    """What the form of award rules offers, as (value, words)."""

    fields: list[tuple[str, str]]
    orders: list[tuple[str, str]]
    quotas: tuple[tuple[str, object], ...]
    past: list[tuple[str, str]]


QUOTAS = (
    ("places", gettext_lazy("so many places")),
    ("share", gettext_lazy("share, %")),
    ("threshold", gettext_lazy("from points")),
)


def award_choices(rules: Rules) -> AwardChoices:
    """The orders are those of the methodology's own items too."""
    codes = [*ORDERS, *(item.code for item in rules.items)]
    return AwardChoices(
        [(by.value, divided_words(by) or _("one for all")) for by in DividedBy],
        [(code, order_words(code, rules)) for code in codes],
        QUOTAS,
        [(past.value, words()) for past, words in PAST_LABELS.items()],
    )


@dataclass(frozen=True, slots=True)
class MoveRow:
    name: str
    move: Move


@dataclass(frozen=True, slots=True)
class Effect:
    """A rehearsal as the screen tells it. ties between lists: correlation; who moves most; who comes over the award
    line and who falls below it."""

    rehearsal: Rehearsal
    period: str
    moves: list[MoveRow]
    awarded: list[MoveRow]
    dropped: list[MoveRow]


def effect(rehearsal: Rehearsal, rules: Rules, period: str) -> Effect:
    """The largest moves with the names of those who move."""
    moving = [move for move in rehearsal.moves if move.rise][:MOST_MOVES]
    awarded, dropped = rehearsal.newly_awarded[:MOST_MOVES], rehearsal.no_longer_awarded[:MOST_MOVES]
    names = names_of({move.key for move in (*moving, *awarded, *dropped)}, rules.subject)
    rows = [[MoveRow(names.get(move.key, move.key), move) for move in some] for some in (moving, awarded, dropped)]
    return Effect(rehearsal, period, *rows)


def names_of(keys: set[str], subject: Subject) -> dict[str, str]:
    """Names of subjects by key, for those who may see all of the region."""
    if subject == Subject.FOUNDER:
        return {key: key for key in keys}
    model = {
        Subject.PAGE: Page,
        Subject.INSTITUTION: Institution,
        Subject.PERSON: Person,
        Subject.MUNICIPALITY: Municipality,
    }[subject]
    return {str(each.pk): str(each) for each in model.objects.filter(pk__in=keys)}


def reference(region: Region, methodology: Methodology, today: dt.date) -> Rating | None:
    """The rating by this methodology on whose data a change is shown: that of last year, or else the latest, the
    longest of those."""
    same = Rating.objects.filter(region=region, methodology__slug=methodology.slug)
    same = same.select_related("methodology", "region", "inputs").order_by("-last", "first", "-edition")
    last_year = year_before(period_of(Unit.YEAR, today))
    return same.filter(first=last_year.first, last=last_year.last).first() or same.first()


def comparable(region: Region, rules: Rules) -> list[Rating]:
    """Ratings of the region with the same kind of subjects, the latest first."""
    found = Rating.objects.filter(region=region).select_related("methodology").order_by("-last", "first", "-edition")
    return [rating for rating in found[:200] if rating.methodology.data.get("subject", "page") == rules.subject]
