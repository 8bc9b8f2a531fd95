"""Addresses of contests; the name of an address is the name of its view."""

from django.urls import path

from . import views

CONTEST, NOMINATION = "contests/<int:pk>/", "nominations/<int:pk>/"

urlpatterns = [
    path("regions/<slug:code>/awards/", views.contests, name="contests"),
    path("regions/<slug:code>/awards/open/", views.contest_open, name="contest_open"),
    path(CONTEST, views.contest, name="contest"),
    path(f"{CONTEST}advance/", views.contest_advance, name="contest_advance"),
    path(f"{CONTEST}back/", views.contest_back, name="contest_back"),
    path(f"{CONTEST}nominations/", views.nomination_add, name="nomination_add"),
    path(f"{CONTEST}protocol/", views.contest_protocol, name="contest_protocol"),
    path(f"{CONTEST}apply/", views.contest_apply, name="contest_apply"),
    path(NOMINATION, views.nomination, name="nomination"),
    path(f"{NOMINATION}jury/", views.nomination_jury, name="nomination_jury"),
    path(f"{NOMINATION}votes/", views.nomination_votes, name="nomination_votes"),
]
