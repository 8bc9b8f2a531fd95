"""Mass-sent copies: the same text on many pages within days."""

import datetime as dt

import pytest

from monitoring.models import PageDay, Post, Region
from monitoring.rollups.copies import LEAST_PAGES, mark_copies
from tests.factories import InstitutionFactory, PageFactory, RegionFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 10, 26)
NOON = dt.datetime(2024, 10, 26, 3, tzinfo=dt.UTC)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


def post(region: Region, hours: float, text_hash: int | None = 7, **fields: object) -> Post:
    """On a page of its own, so many hours after NOON."""
    page = PageFactory(institution=InstitutionFactory(region=region))
    at = NOON + dt.timedelta(hours=hours)
    day = dt.date(2024, 10, 26) + dt.timedelta(days=int(hours // 24))
    PageDay.objects.get_or_create(page=page, day=day, defaults={"posts": 1, "own_posts": 1})
    return Post.objects.create(
        page=page, external_id="1", published_at=at, day=day, text_hash=text_hash, read_at=at, **fields
    )


def kinds() -> list[str]:
    return list(Post.objects.order_by("published_at").values_list("kind", flat=True))


def test_all_but_the_first_page_have_a_copy(region):
    for hours in range(LEAST_PAGES):
        post(region, hours)
    assert mark_copies(region, DAY) == LEAST_PAGES - 1
    assert kinds() == ["own"] + ["copy"] * (LEAST_PAGES - 1)


def test_copies_are_no_own_posts_of_their_days(region):
    for hours in range(LEAST_PAGES):
        post(region, hours)
    mark_copies(region, DAY)
    assert sorted(PageDay.objects.values_list("own_posts", flat=True)) == [0] * (LEAST_PAGES - 1) + [1]


def test_marking_again_changes_nothing(region):
    for hours in range(LEAST_PAGES):
        post(region, hours)
    mark_copies(region, DAY)
    assert mark_copies(region, DAY) == 0


def test_a_page_that_comes_later_joins_the_copies(region):
    for hours in range(LEAST_PAGES + 1):
        if hours == LEAST_PAGES:
            mark_copies(region, DAY)
        post(region, hours)
    assert mark_copies(region, DAY) == 1


def test_fewer_pages_are_chance(region):
    for hours in range(LEAST_PAGES - 1):
        post(region, hours)
    assert mark_copies(region, DAY) == 0


def test_the_same_words_weeks_apart_are_each_pages_own(region):
    for n in range(LEAST_PAGES):
        post(region, -24 * 5 * n)
    assert mark_copies(region, DAY) == 0


def test_one_page_that_repeats_itself_sends_nothing_around(region):
    first = post(region, 0)
    for n in range(2, LEAST_PAGES + 2):
        Post.objects.create(page=first.page, external_id=str(n), published_at=NOON, day=DAY, text_hash=7, read_at=NOON)
    assert mark_copies(region, DAY) == 0


def test_reposts_stay_reposts_and_short_texts_are_not_compared(region):
    for hours in range(LEAST_PAGES):
        post(region, hours, kind=Post.Kind.REPOST)
        post(region, hours, text_hash=None)
    assert mark_copies(region, DAY) == 0


def test_any_three_days_count_and_not_only_those_from_the_first_post(region):
    for hours in (0, 70, 80, 90, 100, 110):
        post(region, hours)
    mark_copies(region, DAY + dt.timedelta(days=5))
    assert kinds() == ["own", "own", "copy", "copy", "copy", "copy"]


def test_the_page_that_had_it_first_may_say_it_again(region):
    first = post(region, 0)
    for hours in range(1, LEAST_PAGES):
        post(region, hours)
    again = Post.objects.create(
        page=first.page, external_id="2", published_at=NOON + dt.timedelta(hours=9), day=DAY, text_hash=7, read_at=NOON
    )
    mark_copies(region, DAY)
    again.refresh_from_db()
    assert again.kind == Post.Kind.OWN
