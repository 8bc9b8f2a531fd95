"""What a methodology says of awards: nominations, quotas, degrees, past winners, the quality mark.

Read from the `awards` of a methodology's data; docs/awards.md lists every field for people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from .rules_data import RulesError, choice, number, text_of, whole

# Orders that are no indicator of the methodology.
POINTS, GROWTH, ANSWERS, EXPECTATION = "points", "growth", "answers", "expectation"
# Below this share of what could be read nobody should award anything, unless the methodology says otherwise.
LEAST_COLLECTED = 0.95
ORDERS = (POINTS, GROWTH, ANSWERS, EXPECTATION)


class DividedBy(StrEnum):
    """One nomination a value of this; "" = one for all."""

    NOTHING = ""
    SECTOR = "sector"
    SECTOR2 = "sector2"
    MUNICIPALITY = "municipality"
    LEVEL = "level"
    KIND = "kind"
    SIZE = "size"
    NETWORK = "network"
    PAGE_CLASS = "page_class"


class PastWinners(StrEnum):
    """What becomes of those who won in the years before."""

    ALLOWED = "allowed"
    BARRED = "barred"
    BEST_OF_BEST = "best_of_best"  # they compete among themselves, in a nomination of their own


@dataclass(frozen=True, slots=True)
class Quota:
    """So many first places; in nominations of `large_from` candidates and more it is `large`. Instead of places a share
    (%) of the nomination, or everybody from a threshold of points on. Exactly one of the three is set."""

    places: int | None = None
    share: float | None = None
    threshold: float | None = None
    large_from: int | None = None
    large: float | None = None


@dataclass(frozen=True, slots=True)
class NominationRule:
    """order: points, growth (of the audience, %), answers (share of answered comments), expectation (points above the
    expected ones), or the code of an item. least: a value with fewer candidates has no nomination. degrees: of the
    diplomas by place, from the first on; 0 = laureate; places beyond have none."""

    code: str
    name: str
    by: DividedBy
    order: str
    least: int
    winners: Quota
    degrees: tuple[int, ...]

    def degree(self, place: int) -> int:
        """I–III as 1–3, 0 = a diploma without a degree."""
        return self.degrees[place - 1] if place <= len(self.degrees) else 0


@dataclass(frozen=True, slots=True)
class MarkRule:
    """The quality mark: from `threshold` points on, for so many months."""

    threshold: float
    months: int


@dataclass(frozen=True, slots=True)
class AwardRules:
    """past_years: how many years back winners are looked for. collected: the least share (0 … 1) of the period's
    readings that has to be there, or be excused, before a list is proposed."""

    nominations: tuple[NominationRule, ...]
    short_list: Quota
    past_winners: PastWinners
    past_years: int
    mark: MarkRule | None
    collected: float = LEAST_COLLECTED


# What is proposed where a methodology says nothing of awards.
DEFAULT: dict[str, Any] = {
    "nominations": [
        {"code": "best", "name": "Лучший в регионе", "winners": {"places": 3}, "degrees": [1, 2, 3]},
        {
            "code": "sector",
            "name": "Лучший в сфере",
            "by": "sector",
            "least": 3,
            "winners": {"places": 1, "large_from": 50, "large": 2},
        },
        {"code": "municipality", "name": "Лучший в муниципалитете", "by": "municipality", "least": 3},
        {"code": "growth", "name": "Рост года", "order": "growth"},
        {"code": "answers", "name": "Ответы людям", "order": "answers"},
        {"code": "expectation", "name": "Выше ожидаемого", "order": "expectation"},
    ],
    "short_list": {"places": 5, "large_from": 100, "large": 10},
    "past_winners": "allowed",
    "past_years": 1,
    "mark": {"threshold": "75", "months": 12},
}


def read_award_rules(data: Mapping[str, Any], items: Sequence[str]) -> AwardRules:
    """The `awards` of a methodology whose items have these codes; RulesError says what is wrong with it."""
    try:
        return _award_rules(data, items)
    except (KeyError, TypeError, AttributeError) as error:
        raise RulesError(_("The award rules lack a part, or a part is not what it should be: %s") % error) from error


def _award_rules(data: Mapping[str, Any], items: Sequence[str]) -> AwardRules:
    nominations = tuple(_nomination(each, items) for each in data["nominations"])
    codes = [each.code for each in nominations]
    for code in codes:
        if codes.count(code) > 1:
            raise RulesError(_("“%s” occurs twice: give one of them another code.") % code)
    mark = data.get("mark")
    return AwardRules(
        nominations,
        _quota(data.get("short_list", DEFAULT["short_list"]), _("short list")),
        choice(PastWinners, data.get("past_winners", PastWinners.ALLOWED), _("past winners")),
        whole(data.get("past_years", 1), _("past winners"), 1, 20),
        mark
        and MarkRule(
            number(mark["threshold"], _("quality mark"), 0, 100),
            whole(mark.get("months", 12), _("quality mark"), 1, 60),
        ),
        number(data.get("least_collected", LEAST_COLLECTED * 100), _("share collected"), 0, 100) / 100,
    )


def _nomination(data: Mapping[str, Any], items: Sequence[str]) -> NominationRule:
    code, name = text_of(data["code"], _("nominations")), text_of(data["name"], _("nominations"))
    order = data.get("order", POINTS)
    if order not in (*ORDERS, *items):
        raise RulesError(
            _("The nomination “%(name)s” cannot be ordered by “%(order)s”: there is no such indicator.")
            % {"name": name, "order": order}
        )
    return NominationRule(
        code,
        name,
        choice(DividedBy, data.get("by", DividedBy.NOTHING), name),
        order,
        whole(data.get("least", 1), name, 1, 10_000),
        _quota(data.get("winners", {"places": 1}), name),
        tuple(whole(each, name, 0, 3) for each in data.get("degrees", (1,))),
    )


def _quota(data: Mapping[str, Any], what: str) -> Quota:
    kinds = [kind for kind in ("places", "share", "threshold") if data.get(kind) is not None]
    if len(kinds) != 1:
        raise RulesError(_("%s: give places, a share or a threshold, one of the three.") % what)
    large_from = data.get("large_from")
    if large_from is not None and kinds == ["threshold"]:
        raise RulesError(_("%s: a threshold is the same for large nominations.") % what)
    return Quota(
        places=whole(data["places"], what, 1, 10_000) if kinds == ["places"] else None,
        share=number(data["share"], what, 0, 100) if kinds == ["share"] else None,
        threshold=number(data["threshold"], what, 0, 100) if kinds == ["threshold"] else None,
        large_from=None if large_from is None else whole(large_from, what, 2, 100_000),
        large=None if large_from is None else number(data["large"], what, 0, 10_000),
    )
