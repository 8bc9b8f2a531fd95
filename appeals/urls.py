"""Addresses of appeals; the name of an address is the name of its view."""

from django.urls import path

from . import decision_views, views

VALUE = "scores/<int:pk>/<slug:item>/appeal/"

urlpatterns = [
    path("regions/<slug:code>/appeals/", views.appeals, name="appeals"),
    path(VALUE, views.appeal_file, name="appeal_file"),
    path(f"{VALUE}draft/", views.appeal_draft, name="appeal_draft"),
    path("appeals/<int:pk>/", decision_views.appeal, name="appeal"),
    path("appeals/<int:pk>/decide/", decision_views.appeal_decide, name="appeal_decide"),
    path("appeals/<int:pk>/withdraw/", views.appeal_withdraw, name="appeal_withdraw"),
    path("appeals/<int:pk>/evidence/<int:number>/", views.appeal_evidence, name="appeal_evidence"),
    path("ratings/<int:pk>/appeals/", decision_views.appeals_recompute, name="appeals_recompute"),
]
