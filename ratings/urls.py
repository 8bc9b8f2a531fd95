"""Addresses of the ratings; the name of an address is the name of its view."""

from django.urls import path

from . import methodology_views, score_views, views

METHODOLOGY = "regions/<slug:code>/methodologies/<int:pk>/"

urlpatterns = [
    path("regions/<slug:code>/ratings/", views.ratings, name="ratings"),
    path("regions/<slug:code>/ratings/compute/", views.rating_compute, name="rating_compute"),
    path("ratings/<int:pk>/", views.rating, name="rating"),
    path("ratings/<int:pk>/export/<kind:kind>/", views.rating_export, name="rating_export"),
    path("ratings/<int:pk>/pass/", views.rating_pass, name="rating_pass"),
    path("ratings/<int:pk>/firmness/", views.rating_firmness, name="rating_firmness"),
    path("ratings/<int:pk>/changes/", views.rating_changes, name="rating_changes"),
    path("ratings/<int:pk>/bundle/", views.rating_bundle, name="rating_bundle"),
    path("scores/<int:pk>/", score_views.score, name="score"),
    path("scores/<int:pk>/passport/", score_views.score_passport, name="score_passport"),
    path("scores/<int:pk>/<slug:item>/", score_views.score_inputs, name="score_inputs"),
    path("regions/<slug:code>/methodologies/", methodology_views.methodologies, name="methodologies"),
    path("regions/<slug:code>/methodologies/load/", methodology_views.methodology_load, name="methodology_load"),
    path(METHODOLOGY, methodology_views.methodology, name="methodology"),
    path(f"{METHODOLOGY}data/", methodology_views.methodology_data, name="methodology_data"),
    path(f"{METHODOLOGY}edit/", methodology_views.methodology_edit, name="methodology_edit"),
    path(f"{METHODOLOGY}rehearsal/", methodology_views.methodology_rehearsal, name="methodology_rehearsal"),
    path(f"{METHODOLOGY}annex/", methodology_views.methodology_annex, name="methodology_annex"),
]
