"""Walls into the base: posts with their counters, now and at the age of seven days, and the days they sum up to."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from monitoring.models import Page, PageDay, Post, Provenance
from monitoring.platforms.base import PostReading, WallReading
from monitoring.upsert import upsert

COUNTERS = ("views", "likes", "comments", "reposts")
POST_FIELDS = (
    "published_at",
    "day",
    "kind",
    "pinned",
    "advertisement",
    "text_hash",
    "content",
    "views_step",
    *COUNTERS,
)
AGED_FIELDS = ("aged_at", "views_7", "likes_7", "comments_7", "reposts_7")
DAY_FIELDS = ("posts", "own_posts", *COUNTERS, "views_provenance")
# Counters "at seven days" are those of the reading nearest to that age, within these bounds.
AGE = dt.timedelta(days=7)
# Up to this age counters are taken every day; older ones on one day of WHOLE_EVERY.
SETTLING_DAYS, WHOLE_EVERY = dt.timedelta(days=11), 5
YOUNGEST, OLDEST = dt.timedelta(days=6), dt.timedelta(days=10)


@dataclass(slots=True)
class Walls:
    """Stores the walls that one batch read. `pages` by primary key, all of one region; `zone` is the region's."""

    pages: Mapping[int, Page]
    day: dt.date
    now: dt.datetime
    zone: ZoneInfo

    def store(self, walls: Sequence[WallReading]) -> None:
        """Write posts, the days that they belong to, and how far back posts are known. A wall that was read before
        the one that is stored can only tell how its posts did at seven days."""
        walls = [self._worth_writing(wall) for wall in walls]
        if not walls:
            return
        own = self._write_posts(walls)
        present = [wall for wall in walls if not self._is_late(wall.page_id)]
        self._write_days(present, own)
        self._note_coverage(present)

    def _worth_writing(self, wall: WallReading) -> WallReading:
        """Older posts move little: on four days of five only the younger part of a wall is taken. Most of a night's
        writing would go into them."""
        known_to = self.pages[wall.page_id].posts_known_to
        today = self.now.astimezone(self.zone).date()
        midnight = dt.datetime.combine(today - SETTLING_DAYS, dt.time(), self.zone)
        whole = wall.page_id % WHOLE_EVERY == today.toordinal() % WHOLE_EVERY
        if whole or known_to is None or known_to < midnight or wall.complete_since >= midnight:
            return wall
        young = tuple(post for post in wall.posts if post.published_at >= midnight)
        return replace(wall, posts=young, complete_since=midnight)

    def _is_late(self, page_id: int) -> bool:
        known_to = self.pages[page_id].posts_known_to
        return known_to is not None and known_to > self.now

    def _write_posts(self, walls: Sequence[WallReading]) -> dict[int, set[str]]:
        """Only posts that are new or whose counters moved are written. Returns each page's own posts: what was found
        to be a mass-sent copy remains one."""
        since = min((post.published_at for wall in walls for post in wall.posts), default=self.now)
        known = Post.objects.filter(page__in=self.pages, published_at__gte=since)
        columns = known.values_list("page_id", "external_id", "read_at", *POST_FIELDS, *AGED_FIELDS, named=True)
        stored = {(row.page_id, row.external_id): row for row in columns}
        rows: list[Post] = []
        own: dict[int, set[str]] = {}
        for wall in walls:
            for reading in {post.external_id: post for post in wall.posts}.values():
                key = (wall.page_id, reading.external_id)
                before = stored.get(key)
                post = self._post(wall.page_id, reading, before)
                if post.kind == Post.Kind.OWN:
                    own.setdefault(wall.page_id, set()).add(reading.external_id)
                if before is None or _differs(before, post):
                    rows.append(post)
        upsert(rows, ["page", "external_id"], [*POST_FIELDS, *AGED_FIELDS, "read_at"])
        return own

    def _post(self, page_id: int, reading: PostReading, before: Post | None) -> Post:
        kind = str(reading.kind)
        if before is not None and before.kind == Post.Kind.COPY and kind == Post.Kind.OWN:
            kind = Post.Kind.COPY
        post = Post(
            page_id=page_id,
            external_id=reading.external_id,
            published_at=reading.published_at,
            day=reading.published_at.astimezone(self.zone).date(),
            kind=kind,
            pinned=reading.pinned,
            advertisement=reading.advertisement,
            text_hash=reading.text_hash,
            content=before.content if reading.content is None and before is not None else reading.content,
            views=reading.views,
            views_step=reading.views_step,
            likes=reading.likes,
            comments=reading.comments,
            reposts=reading.reposts,
            read_at=self.now,
        )
        keep_at_seven_days(post, before)
        if before is not None and self._is_late(page_id):
            for name in (*POST_FIELDS, "read_at"):
                setattr(post, name, getattr(before, name))
        return post

    def _write_days(self, walls: Iterable[WallReading], own: Mapping[int, set[str]]) -> None:
        """Posts by local day. A day with a row but no posts gets 0: its wall was read and held nothing."""
        read_from = {w.page_id: self._first_whole_day(w.complete_since) for w in walls if w.complete_since}
        if not read_from:
            return
        sums = {}
        for wall in walls:
            for day, figures in day_sums(wall, self.zone, own.get(wall.page_id, set())).items():
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
        upsert(rows, ["day", "page"], DAY_FIELDS)

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


def _differs(before: Post, post: Post) -> bool:
    return any(getattr(before, name) != getattr(post, name) for name in (*POST_FIELDS, *AGED_FIELDS))


def keep_at_seven_days(post: Post, before: Post | None) -> None:
    """Take the counters as those of the age of seven days, where no reading nearer to that age is stored; of two as
    near the earlier one is taken, whichever came first."""
    if before is not None:
        for name in AGED_FIELDS:
            setattr(post, name, getattr(before, name))
    age = post.read_at - post.published_at
    if not YOUNGEST <= age <= OLDEST:
        return
    stored = None if post.aged_at is None else post.aged_at - post.published_at
    if stored is None or (abs(age - AGE), age) < (abs(stored - AGE), stored):
        post.aged_at = post.read_at
        for name in COUNTERS:
            setattr(post, f"{name}_7", getattr(post, name))


def day_sums(wall: WallReading, zone: ZoneInfo, own: set[str]) -> dict[dt.date, tuple]:
    """Posts by local day in the order of DAY_FIELDS; a counter that no post of the day gave stays None.

    own: ids of the page's own posts.
    """
    by_day: dict[dt.date, list[PostReading]] = {}
    for post in {p.external_id: p for p in wall.posts}.values():
        by_day.setdefault(post.published_at.astimezone(zone).date(), []).append(post)
    return {day: _figures(group, own) for day, group in by_day.items()}


def _figures(posts: list[PostReading], own: set[str]) -> tuple:
    totals = []
    for name in COUNTERS:
        given = [getattr(post, name) for post in posts if getattr(post, name) is not None]
        totals.append(sum(given) if given else None)
    rounded = any(post.views_step > 1 for post in posts)
    own_posts = sum(post.external_id in own for post in posts)
    return (len(posts), own_posts, *totals, Provenance.ROUNDED if rounded else Provenance.MEASURED)
