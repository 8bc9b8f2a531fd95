"""The quantities that a contested value is made of, as they are and as whoever decides would enter them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.models import Page
from ratings.catalogue import Unit
from ratings.editing import plain
from ratings.inputs import PartLine, made_of
from ratings.models import Correction, Rating
from ratings.parts import State
from ratings.rules_data import number
from ratings.screens.score import typed

from .claims import Contested, wanted_value
from .models import Appeal

MOST = 1e9


class EnteredError(ValueError):
    """What was entered is no quantity, in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One page over some days. numerator, denominator: as they stand in the fields; problem: why they cannot be."""

    part: PartLine
    page: Page
    numerator: str
    denominator: str
    problem: str = ""

    @property
    def name(self) -> str:
        """What its fields are called after `n-` and `d-`."""
        return f"{self.part.page}-{self.part.first.isoformat()}"

    @property
    def known(self) -> bool:
        return self.part.state == State.KNOWN

    @property
    def changed(self) -> bool:
        return (self.numerator, self.denominator) != _texts(self.part)


def lines(edition: Rating, claim: Contested, appeal: Appeal, fields: Mapping[str, str]) -> list[Line]:
    """The parts of the value, as the next edition would find them, with what was typed into their fields; where nothing
    was, with what the appeal asks for, if that is clear."""
    parts = [part for part in made_of(edition, claim.score, claim.measure.code) if part.state != State.IMPOSSIBLE]
    pages = Page.objects.select_related("institution").in_bulk({part.page for part in parts})
    asked = {} if any(name.startswith("n-") for name in fields) else _asked_for(parts, claim, appeal)
    return [_line(part, pages[part.page], fields, asked.get(n)) for n, part in enumerate(parts)]


def _line(part: PartLine, page: Page, fields: Mapping[str, str], asked: tuple[str, str] | None) -> Line:
    numerator, denominator = asked or _texts(part)
    name = f"{part.page}-{part.first.isoformat()}"
    numerator = fields.get(f"n-{name}", numerator).strip()[:20]
    denominator = fields.get(f"d-{name}", denominator).strip()[:20]
    line = Line(part, page, numerator, denominator)
    try:
        _quantities(line)
    except EnteredError as error:
        return Line(part, page, numerator, denominator, str(error))
    return line


def _texts(part: PartLine) -> tuple[str, str]:
    """Numerator and denominator as people type them; "" where they are not known."""
    if part.state != State.KNOWN:
        return "", ""
    return typed(part.numerator, Unit.COUNT), typed(part.denominator, Unit.COUNT)


def _asked_for(parts: list[PartLine], claim: Contested, appeal: Appeal) -> dict[int, tuple[str, str]]:
    """What the appeal asks for, where it is clear of which part: there is one, or one on the day that it names."""
    try:
        value = wanted_value(appeal.wanted, claim)
    except ValueError:
        return {}
    meant = [n for n, part in enumerate(parts) if len(parts) == 1 or _on(part, appeal.day)]
    if value is None or len(meant) != 1:
        return {}
    part = parts[meant[0]]
    denominator = part.denominator if part.state == State.KNOWN else 1.0
    numerator = value * denominator
    if claim.unit == Unit.SHARE and part.numerator == int(part.numerator) and denominator == int(denominator):
        numerator = round(numerator)  # so many days or weeks of so many
    return {meant[0]: (typed(numerator, Unit.COUNT), typed(denominator, Unit.COUNT))}


def _on(part: PartLine, day: dt.date | None) -> bool:
    return day is not None and part.first <= day <= part.last


def _quantities(line: Line) -> tuple[float, float] | None:
    """Numerator and denominator that were entered; None where the line is as it was. Raises EnteredError."""
    if not line.changed:
        return None
    before = _texts(line.part)
    exact = (line.part.numerator, line.part.denominator)
    found = []
    for text, old, value in zip((line.numerator, line.denominator), before, exact, strict=True):
        try:
            found.append(value if text == old and text else number(plain(text), "", -MOST, MOST))
        except ValueError as error:
            raise EnteredError(_("This is not a number.")) from error
    if found[1] <= 0:
        raise EnteredError(_("The denominator must be above 0."))
    return found[0], found[1]


def corrections(claim: Contested, entered: list[Line]) -> list[Correction]:
    """What was changed as corrections that are not stored. Raises EnteredError where a line cannot be read."""
    result = []
    for line in entered:
        quantities = _quantities(line)
        if quantities is None:
            continue
        part = line.part
        result.append(
            Correction(
                page_id=part.page,
                indicator=claim.measure.indicator,
                params=dict(claim.measure.params),
                first=part.first,
                last=part.last,
                before_numerator=part.numerator if line.known else None,
                before_denominator=part.denominator if line.known else None,
                numerator=quantities[0],
                denominator=quantities[1],
            )
        )
    return result
