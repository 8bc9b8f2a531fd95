"""Posts that were sent to many pages at once: the same text on several pages within days."""

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Count, F

from monitoring.models import PageDay, Post, Region

# On so many pages within so many days a text is no page's own, but that of the page that had it first.
LEAST_PAGES = 5
WITHIN = dt.timedelta(days=3)
# How far back posts are looked at.
WINDOW = dt.timedelta(days=30)


def mark_copies(region: Region, day: dt.date) -> int:
    """Mark the copies among the region's own posts of the last days up to `day`; returns how many are new.

    A post that is marked stays marked. The page days of new copies lose them as own posts.
    """
    posts = Post.objects.filter(
        page__institution__region=region, day__range=(day - WINDOW, day), text_hash__isnull=False
    ).exclude(kind=Post.Kind.REPOST)
    spread = posts.values("text_hash").annotate(pages=Count("page", distinct=True)).filter(pages__gte=LEAST_PAGES)
    rows = posts.filter(text_hash__in=[row["text_hash"] for row in spread]).order_by("published_at", "pk")
    by_text: dict[int, list[Post]] = defaultdict(list)
    for post in rows.only("page_id", "published_at", "day", "kind", "text_hash"):
        by_text[post.text_hash].append(post)
    new = [post for same in by_text.values() for post in _copies(same) if post.kind == Post.Kind.OWN]
    Post.objects.filter(pk__in=[post.pk for post in new]).update(kind=Post.Kind.COPY)
    for (page_id, on), count in Counter((post.page_id, post.day) for post in new).items():
        PageDay.objects.filter(page=page_id, day=on, own_posts__gte=count).update(own_posts=F("own_posts") - count)
    return len(new)


def _copies(posts: list[Post]) -> list[Post]:
    """Of posts with one text, oldest first: wherever enough pages have it within WITHIN, all but those of the page
    that had it first."""
    copies: dict[int, Post] = {}
    end = spread_to = 0
    origin = None
    for start, first in enumerate(posts):
        while end < len(posts) and posts[end].published_at - first.published_at <= WITHIN:
            end += 1
        group = posts[start:end]
        if len({post.page_id for post in group}) >= LEAST_PAGES:
            if start >= spread_to:
                origin = first.page_id
            spread_to = end
            copies |= {post.pk: post for post in group if post.page_id != origin}
    return list(copies.values())
