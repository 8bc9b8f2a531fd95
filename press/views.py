"""The screens of fact sheets: list, a new one with its preview, the sheet and its files, a figure at its address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awards.lists.signing import may_sign
from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import render_table
from monitoring.models import Region

from . import figures, files, issuing, queries, release
from .definitions import definitions
from .forms import FactSheetForm
from .issuing import PressError
from .models import FactSheet, Figure
from .sources import Dates

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def fact_sheets(request: HttpRequest, code: str) -> HttpResponse:
    """The fact sheets of a region, the newest first."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    table = tables.table(request, queries.sheets_of(region, request.user), queries.COLUMNS, queries.SORT)
    context = {"region": region, "table": table, "may_issue": request.user.rights.rates(region.pk)}
    return render_table(request, "fact_sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def fact_sheet_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new sheet: its dates are told by the address, its figures shown before they are issued."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    if not request.user.rights.rates(region.pk):
        raise PermissionDenied
    now = clock.now()
    usual = queries.usual_dates(region, clock.local_day(now, region.time_zone))
    sent = request.POST if request.method == "POST" else request.GET
    form = FactSheetForm(_filled(sent, usual), region=region)
    context = {"region": region, "form": form, "usual": usual}
    if form.is_valid():
        if request.method == "POST":
            try:
                seen = request.POST.get("seen", "")
                sheet = issuing.issue(region, form.dates, seen, user=request.user, now=now)
            except PressError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The fact sheet was issued: its figures do not change any more."))
                return redirect("fact_sheet", sheet.pk)
        context |= _preview(region, form.dates)
    return render(request, "fact_sheet_new.html", context, status=422 if request.method == "POST" else 200)


def _filled(sent: object, usual: Dates | None) -> dict[str, object]:
    """What was sent; on the first look the usual dates."""
    names = tuple(Dates.__dataclass_fields__)
    if usual and not any(name in sent for name in names):
        return {name: getattr(usual, name) for name in names}
    return {name: sent.get(name, "") for name in names}


def _preview(region: Region, dates: Dates) -> dict[str, object]:
    counted = figures.compute(region, dates)
    view = queries.view_of(counted, definitions())
    return {
        "dates": dates,
        "view": view,
        "texts": release.paragraphs(dates, view),
        "seen": issuing.fingerprint(counted),
    }


def _sheet(request: HttpRequest, pk: int) -> FactSheet:
    related = ("region", "issued_by", "published_by")
    return get_object_or_404(FactSheet.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_safe
def fact_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet as it was issued, its text for the press, and what would come out otherwise now."""
    sheet = _sheet(request, pk)
    view = queries.sheet_view(sheet)
    context = {
        "region": sheet.region,
        "sheet": sheet,
        "dates": sheet.dates,
        "view": view,
        "texts": release.paragraphs(sheet.dates, view),
        "may_publish": sheet.published_at is None and may_sign(request.user, sheet.region_id),
    }
    return render(request, "fact_sheet.html", context)


@require_POST
def fact_sheet_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the addresses of the figures to anybody."""
    sheet = _sheet(request, pk)
    if not may_sign(request.user, sheet.region_id):
        raise PermissionDenied
    try:
        issuing.publish(sheet, user=request.user, now=clock.now())
    except PressError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The sheet is published: the address of each figure is open to anybody."))
    return redirect("fact_sheet", pk)


@require_safe
def fact_sheet_export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The figures of a sheet as a file; no names of people are in it."""
    sheet = _sheet(request, pk)
    view = queries.view_of(list(sheet.figures.all()), sheet.definitions)
    lines = files.rows(sheet, view, _address(request))
    return exports.download(kind, _file_name(sheet), _("Press facts"), files.HEADINGS, lines)


@require_safe
def fact_sheet_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The text and the figures of a sheet as a Word file."""
    sheet = _sheet(request, pk)
    view = queries.view_of(list(sheet.figures.all()), sheet.definitions)
    content = files.docx(sheet, view, release.paragraphs(sheet.dates, view), _address(request))
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(sheet)}.docx"'}
    return HttpResponse(content, content_type=WORD, headers=headers)


def _file_name(sheet: FactSheet) -> str:
    return f"facts-{sheet.region.code.lower()}-{sheet.day}"


def _address(request: HttpRequest) -> files.Address:
    return lambda code: request.build_absolute_uri(reverse("press_figure", args=[code]))


@login_not_required
@require_safe
def press_figure(request: HttpRequest, code: str) -> HttpResponse:
    """One figure at its permanent address: open to anybody once its sheet is published. No names are on it."""
    found = Figure.objects.visible_to(request.user).select_related("sheet__region")
    figure = get_object_or_404(found, code=code.upper())
    user, region = request.user, figure.sheet.region
    context = {
        "figure": figure,
        "sheet": figure.sheet,
        "region": region,
        "view": queries.figure_view(figure),
        "sees_sheet": user.is_authenticated and user.rights.sees_whole(region.pk),
    }
    return render(request, "press_figure.html", context)
