"""Readings into the base: page, profile, page day, posts and events, each an upsert on its natural key."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitoring import events, suspects
from monitoring.models import Page, PageDay, PageProfile, PageStatus, Provenance, SlotReason
from monitoring.platforms.base import Failure, PageReading, PlatformError, WallReading
from monitoring.upsert import upsert

from .posts import Walls

STATUS_OF_FAILURE = {
    Failure.NOT_FOUND: PageStatus.NOT_FOUND,
    Failure.DELETED: PageStatus.DELETED,
    Failure.BLOCKED: PageStatus.BLOCKED,
    Failure.CLOSED: PageStatus.CLOSED,
}


@dataclass(slots=True)
class Ingest:
    """Stores what one batch read. `pages` by primary key, all of one region; `zone` is the region's."""

    pages: Mapping[int, Page]
    day: dt.date
    now: dt.datetime
    zone: ZoneInfo

    def store(
        self,
        readings: Mapping[int, PageReading | PlatformError],
        walls: Mapping[int, WallReading | PlatformError],
    ) -> dict[int, SlotReason]:
        """Write everything; returns why the slots of some pages are not plainly ok.

        A reading older than what is stored changes only its own day, and no counter that was read later.
        """
        answered = [_with_id(r, walls.get(r.page_id)) for r in readings.values() if isinstance(r, PageReading)]
        answered = [r for r in answered if r.failure is None or r.failure in STATUS_OF_FAILURE]
        replaced = [r for r in answered if self._is_replaced(r)]
        reasons = dict.fromkeys((r.page_id for r in replaced), SlotReason.REPLACED)
        reasons |= dict.fromkeys(self._duplicates(r for r in answered if r not in replaced), SlotReason.DUPLICATE)
        answered = [r for r in answered if r.page_id not in reasons]
        present = [r for r in answered if not self._is_late(r)]
        doubtful, measures = suspects.sort_out(self.pages, answered, self.day, self.now)
        reasons |= dict.fromkeys(doubtful, SlotReason.SUSPECT)
        found = self._replace([r for r in replaced if not self._is_late(r)])
        found += [*self._update_pages(present), *self._update_profiles(present)]
        good = [r for r in present if r.page_id not in doubtful]
        found += events.of_audience(self.pages, good, self.day, measures)
        self._write_audience([r for r in answered if r.page_id not in doubtful])
        read = [w for w in walls.values() if isinstance(w, WallReading) and w.failure is None]
        kept = {pk for pk, reason in reasons.items() if reason != SlotReason.SUSPECT}
        Walls(self.pages, self.day, self.now, self.zone).store([w for w in read if w.page_id not in kept])
        events.write(found, self.day)
        return reasons

    def _is_replaced(self, reading: PageReading) -> bool:
        """Whether another community answers under the page's address."""
        known = self.pages[reading.page_id].external_id
        return bool(known and reading.external_id and known != reading.external_id)

    def _is_late(self, reading: PageReading) -> bool:
        """Whether the page has been read since: a worker was held up between the answer and the base."""
        seen = self.pages[reading.page_id].seen_at
        return seen is not None and seen > self.now

    def _replace(self, readings: Iterable[PageReading]) -> list[events.Found]:
        """The address belongs to somebody else now: nothing of theirs is mixed in."""
        found = []
        for reading in readings:
            page = self.pages[reading.page_id]
            if page.status != PageStatus.REPLACED:
                found.append(events.of_replacement(page, reading))
        pages = [reading.page_id for reading in readings]
        Page.objects.filter(pk__in=pages).update(status=PageStatus.REPLACED, seen_at=self.now)
        return found

    def _duplicates(self, readings: Iterable[PageReading]) -> set[int]:
        """Pages whose network id belongs to another page of the registry, or to an earlier one here."""
        readings = list(readings)
        platform = next(iter(self.pages.values())).platform
        by_id = {r.external_id: r.page_id for r in sorted(readings, key=lambda r: -r.page_id) if r.external_id}
        taken = dict(Page.objects.filter(platform=platform, external_id__in=by_id).values_list("external_id", "pk"))
        owner = {**by_id, **taken}
        return {r.page_id for r in readings if r.external_id and owner[r.external_id] != r.page_id}

    def _update_pages(self, readings: Sequence[PageReading]) -> list[events.Found]:
        """State, id, short name and title as the network gives them now."""
        handles = {r.handle for r in readings if r.handle}
        platform = next(iter(self.pages.values())).platform
        holders = dict(Page.objects.filter(platform=platform, handle__in=handles).values_list("handle", "pk"))
        changed, found = [], []
        for reading in readings:
            page = self.pages[reading.page_id]
            before = (page.status, page.external_id, page.handle, page.title)
            readable = PageStatus.CLOSED if reading.closed else PageStatus.OPEN
            status = STATUS_OF_FAILURE.get(reading.failure, readable)
            found += events.of_identity(page, status, reading)
            page.status = status
            page.external_id = page.external_id or reading.external_id
            if reading.handle and holders.get(reading.handle, page.pk) == page.pk:
                page.handle = reading.handle[:100]
            page.title = reading.title[:300] or page.title
            if before != (page.status, page.external_id, page.handle, page.title):
                changed.append(page)
        Page.objects.bulk_update(changed, ["status", "external_id", "handle", "title", "search"], batch_size=500)
        Page.objects.filter(pk__in=[r.page_id for r in readings]).update(seen_at=self.now)
        return found

    def _update_profiles(self, readings: Iterable[PageReading]) -> list[events.Found]:
        """A new profile row where something has changed; what is not given now stays as it was."""
        latest: dict[int, PageProfile] = {}
        profiles = PageProfile.objects.filter(page__in=self.pages, since__lte=self.day)
        for profile in profiles.order_by("page", "since"):
            latest[profile.page_id] = profile
        rows, found = [], []
        for reading in readings:
            if reading.failure:
                continue
            old = latest.get(reading.page_id)
            known = {name: getattr(old, name, None) for name in PageProfile.FIELDS}
            given = {name: getattr(reading, name) for name in PageProfile.FIELDS}
            new = known | {name: value for name, value in given.items() if value is not None}
            if old is None or new != known:
                rows.append(PageProfile(page_id=reading.page_id, since=self.day, **new))
                found += events.of_profile(reading.page_id, known, new)
        PageProfile.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["page", "since"], update_fields=PageProfile.FIELDS
        )
        return found

    def _write_audience(self, readings: Iterable[PageReading]) -> None:
        rows = [
            PageDay(
                page_id=r.page_id,
                day=self.day,
                subscribers=r.subscribers,
                subscribers_provenance=Provenance.MEASURED if r.subscribers_step == 1 else Provenance.ROUNDED,
                subscribers_step=r.subscribers_step,
                collected_at=self.now,
                answer_hash=r.answer_hash,
            )
            for r in readings
            if r.failure is None and r.subscribers is not None
        ]
        newer = self._newer([row.page_id for row in rows])
        rows = [row for row in rows if row.page_id not in newer]
        fields = ["subscribers", "subscribers_provenance", "subscribers_step", "collected_at", "answer_hash"]
        upsert(rows, ["day", "page"], fields)

    def _newer(self, page_ids: list[int]) -> set[int]:
        """Pages whose number of this day was read after these readings."""
        late = [pk for pk in page_ids if (seen := self.pages[pk].seen_at) and seen > self.now]
        later = PageDay.objects.filter(day=self.day, page__in=late, collected_at__gt=self.now) if late else ()
        return {row.page_id for row in later}


def _with_id(reading: PageReading, wall: WallReading | PlatformError | None) -> PageReading:
    """The reading with the network's id, where only the wall tells it."""
    if reading.external_id or not isinstance(wall, WallReading) or not wall.external_id:
        return reading
    return dataclasses.replace(reading, external_id=wall.external_id)
