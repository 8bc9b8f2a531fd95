"""Addresses of open data; the name of an address is the name of its view."""

from django.urls import URLPattern, path, re_path

from . import views
from .api import api
from .gate import served


def operations() -> list[URLPattern]:
    """The API's own addresses, each behind the gate."""
    found, _app, _namespace = api.urls
    return [
        path(f"api/v1/{each.pattern}", served(each.callback), name=each.name)
        for each in found
        if each.name != "api-root"
    ]


urlpatterns = [
    path("api/", views.api_docs, name="api_docs"),
    path("api/v1/openapi.json", served(views.api_openapi, limited=False), name="api_openapi"),
    *operations(),
    re_path(r"^api/(?P<rest>[\s\S]+)\Z", served(views.api_missing, limited=False), name="api_missing"),
    path("api-keys/", views.api_keys, name="api_keys"),
    path("api-keys/<int:pk>/end/", views.api_key_end, name="api_key_end"),
]
