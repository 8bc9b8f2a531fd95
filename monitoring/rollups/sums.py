"""What the pages of a region did in a span of days: sums that may be added, from slots, page days and posts."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from gospub.clock import local_day
from monitoring.models import Exemption, Page, PageDay, Post, Region, Slot, SlotReason, SlotStatus
from monitoring.models.measures import GONE_REASONS

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
# A methodology may ask for one to so many posts a week: PageMonth has a column for each.
MOST_POSTS_ASKED = 7
MEASURED = Q(subscribers__isnull=False)
# A page that hides its figures does so itself; all other failures are the network's or ours.
NOT_EXCUSED = (*GONE_REASONS, SlotReason.CLOSED)

PageSums = dict[str, Any]


def page_sums(
    region: Region, first: dt.date, last: dt.date, pages: Collection[int] | None = None
) -> dict[int, PageSums]:
    """The fields of PageMonth for any span of local days (both ends included), by page; None = no data.

    pages: only these; None = all pages of the region. A page that owed no reading and has no page day is absent.
    """
    span = {"page__institution__region": region, "day__range": (first, last)}
    if pages is not None:
        span["page__in"] = pages
    sums: dict[int, PageSums] = defaultdict(lambda: dict.fromkeys(ZEROS, 0) | dict.fromkeys(UNKNOWNS))
    for reader in (_slots, _page_days, _aged_posts):
        for row in reader(span):
            sums[row.pop("page")] |= row
    for page, (subscribers_first, subscribers_last) in _ends(span).items():
        sums[page] |= {"subscribers_first": subscribers_first, "subscribers_last": subscribers_last}
    for page, counts in _weeks_and_days(region, first, last, sums).items():
        sums[page] |= counts
    for row in sums.values():
        _complete(row)
    return dict(sums)


UNKNOWNS = ("subscribers_first", "subscribers_last", "posts", "own_posts", "views", "likes", "comments", "reposts")
WEEK_COLUMNS = ("weeks", *(f"weeks_{n}" for n in range(1, MOST_POSTS_ASKED + 1)))
ZEROS = (
    "days_measured",
    "posts_days",
    "subscriber_days",
    "days_owed",
    "days_gone",
    "days_excused",
    "active_days",
    *WEEK_COLUMNS,
    "aged_posts",
    "aged_interactions",
    "aged_audience",
    "viewed_posts",
    "viewed_interactions",
    "viewed_audience",
    "aged_views",
    "people_comments",
    "answered_comments",
)


def _slots(span: dict[str, object]) -> QuerySet:
    failed = Q(status__in=(SlotStatus.FAILED, SlotStatus.SKIPPED))
    return (
        Slot.objects.filter(**span)
        .order_by()
        .values("page")
        .annotate(
            days_owed=Count("pk"),
            days_gone=Count("pk", filter=Q(status=SlotStatus.FAILED, reason__in=GONE_REASONS)),
            days_excused=Count("pk", filter=failed & ~Q(reason__in=NOT_EXCUSED)),
        )
    )


def _page_days(span: dict[str, object]) -> QuerySet:
    return (
        PageDay.objects.filter(**span)
        .order_by()
        .values("page")
        .annotate(
            days_measured=Count("pk", filter=MEASURED),
            subscriber_days=Coalesce(Sum("subscribers"), 0),
            **{name: Sum(name) for name in ("posts", "own_posts", "views", "likes", "comments", "reposts")},
            **{name: Coalesce(Sum(name), 0) for name in ("people_comments", "answered_comments")},
        )
    )


def _ends(span: dict[str, object]) -> dict[int, tuple[int, int]]:
    """The first and the last measured audience of each page that has any."""
    facts = PageDay.objects.filter(MEASURED, **span).order_by()
    ends = {
        row["page"]: (row["first"], row["last"])
        for row in facts.values("page").annotate(first=Min("day"), last=Max("day"))
    }
    days = {day for pair in ends.values() for day in pair}
    rows = facts.filter(day__in=days).values_list("page_id", "day", "subscribers")
    audience = {(page, day): subscribers for page, day, subscribers in rows}
    return {page: (audience[page, start], audience[page, end]) for page, (start, end) in ends.items()}


def _aged_posts(span: dict[str, object]) -> QuerySet:
    """Posts with counters at the age of seven days."""
    viewed = Q(views_7__isnull=False)
    return (
        Post.objects.filter(aged_at__isnull=False, **span)
        .order_by()
        .values("page")
        .annotate(
            aged_posts=Count("pk"),
            viewed_posts=Count("pk", filter=viewed),
            aged_views=Coalesce(Sum("views_7"), 0),
            aged_interactions=_interactions(Q()),
            viewed_interactions=_interactions(viewed),
        )
    )


def _interactions(which: Q) -> Coalesce:
    parts = [Coalesce(Sum(name, filter=which), 0) for name in ("likes_7", "comments_7", "reposts_7")]
    return parts[0] + parts[1] + parts[2]


def _weeks_and_days(region: Region, first: dt.date, last: dt.date, pages: Collection[int]) -> dict[int, dict[str, int]]:
    """Known days and whole weeks of each page; a week belongs to the span that holds its Thursday."""
    mondays = mondays_of(first, last)
    known = known_days(region)
    excused = exempt_days(region, first - WEEK, last + WEEK)
    posts = _posts_by_day(region, min([first, *mondays]), max([last, *(monday + 6 * DAY for monday in mondays)]))
    result = {}
    for page in pages:
        if page not in known:
            continue
        start, end = known[page]
        off = excused.get(page, frozenset())
        by_day = posts.get(page, {})
        here = [day for day in days_between(max(first, start), min(last, end)) if day not in off]
        counts = Counter(posts_days=len(here), active_days=sum(by_day.get(day, 0) > 0 for day in here))
        for monday in mondays:
            week = days_between(monday, monday + 6 * DAY)
            if start > monday or end < week[-1] or not off.isdisjoint(week):
                continue
            total = sum(by_day.get(day, 0) for day in week)
            counts["weeks"] += 1
            counts.update(f"weeks_{n}" for n in range(1, min(total, MOST_POSTS_ASKED) + 1))
        result[page] = dict(counts)
    return result


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day of the span, both ends included; none where it is empty."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def mondays_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """Mondays of the weeks whose Thursday lies in the span."""
    return [day - 3 * DAY for day in days_between(first, last) if day.isoweekday() == 4]


def known_days(region: Region) -> dict[int, tuple[dt.date, dt.date]]:
    """First and last local day of which every post of the page was read."""
    pages = Page.objects.filter(
        institution__region=region, posts_known_from__isnull=False, posts_known_to__isnull=False
    ).values_list("pk", "posts_known_from", "posts_known_to")
    return {pk: (start, local_day(end, region.time_zone)) for pk, start, end in pages}


def _posts_by_day(region: Region, first: dt.date, last: dt.date) -> dict[int, dict[dt.date, int]]:
    rows = PageDay.objects.filter(page__institution__region=region, day__range=(first, last), posts__gt=0)
    posts: dict[int, dict[dt.date, int]] = defaultdict(dict)
    for page, day, count in rows.values_list("page_id", "day", "posts"):
        posts[page][day] = count
    return posts


def exempt_days(region: Region, first: dt.date, last: dt.date) -> dict[int, frozenset[dt.date]]:
    """Days of the span on which the page's institution was exempt from keeping it, by page."""
    exemptions = Exemption.objects.filter(
        Q(until=None) | Q(until__gte=first), institution__region=region, since__lte=last
    )
    by_institution: dict[int, list[Exemption]] = defaultdict(list)
    for exemption in exemptions:
        by_institution[exemption.institution_id].append(exemption)
    result: dict[int, set[dt.date]] = defaultdict(set)
    pages = Page.objects.filter(institution__in=list(by_institution))
    for page, institution, platform in pages.values_list("pk", "institution", "platform"):
        for exemption in by_institution[institution]:
            if exemption.platform in ("", platform):
                result[page].update(days_between(max(first, exemption.since), min(last, exemption.until or last)))
    return {page: frozenset(days) for page, days in result.items()}


def _complete(row: PageSums) -> None:
    """What follows from the other sums: posts are 0 where days are known, audiences of the posts."""
    if row["posts_days"]:
        row["posts"] = row["posts"] or 0
        row["own_posts"] = row["own_posts"] or 0
    if row["days_measured"]:
        for posts, audience in (("aged_posts", "aged_audience"), ("viewed_posts", "viewed_audience")):
            row[audience] = _rounded(row[posts] * row["subscriber_days"], row["days_measured"])


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, half up; both above or at zero."""
    return (2 * numerator + denominator) // (2 * denominator)
