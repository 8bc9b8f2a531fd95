"""What machines ask: does it live, does it work, how does it do."""

import ipaddress
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gospub import clock

from . import metrics
from .checks import NEEDED, parts

# A proxy stands between: the address is the proxy's, not that of whoever asks.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@login_not_required
@never_cache
@require_safe
def health_live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:
    """200 where screens can be shown (base, migrations), else 503. `?all`: 503 also where the collection stands
    (Redis, worker). Which part it is is told to watchers alone."""
    found = parts(clock.running(clock.now()))
    needed = found if "all" in request.GET else NEEDED
    ready = all(found[part] for part in needed)
    status = "ready" if all(found.values()) else "degraded" if ready else "unready"
    answer: dict[str, object] = {"status": status}
    if _may_watch(request):
        answer["parts"] = {str(part): "ok" if works else "fails" for part, works in found.items()}
    return JsonResponse(answer, status=200 if ready else 503)


@login_not_required
@never_cache
@require_safe
def metrics_text(request: HttpRequest) -> HttpResponse:
    """For Prometheus. Whoever may not watch is told that there is nothing here."""
    if not _may_watch(request):
        raise Http404
    return HttpResponse(metrics.text(clock.now()), content_type=metrics.CONTENT_TYPE)


def _may_watch(request: HttpRequest) -> bool:
    """By the token, or by an address that asks without a proxy between. Without either setting nobody may."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if expected and scheme.lower() == "bearer" and secrets.compare_digest(token.strip().encode(), expected.encode()):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # behind a socket there is none
        return False
    return any(address in ipaddress.ip_network(each, strict=False) for each in settings.METRICS_ADDRESSES)
