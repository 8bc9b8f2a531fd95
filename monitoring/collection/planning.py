"""What is due: one slot a watched page and local day, handed out in batches."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gospub.clock import local_day
from monitoring.models import Page, PlatformCode, Region, Slot, SlotStatus
from monitoring.models.measures import SlotReason

# A batch that was handed out and neither finished nor failed by then is handed out again.
LEASE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Pages of one region and network that one task reads for one local day."""

    region_id: int
    platform: str
    day: dt.date
    page_ids: tuple[int, ...]


def plan_day(region: Region, now: dt.datetime) -> int:
    """Write the slots that the region's present local day owes; returns how many are new.

    Slots of earlier days that are still due are closed as missed: a number read today is not yesterday's.
    """
    day = local_day(now, region.time_zone)
    Slot.objects.filter(page__institution__region=region, day__lt=day, status=SlotStatus.DUE).update(
        status=SlotStatus.FAILED, reason=SlotReason.MISSED, finished_at=now
    )
    owed = Page.objects.watched().filter(institution__region=region, added_on__lte=day)
    planned = Slot.objects.filter(day=day, page__institution__region=region).values("page")
    missing = owed.exclude(pk__in=planned).values_list("pk", "platform")
    slots = [Slot(page_id=pk, day=day, platform=platform) for pk, platform in missing]
    Slot.objects.bulk_create(slots, batch_size=5000, ignore_conflicts=True)
    return len(slots)


def due(region: Region, day: dt.date, now: dt.datetime, platform: str | None = None) -> QuerySet[Slot]:
    """Slots of that local day that may be worked on now."""
    slots = Slot.objects.filter(page__institution__region=region, day=day, status=SlotStatus.DUE)
    slots = slots.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    return slots.filter(page__platform=platform) if platform else slots


def hand_out(
    region: Region, now: dt.datetime, batch_sizes: dict[str, int], platform: str | None = None
) -> Iterator[Batch]:
    """Batches of what is due today, networks in turn so that each keeps its own pace from the start.

    Every batch is leased: nobody else is handed its pages for LEASE. `batch_sizes`: pages a batch by network.
    """
    day = local_day(now, region.time_zone)
    queues = []
    for code in [platform] if platform else PlatformCode.values:
        pages = list(due(region, day, now, code).order_by("page_id").values_list("page_id", flat=True))
        size = batch_sizes[code]
        queues.append([Batch(region.pk, code, day, tuple(pages[i : i + size])) for i in range(0, len(pages), size)])
    while any(queues):
        for queue in filter(None, queues):
            batch = queue.pop(0)
            Slot.objects.filter(day=day, page__in=batch.page_ids, status=SlotStatus.DUE).update(
                next_attempt_at=now + LEASE
            )
            yield batch
