"""Addresses of letters; the name of an address is the name of its view."""

from django.urls import path

from . import views

urlpatterns = [
    path("letters/choose/", views.letters_choose, name="letters_choose"),
    path("letters/off/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("regions/<slug:code>/letters/<slug:kind>/", views.digest, name="digest"),
    path("regions/<slug:code>/letters/<slug:kind>/html/", views.digest_twin, name="digest_twin"),
    path("mail/", views.mail, name="mail"),
    path("mail/<slug:name>/", views.mail_letter, name="mail_letter"),
    path("mail/<slug:name>/html/", views.mail_twin, name="mail_twin"),
]
