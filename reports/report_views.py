"""Reports: made, sent now, stopped; and their files for whoever they go to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from monitoring.dashboards import exports
from monitoring.models import Region
from ratings.periods import Period, read_period

from . import making, queries, sending
from .forms import ReportForm
from .models import Cadence, Report


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest, code: str) -> HttpResponse:
    """The reports that go to the user or that the user keeps; POST makes one."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    may_make = request.user.rights.keeps(region.pk)
    now = clock.now()
    if request.method == "POST" and not may_make:
        raise PermissionDenied
    people = queries.possible_recipients(region) if may_make else None
    form = ReportForm(request.POST if request.method == "POST" else None, people=people) if may_make else None
    if form and form.is_valid():
        fields = form.cleaned_data.copy()
        recipients = fields.pop("recipients")
        sending.make_report(region, fields, recipients, request.user, now)
        messages.success(request, _("The report was made."))
        return redirect("reports", region.code)
    context = {
        "region": region,
        "form": form,
        "rows": queries.reports_of(region, request.user, clock.local_day(now, region.time_zone)),
    }
    return render(request, "reports.html", context, status=422 if form and form.errors else 200)


@require_POST
def report_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters about the last period, now; within an hour once."""
    report = get_object_or_404(Report.objects.given_by(request.user).select_related("region"), pk=pk, stopped_at=None)
    now = clock.now()
    period = making.last_period(report, clock.local_day(now, report.region.time_zone))
    sent = sending.send_report(report, period, now, again=f" {now:%Y-%m-%dT%H}")
    messages.success(request, _("Letters put into the outbox: %d.") % sent)
    return redirect("reports", report.region.code)


@require_POST
def report_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """No more letters; links in those that went out lead nowhere."""
    report = get_object_or_404(Report.objects.given_by(request.user).select_related("region"), pk=pk)
    if sending.stop_report(report, request.user, clock.now()):
        messages.success(request, _("The report was stopped: links in letters that went out lead nowhere."))
    return redirect("reports", report.region.code)


def opened(request: HttpRequest, pk: int, period: str) -> tuple[Report, Period, list[making.Part]]:
    """The report with what the user may see of it now; 404 where that is nothing."""
    report = get_object_or_404(Report.objects.visible_to(request.user).select_related("region"), pk=pk)
    try:
        found = read_period(period)
    except ValueError as error:
        raise Http404 from error
    parts = making.parts_of(report, found, request.user, clock.now()) if found.unit in Cadence.values else []
    if not parts:
        raise Http404
    return report, found, parts


@require_safe
def report_tables(request: HttpRequest, pk: int, period: str) -> HttpResponseBase:
    """All tables of the report as a workbook."""
    report, found, parts = opened(request, pk, period)
    return exports.download_book(f"report-{report.pk}-{found}", making.report_book(report, found, parts))


@require_safe
def report_paper(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """The report as PDF."""
    report, found, parts = opened(request, pk, period)
    name = f"report-{report.pk}-{found}.pdf"
    return HttpResponse(
        making.report_pdf(report, found, parts, clock.now()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
