"""PageState: a row per page with its latest figures and their changes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery, Sum

from gospub.clock import day_bounds, local_day
from monitoring.models import Page, PageDay, PageState, Post, Region, Slot
from monitoring.upsert import upsert

SPARKLINE_POINTS = 30
# A month and a year ago: the day itself, or the nearest one measured up to so many days before it.
MONTH_TOLERANCE_DAYS = 3
YEAR_TOLERANCE_DAYS = 7


def refresh_page_states(region: Region, day: dt.date, only: Page | None = None) -> None:
    """Latest figures of every page as of the end of `day`. A page that failed keeps its last good value and date.

    only: this page alone.
    """
    pages = Page.objects.filter(institution__region=region)
    if only is not None:
        pages = pages.filter(pk=only.pk)
    old = PageState.objects.filter(page__in=pages).in_bulk()
    audience = _audience_near(region, day)
    slots = {
        page_id: (status, reason)
        for page_id, status, reason in Slot.objects.filter(day=day, page__institution__region=region).values_list(
            "page_id", "status", "reason"
        )
    }
    activity = _activity(region, day)
    last_post = dict(
        pages.values_list(
            "pk",
            Subquery(
                Post.objects.filter(page=OuterRef("pk"), published_at__lt=day_bounds(day, region.time_zone)[1])
                .order_by("-published_at")
                .values("published_at")[:1]
            ),
        )
    )
    rows = []
    for page_id, known_from, known_to in pages.values_list("pk", "posts_known_from", "posts_known_to"):
        state = old.get(page_id) or PageState(page_id=page_id)
        known_until = local_day(known_to, region.time_zone) if known_to else None
        _set_audience(state, audience.get(page_id, {}), day)
        state.slot_status, state.slot_reason = slots.get(page_id, ("", ""))
        state.last_post_at = last_post[page_id]
        _set_activity(state, activity.get(page_id), day, known_from, known_until)
        rows.append(state)
    fields = [f.name for f in PageState._meta.concrete_fields if not f.primary_key]
    upsert(rows, ["page"], fields)


class Audience(NamedTuple):
    subscribers: int
    provenance: str


def _audience_near(region: Region, day: dt.date) -> dict[int, dict[dt.date, Audience]]:
    """Measured audience by page on the days that the changes compare."""
    days = {day, day - dt.timedelta(days=1)}
    days |= set(_days_before(month_before(day), MONTH_TOLERANCE_DAYS))
    days |= set(_days_before(year_before(day), YEAR_TOLERANCE_DAYS))
    result: dict[int, dict[dt.date, Audience]] = defaultdict(dict)
    rows = PageDay.objects.filter(page__institution__region=region, day__in=days, subscribers__isnull=False)
    for page_id, on, subscribers, provenance in rows.values_list(
        "page_id", "day", "subscribers", "subscribers_provenance"
    ):
        result[page_id][on] = Audience(subscribers, provenance)
    return result


def _set_audience(state: PageState, measured: dict[dt.date, Audience], day: dt.date) -> None:
    latest = measured.get(day)
    if latest is None:
        return
    # Yesterday's number may have been borne out by today's.
    days = [each for each in (day - dt.timedelta(days=1), day) if each in measured]
    points = dict(state.sparkline) | {each.isoformat(): measured[each].subscribers for each in days}
    state.sparkline = [list(point) for point in sorted(points.items())][-SPARKLINE_POINTS:]
    if state.measured_on and day < state.measured_on:
        return  # a number of that day was decided on later
    state.subscribers, state.subscribers_provenance = latest
    state.measured_on = day
    state.change_day = _change(latest, measured, [day - dt.timedelta(days=1)])
    state.change_month = _change(latest, measured, _days_before(month_before(day), MONTH_TOLERANCE_DAYS))
    state.change_year = _change(latest, measured, _days_before(year_before(day), YEAR_TOLERANCE_DAYS))


def _change(latest: Audience, measured: dict[dt.date, Audience], days: Iterable[dt.date]) -> int | None:
    then = next((measured[day] for day in days if day in measured), None)
    return None if then is None else latest.subscribers - then.subscribers


def _days_before(day: dt.date, tolerance: int) -> list[dt.date]:
    """The day itself and the `tolerance` days before it, nearest first."""
    return [day - dt.timedelta(days=back) for back in range(tolerance + 1)]


def month_before(day: dt.date) -> dt.date:
    """The same day of the month before, or that month's last day."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def year_before(day: dt.date) -> dt.date:
    """The same day of the year before; 28 February for the 29th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _activity(region: Region, day: dt.date) -> dict[int, dict[str, int | None]]:
    """Sums of the posts of the last 7 and 30 local days, by page; pages without posts are absent."""
    week = Q(day__gt=day - dt.timedelta(days=7))
    month = day - dt.timedelta(days=30)
    rows = PageDay.objects.filter(page__institution__region=region, day__gt=month, day__lte=day, posts__gt=0)
    return {
        row["page_id"]: row
        for row in rows.values("page_id").annotate(
            posts_7=Sum("posts", filter=week),
            posts_30=Sum("posts"),
            views_30=Sum("views"),
            likes=Sum("likes"),
            comments=Sum("comments"),
            reposts=Sum("reposts"),
        )
    }


def _set_activity(
    state: PageState,
    sums: dict[str, int | None] | None,
    day: dt.date,
    known_from: dt.date | None,
    known_until: dt.date | None,
) -> None:
    """Unknown where the wall was not read over the whole span; 0 only where it was and held nothing."""

    def known(days: int) -> bool:
        first = day - dt.timedelta(days=days - 1)
        return known_from is not None and known_until is not None and known_from <= first and known_until >= day

    sums = sums or {}
    state.posts_7 = (sums.get("posts_7") or 0) if known(7) else None
    state.posts_30 = (sums.get("posts_30") or 0) if known(30) else None
    state.views_30 = sums.get("views_30") if known(30) else None
    parts = [sums.get(name) for name in ("likes", "comments", "reposts")]
    given = [part for part in parts if part is not None]
    state.interactions_30 = sum(given) if given and known(30) else None
