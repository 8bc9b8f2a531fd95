"""What every request of a user passes."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .audit import coming_from

# Open to those who have still to set up their second factor, some of it to anybody.
OPEN_PREFIXES = ("/account/", "/public/", "/api/", "/b/", "/p/", "/r/")
OPEN_NAMES = (
    "theme",
    "set_language",
    "unsubscribe",
    "official_check",
    "robots",
    "sitemap",
    "health_live",
    "health_ready",
    "metrics_text",
    "shared_view",
)


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Those who decide over others, or see all of them, set up a second factor before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_OBLIGATORY or not request.user.is_authenticated:
            return None
        rights = request.user.rights
        if rights.has_second_factor or not rights.needs_second_factor:
            return None
        if request.path.startswith(OPEN_PREFIXES) or request.resolver_match.url_name in OPEN_NAMES:
            return None
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=401)
            response["HX-Redirect"] = "/account/"
            return response
        return redirect("account")

    middleware.process_view = process_view
    return middleware


def where_from(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The audit trail knows from which address things were done."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            address = get_adapter().get_client_ip(request)
        except PermissionDenied:  # there is none, as behind a socket
            address = ""
        token = coming_from.set(address)
        try:
            return get_response(request)
        finally:
            coming_from.reset(token)

    return middleware
