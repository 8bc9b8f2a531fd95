"""Ranking by growth, step by step down: territory → founder → institution → page."""

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Institution, Municipality, PlatformCode, Region

from . import tables
from .dynamics import named, paged
from .filters import Chip
from .queries import growth as queries
from .queries.overview import latest_day

ABOVE = {"municipality": _("Municipality"), "founder": _("Founder"), "institution": _("Institution")}


@require_safe
def growth(request: HttpRequest, code: str) -> HttpResponse:
    """`?step=` who is ranked, `?span=` against when, `?platform=`, and the `municipality`, `founder` and `institution`
    that they lie in; every link down keeps all of it."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    step = named(queries.Step, request.GET.get("step", ""), queries.Step, queries.Step.MUNICIPALITY)
    span = named(queries.Span, request.GET.get("span", ""), queries.Span, queries.Span.YEAR)
    platform = named(PlatformCode, request.GET.get("platform", ""), PlatformCode, "")
    within = {name: value for name in ABOVE if "\0" not in (value := request.GET.get(name, "")) and value}
    rows = queries.growth(region, step, span, within | ({"platform": platform} if platform else {}))
    sort = tables.sort_of(request.GET, queries.COLUMNS, queries.DEFAULT_SORT)
    page = Paginator(queries.sorted_rows(rows, sort), tables.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "region": region,
        "data_day": latest_day(region, clock.local_day(clock.now(), region.time_zone)),
        "table": paged(request, page, sort, queries.COLUMNS),
        "rows": [(row, down(request, step, row.key)) for row in page],
        "step": step,
        "span": span,
        "platform": platform,
        "within": within,
        "filter": {"chips": chips(request, region, within)},
        "steps": queries.Step.choices,
        "spans": queries.Span.choices,
        "networks": PlatformCode.choices,
    }
    return render(request, "growth.html", context)


def down(request: HttpRequest, step: queries.Step, key: str) -> str:
    """Where a row leads: the next step within it, for a page its card; "" where it is not known what it is."""
    if not key:
        return ""
    if step == queries.Step.PAGE:
        return reverse("page", args=[key])
    steps = list(queries.Step)
    return tables.address(request.GET, **{"step": steps[steps.index(step) + 1], step: key, "page": None})


def chips(request: HttpRequest, region: Region, within: Mapping[str, str]) -> list[Chip]:
    """What the rows lie in."""
    return [
        Chip(ABOVE[name], name_of(region, name, value), tables.address(request.GET, **{name: None, "page": None}))
        for name, value in within.items()
    ]


def name_of(region: Region, name: str, value: str) -> str:
    """What the region calls it; a key that it does not know stays as it is."""
    models = {"municipality": Municipality, "institution": Institution}
    if name not in models or not (value.isascii() and value.isdigit() and len(value) < 19):
        return value
    return models[name].objects.filter(region=region, pk=int(value)).values_list("name", flat=True).first() or value
