"""Points and subjects as the screens show them. Built into every template."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from monitoring.platforms.base import PosWidget
from monitoring.templatetags.figures import number

from ..catalogue import Unit
from ..models import Score
from ..names import name_of
from ..wording import points_text, value_text

register = template.Library()


@register.filter
def signed_points(value: float) -> str:
    """4.2 → «+4,20», −6 → «−6,00»."""
    text = number(value, 2)
    return f"+{text}" if value > 0 and not text.startswith("0,00") else text


@register.filter
def points(value: float) -> str:
    """40 → «40», 7.5 → «7,50»."""
    return points_text(value)


@register.filter
def points_words(value: Decimal | str | None, digits: int = 2) -> str:
    """Points of a score as published; None → «—»."""
    return "—" if value in (None, "") else number(Decimal(value), digits)


@register.filter
def value_of(value: float, unit: Unit) -> str:
    """A value of an indicator in its unit."""
    return value_text(value, unit)


@register.filter
def subject(score: Score) -> str:
    """The name of the score's subject."""
    return name_of(score)


@register.filter
def svg(value: float) -> str:
    """A number for an attribute of a drawing, whatever the language."""
    return f"{value:.2f}"


@register.filter
def plus(value: float, other: float) -> float:
    return value + other


@register.filter
def pos_words(code: str | None) -> str:
    """A ПОС widget in words."""
    words = {
        PosWidget.RIGHT: _("right"),
        PosWidget.PRESENT: _("present, its ОГРН is not known"),
        PosWidget.WRONG: _("wrong ОГРН"),
        PosWidget.ABSENT: _("none"),
    }
    return _("no data") if code is None else words[PosWidget(code)]
