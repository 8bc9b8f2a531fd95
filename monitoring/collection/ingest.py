"""Readings into the base: page, profile, page day, posts and events, each an upsert on its natural key."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitoring import events
from monitoring.models import Page, PageDay, PageEvent, PageProfile, PageStatus, Post, Provenance, SlotReason
from monitoring.platforms.base import Failure, PageReading, PlatformError, PostReading, WallReading

STATUS_OF_FAILURE = {
    Failure.NOT_FOUND: PageStatus.NOT_FOUND,
    Failure.DELETED: PageStatus.DELETED,
    Failure.BLOCKED: PageStatus.BLOCKED,
    Failure.CLOSED: PageStatus.CLOSED,
}
COUNTERS = ("views", "likes", "comments", "reposts")
POST_FIELDS = ("published_at", "day", "kind", "pinned", "advertisement", "views_step", *COUNTERS)
DAY_FIELDS = ("posts", "own_posts", *COUNTERS, "views_provenance")


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
        """Write everything; returns why the slots of some pages are not plainly ok."""
        answered = [r for r in readings.values() if isinstance(r, PageReading)]
        answered = [r for r in answered if r.failure is None or r.failure in STATUS_OF_FAILURE]
        duplicates = self._duplicates(answered)
        answered = [r for r in answered if r.page_id not in duplicates]
        found = [*self._update_pages(answered), *self._update_profiles(answered)]
        found += events.of_audience(self.pages, answered, self.day)
        self._write_audience(answered)
        read = [w for w in walls.values() if isinstance(w, WallReading) and w.failure is None]
        read = [w for w in read if w.page_id not in duplicates]
        self._write_posts(read)
        self._write_post_days(read)
        self._note_coverage(read)
        PageEvent.objects.bulk_create(
            [PageEvent(page_id=e.page_id, day=self.day, kind=e.kind, old=e.old[:300], new=e.new[:300]) for e in found],
            update_conflicts=True,
            unique_fields=["page", "day", "kind"],
            update_fields=["old", "new"],
        )
        return dict.fromkeys(duplicates, SlotReason.DUPLICATE)

    def _duplicates(self, readings: Iterable[PageReading]) -> set[int]:
        """Pages whose network id belongs to another page of the registry, or to an earlier one here."""
        platform = next(iter(self.pages.values())).platform
        by_id = {r.external_id: r.page_id for r in sorted(readings, key=lambda r: -r.page_id) if r.external_id}
        taken = dict(Page.objects.filter(platform=platform, external_id__in=by_id).values_list("external_id", "pk"))
        owner = {**by_id, **taken}
        return {r.page_id for r in readings if r.external_id and owner[r.external_id] != r.page_id}

    def _update_pages(self, readings: Iterable[PageReading]) -> list[events.Found]:
        """State, id, short name and title as the network gives them now."""
        handles = {r.handle for r in readings if r.handle}
        platform = next(iter(self.pages.values())).platform
        holders = dict(Page.objects.filter(platform=platform, handle__in=handles).values_list("handle", "pk"))
        changed, found = [], []
        for reading in readings:
            page = self.pages[reading.page_id]
            before = (page.status, page.external_id, page.handle, page.title)
            status = STATUS_OF_FAILURE.get(reading.failure, PageStatus.OPEN)
            found += events.of_identity(page, status, reading)
            page.status = status
            page.external_id = page.external_id or reading.external_id
            if reading.handle and holders.get(reading.handle, page.pk) == page.pk:
                page.handle = reading.handle[:100]
            page.title = reading.title[:300] or page.title
            if before != (page.status, page.external_id, page.handle, page.title):
                changed.append(page)
        Page.objects.bulk_update(changed, ["status", "external_id", "handle", "title"], batch_size=500)
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
        fields = ["subscribers", "subscribers_provenance", "subscribers_step", "collected_at", "answer_hash"]
        PageDay.objects.bulk_create(
            rows, batch_size=2000, update_conflicts=True, unique_fields=["day", "page"], update_fields=fields
        )

    def _write_posts(self, walls: Sequence[WallReading]) -> None:
        """Only posts that are new or whose counters moved are written."""
        since = min((post.published_at for wall in walls for post in wall.posts), default=self.now)
        stored = {
            (row[0], row[1]): row[2:]
            for row in Post.objects.filter(page__in=self.pages, published_at__gte=since).values_list(
                "page_id", "external_id", *POST_FIELDS
            )
        }
        rows = []
        for wall in walls:
            for reading in {post.external_id: post for post in wall.posts}.values():
                post = self._post(wall.page_id, reading)
                if stored.get((wall.page_id, reading.external_id)) != tuple(getattr(post, f) for f in POST_FIELDS):
                    rows.append(post)
        Post.objects.bulk_create(
            rows,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["page", "external_id"],
            update_fields=[*POST_FIELDS, "read_at"],
        )

    def _post(self, page_id: int, reading: PostReading) -> Post:
        return Post(
            page_id=page_id,
            external_id=reading.external_id,
            published_at=reading.published_at,
            day=reading.published_at.astimezone(self.zone).date(),
            kind=str(reading.kind),
            pinned=reading.pinned,
            advertisement=reading.advertisement,
            views=reading.views,
            views_step=reading.views_step,
            likes=reading.likes,
            comments=reading.comments,
            reposts=reading.reposts,
            read_at=self.now,
        )

    def _write_post_days(self, walls: Iterable[WallReading]) -> None:
        """Posts by local day. A day with a row but no posts gets 0: its wall was read and held nothing."""
        read_from = {w.page_id: self._first_whole_day(w.complete_since) for w in walls if w.complete_since}
        if not read_from:
            return
        sums = {}
        for wall in walls:
            for day, figures in day_sums(wall.posts, self.zone).items():
                if wall.page_id in read_from and day >= read_from[wall.page_id]:
                    sums[day, wall.page_id] = figures
        stored = {
            (row[0], row[1]): row[2:]
            for row in PageDay.objects.filter(
                page__in=read_from, day__gte=min(read_from.values()), day__lte=self.day
            ).values_list("day", "page_id", *DAY_FIELDS)
            if row[0] >= read_from[row[1]]
        }
        nothing = (0, 0, None, None, None, None, Provenance.MEASURED)
        wanted = dict.fromkeys(stored, nothing) | sums
        rows = [
            PageDay(day=day, page_id=page_id, **dict(zip(DAY_FIELDS, figures, strict=True)))
            for (day, page_id), figures in wanted.items()
            if stored.get((day, page_id)) != figures
        ]
        PageDay.objects.bulk_create(
            rows,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["day", "page"],
            update_fields=DAY_FIELDS,
        )

    def _first_whole_day(self, moment: dt.datetime) -> dt.date:
        """The first local day that lies wholly after the moment."""
        local = moment.astimezone(self.zone)
        return local.date() if local.timetz().replace(tzinfo=None) == dt.time() else local.date() + dt.timedelta(1)

    def _note_coverage(self, walls: Iterable[WallReading]) -> None:
        """Posts are known without a gap from one day to now; a gap in reading starts the interval anew."""
        fresh: dict[dt.date, list[int]] = {}
        for wall in walls:
            page = self.pages[wall.page_id]
            if page.posts_known_to is None or wall.complete_since > page.posts_known_to:
                fresh.setdefault(self._first_whole_day(wall.complete_since), []).append(page.pk)
        for first, page_ids in fresh.items():
            Page.objects.filter(pk__in=page_ids).update(posts_known_from=first)
        Page.objects.filter(pk__in=[w.page_id for w in walls]).update(posts_known_to=self.now)


def day_sums(posts: Iterable[PostReading], zone: ZoneInfo) -> dict[dt.date, tuple]:
    """Posts by local day in the order of DAY_FIELDS; a counter that no post of the day gave stays None."""
    by_day: dict[dt.date, list[PostReading]] = {}
    for post in {p.external_id: p for p in posts}.values():
        by_day.setdefault(post.published_at.astimezone(zone).date(), []).append(post)
    return {day: _figures(group) for day, group in by_day.items()}


def _figures(posts: list[PostReading]) -> tuple:
    totals = []
    for name in COUNTERS:
        given = [getattr(post, name) for post in posts if getattr(post, name) is not None]
        totals.append(sum(given) if given else None)
    rounded = any(post.views_step > 1 for post in posts)
    own = sum(post.kind == "own" for post in posts)
    return (len(posts), own, *totals, Provenance.ROUNDED if rounded else Provenance.MEASURED)
