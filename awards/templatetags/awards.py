"""What the screens of awards need from templates."""

from collections.abc import Mapping

from django import template
from django.template import RequestContext

from awards.lists.queries import history_of
from awards.marks.queries import marks_on, rows
from awards.papers.badge import SIZES, Shape
from gospub import clock
from monitoring.models import Institution, Page

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


@register.inclusion_tag("page/marks.html", takes_context=True)
def page_marks(context: RequestContext, page: Page) -> dict[str, object]:
    """The quality marks of a page, on its card."""
    return {"marks": rows(marks_on(page), context["today"])}


@register.simple_tag
def badge_shapes(page: Page) -> list[tuple[Shape, int, int]]:
    """(shape, width, height) of the badges that the page's network has a place for."""
    return [(shape, *size) for shape, size in SIZES[page.platform].items()]
