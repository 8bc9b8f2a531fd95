"""Which networks institutions must be on, and how each stands there: Obligation and Exemption against pages."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import GONE
from monitoring.models import Exemption, Level, Obligation, Page, PlatformCode, Region

Levels = Mapping[str, frozenset[str]]


class Standing(TextChoices):
    """How an institution stands on one network. FREE: no law sends it there, and it keeps no page there."""

    PRESENT = "present", _("keeps a page")
    EXEMPT = "exempt", _("exempt")
    MISSING = "missing", _("no page")
    FREE = "free", _("not obliged")


@dataclass(frozen=True, slots=True)
class Presence:
    """pages: existing pages by network; exempt: networks of exemptions in force, "" = every network."""

    pages: Mapping[str, int] = field(default_factory=dict)
    exempt: Collection[str] = ()

    def standing(self, platform: str, level: str, duties: Levels) -> Standing:
        """On that network, for an institution of that level."""
        if self.pages.get(platform):
            return Standing.PRESENT
        if level not in duties.get(platform, ()):
            return Standing.FREE
        return Standing.EXEMPT if platform in self.exempt or "" in self.exempt else Standing.MISSING


NOWHERE = Presence()


def in_force(day: dt.date) -> Q:
    """Obligations or exemptions that hold on the day."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def duties_of(region: Region, day: dt.date) -> dict[str, frozenset[str]]:
    """Obligatory networks of the region on the day, in the order of networks, with the levels that they bind."""
    found = Obligation.objects.filter(in_force(day), Q(region=None) | Q(region=region))
    bound: dict[str, set[str]] = defaultdict(set)
    for platform, level in found.values_list("platform", "level"):
        bound[platform] |= {level} if level else set(Level.values)
    return {code: frozenset(bound[code]) for code in PlatformCode.values if code in bound}


def existing(region: Region) -> QuerySet[Page]:
    """Watched pages of the region that the network has not said to be gone."""
    return Page.objects.watched().filter(institution__region=region).exclude(status__in=GONE)


def presence_of(region: Region, day: dt.date, institutions: Iterable[int] | None = None) -> dict[int, Presence]:
    """By key of the institution, of the whole region or of those given; who is in none of both has no entry."""
    pages, exemptions = existing(region), Exemption.objects.filter(in_force(day), institution__region=region)
    if institutions is not None:
        chosen = list(institutions)
        pages, exemptions = pages.filter(institution__in=chosen), exemptions.filter(institution__in=chosen)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for key, platform, count in pages.order_by().values_list("institution", "platform").annotate(Count("pk")):
        counts[key][platform] = count
    exempt: dict[int, set[str]] = defaultdict(set)
    for key, platform in exemptions.values_list("institution", "platform"):
        exempt[key].add(platform)
    return {key: Presence(counts.get(key, {}), exempt.get(key, ())) for key in counts.keys() | exempt.keys()}


def standing_where(region: Region, day: dt.date, platform: str, standing: Standing, duties: Levels) -> Q:
    """A condition on institutions of the region: they stand so on the network."""
    present = Q(pk__in=existing(region).filter(platform=platform).values("institution"))
    if standing == Standing.PRESENT:
        return present
    bound = Q(level__in=duties.get(platform, ()))
    if standing == Standing.FREE:
        return ~present & ~bound
    free = Exemption.objects.filter(in_force(day), institution__region=region, platform__in=("", platform))
    exempt = Q(pk__in=free.values("institution"))
    return ~present & bound & (exempt if standing == Standing.EXEMPT else ~exempt)


def lagging(region: Region, day: dt.date, duties: Levels) -> Q:
    """A condition on institutions of the region: a network that law sends them to lacks their page."""
    found = Q(pk__in=[])
    for platform in duties:
        found |= standing_where(region, day, platform, Standing.MISSING, duties)
    return found
