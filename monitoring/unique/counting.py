"""A count of a region's unique audience on VK: on demand, within the day's calls, and going on after any interruption.

The rows MemberSketch are the record of what is read; a task only works off what is left. No id is ever stored.
"""

import datetime as dt
import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.collection import claims
from monitoring.collection.pool import Pool
from monitoring.collection.run import collected
from monitoring.models import (
    AudienceGroup,
    AudienceRun,
    AudienceSwitch,
    Dimension,
    MemberSketch,
    Page,
    PlatformCode,
    Region,
    RunState,
)
from monitoring.platforms import connect
from monitoring.platforms.base import Failure, MembersAsk, MembersReading, PlatformError
from monitoring.rollups.groups import group_keys

from .sketches import Members

Clock = Callable[[], dt.datetime]
MEMBERS_A_CALL = 1000
CALLS_AT_ONCE = 25  # what one `execute` takes
LEASE = dt.timedelta(minutes=3)
# After a fault of the network or of all tokens it is tried again so much later.
PAUSE = dt.timedelta(minutes=10)
GROUPED_BY = (Dimension.ALL, Dimension.MUNICIPALITY, Dimension.SECTOR, Dimension.LEVEL, Dimension.FOUNDER)


class NotPossibleError(Exception):
    """The count cannot start: it is off, there is no key, or one is under way."""


def key() -> bytes:
    """What ids are salted with; empty = the installation has none."""
    return hashlib.sha256(settings.AUDIENCE_KEY.encode()).digest() if settings.AUDIENCE_KEY else b""


def key_mark() -> str:
    """Tells keys apart without giving them away."""
    return hashlib.sha256(b"mark" + key()).hexdigest()[:12]


def is_on(region: Region) -> bool:
    return AudienceSwitch.objects.filter(region=region, on=True).exists()


@transaction.atomic
def switch(region: Region, *, on: bool, user: User, now: dt.datetime) -> None:
    """Allow the region's counts, or forbid them: what is under way stops, and its sketches go."""
    before = is_on(region)
    values = {"on": on, "changed_at": now, "changed_by": user}
    AudienceSwitch.objects.update_or_create(region=region, defaults=values)
    if not on:
        stop_run(region, user, now)
        MemberSketch.objects.filter(run__region=region).delete()
    record(user, "audience.switch", region.code, before={"on": before}, after={"on": on}, now=now, region=region.pk)


def start(region: Region, user: User, now: dt.datetime) -> AudienceRun:
    """Begin a count. Raises NotPossibleError."""
    if not is_on(region) or not key():
        raise NotPossibleError
    try:
        with transaction.atomic():
            run = AudienceRun.objects.create(region=region, started_at=now, started_by=user, key_mark=key_mark())
    except IntegrityError as error:
        raise NotPossibleError from error
    pages = Page.objects.watched().filter(institution__region=region, platform=PlatformCode.VK)
    sketches = [
        MemberSketch(run=run, page_id=pk, done=not number, failure="" if number else Failure.NOT_FOUND)
        for pk, number in pages.values_list("pk", "external_id")
    ]
    MemberSketch.objects.bulk_create(sketches, batch_size=2000)
    after = {"pages": run.sketches.count()}
    record(user, "audience.start", f"audience {run.pk}", before={}, after=after, now=now, region=region.pk)
    return run


def stop_run(region: Region, user: User, now: dt.datetime) -> None:
    """End the count that is under way, if any; what it read is not counted."""
    running = AudienceRun.objects.filter(region=region, state=RunState.RUNNING)
    for run in running:
        running.filter(pk=run.pk).update(state=RunState.STOPPED, finished_at=now, lease_until=None)
        run.sketches.all().delete()
        record(user, "audience.stop", f"audience {run.pk}", before={}, after={}, now=now, region=region.pk)


def work(now: Clock, stop: threading.Event, seconds: float) -> None:
    """Go on with the counts that are under way, for so long at most. Collection goes first: while anything of VK is
    due, nothing is read here."""
    end = time.monotonic() + seconds
    for run in AudienceRun.objects.filter(state=RunState.RUNNING).select_related("region").order_by("started_at"):
        if time.monotonic() >= end or stop.is_set() or not _may_go_on(run, now()):
            continue
        if not _take(run, now()):
            continue
        try:
            _go_on(run, now, stop, end)
        finally:
            AudienceRun.objects.filter(pk=run.pk).update(lease_until=None)


def _may_go_on(run: AudienceRun, now: dt.datetime) -> bool:
    if not is_on(run.region) or run.key_mark != key_mark() or not collected(PlatformCode.VK):
        return False
    return not claims.ready(PlatformCode.VK, now).exists()


def _take(run: AudienceRun, now: dt.datetime) -> bool:
    """Compare-and-set: whether this worker has the run now."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    mine = AudienceRun.objects.filter(free, due, pk=run.pk, state=RunState.RUNNING)
    return bool(mine.update(lease_until=now + LEASE, not_before=None, reason=""))


def _go_on(run: AudienceRun, now: Clock, stop: threading.Event, end: float) -> None:
    pool = Pool(PlatformCode.VK, now, stop)
    client = connect(PlatformCode.VK, pool)
    try:
        while time.monotonic() < end and not stop.is_set():
            asks = _asks(run)
            if not asks:
                finish(run, now())
                return
            if not _still_mine(run, now()):
                return
            store(run, client.read_members(asks))
    except PlatformError as error:
        _rest(run, error, now())
    finally:
        client.close()
        pool.settle()


def _still_mine(run: AudienceRun, now: dt.datetime) -> bool:
    return bool(AudienceRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(lease_until=now + LEASE))


def _rest(run: AudienceRun, error: PlatformError, now: dt.datetime) -> None:
    """Wait as long as the network says; a worker that is stopping leaves the run to the next one."""
    if error.failure != Failure.INTERRUPTED:
        until = error.until or now + PAUSE
        AudienceRun.objects.filter(pk=run.pk).update(not_before=until, reason=str(error.failure))


def _asks(run: AudienceRun) -> list[MembersAsk]:
    """The next calls: pages that were begun first, all of their rest; then pages that nobody has asked yet."""
    left = run.sketches.filter(done=False).order_by(F("members").asc(nulls_last=True), "pk")
    asks: list[MembersAsk] = []
    for sketch in left.select_related("page")[:CALLS_AT_ONCE]:
        last = sketch.members if sketch.members is not None else sketch.read + 1
        for offset in range(sketch.read, max(last, sketch.read + 1), MEMBERS_A_CALL):
            if len(asks) == CALLS_AT_ONCE:
                return asks
            asks.append(MembersAsk(sketch.page_id, sketch.page.external_id, offset))
    return asks


@transaction.atomic
def store(run: AudienceRun, readings: Sequence[MembersReading]) -> None:
    """Take what was read into the sketches of its pages; the ids end here.

    Readings of a page follow each other from where it stood; one that does not is left, and asked for again.
    """
    by_page: dict[int, list[MembersReading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda each: each.offset):
        by_page[reading.page_id].append(reading)
    sketches = list(run.sketches.filter(page__in=by_page, done=False))
    for sketch in sketches:
        _take_in(sketch, by_page[sketch.page_id])
    fields = ["members", "read", "done", "failure", "hll", "theta"]
    MemberSketch.objects.bulk_update(sketches, fields, batch_size=50)


def _take_in(sketch: MemberSketch, readings: Iterable[MembersReading]) -> None:
    members = Members()
    members.join(sketch.hll, sketch.theta)
    for reading in readings:
        if reading.failure is not None:
            sketch.failure, sketch.done = str(reading.failure), True
            break
        if reading.offset != sketch.read:
            break
        members.add(reading.ids, key())
        sketch.members = reading.count
        sketch.read += len(reading.ids)
        # An empty answer ends a page too: a list that shrank meanwhile never gives as many as it said.
        if sketch.read >= reading.count or not reading.ids:
            sketch.done = True
            break
    sketch.hll, sketch.theta = members.stored()


@transaction.atomic
def finish(run: AudienceRun, now: dt.datetime) -> None:
    """All pages are read: count every group. Sketches of earlier runs go."""
    mine = AudienceRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
    if not mine.update(state=RunState.DONE, finished_at=now, not_before=None, reason=""):
        return
    keys = group_keys(run.region)
    groups: dict[tuple[str, str], Members] = defaultdict(Members)
    figures: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for sketch in run.sketches.iterator(200):
        for dimension, key_ in keys.get(sketch.page_id, ()):
            if dimension not in GROUPED_BY:
                continue
            pages = figures[dimension, key_]
            pages[0] += 1
            if sketch.failure:
                continue
            groups[dimension, key_].join(sketch.hll, sketch.theta)
            pages[1] += 1
            pages[2] += sketch.read
    AudienceGroup.objects.bulk_create(
        [_group(run, name, figures[name], groups[name]) for name in figures], batch_size=100
    )
    AudienceGroup.objects.filter(run__region=run.region).exclude(run=run).update(theta=b"")
    MemberSketch.objects.filter(run__region=run.region).exclude(run=run).delete()


def _group(run: AudienceRun, name: tuple[str, str], figures: list[int], members: Members) -> AudienceGroup:
    pages, read, subscriptions = figures
    estimate = members.estimate()
    return AudienceGroup(
        run=run,
        dimension=name[0],
        key=name[1],
        pages=pages,
        read=read,
        members=subscriptions,
        people=estimate.people,
        low=estimate.low,
        high=estimate.high,
        theta=members.stored()[1],
    )
