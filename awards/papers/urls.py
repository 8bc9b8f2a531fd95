"""Addresses of documents; the name of an address is the name of its view."""

from django.urls import path

from . import views

WORDING = "regions/<slug:code>/wording/<slug:kind>/"

urlpatterns = [
    path("award-lists/<int:pk>/documents/", views.papers, name="papers"),
    path("documents/<int:pk>/", views.paper_file, name="paper_file"),
    path("awards/<int:pk>/diploma/", views.award_diploma, name="award_diploma"),
    path(WORDING, views.wording, name="wording"),
    path(f"{WORDING}reset/", views.wording_reset, name="wording_reset"),
    path(f"{WORDING}preview/", views.wording_preview, name="wording_preview"),
]
