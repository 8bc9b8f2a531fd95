"""Each institution on each network against what law obliges it to: the matrix, its filter and its file."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import django_filters
from django.db.models import Count, QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import RegionFilter
from monitoring.dashboards.queries.institutions import with_places
from monitoring.dashboards.tables import Column
from monitoring.models import Exemption, Institution, PlatformCode, Region

from .duties import (
    NOWHERE,
    Levels,
    Presence,
    Standing,
    duties_of,
    existing,
    in_force,
    lagging,
    presence_of,
    standing_where,
)

COLUMNS = (
    Column("name", _("Institution"), "name"),
    Column("municipality", _("Municipality"), "municipality__name"),
    Column("founder", _("Founder"), "founder"),
    *(Column(code, PlatformCode(code).label) for code in PlatformCode.values),
)
DEFAULT_SORT = "municipality"
EXPORT_HEADINGS = (
    _("Institution"), _("ОГРН"), _("Municipality"), _("Sector"), _("Founder"), _("Level"),
    *(PlatformCode(code).label for code in PlatformCode.values), _("Second pages"),
)  # fmt: skip


class Overall(TextChoices):
    """How an institution stands on all networks together."""

    NONE = "none", _("Without any page")
    SOME = "some", _("On at least one network")
    LAGGING = "lagging", _("Lacks an obligatory network")
    FULL = "full", _("On every obligatory network or exempt")
    EXEMPT = "exempt", _("With an exemption")
    DOUBLE = "double", _("Several pages on one network")


class PresenceFilter(RegionFilter):
    """`day`: on which law is asked."""

    texts = ("name", "founder")
    numbers = ("inn", "ogrn")

    overall = django_filters.ChoiceFilter(method="of_overall", label=_("Duty"), choices=Overall)
    platform = django_filters.ChoiceFilter(method="of_nothing", label=_("Network"), choices=PlatformCode)
    standing = django_filters.ChoiceFilter(method="of_nothing", label=_("On this network"), choices=Standing)

    class Meta:
        model = Institution
        fields = ["q", "overall", "platform", "standing", "municipality", "sector", "founder", "level"]

    def __init__(
        self, data: QueryDict, rows: QuerySet, *, institutions: QuerySet[Institution], region: Region,
        day: dt.date, now: dt.datetime,
    ) -> None:  # fmt: skip
        self.region, self.day, self.duties = region, day, duties_of(region, day)
        super().__init__(data, rows, institutions=institutions, now=now)

    def of_nothing(self, rows: QuerySet[Institution], name: str, value: str) -> QuerySet[Institution]:
        """Network and standing mean something only together."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Institution]) -> QuerySet[Institution]:
        rows = super().filter_queryset(queryset)
        platform, standing = (self.form.cleaned_data.get(name) for name in ("platform", "standing"))
        if not platform and not standing:
            return rows
        standing = Standing(standing or Standing.PRESENT)
        if platform:
            return rows.filter(standing_where(self.region, self.day, platform, standing, self.duties))
        found = None
        for code in PlatformCode.values:
            where = standing_where(self.region, self.day, code, standing, self.duties)
            found = where if found is None else found | where
        return rows.filter(found)

    def of_overall(self, rows: QuerySet[Institution], name: str, value: str) -> QuerySet[Institution]:
        pages = existing(self.region)
        match value:
            case Overall.NONE:
                return rows.exclude(pk__in=pages.values("institution"))
            case Overall.SOME:
                return rows.filter(pk__in=pages.values("institution"))
            case Overall.LAGGING:
                return rows.filter(lagging(self.region, self.day, self.duties))
            case Overall.FULL:
                return rows.exclude(lagging(self.region, self.day, self.duties))
            case Overall.EXEMPT:
                exempt = Exemption.objects.filter(in_force(self.day), institution__region=self.region)
                return rows.filter(pk__in=exempt.values("institution"))
        doubles = pages.order_by().values("institution", "platform").annotate(count=Count("pk")).filter(count__gt=1)
        return rows.filter(pk__in=doubles.values("institution"))


@dataclass(frozen=True, slots=True)
class Cell:
    """standing on a network; count: how many existing pages there."""

    platform: str
    standing: Standing
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    institution: Institution
    cells: list[Cell]


def institutions_of(region: Region) -> QuerySet[Institution]:
    return with_places(Institution.objects.kept().filter(region=region))


def presence_rows(region: Region, day: dt.date, duties: Levels, institutions: Iterable[Institution]) -> list[Row]:
    """The institutions of one screen or file with a cell for each network."""
    chosen = list(institutions)
    present = presence_of(region, day, [each.pk for each in chosen])
    return [_row(each, present.get(each.pk, NOWHERE), duties) for each in chosen]


def all_rows(region: Region, day: dt.date, duties: Levels, institutions: QuerySet[Institution]) -> Iterator[Row]:
    """As presence_rows for a whole file: what there is in the region is read once."""
    present = presence_of(region, day)
    for each in institutions.iterator(2000):
        yield _row(each, present.get(each.pk, NOWHERE), duties)


def _row(institution: Institution, presence: Presence, duties: Levels) -> Row:
    return Row(
        institution,
        [
            Cell(code, presence.standing(code, institution.level, duties), presence.pages.get(code, 0))
            for code in PlatformCode.values
        ],
    )


def export_rows(rows: Iterable[Row]) -> Iterator[list[object]]:
    """Under EXPORT_HEADINGS; a network that does not apply is «—»."""
    for row in rows:
        each = row.institution
        yield [
            each.name, each.ogrn, each.municipality.name if each.municipality else "—",
            each.sector.name if each.sector else "—", each.founder or "—", each.get_level_display(),
            *("—" if cell.standing == Standing.FREE else cell.standing.label for cell in row.cells),
            sum(max(cell.count - 1, 0) for cell in row.cells),
        ]  # fmt: skip
