"""One batch: read the pages of a claim and their walls, write down what came of it."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from gospub.clock import day_bounds, local_day
from monitoring.models import Heartbeat, Page, Region, Slot, SlotReason, SlotStatus
from monitoring.platforms import connect, network
from monitoring.platforms.base import (
    PAGE_FAILURES,
    Failure,
    Gives,
    PageReading,
    PageRef,
    PlatformError,
    WallReading,
)
from monitoring.platforms.batches import no_page

from . import claims, comments
from .claims import MAX_ATTEMPTS, Claim, Held
from .ingest import Ingest
from .pool import Pool

logger = logging.getLogger(__name__)

# Until the next attempt, after so many: two soon, the others in a second window later that day.
RETRY_AFTER = (dt.timedelta(seconds=30), dt.timedelta(minutes=2), dt.timedelta(hours=3), dt.timedelta(minutes=10))
# Posts that no token may read wait so long for somebody to put one right, while others still read the audience.
SOMEBODY_AFTER = dt.timedelta(minutes=30)
# Counters of posts are refreshed for this long where that costs no further request, then frozen.
REFRESH_DAYS = 30
# Walls are read so far back every day: counters at the age of seven days are due then.
AGED_DAYS = 8
# After an outage the walls are read further back, but not without end.
CATCH_UP_DAYS = 365
# Where the state mark costs a request of its own, each page is asked on one day of this many.
MARK_CHECK_DAYS = 7
# How long a reading waits for a base that is away; then its slots are read again.
BASE_SECONDS = 90
# A reading that has waited for so long is told of: the heartbeat of that name is the last time that one did.
TELL_SECONDS, UNWRITTEN = 5, "unwritten"
OUTAGES = frozenset({Failure.UNREACHABLE, Failure.BAD_ANSWER})

T = TypeVar("T")
Clock = Callable[[], dt.datetime]
Readings = dict[int, PageReading | PlatformError]
Walls = dict[int, WallReading | PlatformError]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a slot: `reason` "" = all is well; with status OK it says what is missing.

    until: not before this moment. measured: the audience is known, only the posts are still owed. asked: False where
    the page's turn did not come, which is no attempt. answer_hash: of an answer that could not be understood.
    """

    status: SlotStatus
    reason: str = ""
    until: dt.datetime | None = None
    measured: bool = False
    asked: bool = True
    answer_hash: str = ""


@dataclass(frozen=True, slots=True)
class _Day:
    """Pages of a claim that share region and local day: what one ingest takes."""

    region: Region
    day: dt.date
    pages: dict[int, Page]
    held: tuple[Held, ...]


def collect_batch(held: Claim, pool: Pool, now: Clock) -> None:
    """Read the pages of the claim and store them; may run twice, every write is an upsert on its natural key.

    A slot whose local day is over is closed as missed: a number read today is not yesterday's.
    """
    with claims.kept(held, now, pool.sync):
        days = _days(held)
        over = [each for each in days if local_day(now(), each.region.time_zone) != each.day]
        for each in over:
            _finish(each, dict.fromkeys(each.pages, Outcome(SlotStatus.FAILED, SlotReason.MISSED)), now())
        present = [each for each in days if each not in over]
        readings, walls = _read(pool, present)
        answered_at = now()  # what was read is so old, however long the base is away
        for each in present:
            _when_base_answers(lambda each=each: _store(each, readings, walls, answered_at), now)
        _read_comments(pool, [pk for pk, wall in walls.items() if wall.failure is None], now)
        _when_base_answers(pool.settle, now)


def _days(held: Claim) -> list[_Day]:
    """The claim by region and local day."""
    pages = _pages(slot.page_id for slot in held.slots)
    groups: dict[tuple[Region, dt.date], list[Held]] = {}
    for slot in held.slots:
        groups.setdefault((pages[slot.page_id].institution.region, slot.day), []).append(slot)
    return [
        _Day(region, day, {slot.page_id: pages[slot.page_id] for slot in slots}, tuple(slots))
        for (region, day), slots in groups.items()
    ]


def _pages(page_ids: Iterable[int]) -> dict[int, Page]:
    found = Page.objects.filter(pk__in=list(page_ids))
    found = found.select_related("institution__region", "state").defer("state__sparkline")
    return {page.pk: page for page in found}


# --- reading -------------------------------------------------------------------------------------


def _read(pool: Pool, days: Iterable[_Day]) -> tuple[Readings, Walls]:
    """Ask the network; a call that failed counts for each of its pages."""
    refs = {ref.page_id: ref for each in days for ref in _refs(each)}
    if not refs:
        return {}, {}
    client = connect(pool.platform, pool)
    try:
        try:
            readings: Readings = {reading.page_id: reading for reading in client.read_pages(list(refs.values()))}
        except PlatformError as error:
            if error.failure in OUTAGES:
                pool.network_failed(error)
            elif _is_unexplained(error, pool):
                return {ref.page_id: no_page(ref, error) for ref in refs.values()}, {}
            return dict.fromkeys(refs, error), {}
        pool.network_answered()
        alive = [_known_as(ref, readings[ref.page_id]) for ref in refs.values() if ref.posts_since]
        alive = [ref for ref in alive if readings[ref.page_id].failure is None]
        try:
            walls: Walls = {wall.page_id: wall for wall in client.read_walls(alive)}
        except PlatformError as error:
            walls = dict.fromkeys((ref.page_id for ref in alive), error)
        return readings, walls
    finally:
        client.close()


def _is_unexplained(error: PlatformError, pool: Pool) -> bool:
    """Refused, while some token is at work: asked again at once it would be the same without end. So it is an attempt
    of each page like any other, and a page that spoils the call for all gets alone in time."""
    return error.until is None and error.failure != Failure.INTERRUPTED and pool.why_closed() is None


def _read_comments(pool: Pool, page_ids: list[int], now: Clock) -> None:
    """Comments of the fresh posts of the pages whose walls were just read, where the network gives them."""
    if not (page_ids and Gives.ANSWERS in network(pool.platform).gives):
        return
    posts = _when_base_answers(lambda: comments.posts_to_ask(page_ids, now()), now)
    if not posts:
        return
    client = connect(pool.platform, pool)
    try:
        readings = client.read_comments(posts)
    finally:
        client.close()
    _when_base_answers(lambda: comments.store_comments(readings, now()), now)


def _refs(each: _Day) -> list[PageRef]:
    owed = {slot.page_id: slot.posts_owed for slot in each.held}
    return [_ref(page, each.day, each.region.time_zone, owed[page.pk]) for page in each.pages.values()]


def _ref(page: Page, day: dt.date, zone: str, posts_owed: bool) -> PageRef:
    """Posts must be known without a gap: at first a month of them, then since the last reading."""
    refresh = day_bounds(day - dt.timedelta(days=REFRESH_DAYS), zone)[0]
    aged = day_bounds(day - dt.timedelta(days=AGED_DAYS), zone)[0]
    floor = day_bounds(day - dt.timedelta(days=CATCH_UP_DAYS), zone)[0]
    since = max(floor, min(aged, page.posts_known_to)) if page.posts_known_to else refresh
    return PageRef(
        page_id=page.pk,
        handle=page.handle,
        external_id=page.external_id,
        ogrn=page.institution.ogrn,
        institution=page.institution.name,
        check_mark=page.pk % MARK_CHECK_DAYS == day.toordinal() % MARK_CHECK_DAYS or page.posts_known_to is None,
        posts_since=since if posts_owed else None,
        posts_from=min(since, refresh) if posts_owed else None,
    )


def _known_as(ref: PageRef, reading: PageReading) -> PageRef:
    """The page as its reading named it, so that the wall is asked for by the network's own id."""
    return PageRef(
        page_id=ref.page_id,
        handle=reading.handle or ref.handle,
        external_id=reading.external_id or ref.external_id,
        ogrn=ref.ogrn,
        institution=ref.institution,
        posts_since=ref.posts_since,
        posts_from=ref.posts_from,
    )


# --- storing -------------------------------------------------------------------------------------


def _when_base_answers(do: Callable[[], T], now: Clock) -> T:
    """Do it; where the base is away or has ended the transaction, again: what was read is not thrown away."""
    began = time.monotonic()
    pause = 0.2
    while True:
        try:
            return do()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            waited = time.monotonic() - began
            if waited > TELL_SECONDS:
                _tell_of_waiting(now())
            if waited + pause > BASE_SECONDS:
                raise
            logger.warning("The base is away (%s), the reading waits", type(error.__cause__ or error).__name__)
            time.sleep(pause)
            pause = min(pause * 2, 5)


def _tell_of_waiting(now: dt.datetime) -> None:
    """A base without room for more may take this little; where it takes nothing, the schedule falls silent."""
    with suppress(DatabaseError):
        Heartbeat.objects.update_or_create(name=UNWRITTEN, defaults={"at": now})


def _store(each: _Day, readings: Readings, walls: Walls, now: dt.datetime) -> None:
    """Write what was read. Where the processing of some page fails, the pages are halved until it stands alone.

    Pages are loaded again: others may have stored another day of theirs, an attempt that was undone has changed them.
    """
    try:
        with transaction.atomic():
            pages = _pages(claims.still_held(each.held))
            if not pages:
                return
            own_readings = {pk: readings[pk] for pk in pages}
            own_walls = {pk: walls[pk] for pk in pages if pk in walls}
            reasons = Ingest(pages, each.day, now, ZoneInfo(each.region.time_zone)).store(own_readings, own_walls)
            owed = {slot.page_id: slot.posts_owed for slot in each.held}
            outcomes = {pk: _outcome(readings[pk], walls.get(pk), owed[pk], reasons.get(pk), now) for pk in pages}
            _finish(each, outcomes, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(each.held) == 1:
            logger.exception("Page %s cannot be processed", each.held[0].page_id)
            _finish(each, {each.held[0].page_id: Outcome(SlotStatus.DUE, SlotReason.QUARANTINE)}, now)
            return
        for half in (each.held[::2], each.held[1::2]):
            pages = {slot.page_id: each.pages[slot.page_id] for slot in half}
            _store(_Day(each.region, each.day, pages, half), readings, walls, now)


def _outcome(
    reading: PageReading | PlatformError,
    wall: WallReading | PlatformError | None,
    posts_owed: bool,
    found: SlotReason | None,
    now: dt.datetime,
) -> Outcome:
    """A failure of the page itself is final; one of the network or the token is tried again."""
    if isinstance(reading, PlatformError):
        return _again(reading.failure, reading.until, reading.failure in OUTAGES, answer_hash=reading.answer_hash)
    if found in (SlotReason.DUPLICATE, SlotReason.REPLACED):
        return Outcome(SlotStatus.FAILED, found)
    if reading.failure in PAGE_FAILURES:
        return Outcome(SlotStatus.FAILED, str(reading.failure))
    if reading.failure:
        return _again(reading.failure, reading.until, reading.asked, answer_hash=reading.answer_hash)
    if found is None and reading.subscribers is None:
        found = SlotReason.CLOSED
    return _outcome_of_posts(wall, posts_owed, found, now)


def _outcome_of_posts(
    wall: WallReading | PlatformError | None, posts_owed: bool, found: SlotReason | None, now: dt.datetime
) -> Outcome:
    """The page was read; `found`: what is odd about its audience."""
    failure = wall.failure if wall is not None else None
    if failure and failure not in PAGE_FAILURES:
        asked = failure in OUTAGES if isinstance(wall, PlatformError) else wall.asked
        waits = not asked and failure != Failure.INTERRUPTED
        until = wall.until or (now + SOMEBODY_AFTER if waits else None)
        return _again(failure, until, asked, found is None, wall.answer_hash)
    if found:
        return Outcome(SlotStatus.FAILED if found == SlotReason.CLOSED else SlotStatus.OK, found)
    if not posts_owed:
        return Outcome(SlotStatus.OK, SlotReason.POSTS_LATER)
    return Outcome(SlotStatus.OK, str(failure or ""))


def _again(
    failure: Failure, until: dt.datetime | None, asked: bool, measured: bool = False, answer_hash: str = ""
) -> Outcome:
    """Still due. A worker that was told to stop leaves the slot as it was."""
    reason = "" if failure == Failure.INTERRUPTED else str(failure)
    proof = answer_hash if failure == Failure.BAD_ANSWER else ""
    return Outcome(SlotStatus.DUE, reason, until, measured, asked, proof)


def _finish(each: _Day, outcomes: Mapping[int, Outcome], now: dt.datetime) -> None:
    """Write the outcomes into the ledger, one statement for each that differs; the fence keeps others' slots out."""
    groups: dict[tuple[Outcome, int], list[int]] = {}
    for slot in each.held:
        if slot.page_id in outcomes:
            groups.setdefault((outcomes[slot.page_id], slot.attempts), []).append(slot.slot_id)
    day_ends = day_bounds(each.day, each.region.time_zone)[1]
    for (outcome, fence), pks in groups.items():
        Slot.objects.filter(pk__in=pks, attempts=fence).update(**_fields(outcome, fence, now, day_ends))


def _fields(outcome: Outcome, attempts: int, now: dt.datetime, day_ends: dt.datetime) -> dict[str, object]:
    """The slot's new state. Where no attempt is left on its day, a due slot ends as failed, or as ok without posts."""
    status, again = outcome.status, None
    if not outcome.asked:
        attempts -= 1
    if status == SlotStatus.DUE:
        if attempts >= MAX_ATTEMPTS:
            again = day_ends
        elif outcome.asked:
            again = max(filter(None, (outcome.until, now + RETRY_AFTER[attempts - 1])))
        else:
            again = outcome.until or now
        # A page that was not asked stays due, whatever the network said of later: a new token may come before.
        if again >= day_ends and (outcome.measured or outcome.asked):
            status = SlotStatus.OK if outcome.measured else SlotStatus.FAILED
    final = status != SlotStatus.DUE
    return {
        "status": status,
        "reason": outcome.reason,
        "answer_hash": outcome.answer_hash,
        "attempts": attempts,
        "next_attempt_at": None if final else again,
        "finished_at": now if final else None,
    }
