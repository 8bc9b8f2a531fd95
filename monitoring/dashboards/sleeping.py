"""Sleeping pages: the list and its file."""

import datetime as dt

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Institution, Page, PageClass, PlatformCode, Region
from monitoring.rollups.silence import SILENT_DAYS

from . import exports, tables
from .filters import RegionFilter
from .queries import sleeping as queries
from .views import render_table

LONGER = (30, 60, 90, 180, 365)


class SleepingFilter(RegionFilter):
    """`days`: narrows the list to those that have been asleep for longer."""

    to_institution = "institution__"
    texts = ("title", "handle", "institution__name")
    numbers = ("institution__inn", "institution__ogrn")

    days = django_filters.ChoiceFilter(method="of_days", label=gettext_lazy("Without a post"))
    platform = django_filters.ChoiceFilter(label=gettext_lazy("Network"), choices=PlatformCode)
    page_class = django_filters.ChoiceFilter(label=gettext_lazy("Class"), choices=PageClass)

    class Meta:
        model = Page
        fields = ["q", "days", "platform", "page_class", "municipality", "sector", "founder", "level"]

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        self.region = region
        super().__init__(*args, **options)

    def add_choices(self) -> None:
        super().add_choices()
        self.filters["days"].extra["choices"] = [(days, _("%s days and more") % days) for days in LONGER]

    def of_days(self, rows: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        return queries.asleep(rows, self.region.time_zone, int(value))


@require_safe
def sleeping(request: HttpRequest, code: str) -> HttpResponse:
    """Pages that do not post, whoever is silent for longest first; htmx gets the table alone."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    now = clock.now()
    chosen = chosen_pages(request, region, now)
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.DEFAULT_SORT)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": queries.sleeping_rows(table.page, region, clock.local_day(now, region.time_zone)),
        "least": SILENT_DAYS,
    }
    return render_table(request, "sleeping.html", context)


def pages_in(request: HttpRequest, region: Region) -> QuerySet[Page]:
    return Page.objects.visible_to(request.user).filter(institution__region=region)


def chosen_pages(request: HttpRequest, region: Region, now: dt.datetime) -> SleepingFilter:
    """The sleeping pages that the user may see and the address asks for."""
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    found = queries.shown(queries.asleep(pages_in(request, region), region.time_zone))
    return SleepingFilter(request.GET, found, institutions=visible, now=now, region=region)


@require_safe
def sleeping_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The pages of the list, all of them and in its order, as a file."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    sort = tables.sort_of(request.GET, queries.COLUMNS, queries.DEFAULT_SORT)
    found = tables.ordered(chosen_pages(request, region, now).qs, queries.COLUMNS, sort)
    rows = (queries.export_row(row, region) for row in queries.sleeping_rows(found.iterator(2000), region, today))
    name = f"sleeping-{region.code.lower()}-{today}"
    return exports.download(kind, name, _("Sleeping pages"), queries.EXPORT_HEADINGS, rows)
