"""Conditions of taking part, penalties and zones of a methodology as lines of its form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..catalogue import INDICATORS
from ..rules_data import number as read_number
from .items import chosen_indicator, lines_of
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


@dataclass(frozen=True, slots=True)
class GateForm:
    """A condition of taking part as it is typed: the indicator must reach `bound`."""

    number: int
    indicator: str
    label: str
    param: Param
    bound: str
    unknown_fails: bool
    removed: bool

    @property
    def prefix(self) -> str:
        return f"gate-{self.number}"


@dataclass(frozen=True, slots=True)
class PenaltyForm:
    """A penalty as it is typed. digits: of the value before the steps. otherwise: points below all steps."""

    number: int
    indicator: str
    label: str
    param: Param
    steps: str
    otherwise: str
    digits: str
    removed: bool

    @property
    def prefix(self) -> str:
        return f"penalty-{self.number}"


@dataclass(frozen=True, slots=True)
class ZoneForm:
    number: int
    bound: str
    label: str
    tone: str

    @property
    def prefix(self) -> str:
        return f"zone-{self.number}"


def gate_forms(form: QueryDict) -> list[GateForm]:
    """The conditions of a form, and an empty line."""
    return [
        GateForm(*_head(form, f"gate-{n}-", n), form.get(f"gate-{n}-bound", ""), *_flags(form, f"gate-{n}-"))
        for n in lines_of(form, "gate", 1)
    ]


def _flags(form: QueryDict, prefix: str) -> tuple[bool, bool]:
    return bool(form.get(f"{prefix}fail")), bool(form.get(f"{prefix}remove"))


def penalty_forms(form: QueryDict) -> list[PenaltyForm]:
    """The penalties of a form, and an empty line."""
    return [
        PenaltyForm(
            *_head(form, f"penalty-{n}-", n),
            *(form.get(f"penalty-{n}-{field}", "") for field in ("steps", "otherwise", "digits")),
            bool(form.get(f"penalty-{n}-remove")),
        )
        for n in lines_of(form, "penalty", 1)
    ]


def _head(form: QueryDict, prefix: str, number: int) -> tuple[int, str, str, Param]:
    name = form.get(f"{prefix}indicator", "")
    label = str(INDICATORS[name].label) if name in INDICATORS else ""
    return number, name, label, typed_param(form, prefix, name)


def zone_forms(form: QueryDict) -> list[ZoneForm]:
    """The zones of a form, and an empty line."""
    numbers = [n for n in range(MOST_LINES) if form.get(f"zone-{n}-label") or form.get(f"zone-{n}-bound")]
    numbers.append(numbers[-1] + 1 if numbers else 0)
    return [ZoneForm(n, *(form.get(f"zone-{n}-{field}", "") for field in ("bound", "label", "tone"))) for n in numbers]


def part_fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of conditions, penalties and zones of the data that are not empty."""
    for number, gate in enumerate(data.get("gate", ())):
        fail = "1" if gate.get("unknown") == "fail" else ""
        yield from _filled(f"gate-{number}-", gate | {"bound": comma(gate["from"]), "fail": fail}, ("bound", "fail"))
    for number, penalty in enumerate(data.get("penalties", ())):
        digits = penalty.get("round")
        shown = {
            "steps": steps_text(penalty["steps"]),
            "otherwise": comma(penalty["otherwise"]),
            "digits": "" if digits is None else str(digits),
        }
        yield from _filled(f"penalty-{number}-", penalty | shown, tuple(shown))
    for number, zone in enumerate(data.get("zones", ())):
        for name, text in (("bound", comma(zone["from"])), ("label", zone["label"]), ("tone", zone.get("tone", ""))):
            yield f"zone-{number}-{name}", text


def _filled(prefix: str, part: Mapping[str, Any], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield f"{prefix}indicator", part["indicator"]
    for name, text in (*((name, part[name]) for name in names), ("param", param_text(part))):
        if text:
            yield f"{prefix}{name}", text


def read_gates(form: QueryDict, data: Mapping[str, Any], taken: Sequence[str]) -> list[dict[str, Any]]:
    """The conditions as the data has them; codes differ from those that are taken. RulesError where a field cannot be
    read."""
    found: list[dict[str, Any]] = []
    for prefix, indicator, before in _lines(form, "gate", data.get("gate", ())):
        gate = {key: value for key, value in before.items() if key != "params"} | {
            "indicator": indicator,
            "from": plain(form.get(f"{prefix}bound", "")),
            "unknown": "fail" if form.get(f"{prefix}fail") else "pass",
        }
        found.append(_coded(gate, f"gate_{indicator}", [*taken, *_codes(found, "gate_")]))
        found[-1] |= read_params(form, prefix, indicator)
    return found


def read_penalties(form: QueryDict, data: Mapping[str, Any], taken: Sequence[str]) -> list[dict[str, Any]]:
    """The penalties likewise."""
    found: list[dict[str, Any]] = []
    for prefix, indicator, before in _lines(form, "penalty", data.get("penalties", ())):
        penalty = {key: value for key, value in before.items() if key not in ("params", "round")} | {
            "indicator": indicator,
            "steps": read_steps(form.get(f"{prefix}steps", "")),
            "otherwise": plain(form.get(f"{prefix}otherwise", "")),
        }
        if digits := form.get(f"{prefix}digits", "").strip():
            penalty["round"] = whole(digits)
        found.append(_coded(penalty, indicator, [*taken, *_codes(found)]))
        found[-1] |= read_params(form, prefix, indicator)
    return found


def _lines(
    form: QueryDict, kind: str, old: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Prefix, indicator and what stood there before of each line that is not removed."""
    for number in lines_of(form, kind, 0):
        prefix = f"{kind}-{number}-"
        if not form.get(f"{prefix}remove"):
            indicator = chosen_indicator(form, prefix)
            same = number < len(old) and old[number]["indicator"] == indicator
            yield prefix, indicator, old[number] if same else {}


def _codes(parts: Sequence[Mapping[str, Any]], begin: str = "") -> list[str]:
    return [part.get("code", f"{begin}{part['indicator']}") for part in parts]


def _coded(part: dict[str, Any], default: str, taken: Sequence[str]) -> dict[str, Any]:
    code = part.get("code", default)
    free = unique(code, taken)
    return part if free == code else part | {"code": free}


def read_zones(form: QueryDict, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The zones as the data has them, the highest first. RulesError where a bound is no number."""
    old, found = list(data.get("zones", ())), []
    for line in zone_forms(form)[:-1]:
        before = old[line.number] if line.number < len(old) else {}
        code = before.get("zone") or unique(f"zone{line.number}", [zone["zone"] for zone in (*old, *found)])
        zone = {"zone": code, "label": line.label.replace("\0", "").strip(), "from": plain(line.bound)}
        found.append(zone | ({"tone": line.tone} if line.tone else {}))
    return sorted(found, key=lambda zone: -read_number(zone["from"], _("zones")))
