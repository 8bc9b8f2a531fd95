"""Regions that are open to anybody, and one of them as its start page shows it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet
from django.http import Http404

from gospub.clock import local_day
from monitoring.dashboards.queries.overview import Card, latest_day, overview
from monitoring.models import Consent, Region

from ..models import Announcement, Publication

LATEST = 3


def open_regions(now: dt.datetime) -> QuerySet[Region]:
    """Regions whose public part is open at the moment `now` (aware)."""
    return Region.objects.filter(pk__in=Publication.objects.in_force(now).values("region"))


def open_region(code: str, now: dt.datetime) -> Region:
    """The region of that code; 404 where it is not open, as if it did not exist."""
    found = open_regions(now).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def stamp(now: dt.datetime) -> str:
    """Changes with whatever may take a name or a region away: what was kept under an older one is not shown again."""
    open_ = Publication.objects.in_force(now).aggregate(count=Count("pk"), last=Max("pk"))
    named = Consent.objects.in_force(now).aggregate(count=Count("pk"), last=Max("pk"))
    return "-".join(str(each[name]) for each in (open_, named) for name in ("count", "last"))


@dataclass(frozen=True, slots=True)
class RegionView:
    """day: of the figures, None = nothing was collected yet. announcements: the latest."""

    day: dt.date | None
    total: Card | None
    cards: Sequence[Card]
    announcements: list[Announcement]
    more_announcements: bool


def region_view(region: Region, now: dt.datetime) -> RegionView:
    """The latest figures of the region, against a month and a year before, and what it announces."""
    today = local_day(now, region.time_zone)
    found = overview(region, latest_day(region, today), {})
    latest = list(announcements_of(region, today)[: LATEST + 1])
    return RegionView(found.day, found.total, found.cards, latest[:LATEST], len(latest) > LATEST)


def announcements_of(region: Region, today: dt.date) -> QuerySet[Announcement]:
    """What the region announces on that local day, the latest first."""
    return Announcement.objects.filter(region=region).shown(today)


def publications_of(region: Region) -> QuerySet[Publication]:
    """When the region was open, the latest first."""
    return Publication.objects.filter(region=region).select_related("opened_by", "closed_by")


def present_publication(region: Region) -> Publication | None:
    """The publication that is in force or planned."""
    return Publication.objects.filter(region=region, until=None).first()
