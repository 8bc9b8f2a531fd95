"""PageMonth and GroupMonth: what ratings and long trends read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Max, Min, Q, Sum

from gospub.clock import local_day
from monitoring.models import GroupDay, GroupMonth, Page, PageDay, PageMonth, Region
from monitoring.upsert import upsert

from .groups import Sums, group_keys, write_groups


def refresh_months(region: Region, months: Iterable[dt.date]) -> None:
    """PageMonth and GroupMonth of those months (each given by its first day)."""
    keys = group_keys(region)
    for month in sorted(months):
        rows = _page_months(region, month)
        fields = [f.name for f in PageMonth._meta.concrete_fields if f.name not in ("id", "month", "page")]
        upsert(rows, ["month", "page"], fields)
        write_groups(GroupMonth, region, "month", {month: _group_month(region, month, rows, keys)})


def month_end(month: dt.date) -> dt.date:
    """The last day of the month that starts on `month`."""
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _page_months(region: Region, month: dt.date) -> list[PageMonth]:
    last = month_end(month)
    facts = PageDay.objects.filter(page__institution__region=region, day__range=(month, last))
    measured = Q(subscribers__isnull=False)
    sums = facts.values("page_id").annotate(
        first=Min("day", filter=measured),
        last=Max("day", filter=measured),
        days_measured=Count("pk", filter=measured),
        sum_posts=Sum("posts"),
        sum_own=Sum("own_posts"),
        sum_views=Sum("views"),
        sum_likes=Sum("likes"),
        sum_comments=Sum("comments"),
        sum_reposts=Sum("reposts"),
    )
    rows = {row["page_id"]: row for row in sums}
    ends = {row["first"] for row in rows.values()} | {row["last"] for row in rows.values()}
    audience = {
        (page_id, day): subscribers
        for page_id, day, subscribers in facts.filter(measured, day__in=ends - {None}).values_list(
            "page_id", "day", "subscribers"
        )
    }
    covered = _covered_days(region, month, last)
    return [
        PageMonth(
            month=month,
            page_id=page_id,
            subscribers_first=audience.get((page_id, row["first"])),
            subscribers_last=audience.get((page_id, row["last"])),
            days_measured=row["days_measured"],
            posts_days=covered.get(page_id, 0),
            posts=(row["sum_posts"] or 0) if covered.get(page_id) else row["sum_posts"],
            own_posts=(row["sum_own"] or 0) if covered.get(page_id) else row["sum_own"],
            views=row["sum_views"],
            likes=row["sum_likes"],
            comments=row["sum_comments"],
            reposts=row["sum_reposts"],
        )
        for page_id, row in rows.items()
    ]


def _covered_days(region: Region, first: dt.date, last: dt.date) -> dict[int, int]:
    """Days of the span of which every post is known, by page."""
    pages = Page.objects.filter(institution__region=region, posts_known_to__isnull=False)
    result = {}
    for page_id, known_from, known_to in pages.values_list("pk", "posts_known_from", "posts_known_to"):
        start, end = max(first, known_from), min(last, local_day(known_to, region.time_zone))
        result[page_id] = max(0, (end - start).days + 1)
    return result


def _group_month(
    region: Region, month: dt.date, rows: Iterable[PageMonth], keys: dict[int, tuple[tuple[str, str], ...]]
) -> dict[tuple[str, str], Sums]:
    """Audience and pages of the month's last collected day; posts of all its days."""
    groups: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for row in rows:
        for key in keys[row.page_id]:
            groups[key].add("posts", row.posts)
            groups[key].add("views", row.views)
            for part in (row.likes, row.comments, row.reposts):
                groups[key].add("interactions", part)
    days = GroupDay.objects.filter(region=region, day__range=(month, month_end(month)))
    last = days.aggregate(last=Max("day"))["last"]
    for group in days.filter(day=last):
        sums = groups[group.dimension, group.key]
        sums.pages, sums.measured, sums.subscribers = group.pages, group.measured, group.subscribers
    return dict(groups)
