"""Middleware of our own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


def htmx_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep fragments and full pages apart in caches; send htmx to the sign-in page as a whole page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        if request.htmx and response.status_code == 302 and not request.user.is_authenticated:
            response.status_code = 401
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
