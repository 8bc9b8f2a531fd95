"""A methodology as a form: its data to fields and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from monitoring.models import PageClass

from .catalogue import INDICATORS, Bounds
from .rules import GroupField, Kind, Unknown
from .rules_data import RulesError, read_rules

# How many empty lines wait for new indicators.
EMPTY_ITEMS = 1
MOST_ITEMS = 100
STEP = re.compile(r"\s*(≥|>=|>|≤|<=|<|от|свыше|до|ниже)?\s*([-−]?[\d.,]+)\s*(?:—|–|-|:|=)\s*([-−]?[\d.,]+)\s*")
SIGNS = {"": "from", "≥": "from", ">=": "from", "от": "from", ">": "above", "свыше": "above"}
SIGNS |= {"≤": "to", "<=": "to", "до": "to", "<": "below", "ниже": "below"}
SHOWN = {"from": "≥", "above": ">", "to": "≤", "below": "<"}


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The fields of one item as they are typed. number: which one, also after others were removed."""

    number: int
    indicator: str
    label: str
    weight: str
    kind: str
    target: str
    steps: str
    param: str
    param_label: str
    param_is_flag: bool
    not_for_cards: bool
    unknown_is_zero: bool
    removed: bool

    @property
    def number_text(self) -> str:
        return str(self.number)


def item_forms(form: QueryDict) -> list[ItemForm]:
    """The items of a form, and an empty line for a new one."""
    numbers = [n for n in range(MOST_ITEMS) if form.get(f"item-{n}-indicator")]
    first = numbers[-1] + 1 if numbers else 0
    return [_typed(form, n) for n in (*numbers, *range(first, first + EMPTY_ITEMS))]


def _typed(form: QueryDict, number: int) -> ItemForm:
    prefix = f"item-{number}-"
    name = form.get(f"{prefix}indicator", "")
    indicator = INDICATORS.get(name)
    param, bounds = next(iter(indicator.params.items()), ("", None)) if indicator else ("", None)
    return ItemForm(
        number,
        name,
        str(indicator.label) if indicator else "",
        form.get(f"{prefix}weight", ""),
        form.get(f"{prefix}kind", Kind.PERCENTILE.value),
        form.get(f"{prefix}target", ""),
        form.get(f"{prefix}steps", ""),
        form.get(f"{prefix}param", str(bounds.default) if bounds and not _is_flag(bounds) else ""),
        str(bounds.label) if param else "",
        _is_flag(bounds),
        bool(form.get(f"{prefix}cards")),
        bool(form.get(f"{prefix}zero")),
        bool(form.get(f"{prefix}remove")),
    )


def form_of(data: Mapping[str, Any]) -> QueryDict:
    """The form of a methodology that nobody has touched; `read_form` is the way back."""
    rules = read_rules(data)
    form = QueryDict(mutable=True)
    for number, item in enumerate(data["items"]):
        form.update({f"item-{number}-{name}": text for name, text in _fields(item) if text})
    peers, least, line = data.get("peers", {}), rules.eligibility, data.get("line") or {}
    form.setlist("by", list(peers.get("by", ())))
    form.update(
        {
            "least": str(peers.get("least", 1)),
            "sizes": "; ".join(peers.get("sizes", ())),
            "size_of": peers.get("size_of", "subscribers"),
            "digits": str(rules.digits),
            "days": str(least.days),
            "posts": str(least.posts),
            "collected": f"{least.collected * 100:g}",
            "line": next(iter(line), ""),
            "line_value": comma(next(iter(line.values()), "")),
        }
    )
    if data.get("winsorising"):
        form["winsorising"] = "1"
    return form


def _fields(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = next(iter(INDICATORS[item["indicator"]].params), "")
    bounds = INDICATORS[item["indicator"]].params.get(name)
    param = str(item.get("params", {}).get(name, bounds.default if bounds else ""))
    yield "indicator", item["indicator"]
    yield "weight", comma(item["weight"])
    yield "kind", item["normaliser"]["kind"]
    yield "target", comma(item["normaliser"].get("target", ""))
    yield "steps", steps_text(item["normaliser"].get("steps", ()))
    yield "param", "" if _is_flag(bounds) and param == "0" else param
    yield "cards", "1" if PageClass.CARD.value in item.get("not_for", ()) else ""
    yield "zero", "1" if item.get("unknown") == Unknown.ZERO else ""


def comma(number: object) -> str:
    """A number of the data as people of the region write it."""
    return str(number).replace(".", ",")


def steps_text(steps: Any) -> str:
    """[{"from": "0.3", "points": "5"}, …] → «≥0,3: 5; …»."""
    parts = []
    for step in steps:
        name = next(name for name in SHOWN if name in step)
        parts.append(f"{SHOWN[name]}{comma(step[name])}: {comma(step['points'])}")
    return "; ".join(parts)


def read_steps(text: str) -> list[dict[str, str]]:
    """The other way round; RulesError where a part cannot be read."""
    steps = []
    for part in filter(str.strip, text.replace("\n", ";").split(";")):
        match = STEP.fullmatch(part)
        if not match:
            raise RulesError(_("“%s” is no step: write for instance “≥0.5: 7”.") % part.strip()[:60])
        sign, bound, points = match.groups()
        steps.append({SIGNS[sign or ""]: plain(bound), "points": plain(points)})
    return steps


def plain(text: str) -> str:
    """A number as the data has it: a decimal point, a hyphen for minus."""
    return text.strip().replace("\xa0", "").replace(" ", "").replace(",", ".").replace("−", "-")


def read_form(form: QueryDict, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with what the form changes; whether it makes sense `read_rules` says. What the form does not show is
    kept as it is. RulesError where a field cannot be read."""
    items = list(_items(form, data))
    chosen = [field for field in form.getlist("by") if field in set(GroupField)]
    order = list(data.get("peers", {}).get("by", ()))  # widest first, which the boxes of the form do not tell
    by = sorted(dict.fromkeys(chosen), key=lambda field: order.index(field) if field in order else len(order))
    result = dict(data) | {
        "items": items,
        "digits": _whole(form.get("digits") or "2"),
        "peers": {
            "by": by,
            "least": _whole(form.get("least") or "1"),
            "sizes": [plain(each) for each in form.get("sizes", "").split(";") if each.strip()],
            "size_of": "population" if form.get("size_of") == "population" else "subscribers",
        },
        "eligibility": {
            "days": _whole(form.get("days") or "0"),
            "posts": _whole(form.get("posts") or "0"),
            "collected": _share(form.get("collected") or "0"),
        },
    }
    codes = {item.get("code", item["indicator"]) for item in items}
    result["ties"] = [code for code in data.get("ties", ()) if code in codes]
    result["winsorising"] = data.get("winsorising") or {"most": 5} if form.get("winsorising") else None
    result["line"] = _line(form)
    return result


def _items(form: QueryDict, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    old = list(data["items"])
    for number in range(MOST_ITEMS):
        indicator = form.get(f"item-{number}-indicator", "")
        if not indicator or form.get(f"item-{number}-remove"):
            continue
        if indicator not in INDICATORS:
            raise RulesError(_("There is no indicator “%s”.") % indicator)
        before = old[number] if number < len(old) and old[number]["indicator"] == indicator else {}
        yield _item(form, f"item-{number}-", indicator, before)


def _item(form: QueryDict, prefix: str, indicator: str, before: Mapping[str, Any]) -> dict[str, Any]:
    kind = form.get(f"{prefix}kind", Kind.PERCENTILE)
    normaliser: dict[str, Any] = {"kind": kind}
    if kind == Kind.TARGET:
        normaliser["target"] = plain(form.get(f"{prefix}target", ""))
    elif kind == Kind.STEPS:
        normaliser["steps"] = read_steps(form.get(f"{prefix}steps", ""))
    elif kind == Kind.MIN_MAX and before.get("normaliser", {}).get("kind") == kind:
        normaliser = dict(before["normaliser"])
    item = {key: value for key, value in before.items() if key != "params"} | {
        "indicator": indicator,
        "weight": plain(form.get(f"{prefix}weight", "")),
        "normaliser": normaliser,
        "not_for": [each for each in before.get("not_for", ()) if each != PageClass.CARD]
        + [PageClass.CARD.value] * bool(form.get(f"{prefix}cards")),
        "unknown": Unknown.ZERO.value if form.get(f"{prefix}zero") else Unknown.SPREAD.value,
    }
    for name, bounds in INDICATORS[indicator].params.items():
        if _is_flag(bounds):
            item["params"] = {name: int(bool(form.get(f"{prefix}param")))}
        elif text := form.get(f"{prefix}param"):
            item["params"] = {name: _whole(text)}
    return item


def _is_flag(bounds: Bounds | None) -> bool:
    """A parameter that is either on or off."""
    return bounds is not None and (bounds.least, bounds.most) == (0, 1)


def _line(form: QueryDict) -> dict[str, Any] | None:
    kind, value = form.get("line", ""), form.get("line_value", "").strip()
    if kind == "places" and value:
        return {"places": _whole(value)}
    return {"threshold": plain(value)} if kind == "threshold" and value else None


def _whole(text: str) -> int:
    try:
        return int(plain(text))
    except ValueError as error:
        raise RulesError(_("“%s” is not a whole number.") % text[:40]) from error


def _share(text: str) -> str:
    """Percent as typed → share as the data has it."""
    try:
        return f"{float(plain(text)) / 100:.4f}".rstrip("0").rstrip(".")
    except ValueError as error:
        raise RulesError(_("“%s” is not a number.") % text[:40]) from error
