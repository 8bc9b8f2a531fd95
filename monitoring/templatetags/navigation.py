"""The menu of the layout: only links that exist and that the user may open."""

from dataclasses import dataclass

from django import template
from django.template import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region

register = template.Library()

# (address, title, icon, for those who see the whole region only, other screens under the same heading)
SECTIONS = (
    ("overview", _("Region"), "region", True, ()),
    ("pages", _("Pages"), "pages", False, ("page",)),
    ("institutions", _("Institutions"), "institutions", False, ("institution",)),
    ("ratings", _("Ratings"), "ratings", False, ()),
    ("collection_status", _("Collection"), "collection", True, ()),
    ("registry_import", _("Registry"), "registry", True, ("registry_import_report",)),
)


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str | Promise
    icon: str
    current: bool


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
        "links": links(request, region) if region else [],
    }


def links(request, region: Region) -> list[Link]:
    """Sections of the region; an institution admin has no region-wide ones."""
    whole = Region.objects.run_by(request.user).filter(pk=region.pk).exists()
    screen = request.resolver_match.url_name if request.resolver_match else ""
    result = []
    for name, title, icon, whole_only, others in SECTIONS:
        if whole_only and not whole:
            continue
        try:
            url = reverse(name, args=[region.code])
        except NoReverseMatch:  # a section that this installation does not have yet
            continue
        result.append(Link(url, title, icon, screen == name or screen in others))
    return result
