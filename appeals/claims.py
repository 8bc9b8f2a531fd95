"""What is contested: one value of one score, as it was computed and as its institution says it should be."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ratings.catalogue import INDICATORS, Unit
from ratings.inputs import reading_of
from ratings.models import Rating, Score
from ratings.parts import State
from ratings.rules import Measure
from ratings.rules_data import read_rules
from ratings.screens.score import read_value, unit_sign
from ratings.wording import points_text, value_text

from .models import Appeal

YES, NO = "yes", "no"
# Either so or not, whatever the parameters.
EITHER = ("every_week", "component")


@dataclass(frozen=True, slots=True)
class Contested:
    """state, numerator, denominator: of the score's subject, as its rating has them."""

    score: Score
    rating: Rating
    measure: Measure
    state: State
    numerator: float
    denominator: float

    @property
    def label(self) -> str | Promise:
        return INDICATORS[self.measure.indicator].label

    @property
    def rule(self) -> str | Promise:
        return INDICATORS[self.measure.indicator].rule

    @property
    def unit(self) -> Unit:
        return INDICATORS[self.measure.indicator].unit

    @property
    def sign(self) -> str:
        """The unit behind a field: «%», «часов»."""
        return unit_sign(self.unit)

    @property
    def is_either(self) -> bool:
        """Whether the answer is yes or no."""
        return self.measure.indicator in EITHER or bool(dict(self.measure.params).get("at_end"))

    @property
    def value(self) -> str:
        """The value as shown; "" where it is not known."""
        return value_text(self.numerator / self.denominator, self.unit) if self.state == State.KNOWN else ""

    @property
    def sources(self) -> str:
        """Numerator and denominator, where there is something to divide by."""
        if self.state != State.KNOWN or self.denominator == 1:
            return ""
        return f"{points_text(self.numerator)} ÷ {points_text(self.denominator)}"

    @property
    def can_be_known(self) -> bool:
        """What a network cannot tell is left out for the whole peer group: there is nothing to contest."""
        return self.state != State.IMPOSSIBLE


def contested(score: Score, rating: Rating, item: str) -> Contested:
    """KeyError where the rating measures nothing of that code."""
    measure = read_rules(rating.methodology.data).measure(item)
    return Contested(score, rating, measure, *reading_of(rating, score, item))


def wanted_value(text: str, claim: Contested) -> float | None:
    """What was typed as the right value, in the indicator's unit; None = nothing was. ValueError where it is neither a
    number nor yes or no."""
    text = text.strip()
    if not text:
        return None
    if claim.is_either:
        return {YES: 1.0, NO: 0.0}[text] if text in (YES, NO) else _fail()
    return read_value(text, claim.unit)


def _fail() -> float:
    raise ValueError(_("Choose yes or no."))


def asked_words(appeal: Appeal) -> str:
    """What an appeal says the value should be, as shown; "" where it says so in words alone."""
    text = {YES: _("yes"), NO: _("no")}.get(appeal.wanted, appeal.wanted)
    sign = unit_sign(INDICATORS[appeal.indicator].unit)
    return text if appeal.wanted in ("", YES, NO) or text.endswith(sign) else f"{text}\u00a0{sign}"
