"""Regions with page days of two years, rolled up as collection does it."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from monitoring import rollups
from monitoring.models import Page, PageDay, PageStatus, PlatformCode, Region, Slot, SlotStatus
from press import figures, issuing
from press.models import FactSheet, Figure, Kind
from press.sources import Dates
from tests.factories import InstitutionFactory, PageFactory, official

DAY, YEAR_AGO = dt.date(2024, 10, 26), dt.date(2023, 10, 26)
NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
DATES = Dates(DAY, YEAR_AGO, dt.date(2024, 1, 1), DAY)


class Network(NamedTuple):
    """Pages of both years, of the year before alone and of this year alone; subscribers then and now."""

    both: int
    lost: int
    gained: int
    then: int
    now: int


# The Khabarovsk territory of 26.10.2024 (totals by network as published); the split of the year before is made up.
KHABAROVSK = {
    PlatformCode.VK: Network(870, 60, 20, 400_000, 482_075),
    PlatformCode.OK: Network(440, 30, 13, 227_391, 277_671),
    PlatformCode.TELEGRAM: Network(290, 10, 10, 200_000, 333_731),
}


def khabarovsk(region: Region, networks: Mapping[str, Network] = KHABAROVSK) -> None:
    """1 700 pages with 827 391 subscribers, a year later 1 643 with 1 093 477."""
    institution = InstitutionFactory(region=region)
    for code, network in networks.items():
        count = network.both + network.lost + network.gained
        pages = Page.objects.bulk_create(
            Page(
                institution=institution,
                platform=code,
                handle=f"{code}-{number}",
                added_on=YEAR_AGO,
                status=PageStatus.OPEN,
                posts_known_from=dt.date(2023, 1, 1),
                posts_known_to=NOW,
            )
            for number in range(count)
        )
        keep(pages[: network.both + network.lost], YEAR_AGO, network.then)
        keep(pages[: network.both] + pages[network.both + network.lost :], DAY, network.now)
    for day in (YEAR_AGO, DAY):
        rollups.sum_up(region, day, day)


def keep(pages: list[Page], day: dt.date, subscribers: int) -> None:
    """The pages were measured that day and have so many subscribers together, two posts each."""
    each, rest = divmod(subscribers, len(pages))
    Slot.objects.bulk_create(Slot(page=page, day=day, platform=page.platform, status=SlotStatus.OK) for page in pages)
    PageDay.objects.bulk_create(
        PageDay(page=page, day=day, subscribers=each + (number < rest), posts=2) for number, page in enumerate(pages)
    )


def page(region: Region, audience: Mapping[dt.date, int | str], platform: str = "vk", **fields: object) -> Page:
    """A page with its subscribers by day; a text in place of a number is the reason why it could not be read."""
    known = {"posts_known_from": dt.date(2023, 1, 1), "posts_known_to": NOW}
    made = PageFactory(institution__region=region, platform=platform, **known | fields)
    for day, value in audience.items():
        failed = isinstance(value, str)
        state = {"status": SlotStatus.FAILED, "reason": value} if failed else {"status": SlotStatus.OK}
        Slot.objects.create(page=made, day=day, **state)
        PageDay.objects.create(page=made, day=day, subscribers=None if failed else value, posts=1)
    return made


def rolled_up(region: Region) -> Region:
    rollups.sum_up(region, dt.date(2022, 1, 1), DAY)
    return region


def small(region: Region) -> Region:
    """Two pages of both years, one of each year alone: audience up by 190, on the same pages by 20."""
    page(region, {YEAR_AGO: 100, DAY: 110})
    page(region, {YEAR_AGO: 200, DAY: 210}, "ok")
    page(region, {YEAR_AGO: 30, DAY: "deleted"})
    page(region, {DAY: 200}, "ok")
    return rolled_up(region)


def found(region: Region, dates: Dates = DATES) -> dict[tuple[str, str], Figure]:
    """Figures by kind and network."""
    return {(str(each.kind), each.network): each for each in figures.compute(region, dates)}


def one(region: Region, kind: Kind, network: str = "", dates: Dates = DATES) -> Figure:
    return found(region, dates)[kind, network]


def issued(region: Region, dates: Dates = DATES, **options: object) -> FactSheet:
    seen = issuing.fingerprint(figures.compute(region, dates))
    return issuing.issue(region, dates, seen, user=options.get("user") or official(region), now=NOW)
