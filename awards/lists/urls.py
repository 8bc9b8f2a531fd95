"""Addresses of award lists; the name of an address is the name of its view."""

from django.urls import path

from . import views

LIST = "award-lists/<int:pk>/"

urlpatterns = [
    path("contests/<int:pk>/propose/", views.award_list_propose, name="award_list_propose"),
    path(LIST, views.award_list, name="award_list"),
    path(f"{LIST}discard/", views.award_list_discard, name="award_list_discard"),
    path(f"{LIST}confirm/", views.award_list_confirm, name="award_list_confirm"),
    path(f"{LIST}sign/", views.award_list_sign, name="award_list_sign"),
    path(f"{LIST}next/", views.award_list_next, name="award_list_next"),
    path(f"{LIST}awards/", views.award_put_in, name="award_put_in"),
    path("awards/<int:pk>/decide/", views.award_decide, name="award_decide"),
]
