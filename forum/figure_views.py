"""The screens of figures: the year of trainings, and whether scores moved after one."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from monitoring.dashboards import exports
from monitoring.models import Region

from . import effect, figures
from .views import today_in, whole_event


@require_safe
def training_figures(request: HttpRequest, code: str) -> HttpResponse:
    """Events, people trained and attendances by year, and by sector in `?year=`; without it in the latest."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    today = today_in(region)
    years = figures.by_year(region, today)
    asked = request.GET.get("year", "")
    chosen = next((row for row in years if str(row.year) == asked), years[0])
    context = {
        "region": region,
        "years": years,
        "chosen": chosen,
        "sectors": figures.by_sector(region, chosen.year, today),
    }
    return render(request, "training_figures.html", context)


@require_safe
def training_figures_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """All years and sectors as a file; no names are in it."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    today = today_in(region)
    name = f"training-{region.code.lower()}-{today}"
    return exports.download(kind, name, _("Forum and training"), figures.HEADINGS, figures.lines(region, today))


@require_safe
def event_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether scores moved after the training."""
    event = whole_event(request, pk)
    context = {
        "region": event.region,
        "event": event,
        "comparisons": effect.comparisons(event, request.user),
        "least": effect.LEAST_PAIRS,
        "pause": effect.PAUSE.days,
    }
    return render(request, "event_effect.html", context)
