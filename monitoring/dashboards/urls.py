"""Addresses of the screens; the name of an address is the name of its view."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, register_converter
from django.views.i18n import set_language

from . import preferences, views
from .exports import FileKind

register_converter(FileKind, "kind")

urlpatterns = [
    path("", views.home, name="home"),
    path("regions/<slug:code>/", views.overview, name="overview"),
    path("regions/<slug:code>/pages/", views.pages, name="pages"),
    path("regions/<slug:code>/pages/export/<kind:kind>/", views.pages_export, name="pages_export"),
    path("regions/<slug:code>/institutions/", views.institutions, name="institutions"),
    path("institutions/<int:pk>/", views.institution, name="institution"),
    path("pages/<int:pk>/", views.page, name="page"),
    path("regions/<slug:code>/collection/", views.collection_status, name="collection_status"),
    path("theme/", preferences.theme, name="theme"),
    path("language/", login_not_required(set_language), name="set_language"),
]
