"""Who works on which slots. A claim is a lease: renewed while its worker lives, free for others soon after it died."""

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error, connection, transaction
from django.db.models import F, Q, QuerySet

from monitoring.models import Region, Slot, SlotReason, SlotStatus
from monitoring.models.measures import WAITING

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=15)
RENEW_SECONDS = 5
MAX_ATTEMPTS = 5
# Pages that failed come again in batches of a fourth, a sixteenth, …: a page that kills its worker, or the network's
# answer for all beside it, is alone before its attempts are used up.
SHRINK = 4


@dataclass(frozen=True, slots=True)
class Held:
    """One slot of a claim; `attempts` is the fence: the row has it as long as nobody else has claimed the slot."""

    slot_id: int
    page_id: int
    day: dt.date
    attempts: int
    posts_owed: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Slots of one network that this worker holds, one for a page."""

    platform: str
    slots: tuple[Held, ...]


def ready(platform: str, now: dt.datetime) -> QuerySet[Slot]:
    """Slots of a network that may be claimed now."""
    due = Slot.objects.filter(platform=platform, status=SlotStatus.DUE)
    return due.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))


def claim(platform: str, size: int, now: dt.datetime, regions: Iterable[Region] = ()) -> Claim | None:
    """Take up to `size` slots, those that wait longest first; None where nothing may be claimed.

    `regions`: only theirs; none = all.
    """
    free = ready(platform, now)
    if regions:
        free = free.filter(page__institution__region__in=list(regions))
    if not free.exists():
        return None
    with transaction.atomic():
        order = ("attempts", WAITING, "page_id")
        found = list(free.order_by(*order).select_for_update(skip_locked=True, of=("self",))[:size])
        found = _one_a_page(_apart(found, size))
        given_up = [slot.pk for slot in found if slot.attempts >= MAX_ATTEMPTS]
        Slot.objects.filter(pk__in=given_up).update(
            status=SlotStatus.FAILED, reason=SlotReason.QUARANTINE, finished_at=now, next_attempt_at=None
        )
        taken = [slot for slot in found if slot.attempts < MAX_ATTEMPTS]
        Slot.objects.filter(pk__in=[slot.pk for slot in taken]).update(
            attempts=F("attempts") + 1, reason="", next_attempt_at=now + LEASE
        )
    held = tuple(Held(slot.pk, slot.page_id, slot.day, slot.attempts + 1, slot.posts_owed) for slot in taken)
    return Claim(platform, held)


def _apart(slots: list[Slot], size: int) -> list[Slot]:
    """Slots with as many attempts as the first, and the fewer of them the more those are."""
    attempts = slots[0].attempts if slots else 0
    same = [slot for slot in slots if slot.attempts == attempts]
    return same[: max(1, size // SHRINK**attempts)]


def _one_a_page(slots: list[Slot]) -> list[Slot]:
    """Two days of one page may be due around midnight; the earlier one is closed by the plan."""
    by_page: dict[int, Slot] = {}
    for slot in slots:
        if slot.page_id not in by_page or slot.day > by_page[slot.page_id].day:
            by_page[slot.page_id] = slot
    return list(by_page.values())


def still_held(slots: Iterable[Held]) -> set[int]:
    """Pages of those slots that nobody else has claimed since; locks the rows, so call it inside a transaction."""
    fences = {held.slot_id: held for held in slots}
    rows = Slot.objects.filter(pk__in=fences).select_for_update().values_list("pk", "attempts", "status", "reason")
    # A slot that was closed as missed meanwhile is still ours: the number was read on its day.
    return {
        fences[pk].page_id
        for pk, attempts, status, reason in rows
        if attempts == fences[pk].attempts and (status == SlotStatus.DUE or reason == SlotReason.MISSED)
    }


def renew(held: Claim, now: dt.datetime) -> None:
    """Keep the claim for another LEASE, as far as it is still ours."""
    fences: dict[int, list[int]] = {}
    for slot in held.slots:
        fences.setdefault(slot.attempts, []).append(slot.slot_id)
    for attempts, pks in fences.items():
        mine = Slot.objects.filter(pk__in=pks, attempts=attempts, status=SlotStatus.DUE, reason="")
        mine.update(next_attempt_at=now + LEASE)


@contextmanager
def kept(held: Claim, now: Callable[[], dt.datetime], beside: Callable[[], None] = lambda: None) -> Iterator[None]:
    """While the block runs, the claim is renewed from a thread of its own, which does `beside` every second too."""
    done = threading.Event()

    def keep() -> None:
        for second in itertools.count(1):
            if done.wait(1):
                break
            try:
                beside()
                if second % RENEW_SECONDS == 0:
                    renew(held, now())
            except Error as error:
                logger.warning("A claim was not renewed: %s", type(error).__name__)
                connection.close()
        connection.close()

    keeper = threading.Thread(target=keep, name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
