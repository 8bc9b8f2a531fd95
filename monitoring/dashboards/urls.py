"""Addresses of the screens; the name of an address is the name of its view."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from . import preferences, views

urlpatterns = [
    path("", views.home, name="home"),
    path("regions/<str:code>/", views.overview, name="overview"),
    path("theme/", preferences.theme, name="theme"),
    path("language/", login_not_required(set_language), name="set_language"),
]
