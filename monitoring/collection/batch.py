"""One batch: read pages and their walls through one token, write down what came of it."""

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import transaction

from gospub.clock import day_bounds, local_day
from monitoring.models import Page, Region, Slot, SlotStatus
from monitoring.models.measures import SlotReason
from monitoring.platforms import connect, tokens_for
from monitoring.platforms.base import (
    PAGE_FAILURES,
    PageReading,
    PageRef,
    Platform,
    PlatformError,
    WallReading,
)

from . import budgets
from .ingest import Ingest
from .planning import Batch

MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=2)  # doubled with every attempt
# Counters of posts are refreshed for this long, then frozen.
REFRESH_DAYS = 30
# After an outage the walls are read further back, but not without end.
CATCH_UP_DAYS = 365
# Where the state mark costs a request of its own, each page is asked on one day of this many.
MARK_CHECK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a slot: `reason` "" = all is well; with status OK it says why posts are missing.

    `measured`: the audience is known, only the posts are still owed.
    """

    status: SlotStatus
    reason: str = ""
    until: dt.datetime | None = None
    measured: bool = False


@dataclass(slots=True)
class Result:
    """Counts of a batch: slots by (status, reason)."""

    slots: dict[tuple[str, str], int] = field(default_factory=dict)


def collect_batch(batch: Batch, now: dt.datetime) -> Result:
    """Read the batch and store it; may run twice, every write is an upsert on its natural key.

    A batch whose local day is over is closed as missed: a number read today is not yesterday's.
    """
    region = Region.objects.get(pk=batch.region_id)
    due = Slot.objects.filter(day=batch.day, page__in=batch.page_ids, status=SlotStatus.DUE)
    pages = {
        page.pk: page for page in Page.objects.filter(pk__in=due.values("page")).select_related("institution", "state")
    }
    if not pages:
        return Result()
    if local_day(now, region.time_zone) != batch.day:
        return _finish(batch, dict.fromkeys(pages, Outcome(SlotStatus.FAILED, SlotReason.MISSED)), now)
    tokens = tokens_for(batch.platform)
    if not tokens:
        return _finish(batch, dict.fromkeys(pages, Outcome(SlotStatus.FAILED, SlotReason.NO_TOKEN)), now)
    token = budgets.least_used(batch.platform, tokens, now)
    client = connect(batch.platform, token, budgets.pace_for(batch.platform, token))
    try:
        readings, walls = _read(client, batch, pages, region.time_zone)
    finally:
        budgets.charge(batch.platform, token, client.calls, now)
        client.close()
    with transaction.atomic():
        duplicates = Ingest(pages, batch.day, now, ZoneInfo(region.time_zone)).store(readings, walls)
        outcomes = {pk: _outcome(readings[pk], walls.get(pk)) for pk in pages}
        outcomes.update(dict.fromkeys(duplicates, Outcome(SlotStatus.FAILED, SlotReason.DUPLICATE)))
        return _finish(batch, outcomes, now)


Readings = dict[int, PageReading | PlatformError]
Walls = dict[int, WallReading | PlatformError]


def _read(client: Platform, batch: Batch, pages: dict[int, Page], zone: str) -> tuple[Readings, Walls]:
    """Ask the network; a call that failed counts for each of its pages."""
    refs = [_ref(page, batch.day) for page in pages.values()]
    try:
        readings: Readings = {reading.page_id: reading for reading in client.read_pages(refs)}
    except PlatformError as error:
        return dict.fromkeys((ref.page_id for ref in refs), error), {}
    alive = [_known_as(ref, readings[ref.page_id]) for ref in refs if readings[ref.page_id].failure is None]
    walls: Walls = {}
    for since, group in _by_moment(alive, pages, batch.day, zone).items():
        try:
            walls |= {wall.page_id: wall for wall in client.read_walls(group, since)}
        except PlatformError as error:
            walls |= dict.fromkeys((ref.page_id for ref in group), error)
    return readings, walls


def _by_moment(
    refs: list[PageRef], pages: dict[int, Page], day: dt.date, zone: str
) -> dict[dt.datetime, list[PageRef]]:
    """The moment to read walls from: thirty days back; for pages whose posts are known only up to an earlier one,
    as far back as the longest unknown of them."""
    refresh = day_bounds(day - dt.timedelta(days=REFRESH_DAYS), zone)[0]
    floor = day_bounds(day - dt.timedelta(days=CATCH_UP_DAYS), zone)[0]
    late = {ref.page_id: pages[ref.page_id].posts_known_to for ref in refs}
    late = {page_id: known_to for page_id, known_to in late.items() if known_to and known_to < refresh}
    groups = {refresh: [ref for ref in refs if ref.page_id not in late]}
    if late:
        groups[max(floor, min(late.values()))] = [ref for ref in refs if ref.page_id in late]
    return {since: group for since, group in groups.items() if group}


def _ref(page: Page, day: dt.date) -> PageRef:
    return PageRef(
        page_id=page.pk,
        handle=page.handle,
        external_id=page.external_id,
        ogrn=page.institution.ogrn,
        check_mark=page.pk % MARK_CHECK_DAYS == day.toordinal() % MARK_CHECK_DAYS or page.posts_known_to is None,
    )


def _known_as(ref: PageRef, reading: PageReading) -> PageRef:
    """The page as its reading named it, so that the wall is asked for by the network's own id."""
    return PageRef(
        page_id=ref.page_id,
        handle=reading.handle or ref.handle,
        external_id=reading.external_id or ref.external_id,
        ogrn=ref.ogrn,
    )


def _outcome(reading: PageReading | PlatformError, wall: WallReading | PlatformError | None) -> Outcome:
    """A failure of the page itself is final; one of the network or the token is tried again."""
    if isinstance(reading, PlatformError):
        return Outcome(SlotStatus.DUE, str(reading.failure), reading.until)
    if reading.failure in PAGE_FAILURES:
        return Outcome(SlotStatus.FAILED, str(reading.failure))
    if reading.failure:
        return Outcome(SlotStatus.DUE, str(reading.failure), reading.until)
    if wall is not None and wall.failure and wall.failure not in PAGE_FAILURES:
        return Outcome(SlotStatus.DUE, str(wall.failure), wall.until, measured=reading.subscribers is not None)
    if reading.subscribers is None:
        return Outcome(SlotStatus.FAILED, SlotReason.CLOSED)
    return Outcome(SlotStatus.OK, str(wall.failure) if wall is not None and wall.failure else "")


def _finish(batch: Batch, outcomes: dict[int, Outcome], now: dt.datetime) -> Result:
    """Write the outcomes into the ledger, one statement for each that differs."""
    result = Result()
    attempts = dict(Slot.objects.filter(day=batch.day, page__in=outcomes).values_list("page_id", "attempts"))
    groups: dict[tuple[Outcome, int], list[int]] = {}
    for page_id, outcome in outcomes.items():
        groups.setdefault((outcome, attempts.get(page_id, 0) + 1), []).append(page_id)
    for (outcome, tries), page_ids in groups.items():
        status = outcome.status
        if status == SlotStatus.DUE and tries >= MAX_ATTEMPTS:
            status = SlotStatus.OK if outcome.measured else SlotStatus.FAILED
        final = status != SlotStatus.DUE
        again = None if final else outcome.until or now + RETRY_AFTER * 2 ** (tries - 1)
        Slot.objects.filter(day=batch.day, page__in=page_ids, status=SlotStatus.DUE).update(
            status=status,
            reason=outcome.reason,
            attempts=tries,
            next_attempt_at=again,
            finished_at=now if final else None,
        )
        key = (str(status), outcome.reason)
        result.slots[key] = result.slots.get(key, 0) + len(page_ids)
    return result
