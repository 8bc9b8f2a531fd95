"""Numbers, steps and parameters as they are typed, and as the data has them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..catalogue import INDICATORS, Bounds
from ..rules_data import RulesError

# So many lines of a kind a form may have.
MOST_LINES = 100
STEP = re.compile(r"\s*(≥|>=|>|≤|<=|<|от|свыше|до|ниже)?\s*([-−]?[\d.,]+)\s*(?:—|–|-|:|=)\s*([-−]?[\d.,]+)\s*")
SIGNS = {"": "from", "≥": "from", ">=": "from", "от": "from", ">": "above", "свыше": "above"}
SIGNS |= {"≤": "to", "<=": "to", "до": "to", "<": "below", "ниже": "below"}
SHOWN = {"from": "≥", "above": ">", "to": "≤", "below": "<"}


def comma(number: object) -> str:
    """A number of the data as people of the region write it."""
    return str(number).replace(".", ",")


def plain(text: str) -> str:
    """A number as the data has it: a decimal point, a hyphen for minus."""
    return text.strip().replace("\xa0", "").replace(" ", "").replace(",", ".").replace("−", "-")


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


def whole(text: str) -> int:
    try:
        return int(plain(text))
    except ValueError as error:
        raise RulesError(_("“%s” is not a whole number.") % text[:40]) from error


def share(text: str) -> str:
    """Percent as typed → share as the data has it."""
    try:
        return f"{float(plain(text)) / 100:.4f}".rstrip("0").rstrip(".")
    except ValueError as error:
        raise RulesError(_("“%s” is not a number.") % text[:40]) from error


def unique(code: str, taken: Collection[str]) -> str:
    """The code, with a number behind it where it is taken."""
    codes = (code, *(f"{code}_{n}" for n in range(2, MOST_LINES * 4)))
    return next(each for each in codes if each not in taken)


# --- the parameter of an indicator ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Param:
    """The one parameter of an indicator as it is typed; label: "" where it has none."""

    value: str
    label: str
    is_flag: bool


def typed_param(form: QueryDict, prefix: str, indicator: str) -> Param:
    """The field of a form, or what it begins with."""
    found = INDICATORS.get(indicator)
    bounds = next(iter(found.params.values()), None) if found else None
    begin = str(bounds.default) if bounds and not is_flag(bounds) else ""
    return Param(form.get(f"{prefix}param", begin), str(bounds.label) if bounds else "", is_flag(bounds))


def param_text(part: Mapping[str, Any]) -> str:
    """The parameter of a part of the data as its field has it."""
    name, bounds = next(iter(INDICATORS[part["indicator"]].params.items()), ("", None))
    text = str(part.get("params", {}).get(name, bounds.default if bounds else ""))
    return "" if is_flag(bounds) and text == "0" else text


def read_params(form: QueryDict, prefix: str, indicator: str) -> dict[str, dict[str, int]]:
    """`params` of a part as the data has it; nothing where nothing is typed."""
    for name, bounds in INDICATORS[indicator].params.items():
        text = form.get(f"{prefix}param", "")
        if is_flag(bounds):
            return {"params": {name: int(bool(text))}}
        if text:
            return {"params": {name: whole(text)}}
    return {}


def is_flag(bounds: Bounds | None) -> bool:
    """A parameter that is either on or off."""
    return bounds is not None and (bounds.least, bounds.most) == (0, 1)
