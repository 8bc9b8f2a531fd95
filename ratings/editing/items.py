"""The indicators of a methodology as lines of its form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from monitoring.models import PageClass

from ..catalogue import INDICATORS
from ..rules import Kind, Unknown
from ..rules_data import RulesError
from .values import (
    MOST_LINES,
    Param,
    comma,
    param_text,
    plain,
    read_params,
    read_steps,
    steps_text,
    typed_param,
    unique,
    whole,
)

# How many empty lines wait for new indicators.
EMPTY_ITEMS = 1


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The fields of one item as they are typed. number: which one, also after others were removed. bounds: of the
    normaliser from the lowest to the highest. better: "" = as usual for the indicator. tie: its turn where a tie is
    broken."""

    number: int
    indicator: str
    label: str
    weight: str
    kind: str
    target: str
    steps: str
    bounds: str
    digits: str
    better: str
    tie: str
    param: Param
    not_for_cards: bool
    unknown_is_zero: bool
    removed: bool

    @property
    def prefix(self) -> str:
        return f"item-{self.number}"

    @property
    def is_special(self) -> bool:
        """Whether any of the seldom used fields is filled in."""
        return any((self.bounds, self.digits, self.better, self.tie))


def item_forms(form: QueryDict) -> list[ItemForm]:
    """The items of a form, and an empty line for a new one."""
    return [_typed(form, n) for n in lines_of(form, "item", EMPTY_ITEMS)]


def lines_of(form: QueryDict, kind: str, empty: int) -> list[int]:
    """The numbers of the lines of a kind that are filled in, and those of empty ones behind them."""
    numbers = [n for n in range(MOST_LINES) if form.get(f"{kind}-{n}-indicator")]
    first = numbers[-1] + 1 if numbers else 0
    return [*numbers, *range(first, first + empty)]


def _typed(form: QueryDict, number: int) -> ItemForm:
    prefix = f"item-{number}-"
    name = form.get(f"{prefix}indicator", "")
    return ItemForm(
        number,
        name,
        str(INDICATORS[name].label) if name in INDICATORS else "",
        form.get(f"{prefix}weight", ""),
        form.get(f"{prefix}kind", Kind.PERCENTILE.value),
        *(form.get(f"{prefix}{field}", "") for field in ("target", "steps", "bounds", "digits", "better", "tie")),
        typed_param(form, prefix, name),
        bool(form.get(f"{prefix}cards")),
        bool(form.get(f"{prefix}zero")),
        bool(form.get(f"{prefix}remove")),
    )


def item_fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of all items of the data that are not empty."""
    ties = list(data.get("ties", ()))
    for number, item in enumerate(data["items"]):
        code = item.get("code", item["indicator"])
        tie = str(ties.index(code) + 1) if code in ties else ""
        for name, text in (*_fields(item), ("tie", tie)):
            if text:
                yield f"item-{number}-{name}", text


def _fields(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    normaliser = item["normaliser"]
    bounds = [comma(normaliser.get(name, "")) for name in ("low", "high")]
    digits = item.get("round")
    yield "indicator", item["indicator"]
    yield "weight", comma(item["weight"])
    yield "kind", normaliser["kind"]
    yield "target", comma(normaliser.get("target", ""))
    yield "steps", steps_text(normaliser.get("steps", ()))
    yield "bounds", "; ".join(bounds) if any(bounds) else ""
    yield "digits", "" if digits is None else str(digits)
    yield "better", item.get("better", "")
    yield "param", param_text(item)
    yield "cards", "1" if PageClass.CARD.value in item.get("not_for", ()) else ""
    yield "zero", "1" if item.get("unknown") == Unknown.ZERO else ""


def read_items(form: QueryDict, data: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The items as the data has them, and the codes that break ties, in order. What the form does not show of an item
    is kept; a second item of one indicator gets a code of its own. RulesError where a field cannot be read."""
    old, items = list(data["items"]), []
    turns: list[tuple[int, int, str]] = []
    for number in lines_of(form, "item", 0):
        prefix = f"item-{number}-"
        if form.get(f"{prefix}remove"):
            continue
        indicator = chosen_indicator(form, prefix)
        before = old[number] if number < len(old) and old[number]["indicator"] == indicator else {}
        item = _item(form, prefix, indicator, before)
        code = item.get("code", indicator)
        free = unique(code, [each.get("code", each["indicator"]) for each in items])
        items.append(item | ({"code": free} if free != code else {}))
        if turn := form.get(f"{prefix}tie", "").strip():
            turns.append((whole(turn), number, free))
    return items, [code for _turn, _number, code in sorted(turns)]


def chosen_indicator(form: QueryDict, prefix: str) -> str:
    """The indicator of a line; RulesError where there is no such one."""
    indicator = form.get(f"{prefix}indicator", "")
    if indicator not in INDICATORS:
        raise RulesError(_("There is no indicator “%s”.") % indicator)
    return indicator


def _item(form: QueryDict, prefix: str, indicator: str, before: Mapping[str, Any]) -> dict[str, Any]:
    item = {key: value for key, value in before.items() if key not in ("params", "round", "better")} | {
        "indicator": indicator,
        "weight": plain(form.get(f"{prefix}weight", "")),
        "normaliser": _normaliser(form, prefix),
        "not_for": [each for each in before.get("not_for", ()) if each != PageClass.CARD]
        + [PageClass.CARD.value] * bool(form.get(f"{prefix}cards")),
        "unknown": Unknown.ZERO.value if form.get(f"{prefix}zero") else Unknown.SPREAD.value,
    }
    if digits := form.get(f"{prefix}digits", "").strip():
        item["round"] = whole(digits)
    if better := form.get(f"{prefix}better"):
        item["better"] = better
    return item | read_params(form, prefix, indicator)


def _normaliser(form: QueryDict, prefix: str) -> dict[str, Any]:
    kind = form.get(f"{prefix}kind", Kind.PERCENTILE)
    if kind == Kind.TARGET:
        return {"kind": kind, "target": plain(form.get(f"{prefix}target", ""))}
    if kind == Kind.STEPS:
        return {"kind": kind, "steps": read_steps(form.get(f"{prefix}steps", ""))}
    if kind == Kind.MIN_MAX:
        low, _semicolon, high = form.get(f"{prefix}bounds", "").partition(";")
        bounds = {"low": plain(low), "high": plain(high)}
        return {"kind": kind, **{name: bound for name, bound in bounds.items() if bound}}
    return {"kind": kind}
