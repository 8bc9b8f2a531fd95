"""The award rules of a methodology as a form: data to fields and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..award_rules import DEFAULT, LEAST_COLLECTED, POINTS, PastWinners
from ..rules_data import RulesError
from .values import comma, plain

# How many empty lines wait for new nominations.
EMPTY_LINES = 1
MOST_LINES = 40
SEPARATORS = re.compile(r"[\s,;]+")
USUAL_COLLECTED = f"{LEAST_COLLECTED * 100:g}"
QUOTAS = ("places", "share", "threshold")


@dataclass(frozen=True, slots=True)
class QuotaForm:
    """The fields of a quota as they are typed; prefix: of their names, with its hyphen."""

    prefix: str
    quota: str
    quota_value: str
    large_from: str
    large: str


def quota_form(form: QueryDict, prefix: str = "short-") -> QuotaForm:
    """Of the short list, or of a nomination."""
    defaults = {"quota": "places", "quota_value": "1", "large_from": "", "large": ""}
    return QuotaForm(prefix, *(form.get(prefix + name, text) for name, text in defaults.items()))


@dataclass(frozen=True, slots=True)
class NominationForm:
    """The fields of one nomination as they are typed. number: which one, also after others were removed."""

    number: int
    code: str
    name: str
    by: str
    order: str
    least: str
    winners: QuotaForm
    degrees: str
    removed: bool

    @property
    def number_text(self) -> str:
        return str(self.number)


def nomination_forms(form: QueryDict) -> list[NominationForm]:
    """The nominations of a form, and an empty line for a new one."""
    numbers = [n for n in range(MOST_LINES) if form.get(f"award-{n}-name")]
    first = numbers[-1] + 1 if numbers else 0
    return [_typed(form, n) for n in (*numbers, *range(first, first + EMPTY_LINES))]


def _typed(form: QueryDict, number: int) -> NominationForm:
    def field(name: str, otherwise: str = "") -> str:
        return form.get(f"award-{number}-{name}", otherwise)

    return NominationForm(
        number,
        field("code"),
        field("name"),
        field("by"),
        field("order", POINTS),
        field("least", "1"),
        quota_form(form, f"award-{number}-"),
        field("degrees", "1"),
        bool(field("remove")),
    )


def award_fields(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a methodology's award rules that nobody has touched; `read_awards` is the way back."""
    awards = data.get("awards") or DEFAULT
    fields: dict[str, str] = {}
    for number, each in enumerate(awards["nominations"]):
        winners = each.get("winners", {"places": 1})
        row = {
            "code": each["code"],
            "name": each["name"],
            "by": each.get("by", ""),
            "order": each.get("order", POINTS),
            "least": str(each.get("least", 1)),
            "degrees": ", ".join(str(degree) for degree in each.get("degrees", (1,))),
        } | _quota_fields(winners)
        fields |= {f"award-{number}-{name}": text for name, text in row.items()}
    mark = awards.get("mark") or {}
    short = _quota_fields(awards.get("short_list", DEFAULT["short_list"]))
    return (
        fields
        | {f"short-{name}": text for name, text in short.items()}
        | {
            "past_winners": awards.get("past_winners", PastWinners.ALLOWED.value),
            "past_years": str(awards.get("past_years", 1)),
            "mark_threshold": comma(mark.get("threshold", "")),
            "mark_months": str(mark.get("months", 12)),
            "least_collected": comma(awards.get("least_collected", USUAL_COLLECTED)),
        }
    )


def _quota_fields(quota: Mapping[str, Any]) -> dict[str, str]:
    kind = next(name for name in QUOTAS if quota.get(name) is not None)
    return {
        "quota": kind,
        "quota_value": comma(quota[kind]),
        "large_from": str(quota.get("large_from") or ""),
        "large": comma(quota.get("large") or ""),
    }


def read_awards(form: QueryDict) -> dict[str, Any]:
    """The `awards` of the data as the form says them, nothing where it has none of their fields; whether they make
    sense `award_rules.read_award_rules` says."""
    if "past_winners" not in form:
        return {}
    threshold = plain(form.get("mark_threshold", ""))
    awards = {
        "nominations": list(_nominations(form)),
        "short_list": _quota(form, "short-"),
        "past_winners": form["past_winners"],
        "past_years": form.get("past_years") or "1",
        "least_collected": plain(form.get("least_collected") or USUAL_COLLECTED),
        "mark": {"threshold": threshold, "months": form.get("mark_months") or "12"} if threshold else None,
    }
    return {"awards": awards}


def _nominations(form: QueryDict) -> Iterator[dict[str, Any]]:
    for number in range(MOST_LINES):
        prefix = f"award-{number}-"
        name = form.get(f"{prefix}name", "").strip()
        if not name or form.get(f"{prefix}remove"):
            continue
        by = form.get(f"{prefix}by", "")
        yield {
            "code": form.get(f"{prefix}code") or f"nomination-{number + 1}",
            "name": name[:150],
            "order": form.get(f"{prefix}order") or POINTS,
            "least": form.get(f"{prefix}least") or "1",
            "winners": _quota(form, prefix),
            "degrees": _degrees(form.get(f"{prefix}degrees", "")),
        } | ({"by": by} if by else {})


def _quota(form: QueryDict, prefix: str) -> dict[str, str]:
    kind = form.get(f"{prefix}quota", "places")
    if kind not in QUOTAS:
        raise RulesError(_("A quota is a number of places, a share or a threshold."))
    quota = {kind: plain(form.get(f"{prefix}quota_value") or "1")}
    large_from = plain(form.get(f"{prefix}large_from", ""))
    return quota | ({"large_from": large_from, "large": plain(form.get(f"{prefix}large", ""))} if large_from else {})


def _degrees(text: str) -> list[str]:
    """«1, 2, 3» by place; a place without a degree has 0."""
    return [part for part in SEPARATORS.split(text.strip()) if part]
