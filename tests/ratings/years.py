"""Regions with a year of figures, small enough to be looked through."""

import datetime as dt

from monitoring.models import Page, PageDay, PageProfile, Post, Region, Slot, SlotStatus
from monitoring.rollups.months import refresh_months
from ratings.models import Methodology
from tests.factories import PageFactory, RegionFactory

YEAR = 2024
FIRST, LAST = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
NOW = dt.datetime(2025, 1, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def days(first: dt.date = FIRST, last: dt.date = LAST) -> list[dt.date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def year_of(
    page: Page,
    *,
    posts_a_week: int = 3,
    subscribers: int = 1000,
    gain: int = 0,
    views: int = 100,
    likes: int = 5,
    first: dt.date = FIRST,
    last: dt.date = LAST,
) -> Page:
    """The page collected on every day of the span: posts on the first days of each week, subscribers that grow evenly
    by `gain` over the span, each post with views and likes at the age of seven days."""
    span = days(first, last)
    Slot.objects.bulk_create(
        Slot(page=page, platform=page.platform, day=day, status=SlotStatus.OK, finished_at=NOW - 9 * DAY)
        for day in span
    )
    posting = [day for day in span if day.isoweekday() <= posts_a_week]
    PageDay.objects.bulk_create(
        PageDay(
            page=page,
            day=day,
            subscribers=subscribers + gain * n // max(1, len(span) - 1),
            posts=int(day in posting),
            own_posts=int(day in posting),
            answer_hash="ab" * 32,
            collected_at=NOW,
        )
        for n, day in enumerate(span)
    )
    Post.objects.bulk_create(
        Post(
            page=page,
            external_id=str(n),
            day=day,
            published_at=dt.datetime.combine(day, dt.time(1), dt.UTC),
            read_at=NOW,
            aged_at=NOW,
            views_7=views,
            likes_7=likes,
            comments_7=0,
            reposts_7=0,
        )
        for n, day in enumerate(posting)
    )
    PageProfile.objects.create(
        page=page, since=first, has_avatar=True, has_cover=True, has_description=True, state_mark=True, widgets=2
    )
    page.posts_known_from = first - 7 * DAY
    page.posts_known_to = dt.datetime.combine(last + 7 * DAY, dt.time(9), dt.UTC)
    page.save()
    return page


def sum_up(region: Region, first: dt.date = FIRST, last: dt.date = LAST) -> None:
    """The months of the span."""
    refresh_months(region, sorted({day.replace(day=1) for day in days(first, last)}))


def region_of_pages(count: int, **figures: object) -> Region:
    """A region with pages that differ in everything that is rated."""
    region = RegionFactory()
    for n in range(count):
        page = PageFactory(institution__region=region, title=f"Страница {n}", added_on=FIRST)
        year_of(page, **{"posts_a_week": n % 5 + 1, "views": 90 + n * 7, "likes": 3 + n % 4, "gain": n * 11} | figures)
    sum_up(region)
    return region


def make_methodology(*items: dict, slug: str = "own", **rules: object) -> Methodology:
    """A stored methodology of pages; `rules`: further fields of its data."""
    data = {"items": list(items), "subject": "page", "networks": [], "digits": 2} | rules
    return Methodology.objects.create(slug=slug, version="1", name="Своя методика", data=data)


def item(indicator: str, kind: str = "percentile", weight: str = "10", **more: object) -> dict:
    """One item of a methodology. target, steps, low, high: of its normaliser."""
    normaliser = {"kind": kind} | {name: more.pop(name) for name in ("target", "steps", "low", "high") if name in more}
    return {"indicator": indicator, "weight": weight, "normaliser": normaliser} | more
