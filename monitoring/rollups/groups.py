"""GroupDay: the figures of a region by network, municipality, sector, level and founder."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from monitoring.models import Dimension, GroupDay, GroupMonth, Page, PageDay, Region, Sector, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS

BATCH = 2000
# What a page day gives as it is; the audience first.
ADDED = ("subscribers", "posts", "views", "people_comments", "answered_comments")


@dataclass(slots=True)
class Sums:
    """Figures of one group on one day; None until a page gave the figure."""

    pages: int = 0
    measured: int = 0
    subscribers: int | None = None
    posts: int | None = None
    views: int | None = None
    interactions: int | None = None
    people_comments: int | None = None
    answered_comments: int | None = None

    def add(self, name: str, value: int | None) -> None:
        if value is not None:
            setattr(self, name, (getattr(self, name) or 0) + value)


def group_keys(region: Region) -> dict[int, tuple[tuple[str, str], ...]]:
    """For every page of the region the (dimension, key) pairs of the groups it belongs to."""
    parents = dict(Sector.objects.values_list("pk", "parent_id"))

    def widest(sector: int | None) -> str:
        while sector and parents[sector]:
            sector = parents[sector]
        return str(sector or "")

    rows = Page.objects.filter(institution__region=region).values_list(
        "pk",
        "platform",
        "institution__municipality_id",
        "institution__sector_id",
        "institution__level",
        "institution__founder",
    )
    return {
        pk: (
            (Dimension.ALL, ""),
            (Dimension.PLATFORM, platform),
            (Dimension.MUNICIPALITY, str(municipality or "")),
            (Dimension.SECTOR, widest(sector)),
            (Dimension.LEVEL, level),
            (Dimension.FOUNDER, founder),
        )
        for pk, platform, municipality, sector, level, founder in rows
    }


def refresh_group_days(region: Region, days: Iterable[dt.date]) -> None:
    """Sum the pages of each group on each of the days. An account that was gone that day is not counted."""
    keys = group_keys(region)
    for day in days:
        groups: dict[tuple[str, str], Sums] = defaultdict(Sums)
        slots = Slot.objects.filter(day=day, page__institution__region=region)
        for page_id in slots.exclude(status=SlotStatus.FAILED, reason__in=GONE_REASONS).values_list(
            "page_id", flat=True
        ):
            for key in keys[page_id]:
                groups[key].pages += 1
        facts = PageDay.objects.filter(day=day, page__institution__region=region)
        for page_id, likes, comments, reposts, *added in facts.values_list(
            "page_id", "likes", "comments", "reposts", *ADDED
        ):
            for key in keys[page_id]:
                sums = groups[key]
                for name, value in zip(ADDED, added, strict=True):
                    sums.add(name, value)
                sums.measured += added[0] is not None
                for part in (likes, comments, reposts):
                    sums.add("interactions", part)
        write_groups(GroupDay, region, "day", {day: groups})


Groups = dict[dt.date, dict[tuple[str, str], Sums]]


def write_groups(model: type[GroupDay] | type[GroupMonth], region: Region, when: str, groups: Groups) -> None:
    """Upsert the groups of those days or months and drop groups that no page belongs to any more."""
    rows = [
        model(
            region=region,
            dimension=dimension,
            key=key,
            **asdict(sums),
            **{when: moment},
        )
        for moment, by_key in groups.items()
        for (dimension, key), sums in by_key.items()
    ]
    unique = ["region", "dimension", "key", when]
    model.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=unique,
        update_fields=[*Sums.__dataclass_fields__],
    )
    for moment, by_key in groups.items():
        stored = model.objects.filter(region=region, **{when: moment}).values_list("pk", "dimension", "key")
        stale = [pk for pk, dimension, key in stored if (dimension, key) not in by_key]
        model.objects.filter(pk__in=stale).delete()
