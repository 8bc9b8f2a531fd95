"""The unique audience of a region on VK: the figure with its error, overlaps, and who may have it counted."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gospub import clock
from monitoring.models import Region
from monitoring.unique import counting

from .queries import unique as queries


@require_http_methods(["GET", "HEAD", "POST"])
def unique_audience(request: HttpRequest, code: str) -> HttpResponse:
    """`?a=` and `?b=` name two groups whose overlap is told. POST `do`: on, off (operator), start, stop (who keeps the
    registry)."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    rights = request.user.rights
    if request.method == "POST":
        if not rights.keeps(region.pk):
            raise PermissionDenied
        return _do(request, region)
    view = queries.unique_audience(region)
    one, other = request.GET.get("a", ""), request.GET.get("b", "")
    context = {
        "region": region,
        "view": view,
        "one": one,
        "other": other,
        "overlap": queries.overlap_of(region, view, one, other),
        "keeps": rights.keeps(region.pk),
        "operates": rights.operator,
        "has_key": bool(counting.key()),
    }
    return render(request, "unique_audience.html", context)


def _do(request: HttpRequest, region: Region) -> HttpResponse:
    asked, now = request.POST.get("do"), clock.now()
    if asked in ("on", "off"):
        if not request.user.rights.operator:
            raise PermissionDenied
        counting.switch(region, on=asked == "on", user=request.user, now=now)
        messages.success(request, _("Counting is allowed now.") if asked == "on" else _("Counting is forbidden now."))
    elif asked == "start":
        try:
            counting.start(region, request.user, now)
        except counting.NotPossibleError:
            messages.error(request, _("A count cannot begin now."))
        else:
            messages.success(request, _("The count has begun. It goes on by itself, also after a restart."))
    elif asked == "stop":
        counting.stop_run(region, request.user, now)
        messages.success(request, _("The count was stopped, and what it had read is gone."))
    else:
        return HttpResponseBadRequest(_("This decision is not understood."))
    return redirect("unique_audience", region.code)
