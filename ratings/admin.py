"""Methodologies and ratings in Django's admin. What was computed is for reading only."""

from django.contrib import admin

from monitoring.admin import ReadOnlyAdmin

from .models import Methodology, Rating, Score


@admin.register(Methodology)
class MethodologyAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "slug", "since", "until")
    search_fields = ("name", "slug")


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("day", "region", "methodology", "period", "computed_at")
    list_filter = ("methodology", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region", "methodology")
    search_fields = ("region__name", "=region__code")
    ordering = ("-day", "region")


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ("page", "rating", "points", "zone", "place")
    list_filter = ("zone", "rating__day")
    list_select_related = ("page", "rating")
    search_fields = ("=page__handle", "=page__external_id")
    ordering = ("-rating__day", "place")
