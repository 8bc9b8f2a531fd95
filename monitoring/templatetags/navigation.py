"""The menu of the layout: only links that exist and that the user may open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django import template
from django.db.models import Case, Count, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.template import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub import clock
from gospub.accounts.models import User
from gospub.accounts.queries import may_audit, may_invite
from monitoring.dashboards.queries import evidence, suspects
from monitoring.dashboards.queries.troubles import stoppages
from monitoring.models import EvidenceDecision, NetworkState, Region, SuspectState

register = template.Library()

ALL, WHOLE, KEEPERS = range(3)
# (address, title, icon, for all of the region, those who see it as a whole or keep it, other screens under the heading)
SECTIONS = (
    ("region_desk", _("Desk"), "today", WHOLE, ()),
    (
        "overview",
        _("Region"),
        "region",
        WHOLE,
        ("dynamics", "goals", "growth", "heat_map", "years", "region_posts", "unique_audience"),
    ),
    ("pages", _("Pages"), "pages", ALL, ("page", "page_edit", "page_move", "page_posts", "sleeping")),
    (
        "institutions",
        _("Institutions"),
        "institutions",
        ALL,
        (
            "institution",
            "institution_new",
            "institution_edit",
            "institution_merge",
            "institution_posts",
            "page_new",
            "registry_changes",
        ),
    ),
    ("admins", _("Page admins"), "person", WHOLE, ("admin_card", "consent_give", "name_remove")),
    ("ratings", _("Ratings"), "ratings", ALL, ()),
    (
        "contests",
        _("Awards"),
        "award",
        ALL,
        (
            "contest",
            "contest_open",
            "contest_apply",
            "contest_protocol",
            "nomination",
            "nomination_jury",
            "nomination_votes",
            "award_list",
            "papers",
            "wording",
            "quality_marks",
        ),
    ),
    (
        "forum",
        _("Forum and training"),
        "forum",
        ALL,
        ("event", "event_new", "event_edit", "event_invite", "event_door", "event_effect", "training_figures"),
    ),
    (
        "coverage",
        _("Coverage and law"),
        "yes",
        WHOLE,
        ("presence", "compliance", "compliance_pages", "road_map", "reminders", "network_moves"),
    ),
    ("fact_sheets", _("Press facts"), "press", WHOLE, ("fact_sheet", "fact_sheet_new")),
    ("saved_views", _("Views and reports"), "table", ALL, ("reports", "view_save", "link_make")),
    ("events", _("Events"), "events", ALL, ()),
    ("suspects", _("Doubtful numbers"), "suspects", WHOLE, ()),
    ("evidence", _("Signs of gaming"), "evidence", ALL, ()),
    ("appeals", _("Appeals"), "appeals", ALL, ("appeal", "appeal_file")),
    ("collection_status", _("Collection"), "collection", WHOLE, ("gaps",)),
    ("registry_import", _("Registry"), "registry", KEEPERS, ("registry_import_report",)),
    ("publication", _("Public part"), "external", WHOLE, ("announcement_new", "announcement_edit")),
)
# Of what concerns the installation: where the icon is not called as the address.
ICONS = {"api_keys": "download"}
# What waits in a section for that user, and how its address asks for it alone; apps that build on this one add theirs
# when they are loaded (AppConfig.ready).
BADGES: dict[str, tuple[Callable[[Region, User], QuerySet], str]] = {
    "suspects": (lambda region, _user: suspects.waiting(region), f"?state={SuspectState.OPEN}"),
    "evidence": (evidence.waiting, f"?decision={EvidenceDecision.OPEN}"),
}


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
    region = context.get("region")
    regions = seen_regions(request.user, region) if request.user.is_authenticated else []
    region = region or (regions[0] if regions else None)
    waiting = waiting_counts(region, request.user, regions) if region else {}
    return {
        "request": request,
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "choices": [(each, home_of(each, request.user)) for each in regions],
        "region": region,
        "links": [
            *own_links(request),
            *(links(request, region, waiting) if region else []),
            *installation_links(request),
        ],
    }


def home_of(region: Region, user: User) -> str:
    """The first screen of the region that the user may see: who does not see it as a whole has no overview."""
    return reverse("overview" if user.rights.sees_whole(region.pk) else "pages", args=[region.code])


def own_links(request) -> list[Link]:
    """The desk of whoever is the admin of an institution, or the choice of them."""
    own = request.user.rights.institutions if request.user.is_authenticated else frozenset()
    if not own:
        return []
    url = reverse("desk", args=own) if len(own) == 1 else reverse("desks")
    screen = request.resolver_match.url_name if request.resolver_match else ""
    return [Link(url, _("Today"), "today", screen in ("desk", "desks"))]


def links(request, region: Region, waiting: Mapping[str, int]) -> list[Link]:
    """Sections of the region; an institution admin has no region-wide ones. waiting: as of `waiting_counts`."""
    rights = request.user.rights
    seen = KEEPERS if rights.keeps(region.pk) else WHOLE if rights.sees_whole(region.pk) else ALL
    screen = request.resolver_match.url_name if request.resolver_match else ""
    result = []
    for name, title, icon, least, others in SECTIONS:
        if seen < least:
            continue
        try:
            url = reverse(name, args=[region.code])
        except NoReverseMatch:  # a section that this installation does not have yet
            continue
        badge = waiting.get(name, 0)
        if badge:
            url += BADGES[name][1]
        result.append(Link(url, title, icon, screen == name or screen in others, badge))
    return result


def seen_regions(user: User, region: Region | None) -> list[Region]:
    """The regions that the user sees; the one looked at comes with what waits there, for it is asked for anyway."""
    seen = Region.objects.visible_to(user)
    return list(seen.annotate(**counted(region, user)) if region else seen)


def waiting_counts(region: Region, user: User, seen: Sequence[Region]) -> dict[str, int]:
    """{section: how many things wait there}; asks anew only where the region came without its counts."""
    names = [f"{name}_waiting" for name in BADGES]
    known = next((each for each in seen if each.pk == region.pk and hasattr(each, names[0])), None)
    if known is None:
        known = Region.objects.annotate(**counted(region, user)).get(pk=region.pk)
    return {name.removesuffix("_waiting"): getattr(known, name) for name in names}


def counted(region: Region, user: User) -> dict[str, Case]:
    """What waits in each section of the region, as columns of it; 0 in the rows of other regions."""
    counts = {}
    for name, (rows, _address) in BADGES.items():
        one = rows(region, user).order_by().values(one=Value(1))
        count = Coalesce(Subquery(one.annotate(count=Count("pk")).values("count")), 0)
        counts[f"{name}_waiting"] = Case(When(pk=region.pk, then=count), default=0)
    return counts


def installation_links(request) -> list[Link]:
    """What concerns the installation and no region."""
    if not request.user.is_authenticated:
        return []
    screen = request.resolver_match.url_name if request.resolver_match else ""
    found = (
        ("networks", _("Networks"), request.user.rights.operator, ()),
        ("access", _("Access"), may_invite(request.user), ("invitation_send",)),
        ("api_keys", _("Keys to open data"), may_invite(request.user), ()),
        ("audit_trail", _("Audit trail"), may_audit(request.user), ()),
    )
    return [
        Link(reverse(name), title, ICONS.get(name, name), screen in (name, *others))
        for name, title, open_, others in found
        if open_
    ]


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
