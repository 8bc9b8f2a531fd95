"""What appeals add to the screens of ratings."""

from dataclasses import dataclass

from django import template
from django.template import RequestContext

from appeals.filing import own_institution
from appeals.models import Appeal, AppealState
from appeals.queries import RELATED, Row, rows
from appeals.standing import edition_in_view, tally
from appeals.term import Window, window
from gospub import clock
from ratings.models import Rating, RatingState, Score

register = template.Library()


@dataclass(frozen=True, slots=True)
class Contest:
    """Whether the user may contest values of a score now. mine: the score concerns an own institution."""

    mine: bool
    window: Window

    @property
    def may_file(self) -> bool:
        return self.mine and self.window.open


@register.simple_tag(takes_context=True)
def contest_of(context: RequestContext, score: Score) -> Contest:
    """For the user of the screen."""
    mine = own_institution(score, context["request"].user) is not None
    return Contest(mine, window(context["rating"], clock.now()) if mine else Window(None))


@register.inclusion_tag("appeals/of_score.html", takes_context=True)
def appeals_of_score(context: RequestContext, score: Score) -> dict[str, list[Row]]:
    """The appeals against values of the score that the user may see."""
    found = Appeal.objects.visible_to(context["request"].user).filter(score=score).exclude(state=AppealState.DRAFT)
    return {"rows": list(rows(found.select_related(*RELATED).order_by("-filed_at"), None))}


@register.inclusion_tag("appeals/of_rating.html", takes_context=True)
def appeals_of_rating(context: RequestContext, rating: Rating) -> dict[str, object]:
    """How many appeals there are against the rating, until when they are taken, and the way to the next edition."""
    user = context["request"].user
    preliminary = rating.state == RatingState.PRELIMINARY
    return {
        "rating": rating,
        "csrf_token": context.get("csrf_token"),
        "tally": tally(rating),
        "window": window(rating, clock.now()) if preliminary else Window(None),
        "may_recompute": user.rights.rates(rating.region_id) and edition_in_view(rating).pk == rating.pk,
        "whole_region": user.rights.sees_whole(rating.region_id),
    }
