"""The installation's addresses with guards taken away: what tests/test_permissions.py must notice."""

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe

from gospub.urls import urlpatterns as guarded
from monitoring.models import Institution, Page, Region


def page(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(Page, pk=pk).title)


@login_not_required
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(code)


def institutions(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(get_object_or_404(Region, code=code).name)


def institution(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Institution, pk=pk)
    if not Institution.objects.visible_to(request.user).filter(pk=pk).exists():
        return HttpResponse(f"{found.name} is not yours", status=404)
    raise Http404


@require_safe
def events(request: HttpRequest, code: str) -> HttpResponse:
    Region.objects.filter(code=code).update(name=code)
    return HttpResponse(code)


def network_switch(request: HttpRequest, platform: str) -> HttpResponse:
    return HttpResponse(platform, status=405 if request.method == "GET" else 400)


class OpenAdmin(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active


urlpatterns = [
    path("admin/", OpenAdmin().urls),
    path("networks/<slug:platform>/state/", network_switch, name="network_switch"),
    path("pages/<int:pk>/", page, name="page"),
    path("regions/<slug:code>/ratings/", ratings, name="ratings"),
    path("regions/<slug:code>/institutions/", institutions, name="institutions"),
    path("institutions/<int:pk>/", institution, name="institution"),
    path("regions/<slug:code>/events/", events, name="events"),
    path("forgotten/", page, name="forgotten"),
    *guarded,
]
