"""Events found while ingesting: what changed between what we knew of a page and what the network says now."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from monitoring.models import EventKind, Page, PageEvent, PageStatus
from monitoring.platforms.base import PageReading, PosWidget

# A change of at least this share and this many people within one reading is a jump.
JUMP_SHARE = 0.2
JUMP_PEOPLE = 100
JUMP_WITHIN = dt.timedelta(days=3)
MILESTONES = tuple(step * 10**power for power in range(3, 7) for step in (1, 5))

EVENT_OF_STATUS = {
    PageStatus.DELETED: EventKind.DELETED,
    PageStatus.BLOCKED: EventKind.BLOCKED,
    PageStatus.CLOSED: EventKind.CLOSED,
    PageStatus.NOT_FOUND: EventKind.NOT_FOUND,
    PageStatus.REPLACED: EventKind.REPLACED,
}


@dataclass(frozen=True, slots=True)
class Found:
    """An event of a page, with what was before and what is now, as the network names it."""

    page_id: int
    kind: EventKind
    old: str = ""
    new: str = ""


def of_identity(page: Page, status: PageStatus, reading: PageReading) -> list[Found]:
    """Renamed, gone, back again. `page` still holds what was known before."""
    found = []
    if status != page.status:
        if status in EVENT_OF_STATUS:
            found.append(Found(page.pk, EVENT_OF_STATUS[status]))
        elif page.status in EVENT_OF_STATUS:
            found.append(Found(page.pk, EventKind.REOPENED))
    # The registry may spell the address another way, so the first answer is no renaming.
    if reading.handle and page.status != PageStatus.UNKNOWN and reading.handle != page.handle:
        found.append(Found(page.pk, EventKind.RENAMED, page.handle, reading.handle))
    return found


def of_profile(page_id: int, old: Mapping[str, object], new: Mapping[str, object]) -> list[Found]:
    """State mark and ПОС widget gained or lost; the first look at a page is no event."""
    found = []
    if old["state_mark"] is not None and new["state_mark"] != old["state_mark"]:
        found.append(Found(page_id, EventKind.MARK_GAINED if new["state_mark"] else EventKind.MARK_LOST))
    had, has = (widget not in (None, PosWidget.ABSENT) for widget in (old["pos_widget"], new["pos_widget"]))
    if old["pos_widget"] is not None and had != has:
        found.append(Found(page_id, EventKind.WIDGET_GAINED if has else EventKind.WIDGET_LOST))
    return found


def of_replacement(page: Page, reading: PageReading) -> Found:
    """Another community answers under the page's address; ids and titles tell which was which."""
    old = f"{page.title} ({page.external_id})" if page.title else page.external_id
    new = f"{reading.title} ({reading.external_id})" if reading.title else reading.external_id
    return Found(page.pk, EventKind.REPLACED, old, new)


def of_audience(
    pages: Mapping[int, Page], readings: Iterable[PageReading], day: dt.date, measures: Mapping[int, int]
) -> list[Found]:
    """Sudden gains and losses, and milestones, against the last audience measured before `day`.

    `pages` have their `state` joined. measures: the number of the day before, where a doubt was just settled.
    """
    found = []
    for reading in readings:
        before, measured_on = _last_audience(pages[reading.page_id])
        if reading.page_id in measures:
            before, measured_on = measures[reading.page_id], day - dt.timedelta(days=1)
        now = reading.subscribers
        if before is None or now is None or measured_on >= day:
            continue
        found += of_change(reading.page_id, before, now, sudden=measured_on >= day - JUMP_WITHIN)
    return found


def of_change(page_id: int, before: int, now: int, *, sudden: bool) -> list[Found]:
    """What a change of the audience amounts to. sudden: it took few days."""
    found = []
    if sudden and abs(now - before) >= max(JUMP_PEOPLE, JUMP_SHARE * before):
        kind = EventKind.GAIN if now > before else EventKind.LOSS
        found.append(Found(page_id, kind, str(before), str(now)))
    passed = [step for step in MILESTONES if before < step <= now]
    if passed:
        found.append(Found(page_id, EventKind.MILESTONE, str(before), str(passed[-1])))
    return found


def write(found: Iterable[Found], day: dt.date) -> None:
    """Note the events under the local day; the same one again is no second one."""
    PageEvent.objects.bulk_create(
        [PageEvent(page_id=e.page_id, day=day, kind=e.kind, old=e.old[:300], new=e.new[:300]) for e in found],
        update_conflicts=True,
        unique_fields=["page", "day", "kind"],
        update_fields=["old", "new"],
    )


def _last_audience(page: Page) -> tuple[int | None, dt.date | None]:
    try:
        return page.state.subscribers, page.state.measured_on
    except ObjectDoesNotExist:
        return None, None
