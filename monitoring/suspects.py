"""Doubtful numbers of subscribers: what makes a number doubtful, and who decides. Until then it counts nowhere."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring import events, rollups
from monitoring.models import (
    Page,
    PageDay,
    Provenance,
    Slot,
    SlotReason,
    SlotStatus,
    Suspect,
    SuspectKind,
    SuspectState,
)
from monitoring.platforms.base import PageReading

# A fall by so much, or a growth to so many times the last good number, and by so many people, is doubtful.
FALL, GROWTH, LEAST_CHANGE = 0.7, 5, 100
MINUS = ("-", "−", "–")
# A last good number older than this is no measure any more.
FRESH = dt.timedelta(days=7)
# So near, in shares of it, the next reading bears a number out.
NEAR = 0.2


class AlreadyDecidedError(Exception):
    """Somebody else, or the next day's reading, was quicker."""


@dataclass(frozen=True, slots=True)
class Known:
    """The last good number of a page before the reading, None = there is none that still tells anything."""

    subscribers: int | None = None
    exact: bool = True


def known_of(page: Page, day: dt.date) -> Known:
    """By the page's state (joined)."""
    try:
        state = page.state
    except ObjectDoesNotExist:
        return Known()
    if state.subscribers is None or state.measured_on < day - FRESH:
        return Known()
    return Known(state.subscribers, state.subscribers_provenance == Provenance.MEASURED)


def doubt(reading: PageReading, known: Known) -> SuspectKind | None:
    """Why the number of a page that was read is doubtful; None where it is not."""
    if reading.subscribers_raw:
        return SuspectKind.NEGATIVE if reading.subscribers_raw.startswith(MINUS) else SuspectKind.ABSURD
    if reading.subscribers is None:
        return SuspectKind.MISSING if known.subscribers is not None else None
    if known.subscribers is None:
        return None
    if reading.subscribers_step > 1 and known.exact:
        return SuspectKind.ROUNDED
    return SuspectKind.JUMP if is_jump(known.subscribers, reading.subscribers) else None


def is_jump(before: int, now: int) -> bool:
    """Whether the change within days is more than pages do by themselves."""
    if abs(now - before) < LEAST_CHANGE:
        return False
    return now <= before * (1 - FALL) or now >= before * GROWTH


def sort_out(
    pages: Mapping[int, Page], readings: Iterable[PageReading], day: dt.date, now: dt.datetime
) -> tuple[set[int], dict[int, int]]:
    """Keep the doubtful numbers of a day's readings apart, and let good ones decide what earlier days left open.

    Returns the pages whose number is not to be stored, and for pages whose doubt was settled the number that counts
    for the day before. Pages have their `state` joined.
    """
    readings = [reading for reading in readings if reading.failure is None]
    by_page = _recent([reading.page_id for reading in readings], day)
    doubtful: set[int] = set()
    measures: dict[int, int] = {}
    fresh: list[Suspect] = []
    for reading in readings:
        earlier = by_page.get(reading.page_id, [])
        today = next((row for row in earlier if row.day == day), None)
        if today and today.state != SuspectState.OPEN and today.raw == raw_of(reading):
            if today.state == SuspectState.REJECTED:
                doubtful.add(reading.page_id)
            continue
        known = known_of(pages[reading.page_id], day)
        opened = _open_jump(earlier, day)
        kind = None
        if opened and reading.subscribers is not None:
            settled = _settle_by_next(opened, reading.subscribers, known, now)
            known = settled or known
            if settled:
                measures[reading.page_id] = settled.subscribers
            else:
                kind = SuspectKind.JUMP
        kind = doubt(reading, known) or kind
        if kind == SuspectKind.MISSING and any(row.kind == kind and _is_confirmed(row) for row in earlier):
            continue
        if kind:
            doubtful.add(reading.page_id)
            fresh.append(_suspect(reading, kind, known, day, now))
        elif today and reading.subscribers is not None:
            _settle(today, SuspectState.REJECTED, now)
    _write(fresh)
    return doubtful, measures


def _recent(page_ids: Iterable[int], day: dt.date) -> dict[int, list[Suspect]]:
    """Doubts of the last days up to `day`, oldest first."""
    by_page: dict[int, list[Suspect]] = {}
    for row in Suspect.objects.filter(page__in=page_ids, day__gte=day - FRESH, day__lte=day).order_by("day"):
        by_page.setdefault(row.page_id, []).append(row)
    return by_page


def _open_jump(earlier: Iterable[Suspect], day: dt.date) -> Suspect | None:
    """The latest jump before `day` that nobody has decided."""
    jumps = [
        row for row in earlier if row.day < day and row.kind == SuspectKind.JUMP and row.state == SuspectState.OPEN
    ]
    return jumps[-1] if jumps else None


def _is_confirmed(suspect: Suspect) -> bool:
    return suspect.state == SuspectState.CONFIRMED


def raw_of(reading: PageReading) -> str:
    """The number as the network gave it."""
    if reading.subscribers_raw:
        return reading.subscribers_raw
    return "" if reading.subscribers is None else str(reading.subscribers)


def _suspect(reading: PageReading, kind: SuspectKind, known: Known, day: dt.date, now: dt.datetime) -> Suspect:
    return Suspect(
        page_id=reading.page_id,
        day=day,
        kind=kind,
        raw=raw_of(reading),
        value=reading.subscribers,
        step=reading.subscribers_step,
        expected=known.subscribers,
        answer_hash=reading.answer_hash,
        collected_at=now,
    )


def _write(suspects: list[Suspect]) -> None:
    """One of a page and day; another number of the same day opens it anew."""
    fields = [field.name for field in Suspect._meta.concrete_fields if field.name not in ("id", "page", "day")]
    Suspect.objects.bulk_create(
        suspects, update_conflicts=True, unique_fields=["page", "day"], update_fields=fields, batch_size=500
    )


def _settle_by_next(opened: Suspect, subscribers: int, known: Known, now: dt.datetime) -> Known | None:
    """A later reading near the doubtful number confirms it, one near the number before rejects it.

    Returns the number that the later reading is to be measured by; None where it bears out neither.
    """
    if _near(subscribers, opened.value):
        if _settle(opened, SuspectState.CONFIRMED, now):
            _take(opened)
        return Known(opened.value, opened.step == 1)
    if _near(subscribers, opened.expected):
        if _settle(opened, SuspectState.REJECTED, now):
            _tell_slot(opened, reason=SlotReason.REJECTED)
        return Known(opened.expected, known.exact)
    return None


def _near(number: int, other: int | None) -> bool:
    return other is not None and abs(number - other) <= max(NEAR * other, LEAST_CHANGE / 2)


def _settle(suspect: Suspect, state: SuspectState, now: dt.datetime, user: User | None = None, note: str = "") -> bool:
    """Compare-and-set: whether this call took the decision."""
    mine = Suspect.objects.filter(pk=suspect.pk, state=SuspectState.OPEN)
    return bool(mine.update(state=state, decided_at=now, decided_by=user, note=note))


def _take(suspect: Suspect) -> None:
    """The confirmed number becomes the day's, with the events that it amounts to; an absence is stored as one."""
    if suspect.value is None:
        _tell_slot(suspect, status=SlotStatus.FAILED, reason=SlotReason.CLOSED)
        return
    fields = {
        "subscribers": suspect.value,
        "subscribers_provenance": Provenance.MEASURED if suspect.step == 1 else Provenance.ROUNDED,
        "subscribers_step": suspect.step,
        "collected_at": suspect.collected_at,
        "answer_hash": suspect.answer_hash,
    }
    PageDay.objects.update_or_create(page_id=suspect.page_id, day=suspect.day, defaults=fields)
    _tell_slot(suspect, reason="")
    if suspect.expected is not None:
        found = events.of_change(suspect.page_id, suspect.expected, suspect.value, sudden=True)
        events.write(found, suspect.day)


def _tell_slot(suspect: Suspect, **fields: str) -> None:
    """What its day's slot says instead of "waits for an analyst"."""
    Slot.objects.filter(page=suspect.page_id, day=suspect.day, reason=SlotReason.SUSPECT).update(**fields)


def decide(suspect: Suspect, *, confirm: bool, user: User, note: str, now: dt.datetime) -> None:
    """An analyst confirms the number, which counts from then on, or rejects it, which leaves its day without data.

    The day's roll-ups follow. Raises AlreadyDecidedError where somebody else was quicker, ValueError where there is
    nothing to confirm.
    """
    if confirm and not suspect.may_be_true:
        raise ValueError(f"{suspect.raw!r} is no number")
    state = SuspectState.CONFIRMED if confirm else SuspectState.REJECTED
    with transaction.atomic():
        if not _settle(suspect, state, now, user, note):
            raise AlreadyDecidedError
        if confirm:
            _take(suspect)
        else:
            _tell_slot(suspect, reason=SlotReason.REJECTED)
        after = {"state": str(state), "value": suspect.value if confirm else None, "note": note}
        before = {"state": str(SuspectState.OPEN), "raw": suspect.raw, "expected": suspect.expected}
        region = suspect.page.institution.region
        record(user, "suspect.decide", f"suspect {suspect.pk}", before=before, after=after, now=now, region=region.pk)
        rollups.follow(region, suspect.page, suspect.day, local_day(now, region.time_zone))
