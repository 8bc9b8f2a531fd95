"""Theme and language of the one who looks; both live in a cookie of the browser."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep `theme` (light, dark; anything else = as the system) and go back to `next`."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.POST.get("theme") in ("light", "dark"):
        response.set_cookie("theme", request.POST["theme"], max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response
