"""Every screen with tables: who may see it, and its tables. Files, saved views, links and reports all ask here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.models import Region
from monitoring.models.registry import RegionQuerySet

from . import figures, law, lists
from .base import Asked, Sheet, Tables, some_rows

__all__ = ["SCREENS", "Asked", "Screen", "Sheet", "Tables", "address_of", "region_seen", "some_rows"]


@dataclass(frozen=True, slots=True)
class Screen:
    """sheets: its tables by their names in addresses. whole: for those who see the whole region; the others see their
    part of it. open: may be shown by a read-only link, for no column of it names a person. of_rating: its address names
    a rating, not the region."""

    title: str | Promise
    tables: Callable[[Asked], Tables]
    sheets: Mapping[str, str | Promise]
    whole: bool = True
    open: bool = True
    of_rating: bool = False


SCREENS: dict[str, Screen] = {
    "overview": Screen(
        _("Region"),
        figures.overview,
        {"networks": _("Networks"), "municipalities": _("Municipalities"), "sectors": _("Sectors"), "days": _("Days")},
    ),
    "dynamics": Screen(
        _("Dynamics"), figures.dynamics, {"whole": _("Whole"), "groups": _("Groups"), "days": _("Days")}
    ),
    "growth": Screen(_("Who grows"), figures.growth, {"growth": _("Who grows")}),
    "heat_map": Screen(_("Heat map"), figures.heat_map, {"heat-map": _("Heat map")}),
    "years": Screen(
        _("Two years side by side"), figures.years, {"networks": _("Networks"), "came": _("Came"), "left": _("Left")}
    ),
    "goals": Screen(_("Goals"), figures.goals, {"goals": _("Goals")}),
    "pages": Screen(_("Pages"), lists.pages, {"pages": _("Pages")}, whole=False),
    "institutions": Screen(_("Institutions"), lists.institutions, {"institutions": _("Institutions")}, whole=False),
    "events": Screen(_("Events"), lists.events, {"events": _("Events")}, whole=False),
    "coverage": Screen(_("Coverage of institutions"), law.coverage, {"coverage": _("Coverage of institutions")}),
    "presence": Screen(_("Presence"), law.presence, {"presence": _("Presence")}),
    "compliance": Screen(
        _("Requirements"), law.compliance, {"requirements": _("Requirements"), "municipalities": _("Municipalities")}
    ),
    "compliance_pages": Screen(_("Pages and requirements"), law.compliance_pages, {"pages": _("Pages")}),
    "network_moves": Screen(
        _("Moves between networks"),
        law.network_moves,
        {
            "networks": _("Networks"),
            "movers": _("Moved"),
            "doubles": _("Second pages"),
            "others": _("Figures of others"),
        },
    ),
    "ratings": Screen(_("Ratings"), lists.ratings, {"ratings": _("Ratings")}, whole=False),
    "rating": Screen(_("Rating"), lists.rating, {"rating": _("Rating")}, whole=False, open=False, of_rating=True),
    "suspects": Screen(_("Doubtful numbers"), lists.suspects, {"suspects": _("Doubtful numbers")}, open=False),
    "evidence": Screen(
        _("Signs of gaming"), lists.evidence, {"evidence": _("Signs of gaming")}, whole=False, open=False
    ),
    "collection_status": Screen(
        _("Collection"), figures.collection_status, {"networks": _("Collection"), "days": _("Days")}, open=False
    ),
}


def region_seen(screen: Screen, user: User) -> RegionQuerySet:
    """The regions in which the user may open the screen."""
    regions = Region.objects
    return regions.seen_whole_by(user) if screen.whole else regions.visible_to(user)


def address_of(name: str, region: Region, query: str, subject: int | None = None) -> str:
    """Where the screen is, with that query string."""
    path = reverse(name, args=[subject if SCREENS[name].of_rating else region.code])
    return f"{path}?{query}" if query else path
