"""The home screen of an institution's admin."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Institution

from . import queries


def _own(request: HttpRequest) -> QuerySet[Institution]:
    """Those that the user is the admin of: nobody else has a desk there."""
    return Institution.objects.filter(pk__in=request.user.rights.institutions).select_related("region", "municipality")


@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The desks of somebody who is the admin of several institutions."""
    own = list(_own(request))
    if not own:
        raise Http404
    return render(request, "desks.html", {"region": own[0].region, "institutions": own})


@require_safe
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """What an institution's admin comes for."""
    found = get_object_or_404(_own(request), pk=pk)
    now = clock.now()
    context = {
        "region": found.region,
        "today": clock.local_day(now, found.region.time_zone),
        "institution": found,
        "several": len(request.user.rights.institutions) > 1,
        "desk": queries.desk(found, request.user, now),
    }
    return render(request, "desk.html", context)
