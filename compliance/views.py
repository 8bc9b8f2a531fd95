"""The screens of coverage and law that show: each for those who see the whole region."""

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.queries.periods import parse_day
from monitoring.dashboards.views import render_table
from monitoring.models import Institution, PlatformCode, Region

from . import checks as check_queries
from . import coverage as coverage_queries
from . import moves as move_queries
from . import page_list
from . import presence as presence_queries


def region_of(request: HttpRequest, code: str) -> tuple[Region, dt.date]:
    """The region and its present day; 404 for those who do not see the whole of it."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    return region, clock.local_day(clock.now(), region.time_zone)


@require_safe
def coverage(request: HttpRequest, code: str) -> HttpResponse:
    """How many institutions are where law sends them, grouped `?by=`."""
    region, today = region_of(request, code)
    asked = request.GET.get("by", "")
    by = coverage_queries.By(asked) if asked in coverage_queries.By.values else coverage_queries.By.MUNICIPALITY
    view = coverage_queries.coverage(region, today, by)
    context = {"region": region, "today": today, "view": view, "choices": coverage_queries.By.choices}
    return render(request, "coverage.html", context)


@require_safe
def presence(request: HttpRequest, code: str) -> HttpResponse:
    """Each institution on each network; those without a page are found by the filter."""
    region, today = region_of(request, code)
    chosen = _institutions(request, region, today)
    table = tables.table(request, chosen.qs, presence_queries.COLUMNS, presence_queries.DEFAULT_SORT)
    rows = presence_queries.presence_rows(region, today, chosen.duties, table.page)
    context = {"region": region, "filter": chosen, "table": table, "rows": rows, "duties": chosen.duties}
    return render_table(request, "presence.html", context)


def _institutions(request: HttpRequest, region: Region, today: dt.date) -> presence_queries.PresenceFilter:
    found = presence_queries.institutions_of(region)
    within = Institution.objects.filter(region=region)
    return presence_queries.PresenceFilter(
        request.GET, found, institutions=within, region=region, day=today, now=clock.now()
    )


@require_safe
def presence_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The institutions of the matrix, all of them and in its order, as a file."""
    region, today = region_of(request, code)
    chosen = _institutions(request, region, today)
    sort = tables.sort_of(request.GET, presence_queries.COLUMNS, presence_queries.DEFAULT_SORT)
    found = tables.ordered(chosen.qs, presence_queries.COLUMNS, sort)
    rows = presence_queries.export_rows(presence_queries.all_rows(region, today, chosen.duties, found))
    name = f"presence-{region.code.lower()}-{today}"
    return exports.download(kind, name, _("Presence"), presence_queries.EXPORT_HEADINGS, rows)


@require_safe
def compliance(request: HttpRequest, code: str) -> HttpResponse:
    """Each requirement with its basis, in the region and by municipality; of one network by `?platform=`."""
    region, today = region_of(request, code)
    asked = request.GET.get("platform", "")
    platform = asked if asked in PlatformCode.values else ""
    view = check_queries.compliance(region, platform)
    context = {"region": region, "today": today, "view": view, "platform": platform, "networks": PlatformCode.choices}
    return render(request, "compliance.html", context)


@require_safe
def compliance_pages(request: HttpRequest, code: str) -> HttpResponse:
    """Pages with their checklists; `?requirement=` and `?verdict=` choose those that do not meet one."""
    region, _today = region_of(request, code)
    chosen = page_list.chosen_pages(request.GET, region, request.user, clock.now())
    table = tables.table(request, chosen.qs, page_list.COLUMNS, page_list.DEFAULT_SORT)
    rows = page_list.rows(chosen, table.page)
    context = {"region": region, "filter": chosen, "table": table, "rows": rows}
    return render_table(request, "compliance_pages.html", context)


@require_safe
def compliance_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The pages of the list with a column for each requirement, as a file."""
    region, today = region_of(request, code)
    chosen = page_list.chosen_pages(request.GET, region, request.user, clock.now())
    sort = tables.sort_of(request.GET, page_list.COLUMNS, page_list.DEFAULT_SORT)
    found = tables.ordered(chosen.qs, page_list.COLUMNS, sort)
    rows = page_list.export_rows(page_list.rows(chosen, found.iterator(2000)))
    name = f"compliance-{region.code.lower()}-{today}"
    return exports.download(kind, name, _("Requirements"), page_list.export_headings(), rows)


@require_safe
def network_moves(request: HttpRequest, code: str) -> HttpResponse:
    """Shares of the networks now and at `?since=` (a year ago without it); the figures of others."""
    region, today = region_of(request, code)
    asked = parse_day(request.GET.get("since", ""))
    then = asked if asked and dt.date(2000, 1, 1) < asked < today else today - move_queries.YEAR
    view = move_queries.moves(region, today, then)
    return render(request, "network_moves.html", {"region": region, "view": view, "since": then, "data_day": view.day})
