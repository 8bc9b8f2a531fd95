"""Addresses of fact sheets; the name of an address is the name of its view."""

from django.urls import path

from . import views

REGION = "regions/<slug:code>/facts/"
SHEET = "fact-sheets/<int:pk>/"

urlpatterns = [
    path(REGION, views.fact_sheets, name="fact_sheets"),
    path(f"{REGION}new/", views.fact_sheet_new, name="fact_sheet_new"),
    path(SHEET, views.fact_sheet, name="fact_sheet"),
    path(f"{SHEET}publish/", views.fact_sheet_publish, name="fact_sheet_publish"),
    path(f"{SHEET}export/<kind:kind>/", views.fact_sheet_export, name="fact_sheet_export"),
    path(f"{SHEET}docx/", views.fact_sheet_docx, name="fact_sheet_docx"),
    path("f/<slug:code>/", views.press_figure, name="press_figure"),
]
