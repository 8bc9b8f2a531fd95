"""What gaming looks like in the numbers, for the tests of its signs."""

import datetime as dt
from itertools import count

from monitoring.evidence import find_evidence
from monitoring.models import EvidenceCard, Page, PageDay, Post, Region

DAY = dt.date(2024, 10, 26)  # a Saturday

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)

ONE = dt.timedelta(days=1)

MONDAY = dt.date(2024, 10, 14)

numbers = count(1)


def measure(page: Page, day: dt.date, subscribers: int, **fields: object) -> None:
    PageDay.objects.create(page=page, day=day, subscribers=subscribers, **fields)


def post(page: Page, day: dt.date, **fields: object) -> Post:
    """At noon of the region's day."""
    at = dt.datetime.combine(day, dt.time(2), dt.UTC)
    return Post.objects.create(
        page=page, external_id=str(next(numbers)), published_at=at, day=day, read_at=at, **fields
    )


def find(region: Region, day: dt.date = DAY) -> int:
    return find_evidence(region, day, NOW)


def kinds() -> list[str]:
    return list(EvidenceCard.objects.order_by("first_day", "kind").values_list("kind", flat=True))


def days(card: EvidenceCard) -> tuple[dt.date, dt.date]:
    card.refresh_from_db()
    return card.first_day, card.last_day


JUMP = DAY - 14 * ONE


def jump(
    page: Page,
    before: int = 1000,
    after: int = 1200,
    *,
    on: dt.date = JUMP,
    views: tuple[int, int] = (100, 100),
    posts: tuple[int, int] = (2, 2),
    gap: int = 1,
    **measured: object,
) -> None:
    """The audience grows on that day; so many posts with so many views before and after it."""
    measure(page, on - gap * ONE, before)
    measure(page, on, after, **measured)
    for n in range(posts[0]):
        post(page, on - (n + 1) * ONE, views_7=views[0], views=10 * views[0])
    for n in range(posts[1]):
        post(page, on + (n + 1) * ONE, views_7=views[1], views=10 * views[1])


def week(
    page: Page,
    *,
    views: int = 3000,
    likes: int | None = 0,
    posts: int = 2,
    usual: int = 25,
    habit: int = 5,
    subscribers: int | None = 1000,
    monday: dt.date = MONDAY,
) -> None:
    """A week of so many posts with so many views each, after `habit` posts of 10 000 views with `usual` likes."""
    if subscribers:
        measure(page, monday, subscribers)
    for n in range(posts):
        post(page, monday + n * ONE, views=views, likes=likes)
    for n in range(habit):
        post(page, monday - (n + 1) * ONE, views=10_000, likes=usual)


def with_reach(page: Page, reach: int | None, views: int, likes: int | None = 100) -> None:
    page.weekly_reach = reach
    page.save()
    week(page, views=views, likes=likes, habit=0)


def same(page: Page, posts: int = 5, first: dt.date = DAY - 6 * ONE, last: dt.date = DAY, text: int = 7, **fields):
    """So many posts with one text, the last of them on the last day."""
    return [post(page, first if n < posts - 1 else last, text_hash=text, **fields) for n in range(posts)]


def handed_on(page: Page, copies: int = 5, own: int = 5, day: dt.date = DAY) -> None:
    for _ in range(copies):
        post(page, day, kind=Post.Kind.COPY)
    for _ in range(own):
        post(page, day)


def everything(page: Page) -> None:
    """One sign of each kind."""
    jump(page, on=DAY - 20 * ONE)
    week(page, habit=0, subscribers=None)
    Page.objects.filter(pk=page.pk).update(weekly_reach=100)
    handed_on(page, copies=30)
    same(page)
