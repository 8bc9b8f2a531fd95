"""Addresses of import and export; the name of an address is the name of its view."""

from django.urls import path

from . import views

urlpatterns = [
    path("regions/<slug:code>/registry/import/", views.registry_import, name="registry_import"),
    path(
        "regions/<slug:code>/registry/import/<uuid:key>/", views.registry_import_report, name="registry_import_report"
    ),
    path("regions/<slug:code>/registry/export/<str:kind>/", views.registry_export, name="registry_export"),
]
