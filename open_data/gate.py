"""What every address of the API does around its own work: methods, keys, limits, language, caches."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gospub import limits
from gospub.accounts.audit import coming_from

from . import keys

KEPT = "public, max-age=300"
# Of what names people who may take their consent back: no cache gives it away without asking here.
ASK_AGAIN = "no-cache"
METHODS = "GET, HEAD"

View = Callable[..., HttpResponse]


def served(view: View, limited: bool = True) -> View:
    """The view for anybody, with or without a key; `limited`: requests are counted."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = refusal(request, limited)
            if response is None:
                request.method, method = "GET", request.method
                response = view(request, *args, **kwargs)
                request.method = method
        return finished(request, response)

    return answer


def refusal(request: HttpRequest, limited: bool) -> HttpResponse | None:
    """Why the request is not served; None where it is."""
    if request.method not in ("GET", "HEAD"):
        return problem(405, _("Only reading is possible."), Allow=METHODS)
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    key = keys.works(text.strip()) if kind.lower() == "bearer" else None
    if limited:
        if key:
            seconds = limits.wait("api-key", str(key.pk), settings.OPEN_DATA_PER_MINUTE_WITH_KEY)
        else:
            seconds = limits.wait("api", limits.network_of(coming_from.get()), settings.OPEN_DATA_PER_MINUTE)
        if seconds:
            return problem(429, _("Too many requests: come back later, or ask for a key."), Retry_After=str(seconds))
    if kind and key is None:
        return problem(401, _("This key does not work."), WWW_Authenticate="Bearer")
    return None


def problem(status: int, detail: str, **headers: str) -> HttpResponse:
    """An answer that says in words what is wrong."""
    response = JsonResponse({"detail": detail}, status=status, json_dumps_params={"ensure_ascii": False})
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With what caches and programs on other sites need; 304 to whoever has it already."""
    patch_vary_headers(response, ["Accept", "Authorization"])
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Language"] = settings.LANGUAGE_CODE
    response.headers.setdefault("Cache-Control", KEPT if response.status_code == 200 else "no-store")
    if response.status_code != 200:
        return response
    response["Link"] = ", ".join(
        [
            *filter(None, [response.get("Link")]),
            f'<{settings.OPEN_DATA_LICENCE_URL}>; rel="license"',
            '</api/>; rel="help"',
        ]
    )
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)
