"""Addresses of the public part and of the screens behind it; the name of an address is the name of its view."""

from django.urls import path

from . import screens, views

urlpatterns = [
    path("", views.home, name="home"),
    path("public/", views.public_start, name="public_start"),
    path("official/", views.official_check, name="official_check"),
    path("public/<slug:code>/", views.public_region, name="public_region"),
    path("public/<slug:code>/pages/", views.public_pages, name="public_pages"),
    path("public/<slug:code>/announcements/", views.announcements, name="announcements"),
    path("public/<slug:code>/awards/", views.public_awards, name="public_awards"),
    path("public/<slug:code>/methods/<int:pk>/", views.public_method, name="public_method"),
    path("public/<slug:code>/sitemap.xml", views.region_sitemap, name="region_sitemap"),
    path("p/<int:pk>/", views.public_page, name="public_page"),
    path("r/<int:pk>/", views.public_rating, name="public_rating"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    # --- behind it ---
    path("regions/<slug:code>/publication/", screens.publication, name="publication"),
    path("regions/<slug:code>/announcements/new/", screens.announcement_new, name="announcement_new"),
    path("announcements/<int:pk>/edit/", screens.announcement_edit, name="announcement_edit"),
    path("announcements/<int:pk>/withdraw/", screens.announcement_withdraw, name="announcement_withdraw"),
]
