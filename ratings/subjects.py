"""Who is rated, and which pages over which days each is answerable for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from django.db.models import Q

from monitoring.models import Municipality, Region, Sector, Stewardship

from .parts import Array
from .periods import Period
from .quantities import PageFacts, Span
from .rules import Subject

DAY = dt.timedelta(days=1)


class Holding(NamedTuple):
    """A page over days that one subject answers for. share: of the page's figures, 1 unless several people share it."""

    subject: str
    page: PageFacts
    first: dt.date
    last: dt.date
    share: float = 1.0


class Places:
    """Where the region's institutions belong: read once a table."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.sector = cache(self._sector)
        rows = region.institutions.values_list("pk", "municipality", "sector", "level", "founder")
        self.institutions = {pk: rest for pk, *rest in rows}
        self.municipalities = {place.pk: place for place in Municipality.objects.filter(region=region)}
        self.sectors = {sector.pk: sector for sector in Sector.objects.all()}

    def district(self, institution: int) -> Municipality | None:
        """The municipality of the upper level that an institution belongs to."""
        place = self.municipalities.get(self.institutions[institution][0])
        return self.municipalities.get(place.parent_id, place) if place else None

    def of_district(self, page: PageFacts) -> PageFacts:
        """The page among the adults of its whole district, where they are known; else among those of its settlement."""
        district = self.district(page.institution)
        known = district is not None and district.adult_population
        return page._replace(adults=district.adult_population, place=district.pk) if known else page

    def holds(self, outer: int, inner: int) -> bool:
        """Whether the people of `inner` are among those of `outer`: keys of municipalities, 0 = the region."""
        place = self.municipalities.get(inner)
        return inner != outer and (outer == 0 or (place is not None and place.parent_id == outer))

    def _sector(self, institution: int, step: int) -> str:
        """Name of the widest sector (step 0), or of the step after it, as far as there is one."""
        names, pk = [], self.institutions[institution][1]
        while pk:
            names.append(self.sectors[pk].name)
            pk = self.sectors[pk].parent_id
        return names[::-1][min(step, len(names) - 1)] if names else ""

    def level(self, institution: int) -> str:
        return self.institutions[institution][2]

    def key(self, subject: Subject, institution: int) -> str:
        """The institution itself, its founder or its municipality as a subject; "" where it has none."""
        match subject:
            case Subject.INSTITUTION:
                return str(institution)
            case Subject.FOUNDER:
                return self.institutions[institution][3]
            case Subject.MUNICIPALITY:
                district = self.district(institution)
                return str(district.pk) if district else ""
        return ""


# --- whose pages ------------------------------------------------------------------------------------------------------


def holdings_of(
    subject: Subject, region: Region, pages: Sequence[PageFacts], places: Places, period: Period
) -> list[Holding]:
    """Which subject answers for which page over which days of the period; those of the same days follow each other."""
    if subject == Subject.PERSON:
        return _held_by_people(region, pages, period)
    if subject == Subject.MUNICIPALITY:
        pages = [places.of_district(page) for page in pages]
    return [
        Holding(key, page, period.first, period.last)
        for page in pages
        if (key := str(page.pk) if subject == Subject.PAGE else places.key(subject, page.institution))
    ]


def spans_of(holdings: Sequence[Holding]) -> tuple[list[Span], Array]:
    """Holdings put together by the days they last (those of the same days follow each other), and the row of each among
    them: co-admins hold the same page over the same days."""
    spans: dict[tuple[dt.date, dt.date], dict[int, PageFacts]] = defaultdict(dict)
    row, rows = -1, []
    for each in holdings:
        pages = spans[each.first, each.last]
        row += each.page.pk not in pages
        pages[each.page.pk] = each.page
        rows.append(row)
    found = [Span(first, last, list(pages.values())) for (first, last), pages in spans.items()]
    return found, np.array(rows, dtype=np.int64)


def _held_by_people(region: Region, pages: Sequence[PageFacts], period: Period) -> list[Holding]:
    known = {page.pk: page for page in pages}
    rows = Stewardship.objects.filter(
        Q(until=None) | Q(until__gte=period.first), page__institution__region=region, since__lte=period.last
    )
    by_page: dict[int, list[Stewardship]] = defaultdict(list)
    for row in rows.order_by("since", "pk"):
        if row.page_id in known:
            by_page[row.page_id].append(row)
    holdings = [
        Holding(str(person), known[page], first, last, share)
        for page, stewardships in by_page.items()
        for person, first, last, share in shares(stewardships, period.first, period.last)
    ]
    return sorted(holdings, key=lambda each: (each.first, each.last, each.page.pk, each.subject))


def shares(
    stewardships: Sequence[Stewardship], first: dt.date, last: dt.date
) -> list[tuple[int, dt.date, dt.date, float]]:
    """(person, first day, last day, share) of one page's stewards inside the span.

    The day of a hand-over belongs to the newcomer. Co-admins share equally, or as is written: those without a written
    share divide the rest.
    """
    begun = {row.since: row.person_id for row in stewardships}
    spans = []
    for row in stewardships:
        end = row.until or last
        if row.until and begun.get(end, row.person_id) != row.person_id and end > row.since:
            end -= DAY
        spans.append((row, max(row.since, first), min(end, last)))
    edges = sorted({start for _row, start, _end in spans} | {end + DAY for _row, _start, end in spans})
    result = []
    for start, after in pairwise(edges):
        holders = {row.person_id: row.share for row, a, b in spans if a <= start <= b}
        written = sum(share for share in holders.values() if share is not None)
        equal = [person for person, share in holders.items() if share is None]
        for person, share in holders.items():
            part = share / max(100, written) if share is not None else max(0, 100 - written) / 100 / len(equal)
            if part > 0:
                result.append((person, start, after - DAY, part))
    return result
