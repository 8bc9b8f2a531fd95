"""A methodology's data read into what the engine works with. Numbers in the data are written as decimal strings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .indicators import INDICATORS


@dataclass(frozen=True, slots=True)
class Step:
    """`points` are given from `bound` on; where `strict`, only above it."""

    bound: Fraction
    strict: bool
    points: Fraction

    def reached_by(self, value: Fraction) -> bool:
        return value > self.bound if self.strict else value >= self.bound


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a methodology. steps: rising; below the first one 0 points.

    not_for: page classes (PageClass values) to which the item does not apply.
    """

    indicator: str
    steps: tuple[Step, ...]
    not_for: frozenset[str]

    @property
    def max_points(self) -> Fraction:
        return self.steps[-1].points

    def points_for(self, value: Fraction) -> Fraction:
        return next((step.points for step in reversed(self.steps) if step.reached_by(value)), Fraction(0))


@dataclass(frozen=True, slots=True)
class ZoneBound:
    zone: str
    bound: Fraction


@dataclass(frozen=True, slots=True)
class Rules:
    """zones: from the highest bound down, the last one from 0. digits: of the points, after rounding."""

    items: tuple[Item, ...]
    zones: tuple[ZoneBound, ...]
    digits: int
    platform: str


def read_rules(data: Mapping[str, Any]) -> Rules:
    """A version of a methodology as in ratings/presets; ValueError names what is wrong with it."""
    items = tuple(_item(each) for each in data["items"])
    zones = tuple(ZoneBound(each["zone"], Fraction(each["from"])) for each in data["zones"])
    bounds = [each.bound for each in zones]
    if not items or bounds != sorted(bounds, reverse=True) or bounds[-1:] != [0]:
        raise ValueError("A methodology needs items, and zones from the highest bound down to 0")
    return Rules(items, zones, data["digits"], data["platform"])


def _item(data: Mapping[str, Any]) -> Item:
    indicator = data["indicator"]
    if indicator not in INDICATORS:
        raise ValueError(f"There is no indicator {indicator!r}")
    steps = tuple(
        Step(Fraction(each.get("above", each.get("from"))), "above" in each, Fraction(each["points"]))
        for each in data["steps"]
    )
    rising = all(a.bound < b.bound and a.points <= b.points for a, b in pairwise(steps))
    if not steps or not rising or steps[0].points < 0 or steps[-1].points <= 0:
        raise ValueError(f"Steps of {indicator!r} must rise from 0 points or more")
    return Item(indicator, steps, frozenset(data.get("not_for", ())))
