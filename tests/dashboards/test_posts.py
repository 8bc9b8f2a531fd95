"""Posting hours, kinds and the best posts, of a region, an institution, a page: one truth from two sources."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.dashboards.queries.posts import Choice, Shown, Span, posts_of_pages, region_posts
from monitoring.models import Page, Post, Region, TopMeasure
from monitoring.platforms.base import Content
from monitoring.rollups import sum_up
from tests.factories import PageFactory, collected, institution_admin

from .conftest import DAY
from .test_overview import text_of

ZONE = ZoneInfo("Asia/Vladivostok")
YEAR = Choice(Span.YEAR)


def made(region: Region, count: int = 1, first: int = 900) -> list[Page]:
    """Pages with posts of several days, hours, kinds and contents, summed up."""
    pages = [collected(PageFactory(institution__region=region, external_id=str(first + n)), DAY) for n in range(count)]
    for page in pages:
        for number in range(12):
            day = DAY - dt.timedelta(days=number)
            at = dt.datetime.combine(day, dt.time(number + 6), ZONE)
            Post.objects.create(
                page=page,
                external_id=str(number + 1),
                published_at=at,
                day=day,
                read_at=at,
                kind=Post.Kind.REPOST if number % 4 == 0 else Post.Kind.OWN,
                content=None if number == 3 else Content.PICTURE * (number % 2),
                views=100 * (number + 1) if number % 3 else None,
                likes=number,
                comments=number % 2,
            )
    sum_up(region, DAY - dt.timedelta(days=30), DAY)
    return pages


@pytest.mark.parametrize("measure", TopMeasure)
@pytest.mark.parametrize("shown", Shown)
def test_the_roll_ups_say_what_the_posts_say(region, shown, measure):
    made(region, 3)
    choice = Choice(Span.YEAR, shown, measure)
    rolled = region_posts(region, DAY, choice)
    counted = posts_of_pages(Page.objects.filter(institution__region=region), region, DAY, choice)
    assert rolled.total.posts == 36
    assert (rolled.total, rolled.hours, rolled.kinds, rolled.contents) == (
        counted.total,
        counted.hours,
        counted.kinds,
        counted.contents,
    )
    assert [(row.post, row.value) for row in rolled.top] == [(row.post, row.value) for row in counted.top]


def test_mean_views_are_of_posts_with_views_alone(region):
    (page,) = made(region)
    view = posts_of_pages(Page.objects.filter(pk=page.pk), region, DAY, Choice(Span.YEAR, Shown.VIEWS))
    assert (view.total.posts, view.total.viewed) == (12, 8)
    assert view.total.mean_views == view.total.views / 8
    assert view.best_hour is None  # every hour rests on one post


def test_what_is_not_known_is_not_text_alone(region):
    made(region)
    view = region_posts(region, DAY, YEAR)
    assert view.unknown == 1
    assert [(group.name, group.sums.posts) for group in view.contents][-1][1] == 6
    assert sum(group.share for group in view.kinds) == pytest.approx(1)


def test_a_network_alone_is_shown(region):
    made(region)
    assert region_posts(region, DAY, YEAR, "ok").total.posts == 0
    assert region_posts(region, DAY, YEAR, "vk").total.posts == 12


def test_the_screen_leads_to_the_post(analyst_client, region):
    made(region)
    html = analyst_client.get(reverse("region_posts", args=[region.code]) + "?top=comments").content.decode()
    assert 'href="https://vk.com/wall-900_12"' in html
    assert "Лучшие записи" in text_of(analyst_client.get(reverse("region_posts", args=[region.code])))


@pytest.mark.parametrize("query", ["?span=9&show=x&top=y&platform=z", "?platform=ok"])
def test_strange_addresses_and_nothing_to_show_are_answered(analyst_client, region, query):
    made(region)
    assert analyst_client.get(reverse("region_posts", args=[region.code]) + query).status_code == 200


def test_an_admin_sees_the_posts_of_the_own_pages_alone(region):
    own, other = made(region, 2)
    client = Client()
    client.force_login(institution_admin(own.institution))
    assert client.get(reverse("institution_posts", args=[own.institution_id])).status_code == 200
    assert client.get(reverse("page_posts", args=[own.pk])).status_code == 200
    assert client.get(reverse("page_posts", args=[other.pk])).status_code == 404
    assert client.get(reverse("region_posts", args=[region.code])).status_code == 404


def test_the_screen_asks_the_same_queries_for_few_and_many(analyst_client, region, django_assert_max_num_queries):
    counts = []
    for first in (900, 1000):
        made(region, 1 if first == 900 else 8, first)
        for name, key in (("region_posts", region.code), ("page_posts", Page.objects.first().pk)):
            with django_assert_max_num_queries(14) as found:
                analyst_client.get(reverse(name, args=[key]))
            counts.append((name, len(found)))
    assert len(set(counts)) == 2
