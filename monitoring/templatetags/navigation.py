"""The menu of the layout: only links that exist and that the user may open."""

from dataclasses import dataclass

from django import template
from django.template import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub import clock
from monitoring.dashboards.queries import evidence, suspects
from monitoring.dashboards.queries.troubles import stoppages
from monitoring.models import EvidenceDecision, NetworkState, Region, SuspectState

register = template.Library()

# (address, title, icon, for those who see the whole region only, other screens under the same heading)
SECTIONS = (
    ("overview", _("Region"), "region", True, ()),
    ("pages", _("Pages"), "pages", False, ("page",)),
    ("institutions", _("Institutions"), "institutions", False, ("institution",)),
    ("admins", _("Page admins"), "person", True, ("admin_card", "consent_give", "name_remove")),
    ("ratings", _("Ratings"), "ratings", False, ()),
    ("events", _("Events"), "events", False, ()),
    ("suspects", _("Doubtful numbers"), "suspects", True, ()),
    ("evidence", _("Signs of gaming"), "evidence", False, ()),
    ("collection_status", _("Collection"), "collection", True, ()),
    ("registry_import", _("Registry"), "registry", True, ("registry_import_report",)),
)


@dataclass(frozen=True, slots=True)
class Link:
    """badge: how many things wait there, 0 = none."""

    url: str
    title: str | Promise
    icon: str
    current: bool
    badge: int = 0


@register.inclusion_tag("partials/navigation.html", takes_context=True)
def navigation(context: RequestContext) -> dict[str, object]:
    """The menu for `region` of the context, or for the first region that the user sees."""
    request = context["request"]
    regions = list(Region.objects.visible_to(request.user)) if request.user.is_authenticated else []
    region = context.get("region") or (regions[0] if regions else None)
    return {
        "request": request,
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "regions": regions,
        "region": region,
        "links": [*(links(request, region) if region else []), *operator_links(request)],
    }


def links(request, region: Region) -> list[Link]:
    """Sections of the region; an institution admin has no region-wide ones."""
    whole = request.user.rights.sees_whole(region.pk)
    screen = request.resolver_match.url_name if request.resolver_match else ""
    result = []
    for name, title, icon, whole_only, others in SECTIONS:
        if whole_only and not whole:
            continue
        try:
            url = reverse(name, args=[region.code])
        except NoReverseMatch:  # a section that this installation does not have yet
            continue
        badge = 0
        if name == "suspects":
            badge, waiting = suspects.waiting_count(region), f"?state={SuspectState.OPEN}"
        elif name == "evidence":
            badge, waiting = evidence.waiting_count(region, request.user), f"?decision={EvidenceDecision.OPEN}"
        if badge:
            url += waiting
        result.append(Link(url, title, icon, screen == name or screen in others, badge))
    return result


def operator_links(request) -> list[Link]:
    """What concerns the installation and no region."""
    if not request.user.rights.operator:
        return []
    screen = request.resolver_match.url_name if request.resolver_match else ""
    return [Link(reverse("networks"), _("Networks"), "networks", screen == "networks")]


@register.inclusion_tag("partials/stoppages.html", takes_context=True)
def stoppage_banner(context: RequestContext) -> dict[str, object]:
    """What keeps networks from being collected for now, on every screen of a region; one query where all is well.

    A network that is off for good is told of on the collection's own screen and beside its figures.
    """
    request, region = context["request"], context.get("region")
    known = stoppages(clock.running(clock.now())) if region and request.user.is_authenticated else []
    found = [stop for stop in known if stop.state != NetworkState.OFF]
    return {
        "region": region,
        "stoppages": found,
        "may_see_status": bool(found) and request.user.rights.sees_whole(region.pk),
    }
