"""Addresses of the desk; the name of an address is the name of its view."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/", views.desks, name="desks"),
    path("institutions/<int:pk>/desk/", views.desk, name="desk"),
]
