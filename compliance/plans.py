"""The screens of coverage and law that change something: the road map, and letters to those who lag."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gospub import clock
from gospub.accounts import audit
from monitoring.dashboards import tables
from monitoring.dashboards.views import render_table
from monitoring.models import Region

from . import reminders as letters
from . import road_map as queries
from .forms import Addressee, ReminderForm, StepForm
from .models import Step
from .views import region_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {"docx": WORD, "zip": "application/zip"}


@require_http_methods(["GET", "HEAD", "POST"])
def road_map(request: HttpRequest, code: str) -> HttpResponse:
    """What is to be reached by when, and how far it is; whoever keeps the region adds to it."""
    region, today = region_of(request, code)
    keeps = request.user.rights.keeps(region.pk)
    sent = request.method == "POST"
    if sent and not keeps:
        raise PermissionDenied
    form = StepForm(request.POST if sent else None, instance=Step(region=region), region=region)
    if sent and form.is_valid():
        queries.add(form.save(commit=False), request.user, clock.now())
        messages.success(request, _("The step stands in the road map."))
        return redirect("road_map", code)
    table = tables.table(request, queries.steps_of(region), queries.COLUMNS, queries.DEFAULT_SORT)
    rows = queries.step_rows(region, table.page, today)
    context = {"region": region, "today": today, "table": table, "rows": rows, "form": form, "keeps": keeps}
    response = render_table(request, "road_map.html", context)
    response.status_code = 422 if sent else 200
    return response


@require_POST
def step_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step off the road map."""
    seen = Region.objects.seen_whole_by(request.user)
    step = get_object_or_404(Step.objects.select_related("region", "municipality"), pk=pk, region__in=seen)
    if not request.user.rights.keeps(step.region_id):
        raise PermissionDenied
    queries.remove(step, request.user, clock.now())
    messages.success(request, _("The step was taken off the road map."))
    return redirect("road_map", step.region.code)


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, code: str) -> HttpResponseBase:
    """Letters to those who lack something: one as a Word file, several as a ZIP."""
    region, today = region_of(request, code)
    if not request.user.rights.rates(region.pk):
        raise PermissionDenied
    sent = request.method == "POST"
    form = ReminderForm(request.POST if sent else None, region=region)
    if sent and form.is_valid():
        place = form.cleaned_data["municipality"]
        try:
            found = letters.reminders(
                region,
                today,
                by_institution=form.cleaned_data["to"] == Addressee.INSTITUTIONS,
                municipality=place and place.pk,
            )
        except letters.TooManyError:
            text = _("These would be more than %s letters: choose a municipality.")
            form.add_error(None, text % letters.MOST_LETTERS)
        else:
            if found:
                return _file(request, region, found)
            form.add_error(None, _("Nobody lacks anything here: there is nothing to write."))
    context = {"region": region, "form": form, "kind": "reminder"}
    return render(request, "reminders.html", context, status=422 if sent else 200)


def _file(request: HttpRequest, region: Region, found: list[letters.Reminder]) -> HttpResponse:
    now = clock.now()
    day = clock.local_day(now, region.time_zone)
    ending, content = letters.files(region, found, day)
    after = {"letters": len(found), "to": found[0].to if len(found) == 1 else "", "kind": request.POST["to"]}
    audit.record(request.user, "reminders.download", f"region {region.pk}", before={}, after=after, now=now,
                 region=region.pk)  # fmt: skip
    name = f"reminders-{region.code.lower()}-{day}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[ending], headers=headers)
