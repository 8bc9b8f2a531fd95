"""Addresses of forum and training; the name of an address is the name of its view."""

from django.urls import path

from . import figure_views, people_views, views

REGION = "regions/<slug:code>/forum/"
EVENT = "events/<int:pk>/"

urlpatterns = [
    path(REGION, views.forum, name="forum"),
    path(f"{REGION}export/<kind:kind>/", views.forum_export, name="forum_export"),
    path(f"{REGION}new/", views.event_new, name="event_new"),
    path(f"{REGION}figures/", figure_views.training_figures, name="training_figures"),
    path(
        f"{REGION}figures/export/<kind:kind>/",
        figure_views.training_figures_export,
        name="training_figures_export",
    ),
    path(EVENT, views.event, name="event"),
    path(f"{EVENT}edit/", views.event_edit, name="event_edit"),
    path(f"{EVENT}invite/", people_views.event_invite, name="event_invite"),
    path(f"{EVENT}invite/awarded/", people_views.invite_awarded, name="invite_awarded"),
    path(f"{EVENT}invite/admins/", people_views.invite_admins, name="invite_admins"),
    path(f"{EVENT}invite/by-hand/", people_views.invite_by_hand, name="invite_by_hand"),
    path(f"{EVENT}invitations/", people_views.invitations_pdf, name="invitations_pdf"),
    path(f"{EVENT}invitations/send/", people_views.invitations_send, name="invitations_send"),
    path(f"{EVENT}participants/", views.participants_change, name="participants_change"),
    path(f"{EVENT}participants/export/<kind:kind>/", people_views.participants_export, name="participants_export"),
    path(f"{EVENT}door/", views.event_door, name="event_door"),
    path(f"{EVENT}certificates/", people_views.event_certificates, name="event_certificates"),
    path(f"{EVENT}effect/", figure_views.event_effect, name="event_effect"),
    path("participants/<int:pk>/certificate/", people_views.certificate, name="certificate"),
    path("t/<slug:code>/", views.ticket, name="ticket"),
]
