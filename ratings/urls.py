"""Addresses of the ratings; the name of an address is the name of its view."""

from django.urls import path

from . import views

urlpatterns = [
    path("regions/<slug:code>/ratings/", views.ratings, name="ratings"),
    path("regions/<slug:code>/ratings/export/<str:kind>/", views.ratings_export, name="ratings_export"),
]
