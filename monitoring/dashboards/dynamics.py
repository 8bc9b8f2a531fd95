"""The region over a period against an earlier one, in cards, chart and table at once."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Dimension, Region

from . import tables
from .queries import dynamics as queries
from .queries import overview as overview_queries
from .queries.periods import Against, compared


@require_safe
def dynamics(request: HttpRequest, code: str) -> HttpResponse:
    """`?first=&last=&against=` name the periods, `?by=` what the table is grouped by, `?key=` the one group that cards
    and chart are of, `?measure=` what is drawn."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    latest = overview_queries.latest_day(region, clock.local_day(clock.now(), region.time_zone))
    if latest is None:
        return render(request, "dynamics.html", {"region": region})
    asked = compared(request.GET, latest)
    by = named(Dimension, request.GET.get("by", ""), queries.DIMENSIONS, Dimension.PLATFORM)
    measure = named(queries.Measure, request.GET.get("measure", ""), queries.Measure, queries.Measure.SUBSCRIBERS)
    key = request.GET.get("key")
    view = queries.dynamics(region, asked, by, key)
    sort = tables.sort_of(request.GET, queries.COLUMNS, queries.DEFAULT_SORT)
    page = Paginator(queries.sorted_rows(view.rows, sort), tables.PER_PAGE).get_page(request.GET.get("page"))
    series = queries.chart(view, measure, asked.shift)
    context = {
        "region": region,
        "data_day": asked.period.last,
        "asked": asked,
        "latest": latest,
        "view": view,
        "by": by,
        "measure": measure,
        "key": key,
        "group": next((row for row in view.rows if row.key == key), None),
        "whole_url": tables.address(request.GET, key=None),
        "choices": choices(request, asked.against, by, measure),
        "rows": [(row, tables.address(request.GET, by=by, key=row.key, page=None)) for row in page],
        "table": paged(request, page, sort, queries.COLUMNS),
        "chart": {"series": series, "missing": _("no data")},
        "days": queries.day_table(series),
        "is_share": measure == queries.Measure.ANSWERED,
        "digits": int(measure == queries.Measure.PER_POST),
    }
    return render(request, "dynamics.html", context)


def named(kind: type, value: str, allowed, otherwise):
    """The member of that name, or `otherwise` where it is not one of the allowed."""
    return kind(value) if value in [member.value for member in allowed] else otherwise


def choices(request: HttpRequest, against: Against, by: Dimension, measure: queries.Measure) -> dict[str, list]:
    """What the form lets choose, as (value, label, chosen)."""
    offered = {"against": (Against, against), "by": (queries.DIMENSIONS, by), "measure": (queries.Measure, measure)}
    return {
        name: [(member.value, member.label, member == chosen) for member in members]
        for name, (members, chosen) in offered.items()
    }


def paged(request: HttpRequest, page: Page, sort: str, columns: Sequence[tables.Column]) -> tables.Table:
    """The table around rows that were sorted here."""
    return tables.Table(
        headings=tables.headings(columns, sort, request.GET),
        sort=sort,
        page=page,
        previous_url=tables.address(request.GET, page=str(page.number - 1)) if page.has_previous() else "",
        next_url=tables.address(request.GET, page=str(page.number + 1)) if page.has_next() else "",
        path=request.path,
        query=tables.address(request.GET),
    )
