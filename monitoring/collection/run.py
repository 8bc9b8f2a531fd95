"""A whole run: plan, hand out, wait, sum up. For the scheduled tasks and for the foreground commands."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count

from gospub.clock import local_day
from monitoring import rollups
from monitoring.models import PageDay, PlatformCode, Post, Region, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS
from monitoring.platforms import batch_size

from . import planning
from .batch import collect_batch
from .planning import Batch

POLL_SECONDS = 0.1


@dataclass(slots=True)
class Summary:
    """What a run brought: accounts that exist, subscribers by network, posts, failures by reason, seconds."""

    pages: int = 0
    subscribers: dict[str, int] = field(default_factory=dict)
    posts: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    still_due: int = 0
    seconds: float = 0.0


def batch_sizes() -> dict[str, int]:
    """Pages that one task reads, by network, as its tokens allow."""
    return {code: batch_size(code) for code in PlatformCode.values}


def hand_out_all(now: dt.datetime, delay: Callable[..., object]) -> None:
    """Plan the present local day of every region and put what is due on the queue."""
    for region in Region.objects.filter(institutions__pages__isnull=False).distinct():
        planning.plan_day(region, now)
        for batch in planning.hand_out(region, now, batch_sizes()):
            send(batch, delay)


def send(batch: Batch, delay: Callable[..., object], now: dt.datetime | None = None) -> None:
    """Put a batch on the queue in JSON; `now` only where the run's clock is not the worker's."""
    moment = now.isoformat() if now else None
    delay(batch.region_id, batch.platform, batch.day.isoformat(), list(batch.page_ids), moment)


def roll_up_all(now: dt.datetime) -> None:
    """Roll up the present local day of every region that owed anything on it."""
    for region in Region.objects.filter(institutions__pages__isnull=False).distinct():
        day = local_day(now, region.time_zone)
        if rollups.collected_days(region, day, day):
            rollups.roll_up(region, day)


def collect_region(region: Region, now: dt.datetime, platform: str | None, on_progress: Callable[[int], None]) -> None:
    """Work off what the region's present day owes, in this process, each network on a thread of its own.

    `on_progress` gets the number of pages of each finished batch.
    """
    planning.plan_day(region, now)
    batches: dict[str, list[Batch]] = {}
    for batch in planning.hand_out(region, now, batch_sizes(), platform):
        batches.setdefault(batch.platform, []).append(batch)

    def work_off(queue: Iterable[Batch]) -> None:
        try:
            for batch in queue:
                collect_batch(batch, now)
                on_progress(len(batch.page_ids))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(PlatformCode.values)) as pool:
        futures: list[Future[None]] = [pool.submit(work_off, queue) for queue in batches.values()]
    for future in futures:
        future.result()


def wait_until_done(regions: Iterable[Region], day_of: Callable[[Region], dt.date], patience: float) -> None:
    """Return when nothing of the regions' days is due; TimeoutError after `patience` seconds without progress."""
    ids = [region.pk for region in regions]
    days = {day_of(region) for region in regions}
    open_slots = Slot.objects.filter(day__in=days, page__institution__region__in=ids, status=SlotStatus.DUE)
    left, moved_at = open_slots.count(), time.monotonic()
    while left:
        time.sleep(POLL_SECONDS)
        now_left = open_slots.count()
        if now_left != left:
            left, moved_at = now_left, time.monotonic()
        elif time.monotonic() - moved_at > patience:
            raise TimeoutError(f"{left} pages are still due and nothing has moved for {patience:.0f} s")


def summarize(regions: Iterable[Region], now: dt.datetime, seconds: float) -> Summary:
    """The state of the regions' present local day."""
    summary = Summary(seconds=seconds)
    for region in regions:
        day = local_day(now, region.time_zone)
        slots = Slot.objects.filter(day=day, page__institution__region=region)
        for status, reason, count in slots.values_list("status", "reason").annotate(n=Count("pk")):
            summary.pages += 0 if status == SlotStatus.FAILED and reason in GONE_REASONS else count
            summary.still_due += count if status == SlotStatus.DUE else 0
            if status == SlotStatus.FAILED:
                summary.failures[reason] += count
        rows = PageDay.objects.filter(day=day, page__institution__region=region, subscribers__isnull=False)
        for platform, subscribers in rows.values_list("page__platform", "subscribers"):
            summary.subscribers[platform] = summary.subscribers.get(platform, 0) + subscribers
        summary.posts += Post.objects.filter(page__institution__region=region).count()
    return summary
