"""Search of everything: suggestions under the box of every screen, and a screen of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .queries.search import find

SUGGESTED, LISTED = 5, 50


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` in what the user may see; htmx gets a few suggestions, others the whole screen."""
    found = find(request.GET.get("q", ""), request.user, SUGGESTED if request.htmx else LISTED)
    template = "search.html#suggestions" if request.htmx else "search.html"
    return render(request, template, {"found": found, "asked": request.GET.get("q", "")})
