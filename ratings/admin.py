"""Methodologies and ratings in Django's admin, for reading only: they are changed on their own screens."""

from django.contrib import admin

from monitoring.admin import ReadOnlyAdmin

from .models import Correction, Methodology, Passage, Rating, Score


@admin.register(Methodology)
class MethodologyAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "slug", "region", "since", "until")
    search_fields = ("name", "slug")


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("last", "region", "methodology", "unit", "edition", "state", "computed_at")
    list_filter = ("state", "methodology", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region", "methodology")
    search_fields = ("region__name", "=region__code")
    ordering = ("-last", "region")


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ("page", "indicator", "first", "last", "basis", "made_at", "made_by")
    list_select_related = ("page", "made_by")
    search_fields = ("basis",)


@admin.register(Passage)
class PassageAdmin(ReadOnlyAdmin):
    list_display = ("rating", "state", "at", "by", "reason")
    list_select_related = ("rating__methodology", "by")
    search_fields = ("reason",)


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ("key", "rating", "points", "zone", "place")
    list_filter = ("status", "zone")
    list_select_related = ("rating__methodology",)
    search_fields = ("=key",)
    ordering = ("-rating", "place")
