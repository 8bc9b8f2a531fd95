"""Addresses of the registry: by file and by hand; the name of an address is the name of its view."""

from django.urls import path

from . import change_views, keeping_views, views

urlpatterns = [
    path("regions/<slug:code>/registry/import/", views.registry_import, name="registry_import"),
    path(
        "regions/<slug:code>/registry/import/<uuid:key>/", views.registry_import_report, name="registry_import_report"
    ),
    path("regions/<slug:code>/registry/export/<str:kind>/", views.registry_export, name="registry_export"),
    path("regions/<slug:code>/registry/changes/", change_views.registry_changes, name="registry_changes"),
    path("registry/changes/<int:pk>/undo/", change_views.registry_undo, name="registry_undo"),
    path("regions/<slug:code>/institutions/new/", keeping_views.institution_new, name="institution_new"),
    path("regions/<slug:code>/institutions/change/", change_views.institutions_change, name="institutions_change"),
    path("regions/<slug:code>/pages/change/", change_views.pages_change, name="pages_change"),
    path("institutions/<int:pk>/edit/", keeping_views.institution_edit, name="institution_edit"),
    path("institutions/<int:pk>/archive/", keeping_views.institution_archive, name="institution_archive"),
    path("institutions/<int:pk>/merge/", keeping_views.institution_merge, name="institution_merge"),
    path("institutions/<int:pk>/pages/new/", keeping_views.page_new, name="page_new"),
    path("pages/<int:pk>/edit/", keeping_views.page_edit, name="page_edit"),
    path("pages/<int:pk>/archive/", keeping_views.page_archive, name="page_archive"),
    path("pages/<int:pk>/move/", keeping_views.page_move, name="page_move"),
]
