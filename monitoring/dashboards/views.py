"""The screens of a region: each gets what the user may see, asks its queries, renders one template."""

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Institution, Page, Region
from monitoring.registry.changes import history_of

from . import exports, tables
from .filters import Archive, EventFilter, InstitutionFilter, PageFilter
from .queries import collection as collection_queries
from .queries import events as event_queries
from .queries import institutions as institution_queries
from .queries import overview as overview_queries
from .queries import page as card_queries
from .queries import pages as page_queries
from .queries import suspects as suspect_queries
from .queries import troubles as trouble_queries
from .queries.periods import parse_day


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The user's first region: for its analyst the desk, for others who see it whole the overview; for an institution
    admin the desk, or a choice of several; for a curator the first institution; a kind word for those with nothing."""
    region = Region.objects.seen_whole_by(request.user).first()
    if region:
        return redirect("region_desk" if region.pk in request.user.rights.analyst else "overview", region.code)
    own = request.user.rights.institutions
    if own:
        return redirect("desk", *own) if len(own) == 1 else redirect("desks")
    institution = Institution.objects.visible_to(request.user).first()
    if institution:
        return redirect("institution", institution.pk)
    return render(request, "home.html")


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """How the region does on `?day=`; without it, on the latest day of which there are figures."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    asked = parse_day(request.GET.get("day", ""))
    day = asked or overview_queries.latest_day(region, today)
    view = overview_queries.overview(region, day, trouble_queries.not_collected_since())
    context = {
        "region": region,
        "today": today,
        "view": view,
        "listed_days": tables.latest_days(request, view.trend),
        "data_day": view.day,
        "chart": {"series": overview_queries.chart(view), "missing": _("no data")},
        "present": overview_queries.present(region, now),
        "waiting": suspect_queries.waiting_count(region),
    }
    return render(request, "overview.html", context)


@require_safe
def pages(request: HttpRequest, code: str) -> HttpResponse:
    """The table of pages; htmx gets the table alone."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    now = clock.now()
    chosen = chosen_pages(request, region, now)
    table = tables.table(request, chosen.qs, page_queries.COLUMNS, page_queries.DEFAULT_SORT)
    context = {
        "region": region,
        "data_day": overview_queries.latest_day(region, clock.local_day(now, region.time_zone)),
        "filter": chosen,
        "table": table,
        "rows": page_queries.page_rows(table.page),
        "keeps": request.user.rights.keeps(region.pk),
    }
    return render_table(request, "pages.html", context)


def chosen_pages(request: HttpRequest, region: Region, now: dt.datetime) -> PageFilter:
    """The pages of the region that the user may see and the address asks for."""
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    found = page_queries.pages_of(region, request.user, archived=archive_asked(request))
    return PageFilter(request.GET, found, institutions=visible, now=now)


def archive_asked(request: HttpRequest) -> bool:
    """Whether the list is to show what is in the archive instead of what is in the registry."""
    return request.GET.get("archive") == Archive.ARCHIVED


def render_table(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The whole screen, or for htmx its `results` with the address as it should stand in the browser."""
    if not request.htmx:
        return render(request, template, context)
    response = render(request, f"{template}#results", context)
    response["HX-Push-Url"] = context["table"].clean_url
    return response


@require_safe
def pages_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The pages of the table, all of them and in its order, as a file."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    now = clock.now()
    sort = tables.sort_of(request.GET, page_queries.COLUMNS, page_queries.DEFAULT_SORT)
    found = tables.ordered(chosen_pages(request, region, now).qs, page_queries.COLUMNS, sort)
    rows = (page_queries.export_row(row, region) for row in page_queries.page_rows(found.iterator(2000)))
    day = clock.local_day(now, region.time_zone)
    name = f"pages-{region.code.lower()}-{day}"
    return exports.download(kind, name, _("Pages"), page_queries.EXPORT_HEADINGS, rows)


@require_safe
def institutions(request: HttpRequest, code: str) -> HttpResponse:
    """The table of institutions, those without any page among them."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    chosen = chosen_institutions(request, region, clock.now())
    table = tables.table(request, chosen.qs, institution_queries.COLUMNS, institution_queries.DEFAULT_SORT)
    keeps = request.user.rights.keeps(region.pk)
    context = {"region": region, "filter": chosen, "table": table, "keeps": keeps}
    return render_table(request, "institutions.html", context)


def chosen_institutions(request: HttpRequest, region: Region, now: dt.datetime) -> InstitutionFilter:
    """The institutions of the region that the user may see and the address asks for."""
    found = institution_queries.institutions_of(region, request.user, archived=archive_asked(request))
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    return InstitutionFilter(request.GET, found, institutions=visible, now=now)


@require_safe
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution: registry data, its pages with their figures, what it owes."""
    found = get_object_or_404(institution_queries.with_places(Institution.objects.visible_to(request.user)), pk=pk)
    region = found.region
    day = clock.local_day(clock.now(), region.time_zone)
    view = institution_queries.institution_card(found, request.user, day)
    context = {"region": region, "view": view, **in_registry(request, region, found)}
    return render(request, "institution.html", context)


def in_registry(request: HttpRequest, region: Region, row: Institution | Page) -> dict[str, object]:
    """What the card of an institution or a page says of its place in the registry: may the user change it, who did."""
    rights = request.user.rights
    return {
        "keeps": rights.keeps(region.pk),
        "changes": history_of(row) if rights.sees_whole(region.pk) else [],
        "may_see_changes": rights.sees_whole(region.pk),
    }


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one page."""
    joined = Page.objects.visible_to(request.user).select_related("institution__region", "state")
    found = get_object_or_404(joined.annotate(not_collected_since=trouble_queries.off_since), pk=pk)
    region = found.institution.region
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    card = card_queries.page_card(found, today, now)
    context = {
        "region": region,
        "today": today,
        "card": card,
        "listed_days": tables.latest_days(request, card.days),
        "chart": {**card_queries.chart(card), "missing": _("no data"), "doubt": _("doubtful number")},
        "not_collected": found.not_collected_since,
        **in_registry(request, region, found),
    }
    return render(request, "page.html", context)


@require_safe
def events(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to the pages, newest first; an institution admin sees the own pages' events."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    chosen = chosen_events(request, region)
    table = tables.table(request, chosen.qs, event_queries.COLUMNS, event_queries.DEFAULT_SORT)
    return render_table(request, "events.html", {"region": region, "filter": chosen, "table": table})


def chosen_events(request: HttpRequest, region: Region) -> EventFilter:
    """The events of the region that the user may see and the address asks for."""
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    return EventFilter(request.GET, event_queries.events_of(region, request.user), institutions=visible)


@require_safe
def events_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The events of the list, all of them and in its order, as a file."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    sort = tables.sort_of(request.GET, event_queries.COLUMNS, event_queries.DEFAULT_SORT)
    found = tables.ordered(chosen_events(request, region).qs, event_queries.COLUMNS, sort)
    rows = (event_queries.export_row(event) for event in found.iterator(2000))
    name = f"events-{region.code.lower()}-{clock.local_day(clock.now(), region.time_zone)}"
    return exports.download(kind, name, _("Events"), event_queries.EXPORT_HEADINGS, rows)


@require_safe
def collection_status(request: HttpRequest, code: str) -> HttpResponse:
    """How today's collection goes; while it is under way htmx asks again every few seconds, unless `?paused=1`."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    view = collection_queries.collection_status(region, now, collection_queries.daily_limits())
    context = {
        "region": region,
        "view": view,
        "troubles": trouble_queries.troubles(region, view.day, now, trouble_queries.stoppages(clock.running(now))),
        "paused": request.GET.get("paused") == "1",
    }
    return render(request, "collection.html#progress" if request.htmx else "collection.html", context)
