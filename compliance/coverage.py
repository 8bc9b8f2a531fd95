"""How many institutions are where law sends them: of the region, and by municipality, sector, founder or level."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Level, Region

from .duties import NOWHERE, Presence, Standing, duties_of, presence_of


class By(TextChoices):
    """What institutions are grouped by; the value is the filter of the list of institutions."""

    MUNICIPALITY = "municipality", _("Municipality")
    SECTOR = "sector", _("Sector")
    FOUNDER = "founder", _("Founder")
    LEVEL = "level", _("Level")


# Key and name of the group: districts with their settlements, widest sectors, as the filters of the lists take them.
FIELDS = {
    By.MUNICIPALITY: (
        Coalesce("municipality__parent", "municipality"),
        Coalesce("municipality__parent__name", "municipality__name"),
    ),
    By.SECTOR: (
        Coalesce("sector__parent__parent", "sector__parent", "sector"),
        Coalesce("sector__parent__parent__name", "sector__parent__name", "sector__name"),
    ),
    By.FOUNDER: (F("founder"), F("founder")),
    By.LEVEL: (F("level"), F("level")),
}


@dataclass(slots=True)
class Network:
    """Institutions by their standing on one network."""

    platform: str
    present: int = 0
    exempt: int = 0
    missing: int = 0
    met: int = 0

    @property
    def share(self) -> float | None:
        """Of the obliged ones that are not exempt; None where there is none."""
        return self.met / (self.met + self.missing) if self.met + self.missing else None


@dataclass(slots=True)
class Group:
    """key "" = not given. some: with a page on at least one network; none: with no page at all; exempt: with an
    exemption in force; lagging: an obligatory network lacks their page."""

    key: str
    name: str
    total: int = 0
    some: int = 0
    none: int = 0
    exempt: int = 0
    lagging: int = 0
    networks: list[Network] = field(default_factory=list)

    @property
    def some_share(self) -> float | None:
        return self.some / self.total if self.total else None

    def add(self, presence: Presence, level: str, duties: Mapping[str, frozenset[str]]) -> None:
        """Count one institution."""
        self.total += 1
        self.some += bool(presence.pages)
        self.none += not presence.pages
        self.exempt += bool(presence.exempt)
        missing = False
        for network in self.networks:
            standing = presence.standing(network.platform, level, duties)
            network.present += standing == Standing.PRESENT
            network.met += standing == Standing.PRESENT and level in duties[network.platform]
            network.exempt += standing == Standing.EXEMPT
            network.missing += standing == Standing.MISSING
            missing |= standing == Standing.MISSING
        self.lagging += missing


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole region and its groups, those with most institutions that lag first."""

    by: By
    total: Group
    groups: Sequence[Group]
    platforms: Sequence[str]


def coverage(region: Region, day: dt.date, by: By) -> Coverage:
    """On the day: law as in force then, pages as they are known now."""
    duties, present = duties_of(region, day), presence_of(region, day)
    key_field, name_field = FIELDS[by]
    total = _group("", "", duties)
    groups: dict[str, Group] = {}
    rows = Institution.objects.kept(day).filter(region=region).order_by().annotate(key=key_field, group=name_field)
    for pk, level, key, name in rows.values_list("pk", "level", "key", "group"):
        presence = present.get(pk, NOWHERE)
        total.add(presence, level, duties)
        text = str(key or "")
        if text not in groups:
            groups[text] = _group(text, str(Level(name).label) if by == By.LEVEL else name or "", duties)
        groups[text].add(presence, level, duties)
    ordered = sorted(groups.values(), key=lambda group: (not group.key, -group.lagging, -group.none, group.name))
    return Coverage(by, total, ordered, list(duties))


def _group(key: str, name: str, duties: Mapping[str, frozenset[str]]) -> Group:
    return Group(key, name, networks=[Network(platform) for platform in duties])
