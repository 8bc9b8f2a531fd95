"""Municipalities × sectors as the pages stand now: from the roll-up PageState alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.models import Municipality, Page, PageStatus, Region, Sector

from .overview import SILENT

STEPS = 4


class Shown(TextChoices):
    SUBSCRIBERS = "subscribers", _("Subscribers")
    PAGES = "pages", _("Pages")
    GROWTH_MONTH = "growth_month", _("Growth in a month, the same pages")
    GROWTH_YEAR = "growth_year", _("Growth in a year, the same pages")
    SILENT = "silent", _("Share of pages silent for over 30 days")


SHARES = (Shown.GROWTH_MONTH, Shown.GROWTH_YEAR, Shown.SILENT)


@dataclass(slots=True)
class Sums:
    """What may be added over groups of pages; of a change only pages that have one count, then and now."""

    pages: int = 0
    measured: int = 0
    subscribers: int = 0
    opened: int = 0
    silent: int = 0
    month: int = 0
    month_base: int = 0
    year: int = 0
    year_base: int = 0

    def add(self, found: dict[str, int | None]) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + (found[name] or 0))

    def value(self, shown: Shown) -> float | None:
        """None = no data: nothing measured, nothing to compare with, no page whose posts are known."""
        if shown == Shown.PAGES:
            return self.pages
        if shown == Shown.SUBSCRIBERS:
            return self.subscribers if self.measured else None
        part, whole = {
            Shown.GROWTH_MONTH: (self.month, self.month_base),
            Shown.GROWTH_YEAR: (self.year, self.year_base),
            Shown.SILENT: (self.silent, self.opened),
        }[shown]
        return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Cell:
    """step: how strong, 0 … STEPS, by rank among the cells. empty: no page there, so nothing applies."""

    sector: str
    value: float | None
    step: int
    empty: bool


@dataclass(frozen=True, slots=True)
class HeatMap:
    """rows: (key of the municipality, its name, cells of the sectors, total); "" = not known."""

    sectors: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, Sequence[Cell], float | None]]


def heat_map(region: Region, now: dt.datetime, shown: Shown, platform: str = "") -> HeatMap:
    """Every municipality with pages against every widest sector; platform "" = all networks."""
    cells, places, sectors = cell_sums(region, now, platform)
    names = {str(pk): name for pk, name in Sector.objects.filter(parent=None).values_list("pk", "name")}
    columns = sorted(sectors, key=lambda key: (not key, names.get(key, "")))
    place_names = {str(pk): name for pk, name in Municipality.objects.filter(region=region).values_list("pk", "name")}
    known = sorted(value for sums in cells.values() if (value := sums.value(shown)) is not None)
    rows = [
        (
            place,
            place_names.get(place, ""),
            [cell(cells.get((place, sector)), sector, shown, known) for sector in columns],
            places[place].value(shown),
        )
        for place in sorted(places, key=lambda key: (not key, place_names.get(key, "")))
    ]
    return HeatMap([(key, names.get(key, "")) for key in columns], rows)


def cell(sums: Sums | None, sector: str, shown: Shown, known: Sequence[float]) -> Cell:
    value = sums.value(shown) if sums else None
    below = 0 if value is None else sum(other < value for other in known)
    step = 0 if value is None else 1 + below * STEPS // len(known)
    return Cell(sector, value, step, sums is None)


def cell_sums(
    region: Region, now: dt.datetime, platform: str
) -> tuple[dict[tuple[str, str], Sums], dict[str, Sums], set[str]]:
    """Sums by municipality and widest sector, by municipality, and the sectors that there are."""
    parents = dict(Sector.objects.values_list("pk", "parent_id"))
    pages = Page.objects.watched().filter(institution__region=region)
    if platform:
        pages = pages.filter(platform=platform)
    opened = Q(status=PageStatus.OPEN, state__last_post_at__isnull=False)
    found = (
        pages.order_by()
        .values("institution__municipality", "institution__sector")
        .annotate(
            pages=Count("pk"),
            measured=Count("state__subscribers"),
            subscribers=Sum("state__subscribers"),
            opened=Count("pk", filter=opened),
            silent=Count("pk", filter=opened & Q(state__last_post_at__lt=now - SILENT)),
            month=Sum("state__change_month"),
            month_base=Sum(F("state__subscribers") - F("state__change_month")),
            year=Sum("state__change_year"),
            year_base=Sum(F("state__subscribers") - F("state__change_year")),
        )
    )
    cells: dict[tuple[str, str], Sums] = defaultdict(Sums)
    places: dict[str, Sums] = defaultdict(Sums)
    for sums in found:
        sector = sums["institution__sector"]
        while sector and parents[sector]:
            sector = parents[sector]
        key = str(sums["institution__municipality"] or ""), str(sector or "")
        cells[key].add(sums)
        places[key[0]].add(sums)
    return dict(cells), dict(places), {sector for _place, sector in cells}
