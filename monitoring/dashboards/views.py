"""The screens: each gets what the user may see, asks one query function, renders one template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from monitoring.models import Institution, Region


def home(request: HttpRequest) -> HttpResponse:
    """The user's first region; for an institution admin the own institution; a kind word for those with nothing."""
    region = Region.objects.run_by(request.user).first()
    if region:
        return redirect("overview", region.code)
    institution = Institution.objects.visible_to(request.user).first()
    if institution:
        return redirect("institution", institution.pk)
    return render(request, "home.html")


def overview(request: HttpRequest, code: str) -> HttpResponse:
    """How the region does on a day."""
    region = get_object_or_404(Region.objects.run_by(request.user), code=code)
    return render(request, "overview.html", {"region": region})
