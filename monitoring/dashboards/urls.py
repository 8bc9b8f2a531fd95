"""Addresses of the screens; the name of an address is the name of its view."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, register_converter
from django.views.i18n import set_language

from . import (
    admins,
    desk,
    dynamics,
    evidence,
    gaps,
    goals,
    growth,
    heat,
    networks,
    posts,
    preferences,
    search,
    sleeping,
    suspects,
    unique,
    views,
    years,
)
from .exports import FileKind

register_converter(FileKind, "kind")

urlpatterns = [
    path("regions/<slug:code>/", views.overview, name="overview"),
    path("regions/<slug:code>/desk/", desk.region_desk, name="region_desk"),
    path("regions/<slug:code>/gaps/", gaps.gaps, name="gaps"),
    path("regions/<slug:code>/gaps/export/<kind:kind>/", gaps.gaps_export, name="gaps_export"),
    path("regions/<slug:code>/dynamics/", dynamics.dynamics, name="dynamics"),
    path("regions/<slug:code>/goals/", goals.goals, name="goals"),
    path("regions/<slug:code>/years/", years.years, name="years"),
    path("regions/<slug:code>/heat-map/", heat.heat_map, name="heat_map"),
    path("regions/<slug:code>/growth/", growth.growth, name="growth"),
    path("regions/<slug:code>/posts/", posts.region_posts, name="region_posts"),
    path("institutions/<int:pk>/posts/", posts.institution_posts, name="institution_posts"),
    path("pages/<int:pk>/posts/", posts.page_posts, name="page_posts"),
    path("regions/<slug:code>/unique-audience/", unique.unique_audience, name="unique_audience"),
    path("regions/<slug:code>/pages/", views.pages, name="pages"),
    path("regions/<slug:code>/pages/export/<kind:kind>/", views.pages_export, name="pages_export"),
    path("regions/<slug:code>/sleeping/", sleeping.sleeping, name="sleeping"),
    path("regions/<slug:code>/sleeping/export/<kind:kind>/", sleeping.sleeping_export, name="sleeping_export"),
    path("regions/<slug:code>/institutions/", views.institutions, name="institutions"),
    path("institutions/<int:pk>/", views.institution, name="institution"),
    path("pages/<int:pk>/", views.page, name="page"),
    path("regions/<slug:code>/collection/", views.collection_status, name="collection_status"),
    path("regions/<slug:code>/events/", views.events, name="events"),
    path("regions/<slug:code>/events/export/<kind:kind>/", views.events_export, name="events_export"),
    path("regions/<slug:code>/suspects/", suspects.suspects, name="suspects"),
    path("suspects/<int:pk>/decision/", suspects.suspect_decide, name="suspect_decide"),
    path("regions/<slug:code>/evidence/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/explanation/", evidence.evidence_explain, name="evidence_explain"),
    path("evidence/<int:pk>/decision/", evidence.evidence_decide, name="evidence_decide"),
    path("regions/<slug:code>/admins/", admins.admins, name="admins"),
    path("admins/<int:pk>/", admins.admin_card, name="admin_card"),
    path("admins/<int:pk>/consents/", admins.consent_give, name="consent_give"),
    path("consents/<int:pk>/withdrawal/", admins.consent_withdraw, name="consent_withdraw"),
    path("admins/<int:pk>/data/", admins.admin_data, name="admin_data"),
    path("admins/<int:pk>/name/removal/", admins.name_remove, name="name_remove"),
    path("networks/", networks.networks, name="networks"),
    path("networks/<slug:platform>/state/", networks.network_switch, name="network_switch"),
    path("networks/pauses/<int:pk>/end/", networks.token_return, name="token_return"),
    path("search/", search.search, name="search"),
    path("theme/", preferences.theme, name="theme"),
    path("language/", login_not_required(set_language), name="set_language"),
]
