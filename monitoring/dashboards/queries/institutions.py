"""The table of institutions and the card of one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.filters import GONE
from monitoring.dashboards.tables import Column
from monitoring.models import Exemption, Institution, Obligation, Page, PlatformCode, Region, Sector

from .pages import PageRow, page_rows, pages_of

COLUMNS = (
    Column("name", _("Institution"), "name"),
    Column("municipality", _("Municipality"), "municipality__name"),
    Column("sector", _("Sector"), "sector__name"),
    Column("level", _("Level"), "level"),
    *(
        Column(code, PlatformCode(code).label, f"pages_{code}", numeric=True, explanation=_("Number of pages"))
        for code in PlatformCode.values
    ),
    Column("subscribers", _("Subscribers"), "subscribers", numeric=True),
)
DEFAULT_SORT = "name"


def with_places(institutions: QuerySet[Institution]) -> QuerySet[Institution]:
    return institutions.select_related("region", "municipality", "sector__parent__parent", "merged_into")


def institutions_of(region: Region, user: User, *, archived: bool = False) -> QuerySet[Institution]:
    """Institutions of the region that the user may see, with `pages_<network>` counts and `subscribers` in all; or
    those in the archive."""
    watched = Page.objects.watched().filter(institution=OuterRef("pk")).order_by().values("institution")
    # Subqueries, not a join: they are asked for the fifty rows shown, where the list goes by a name.
    counts = {
        f"pages_{code}": Coalesce(
            Subquery(watched.filter(platform=code).annotate(count=Count("pk")).values("count")), 0
        )
        for code in PlatformCode.values
    }
    subscribers = Subquery(watched.annotate(sum=Sum("state__subscribers")).values("sum"))
    return (
        with_places(Institution.objects.visible_to(user))
        .filter(region=region, archived_on__isnull=not archived)
        .annotate(**counts, subscribers=subscribers)
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """A network that law obliges the institution to be on, and how it stands: present, exempt or missing."""

    platform: PlatformCode
    bases: list[str]
    standing: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class InstitutionCard:
    """`subscribers`: sum over its measured pages, None if none was; `measured`: how many they are; `invites`: the user
    may invite its admin; `archived`: its pages that are watched no longer."""

    institution: Institution
    sector_path: list[Sector]
    rows: list[PageRow]
    subscribers: int | None
    measured: int
    duties: list[Duty]
    exemptions: list[Exemption]
    invites: bool
    archived: list[Page]


def institution_card(institution: Institution, user: User, day: dt.date) -> InstitutionCard:
    """What is known of the institution, with the duties in force on `day`."""
    pages = pages_of(institution.region, user).filter(institution=institution).order_by("platform", "handle")
    rows = list(page_rows(pages))
    measured = [row.state.subscribers for row in rows if row.state.subscribers is not None]
    in_force = Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))
    exemptions = list(institution.exemptions.filter(in_force).order_by("-since"))
    return InstitutionCard(
        institution=institution,
        sector_path=institution.sector.path() if institution.sector else [],
        rows=rows,
        subscribers=sum(measured) if measured else None,
        measured=len(measured),
        duties=duties(institution, [row.page for row in rows], exemptions, in_force),
        exemptions=exemptions,
        invites=bool(institution.ogrn) and user.rights.keeps(institution.region_id),
        archived=list(institution.pages.filter(archived_on__isnull=False).order_by("-archived_on", "platform")),
    )


def duties(institution: Institution, pages: Iterable[Page], exemptions: Iterable[Exemption], in_force: Q) -> list[Duty]:
    """Obligations against presence, one line a network."""
    obligations = Obligation.objects.filter(
        in_force,
        Q(region=None) | Q(region=institution.region),
        Q(level="") | Q(level=institution.level),
    )
    bases: dict[str, list[str]] = defaultdict(list)
    for obligation in obligations:
        bases[obligation.platform].append(obligation.basis)
    present = {page.platform for page in pages if page.status not in GONE}
    grounds = {exemption.platform: exemption.ground for exemption in exemptions}
    result = []
    for platform in PlatformCode:
        if platform not in bases:
            continue
        ground = grounds.get(platform, grounds.get("", ""))
        standing = "present" if platform in present else "exempt" if ground else "missing"
        result.append(Duty(platform, bases[platform], standing, ground))
    return result
