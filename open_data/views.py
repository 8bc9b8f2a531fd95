"""The API's page of help and its OpenAPI document; the screen of its keys."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gospub import clock
from gospub.accounts.queries import zone_of
from monitoring.models import Region
from public.kept import Answer, Asked, kept
from public.queries.regions import open_regions

from . import keys
from .answers import MOST, USUAL, meta
from .document import PREFIX, addresses, document
from .forms import KeyForm
from .gate import problem
from .models import ApiKey
from .words import FINAL, GROUPED, MISSED, NAMES, NO_TEXT, NO_VIEWS, ROUNDED, YOUNG


@kept()
def api_docs(asked: Asked) -> Answer:
    """How to take the data: addresses, fields, limits, licence, what cannot be known."""
    region = open_regions(asked.now).order_by("code").first()
    context = {
        "addresses": list(addresses(document())),
        "root": f"{asked.base}{PREFIX}",
        "example": region.code if region else "RU-KHA",
        "licence": meta(())["licence"],
        "gaps": (MISSED, YOUNG, ROUNDED, NO_VIEWS, GROUPED, NO_TEXT, FINAL, NAMES),
        "per_minute": settings.OPEN_DATA_PER_MINUTE,
        "per_minute_with_key": settings.OPEN_DATA_PER_MINUTE_WITH_KEY,
        "usual": USUAL,
        "most": MOST,
    }
    return "open_data/docs.html", context


def api_openapi(request: HttpRequest) -> HttpResponse:
    """The same for programs."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def api_missing(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address under the API's."""
    return problem(404, _("There is no such address in the API."))


# --- keys -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    """Keys that the user has made or may end; POST makes one, which is shown this once."""
    if not keys.may_see(request.user):
        raise Http404
    rights = request.user.rights
    regions = None if rights.operator else Region.objects.visible_to(request.user).filter(pk__in=rights.analyst)
    form = KeyForm(request.POST if request.method == "POST" else None, regions=regions)
    made = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        _key, made = keys.make(said["holder"], said.get("region"), user=request.user, now=clock.now())
        form = KeyForm(regions=regions)
    context = {
        "zone": zone_of(request.user),
        "form": form,
        "made": made,
        "keys": ApiKey.objects.visible_to(request.user).select_related("made_by", "region")[:200],
        "per_minute": settings.OPEN_DATA_PER_MINUTE,
        "per_minute_with_key": settings.OPEN_DATA_PER_MINUTE_WITH_KEY,
    }
    return render(request, "api_keys.html", context, status=422 if form.errors else 200)


@require_POST
def api_key_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key: it works no more from the next request on."""
    if not keys.may_see(request.user):
        raise Http404
    keys.end(get_object_or_404(ApiKey.objects.visible_to(request.user), pk=pk), user=request.user, now=clock.now())
    messages.success(request, _("The key was ended."))
    return redirect("api_keys")
