"""Two days of the region side by side: then and now, and what explains the change."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Region

from .queries import years as queries
from .queries.overview import latest_day
from .queries.periods import parse_day


@require_safe
def years(request: HttpRequest, code: str) -> HttpResponse:
    """`?day=` and `?then=`; without them the latest day with figures and the one a year before."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    latest = latest_day(region, clock.local_day(clock.now(), region.time_zone))
    day = parse_day(request.GET.get("day", "")) or latest
    then = parse_day(request.GET.get("then", "")) or (queries.year_earlier(region, day) if day else None)
    view = queries.years(region, then, day) if day and then and then < day else None
    context = {"region": region, "data_day": day, "latest": latest, "day": day, "then": then, "view": view}
    return render(request, "years.html", context)
