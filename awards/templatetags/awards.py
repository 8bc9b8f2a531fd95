"""What the screens of awards need from templates."""

from collections.abc import Mapping

from django import template
from django.template import RequestContext

from awards.lists.queries import history_of
from awards.marks.queries import rows
from gospub import clock
from monitoring.models import Institution

register = template.Library()


@register.simple_tag
def cell(table: Mapping[tuple[int, int], str], row: int, column: int) -> str:
    """The text of a cell of an entry table, "" where there is none."""
    return table.get((row, column), "")


@register.inclusion_tag("institutions/awards.html", takes_context=True)
def award_history(context: RequestContext, institution: Institution) -> dict[str, object]:
    """What the institution was awarded over the years, on its card."""
    request = context["request"]
    day = clock.local_day(clock.now(), institution.region.time_zone)
    found = history_of(institution, request.user)
    return {"awards": found.awards, "marks": rows(found.marks, day)}
