"""Comments of fresh posts: which are asked for, what is stored, and the way from the network to the day."""

import datetime as dt
import threading

import pytest

from monitoring.collection.comments import AGAIN, posts_to_ask, store_comments
from monitoring.collection.planning import plan_day
from monitoring.collection.run import Runner
from monitoring.models import Page, PageDay, Post
from monitoring.platforms.base import CommentsReading
from tests.factories import PageFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)


@pytest.fixture
def page() -> Page:
    return PageFactory(external_id="5")


def post(page: Page, number: int, days_ago: float = 1, comments: int | None = 3, **fields: object) -> Post:
    at = NOW - dt.timedelta(days=days_ago)
    PageDay.objects.get_or_create(page=page, day=at.date(), defaults={"posts": 1})
    return Post.objects.create(
        page=page, external_id=str(number), published_at=at, day=at.date(), comments=comments, read_at=NOW, **fields
    )


def asked(page: Page) -> list[str]:
    return [ref.post_id for ref in posts_to_ask([page.pk], NOW)]


def test_fresh_posts_with_comments_are_asked_for_newest_first(page):
    post(page, 1, days_ago=5)
    post(page, 2, days_ago=1)
    assert asked(page) == ["2", "1"]


@pytest.mark.parametrize(("days", "comments"), [(15, 3), (1, 0), (1, None)])
def test_old_posts_and_posts_without_comments_are_not(page, days, comments):
    post(page, 1, days_ago=days, comments=comments)
    assert asked(page) == []


def test_what_was_read_is_asked_again_when_comments_come(page):
    store_comments([CommentsReading(page.pk, "1", 3, 3, (5, 6, 7))], NOW) if post(page, 1) else None
    assert asked(page) == []
    Post.objects.update(comments=4)
    assert asked(page) == ["1"]


def test_comments_without_an_answer_are_looked_at_again_a_day_later(page):
    post(page, 1)
    store_comments([CommentsReading(page.pk, "1", 3, 1, (5,))], NOW)
    assert asked(page) == []
    Post.objects.update(comments_read_at=NOW - AGAIN)
    assert asked(page) == ["1"]


def test_the_day_has_the_sums_of_its_posts(page):
    post(page, 1)
    post(page, 2)
    store_comments([CommentsReading(page.pk, "1", 3, 1, (5,)), CommentsReading(page.pk, "2", 2, 2, (1, 2))], NOW)
    day = PageDay.objects.get()
    assert (day.people_comments, day.answered_comments) == (5, 3)
    assert Post.objects.get(external_id="2").answer_minutes == [1, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("token", ["user:sim-vk-user", "service:sim-vk-service"])
def test_from_the_network_to_the_day(start_simulator, settings, token):
    settings.VK_TOKENS = [token]
    simulator = start_simulator("--pages", "40", "--rate", "none", "--now", "2024-10-26T20:00:00+10:00")
    settings.VK_TOKENS = [token]
    region = PageFactory(handle="sim0_gos").institution.region
    PageFactory(institution__region=region, handle="sim1_gos")
    now = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)
    plan_day(region, now)
    Runner("vk", lambda: now, threading.Event()).run()
    commented = Post.objects.filter(comments__gt=0, published_at__gt=now - dt.timedelta(days=14))
    assert commented.exists()
    assert not commented.filter(people_comments=None).exists()
    for found in commented:
        assert found.people_comments <= found.comments
        assert len(found.answer_minutes) == found.answered_comments <= found.people_comments
    assert any(name.endswith("wall.getComments") for name in simulator.calls())
