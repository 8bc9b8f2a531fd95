"""PostMonth and TopPost: when posts come out, what they are, and which did best."""

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, ExtractHour, ExtractIsoWeekDay, RowNumber

from gospub.clock import day_bounds
from monitoring.models import Post, PostDimension, PostMonth, Region, TopMeasure, TopPost
from monitoring.upsert import upsert

from .months import month_end

# Of a month and network so many posts are kept by each measure.
TOP = 50
# With fewer views one like is a high engagement.
LEAST_VIEWS = 100
FIGURES = ("posts", "viewed", "views", "interactions", "comments")
VIEWED = Q(views__isnull=False)
INTERACTIONS = Coalesce(F("likes"), 0) + Coalesce(F("comments"), 0) + Coalesce(F("reposts"), 0)
# What each measure is, and of which posts.
MEASURES: dict[str, tuple[Combinable, Q]] = {
    TopMeasure.VIEWS: (Cast(F("views"), FloatField()), VIEWED),
    TopMeasure.ENGAGEMENT: (
        Cast(INTERACTIONS, FloatField()) / Cast(F("views"), FloatField()),
        Q(views__gte=LEAST_VIEWS) & (Q(likes__isnull=False) | Q(comments__isnull=False) | Q(reposts__isnull=False)),
    ),
    TopMeasure.COMMENTS: (Cast(F("comments"), FloatField()), Q(comments__gt=0)),
}


def refresh_post_months(region: Region, months: Iterable[dt.date]) -> None:
    """PostMonth and TopPost of those months (each given by its first day)."""
    for month in sorted(months):
        posts = posts_of(region, month, month_end(month))
        rows = [
            PostMonth(
                region=region, month=month, dimension=dimension, platform=row["platform"], key=row["key"], **figures
            )
            for dimension in PostDimension
            for row, figures in grouped(posts, dimension, region.time_zone, "page__platform")
        ]
        upsert(rows, ["region", "dimension", "month", "platform", "key"], FIGURES)
        _drop_stale(region, month, rows)
        for measure in TopMeasure:
            _write_top(region, month, measure, posts)


def posts_of(region: Region, first: dt.date, last: dt.date) -> QuerySet[Post]:
    """Posts of the region published on these local days, found by the index of their moment."""
    start, end = day_bounds(first, region.time_zone)[0], day_bounds(last, region.time_zone)[1]
    return Post.objects.filter(page__institution__region=region, published_at__gte=start, published_at__lt=end)


def grouped(
    posts: QuerySet[Post], dimension: PostDimension, zone: str, *platform: str
) -> Iterable[tuple[dict[str, str], dict[str, int]]]:
    """Sums of the posts by the dimension's key (and, where its field is given, by network)."""
    names = _key_fields(dimension, zone)
    values = [*names, *platform]
    found = posts.order_by().annotate(**names).values(*values).annotate(**sums())
    for row in found:
        key = "-".join("" if row[name] is None else str(row[name]) for name in names)
        group = {"key": key, "platform": row[platform[0]] if platform else ""}
        yield group, {name: row[f"sum_{name}"] for name in FIGURES}


def _key_fields(dimension: PostDimension, zone: str) -> dict[str, Combinable]:
    tzinfo = ZoneInfo(zone)
    match dimension:
        case PostDimension.HOUR:
            return {
                "weekday": ExtractIsoWeekDay("published_at", tzinfo=tzinfo),
                "hour": ExtractHour("published_at", tzinfo=tzinfo),
            }
        case PostDimension.KIND:
            return {"of_kind": F("kind")}
        case _:
            return {"of_content": F("content")}


def sums() -> dict[str, Combinable]:
    """The figures of PostFigures over any posts, each under `sum_…`: a post has fields of the same names."""
    return {
        "sum_posts": Count("pk"),
        "sum_viewed": Count("pk", filter=VIEWED),
        "sum_views": Coalesce(Sum("views"), 0),
        "sum_interactions": Coalesce(Sum(INTERACTIONS, filter=VIEWED), 0),
        "sum_comments": Coalesce(Sum("comments"), 0),
    }


def _drop_stale(region: Region, month: dt.date, rows: Sequence[PostMonth]) -> None:
    present = {(row.dimension, row.platform, row.key) for row in rows}
    stored = PostMonth.objects.filter(region=region, month=month, dimension__in=PostDimension.values)
    stale = [pk for pk, *key in stored.values_list("pk", "dimension", "platform", "key") if tuple(key) not in present]
    PostMonth.objects.filter(pk__in=stale).delete()


def best(posts: QuerySet[Post], measure: str) -> QuerySet[Post]:
    """The posts that have the measure, with it as `value`, the best first."""
    value, which = MEASURES[measure]
    return posts.filter(which).annotate(value=value).order_by("-value", "-pk")


def _write_top(region: Region, month: dt.date, measure: str, posts: QuerySet[Post]) -> None:
    place = Window(RowNumber(), partition_by="page__platform", order_by=[F("value").desc(), F("pk").desc()])
    found = best(posts, measure).order_by().annotate(place=place).filter(place__lte=TOP)
    rows = [
        TopPost(region=region, measure=measure, month=month, platform=platform, place=place, post_id=pk, value=value)
        for pk, platform, place, value in found.values_list("pk", "page__platform", "place", "value")
    ]
    upsert(rows, ["region", "measure", "month", "platform", "place"], ["post", "value"])
    last: dict[str, int] = {}
    for row in rows:
        last[row.platform] = max(row.place, last.get(row.platform, 0))
    stored = TopPost.objects.filter(region=region, measure=measure, month=month)
    stale = Q(pk__in=[])
    for platform in stored.order_by().values_list("platform", flat=True).distinct():
        stale |= Q(platform=platform, place__gt=last.get(platform, 0))
    stored.filter(stale).delete()
