"""The addresses of the installation, and one under which something breaks that knows a secret."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from gospub.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]


@login_not_required
def breaks(request: HttpRequest) -> HttpResponse:
    secret = "canary-of-a-variable"
    raise RuntimeError(f"canary-of-an-error {secret}")


urlpatterns = [*urlpatterns, path("breaks/", breaks)]
