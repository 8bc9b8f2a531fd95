"""The installation's addresses with views that leak names: what tests/personal/test_canary.py must notice."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from gospub.urls import urlpatterns as tight
from monitoring.models import PersonContact


def everyone() -> str:
    return ", ".join(f"{each.person.name} {each.email}" for each in PersonContact.objects.all())


@login_not_required
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(everyone())


@login_not_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    response = HttpResponse()
    response["X-Steward"] = str(len(everyone()))
    response["Location"] = f"/?contact={PersonContact.objects.get().email}"
    return response


@login_not_required
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    logging.getLogger("leak").info("asked for %s", everyone())
    raise Http404


@login_not_required
def events(request: HttpRequest, code: str) -> HttpResponse:
    send_mail("Новости", everyone(), None, ["somebody@example.com"])
    return HttpResponse()


@login_not_required
def overview(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(everyone() if request.method == "POST" and request.headers.get("HX-Request") else "")


urlpatterns = [
    path("regions/<slug:code>/ratings/", ratings, name="ratings"),
    path("regions/<slug:code>/events/", events, name="events"),
    path("regions/<slug:code>/", overview, name="overview"),
    path("pages/<int:pk>/", page, name="page"),
    path("institutions/<int:pk>/", institution, name="institution"),
    *tight,
]
