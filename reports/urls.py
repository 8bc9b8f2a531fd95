"""Addresses of files, saved views, links and reports; the name of an address is the name of its view."""

from django.urls import path

from . import public, report_views, views

REGION = "regions/<slug:code>/"

urlpatterns = [
    path(f"{REGION}files/<slug:screen>/<kind:kind>/", views.table_file, name="table_file"),
    path(f"{REGION}views/", views.saved_views, name="saved_views"),
    path(f"{REGION}views/save/", views.view_save, name="view_save"),
    path("views/<int:pk>/rename/", views.view_rename, name="view_rename"),
    path("views/<int:pk>/removal/", views.view_remove, name="view_remove"),
    path(f"{REGION}links/", views.link_make, name="link_make"),
    path("links/<int:pk>/revoke/", views.link_revoke, name="link_revoke"),
    path(f"{REGION}reports/", report_views.reports, name="reports"),
    path("reports/<int:pk>/send/", report_views.report_send, name="report_send"),
    path("reports/<int:pk>/stop/", report_views.report_stop, name="report_stop"),
    path("reports/<int:pk>/<slug:period>/xlsx/", report_views.report_tables, name="report_tables"),
    path("reports/<int:pk>/<slug:period>/pdf/", report_views.report_paper, name="report_paper"),
    path("v/<str:code>/", public.shared_view, name="shared_view"),
]
