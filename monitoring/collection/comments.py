"""Comments of fresh posts: how many came from people, how many the page answered, and how fast."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Q, Sum

from monitoring.models import PageDay, Post
from monitoring.platforms.base import CommentsReading, PostRef

# So long after a post its comments are looked at; what is answered later counts as not answered.
FRESH = dt.timedelta(days=14)
# Comments without an answer are looked at again after so long, also when no new ones have come.
AGAIN = dt.timedelta(days=1)
# Posts a batch at most, newest first.
MOST_POSTS = 250


def posts_to_ask(page_ids: Iterable[int], now: dt.datetime) -> list[PostRef]:
    """Posts of those pages with comments that were not read yet, or have changed, or still wait for an answer."""
    unanswered = Q(people_comments__gt=F("answered_comments"), comments_read_at__lte=now - AGAIN)
    changed = Q(comments_seen=None) | ~Q(comments_seen=F("comments"))
    posts = Post.objects.filter(page__in=page_ids, published_at__gt=now - FRESH, comments__gt=0)
    found = posts.filter(changed | unanswered).exclude(page__external_id="").order_by("-published_at")[:MOST_POSTS]
    return [PostRef(*row) for row in found.values_list("page_id", "page__external_id", "external_id")]


def store_comments(readings: Iterable[CommentsReading], now: dt.datetime) -> None:
    """Write what was read to the posts, and the sums to their days."""
    by_key = {(reading.page_id, reading.post_id): reading for reading in readings}
    if not by_key:
        return
    pages, ids = {page for page, _post in by_key}, {post for _page, post in by_key}
    posts = [
        post
        for post in Post.objects.filter(page__in=pages, external_id__in=ids)
        if (post.page_id, post.external_id) in by_key
    ]
    for post in posts:
        reading = by_key[post.page_id, post.external_id]
        post.people_comments, post.answered_comments = reading.people, reading.answered
        post.answer_minutes = list(reading.answer_minutes)
        post.comments_read_at, post.comments_seen = now, post.comments
    fields = ["people_comments", "answered_comments", "answer_minutes", "comments_read_at", "comments_seen"]
    Post.objects.bulk_update(posts, fields, batch_size=500)
    _write_days({(post.page_id, post.day) for post in posts})


def _write_days(keys: set[tuple[int, dt.date]]) -> None:
    """Comments and answers of all posts of those pages and days; days without a row have no posts either."""
    pages, days = {page for page, _day in keys}, {day for _page, day in keys}
    sums: dict[tuple[int, dt.date], tuple[int | None, int | None]] = defaultdict(lambda: (None, None))
    rows = Post.objects.filter(page__in=pages, day__in=days).values("page_id", "day")
    for row in rows.annotate(people=Sum("people_comments"), answered=Sum("answered_comments")).order_by():
        sums[row["page_id"], row["day"]] = row["people"], row["answered"]
    found = [day for day in PageDay.objects.filter(day__in=days, page__in=pages) if (day.page_id, day.day) in keys]
    for day in found:
        day.people_comments, day.answered_comments = sums[day.page_id, day.day]
    PageDay.objects.bulk_update(found, ["people_comments", "answered_comments"], batch_size=500)
