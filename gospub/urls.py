"""Every address of the installation; each stands in tests/permissions.py or the build fails."""

from django.contrib import admin
from django.urls import include, path

handler500 = "gospub.errors.broken"

urlpatterns = [
    path("", include("gospub.accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("public.urls")),
    path("", include("open_data.urls")),
    path("", include("monitoring.dashboards.urls")),
    path("", include("monitoring.registry.urls")),
    path("", include("ratings.urls")),
    path("", include("awards.contests.urls")),
    path("", include("awards.lists.urls")),
    path("", include("awards.marks.urls")),
    path("", include("awards.papers.urls")),
    path("", include("letters.urls")),
    path("", include("forum.urls")),
    path("", include("press.urls")),
    path("", include("compliance.urls")),
    path("", include("awards.desk.urls")),
    path("", include("appeals.urls")),
    path("", include("operations.urls")),
    path("", include("reports.urls")),
]
