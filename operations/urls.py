"""Addresses for machines; the name of an address is the name of its view."""

from django.urls import path

from . import views

urlpatterns = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    path("metrics", views.metrics_text, name="metrics_text"),
]
