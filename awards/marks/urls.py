"""Addresses of quality marks; the name of an address is the name of its view."""

from django.urls import path

from . import public, views

urlpatterns = [
    path("regions/<slug:code>/marks/", views.quality_marks, name="quality_marks"),
    path("regions/<slug:code>/marks/export/<kind:kind>/", views.quality_marks_export, name="quality_marks_export"),
    path("contests/<int:pk>/marks/", views.marks_issue, name="marks_issue"),
    path("marks/<int:pk>/withdraw/", views.mark_withdraw, name="mark_withdraw"),
    path("marks/<int:pk>/badge/<slug:shape>/<slug:ending>/", views.mark_badge, name="mark_badge"),
    path("b/", public.badge_check, name="badge_check"),
    path("b/<str:code>/", public.badge, name="badge"),
]
