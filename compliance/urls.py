"""Addresses of coverage and law; the name of an address is the name of its view."""

from django.urls import path

from . import plans, views

REGION = "regions/<slug:code>/"

urlpatterns = [
    path(f"{REGION}coverage/", views.coverage, name="coverage"),
    path(f"{REGION}presence/", views.presence, name="presence"),
    path(f"{REGION}presence/export/<kind:kind>/", views.presence_export, name="presence_export"),
    path(f"{REGION}compliance/", views.compliance, name="compliance"),
    path(f"{REGION}compliance/pages/", views.compliance_pages, name="compliance_pages"),
    path(f"{REGION}compliance/pages/export/<kind:kind>/", views.compliance_export, name="compliance_export"),
    path(f"{REGION}network-moves/", views.network_moves, name="network_moves"),
    path(f"{REGION}road-map/", plans.road_map, name="road_map"),
    path("road-map-steps/<int:pk>/removal/", plans.step_remove, name="step_remove"),
    path(f"{REGION}reminders/", plans.reminders, name="reminders"),
]
