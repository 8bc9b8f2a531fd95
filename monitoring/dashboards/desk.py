"""The analyst's desk of a region: what needs somebody today, each thing one click from its list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Region

from .queries import desk as queries


@require_safe
def region_desk(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, with number and age, for those who see the whole region."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    context = {"region": region, "now": now, "parts": queries.desk(region, request.user, now)}
    return render(request, "region_desk.html", context)
