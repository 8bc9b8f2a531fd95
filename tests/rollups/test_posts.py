"""Posts summed up by hour, kind and content, and the best of a month: always what a plain count over the posts says."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest

from monitoring.models import Page, PlatformCode, Post, PostDimension, PostMonth, Region, TopMeasure, TopPost
from monitoring.platforms.base import Content
from monitoring.rollups import posts as rolled
from monitoring.rollups import rebuild, sum_up
from tests.factories import PageFactory, RegionFactory, collected

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)  # a Saturday
MONTH = dt.date(2024, 10, 1)
ZONE = ZoneInfo("Asia/Vladivostok")
_numbers = itertools.count(1)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def page(region: Region) -> Page:
    return collected(PageFactory(institution__region=region), DAY)


def post(page: Page, hour: int = 12, day: dt.date = DAY, **fields: object) -> Post:
    at = dt.datetime.combine(day, dt.time(hour, 30), ZONE)
    return Post.objects.create(
        page=page, external_id=str(next(_numbers)), published_at=at, day=day, read_at=at, **fields
    )


def figures(region: Region, dimension: PostDimension) -> dict[str, tuple[int, int, int]]:
    """(posts, posts with views, views) by key."""
    rows = PostMonth.objects.filter(region=region, dimension=dimension)
    return {row.key: (row.posts, row.viewed, row.views) for row in rows}


def test_hours_are_those_of_the_region(region, page):
    post(page, hour=1, views=100)  # the day before in UTC
    post(page, hour=1, views=50)
    post(page, hour=23)
    sum_up(region, DAY, DAY)
    assert figures(region, PostDimension.HOUR) == {"6-1": (2, 2, 150), "6-23": (1, 0, 0)}


def test_kinds_and_contents_are_told_apart_and_unknown_is_not_text_alone(region, page):
    post(page, views=10, content=Content.PICTURE | Content.LINK)
    post(page, views=20, content=0, kind=Post.Kind.REPOST)
    post(page, views=30)
    sum_up(region, DAY, DAY)
    assert figures(region, PostDimension.KIND) == {"own": (2, 2, 40), "repost": (1, 1, 20)}
    assert figures(region, PostDimension.CONTENT) == {"5": (1, 1, 10), "0": (1, 1, 20), "": (1, 1, 30)}


def test_the_same_day_again_changes_nothing_and_what_is_gone_goes(region, page):
    gone = post(page, hour=5, views=1000)
    post(page, hour=6, views=10)
    sum_up(region, DAY, DAY)
    sum_up(region, DAY, DAY)
    assert set(figures(region, PostDimension.HOUR)) == {"6-5", "6-6"}
    gone.delete()
    sum_up(region, DAY, DAY)
    assert set(figures(region, PostDimension.HOUR)) == {"6-6"}
    assert TopPost.objects.filter(measure=TopMeasure.VIEWS).count() == 1


def test_the_best_are_those_of_each_network_by_each_measure(region, page, monkeypatch):
    monkeypatch.setattr(rolled, "TOP", 2)
    other = collected(PageFactory(institution__region=region, platform=PlatformCode.OK), DAY)
    many, some, few = (post(page, views=views, likes=10, comments=views // 100) for views in (900, 500, 200))
    elsewhere = post(other, views=1, comments=7)
    post(page, views=10, likes=9)  # too few views for an engagement
    sum_up(region, DAY, DAY)

    def top(measure: TopMeasure, platform: str = "vk") -> list[Post]:
        rows = TopPost.objects.filter(measure=measure, platform=platform, month=MONTH).order_by("place")
        return [row.post for row in rows.select_related("post")]

    assert top(TopMeasure.VIEWS) == [many, some]
    assert top(TopMeasure.ENGAGEMENT) == [few, some]
    assert top(TopMeasure.COMMENTS) == [many, some]
    assert (top(TopMeasure.VIEWS, "ok"), top(TopMeasure.COMMENTS, "ok")) == ([elsewhere], [elsewhere])


def test_rebuilding_gives_the_same(region, page):
    for hour in (3, 9, 9):
        post(page, hour=hour, views=100 + hour, likes=1, content=Content.VIDEO)
    post(page, day=DAY - dt.timedelta(days=40), views=7)
    collected_before = collected(PageFactory(institution__region=region), DAY - dt.timedelta(days=40))
    assert collected_before.pk
    for day in (DAY, DAY - dt.timedelta(days=40)):
        sum_up(region, day, day)

    def everything() -> list[list[tuple]]:
        return [sorted(model.objects.values_list(*names)) for model, names in tables]

    tables = (
        (PostMonth, ("month", "dimension", "platform", "key", "posts", "views", "interactions", "comments")),
        (TopPost, ("month", "measure", "platform", "place", "post", "value")),
    )
    before = everything()
    rebuild(region)
    assert everything() == before
