"""A whole run: plan, wake, work off, wait, sum up. For the scheduled tasks and for the foreground commands."""

import datetime as dt
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count

from gospub.clock import local_day
from monitoring import rollups
from monitoring.models import (
    Heartbeat,
    Network,
    NetworkState,
    PageDay,
    PlatformCode,
    Post,
    Region,
    Slot,
    SlotReason,
    SlotStatus,
)
from monitoring.models.measures import GONE_REASONS
from monitoring.platforms import network, tokens_for

from . import claims, planning
from .batch import Clock, collect_batch
from .pool import Pool

POLL_SECONDS = 0.1
SCHEDULER = "scheduler"  # the heartbeat's name
RUNNERS = 2  # of a network in one process


@dataclass(slots=True)
class Summary:
    """What a run brought: accounts that exist, subscribers by network, posts, failures by reason, seconds."""

    pages: int = 0
    subscribers: dict[str, int] = field(default_factory=dict)
    posts: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    still_due: int = 0
    seconds: float = 0.0


def tick(now: dt.datetime, wake: Callable[[str], object]) -> None:
    """Say that the schedule is alive, and wake workers for every network of which anything may be claimed now."""
    Heartbeat.objects.update_or_create(name=SCHEDULER, defaults={"at": now})
    for platform in PlatformCode.values:
        if claims.ready(platform, now).exists():
            wake(platform)


def plan_all(now: dt.datetime) -> None:
    """Plan the present local day of every region; say of what is due and cannot be collected why it waits."""
    for region in planning.regions_with_pages():
        planning.plan_day(region, now)
    for platform in PlatformCode.values:
        if not tokens_for(platform):
            waiting = claims.ready(platform, now).filter(attempts=0, reason="")
            waiting.update(reason=SlotReason.NO_TOKEN)


def roll_up_all(now: dt.datetime) -> None:
    """Roll up the present local day of every region that owed anything on it."""
    for region in planning.regions_with_pages():
        day = local_day(now, region.time_zone)
        if rollups.collected_days(region, day, day):
            rollups.roll_up(region, day, now)


@dataclass(slots=True)
class Runner:
    """Works off one network: claims batch after batch until nothing is left, the network is closed or the time is up.

    Two of them keep a network's limit busy: one reads while the other stores. regions: only theirs; () = all.
    """

    platform: str
    now: Clock
    stop: threading.Event
    regions: tuple[Region, ...] = ()

    def run(self, seconds: float = math.inf, on_batch: Callable[[int], None] = lambda pages: None) -> None:
        """on_batch gets the number of pages of each finished batch."""
        if not collected(self.platform):
            return
        pool = Pool(self.platform, self.now, self.stop)
        size = network(self.platform).batch_size(pool.tokens)
        end = time.monotonic() + seconds
        while pool.tokens and not self.stop.is_set() and time.monotonic() < end and not pool.why_closed():
            held = claims.claim(self.platform, size, self.now(), self.regions)
            if held is None:
                return
            if held.slots:
                collect_batch(held, pool, self.now)
                on_batch(len(held.slots))


def collected(platform: str) -> bool:
    """Whether the operator has neither paused the network nor switched it off."""
    return not Network.objects.filter(platform=platform).exclude(state=NetworkState.ON).exists()


def collect_region(region: Region, now: Clock, platform: str | None, on_progress: Callable[[int], None]) -> None:
    """Work off what the region's present day owes, in this process, RUNNERS threads a network; a network that closes
    on the way leaves its slots due.

    `on_progress` gets the number of pages of each finished batch.
    """
    planning.plan_day(region, now())
    stop = threading.Event()

    def work_off(code: str) -> None:
        try:
            Runner(code, now, stop, (region,)).run(on_batch=on_progress)
        finally:
            connection.close()

    codes = [platform] if platform else PlatformCode.values
    with ThreadPoolExecutor(max_workers=RUNNERS * len(codes)) as threads:
        futures: list[Future[None]] = [threads.submit(work_off, code) for code in codes for _ in range(RUNNERS)]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            if any(future.done() and future.exception() for future in futures) or not all(map(Future.done, futures)):
                stop.set()
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
