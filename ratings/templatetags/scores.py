"""Points and subjects as the screens show them. Built into every template."""

from decimal import Decimal

from django import template
from django.db.models import Q
from django.template import RequestContext
from django.utils.translation import gettext as _

from monitoring.models import Institution, Page
from monitoring.platforms.base import PosWidget
from monitoring.templatetags.figures import number

from ..catalogue import Unit
from ..models import Score
from ..names import name_of
from ..screens.standing import latest_improvement, standings
from ..wording import points_text, value_text

register = template.Library()


@register.inclusion_tag("scores/standings.html", takes_context=True)
def page_standings(context: RequestContext, page: Page) -> dict[str, object]:
    """Where the page stands in the latest ratings, on its card."""
    return {"standings": standings(Q(page=page), context["region"], context["request"].user), "named": False}


@register.inclusion_tag("scores/standings.html", takes_context=True)
def institution_standings(context: RequestContext, institution: Institution) -> dict[str, object]:
    """Where the institution and its pages stand in the latest ratings, on its card."""
    mine = Q(institution=institution) | Q(page__institution=institution)
    return {"standings": standings(mine, context["region"], context["request"].user), "named": True}


@register.inclusion_tag("ratings/latest.html", takes_context=True)
def latest_rating(context: RequestContext) -> dict[str, object]:
    """How many improved in the newest rating of the region, on its overview."""
    return {"improvement": latest_improvement(context["region"], context["request"].user)}


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
