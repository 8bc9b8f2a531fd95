"""The heat map of a region: municipalities × sectors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import PlatformCode, Region

from .queries import heat as queries
from .queries.overview import latest_day


@require_safe
def heat_map(request: HttpRequest, code: str) -> HttpResponse:
    """`?show=` what the cells say, `?platform=` of which network alone."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    asked, network = request.GET.get("show", ""), request.GET.get("platform", "")
    shown = queries.Shown(asked) if asked in queries.Shown.values else queries.Shown.SUBSCRIBERS
    platform = network if network in PlatformCode.values else ""
    context = {
        "region": region,
        "data_day": latest_day(region, clock.local_day(now, region.time_zone)),
        "view": queries.heat_map(region, now, shown, platform),
        "shown": shown,
        "is_share": shown in queries.SHARES,
        "platform": platform,
        "choices": [(member.value, member.label) for member in queries.Shown],
        "networks": PlatformCode.choices,
    }
    return render(request, "heat_map.html", context)
