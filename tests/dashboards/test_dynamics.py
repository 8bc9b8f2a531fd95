"""A period against an earlier one: whole weeks apart, compared only where both were collected, all in the address."""

import datetime as dt
import json
import re

import pytest
from django.http import QueryDict
from django.urls import reverse

from monitoring.dashboards.queries.dynamics import Measure, dynamics, sorted_rows
from monitoring.dashboards.queries.periods import Against, compared
from monitoring.models import Dimension, GroupDay, PageDay, PlatformCode
from monitoring.rollups import roll_up
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, collected

from .conftest import DAY
from .test_overview import text_of

WEEK = dt.timedelta(days=7)


def days_of(region, last=DAY, count=7, *, subscribers=1000, grows=0, key="", dimension=Dimension.ALL, **figures):
    """`count` collected days until `last`; every one has the figures."""
    GroupDay.objects.bulk_create(
        GroupDay(
            region=region,
            dimension=dimension,
            key=key,
            day=last - dt.timedelta(days=back),
            pages=10,
            measured=10,
            subscribers=subscribers - grows * back,
            **{"posts": 2, "views": 100, "interactions": 10, **figures},
        )
        for back in range(count)
    )


def week(**more):
    """The query of the last seven days."""
    return {"first": "2024-10-20", "last": "2024-10-26", **more}


def asked(**query) -> object:
    params = QueryDict(mutable=True)
    params.update(query)
    return compared(params, DAY)


def card(view, measure):
    return next(found for found in view.cards if found.measure == measure)


@pytest.mark.parametrize(
    ("first", "against", "earlier"),
    [
        ("2024-10-20", "previous", ("2024-10-13", "2024-10-19")),
        ("2024-10-17", "previous", ("2024-10-03", "2024-10-12")),  # ten days: two weeks back
        ("2024-10-20", "year", ("2023-10-22", "2023-10-28")),
    ],
)
def test_the_earlier_period_has_the_same_days_of_the_week(first, against, earlier):
    found = asked(first=first, last="2024-10-26", against=against)
    assert (found.earlier.first.isoformat(), found.earlier.last.isoformat()) == earlier
    assert found.earlier.first.weekday() == found.period.first.weekday()
    assert found.earlier.last < found.period.first


@pytest.mark.parametrize(
    "query", [{}, {"first": "nonsense", "against": "x"}, {"first": "2025-01-01"}, {"last": "2030-01-01"}]
)
def test_what_is_not_sensible_becomes_the_last_four_weeks_against_those_before(query):
    found = asked(**query)
    assert (found.period.first, found.period.last) == (dt.date(2024, 9, 29), DAY)
    assert found.against == Against.PREVIOUS


def test_sums_and_levels_are_held_against_the_period_before(region):
    days_of(region, subscribers=1100, posts=3, people_comments=10, answered_comments=5)
    days_of(region, DAY - WEEK, subscribers=1000, posts=2, people_comments=10, answered_comments=4)
    view = dynamics(region, asked(**week()), Dimension.PLATFORM, None)
    audience, posts, answered = (card(view, m) for m in (Measure.SUBSCRIBERS, Measure.POSTS, Measure.ANSWERED))
    assert (audience.now, audience.change, audience.ratio) == (1100, 100, pytest.approx(0.1))
    assert (posts.now, posts.then, posts.change) == (21, 14, 7)
    assert (answered.now, answered.points) == (0.5, pytest.approx(10))


def test_a_period_that_was_hardly_collected_is_not_compared_and_says_so(region, analyst_client):
    days_of(region)
    days_of(region, DAY - WEEK, count=5)
    view = dynamics(region, asked(**week()), Dimension.PLATFORM, None)
    assert card(view, Measure.POSTS).change is None
    assert card(view, Measure.SUBSCRIBERS).change == 0
    text = text_of(analyst_client.get(reverse("dynamics", args=[region.code]), week()))
    assert "собрано только 5 из 7 дней" in text


def test_what_a_network_does_not_give_is_no_data_and_not_zero(region):
    days_of(region, views=None)
    view = dynamics(region, asked(**week()), Dimension.PLATFORM, None)
    assert card(view, Measure.VIEWS).now is None
    assert card(view, Measure.ANSWERED).now is None


def test_the_table_has_each_group_with_its_own_change(region, analyst_client):
    place = MunicipalityFactory(region=region, name="Район <имени> Лазо")
    for last, audience in ((DAY, 660), (DAY - WEEK, 600)):
        days_of(region, last)
        days_of(region, last, subscribers=audience, dimension=Dimension.MUNICIPALITY, key=str(place.pk))
    response = analyst_client.get(reverse("dynamics", args=[region.code]), week(by="municipality"))
    html = response.content.decode()
    assert "Район &lt;имени&gt; Лазо" in html
    assert "+10,0 %" in text_of(response)
    assert f"first=2024-10-20&amp;last=2024-10-26&amp;by=municipality&amp;key={place.pk}" in html


def test_cards_and_chart_are_of_the_group_that_was_chosen(region, analyst_client):
    days_of(region, subscribers=1000)
    days_of(region, subscribers=321, dimension=Dimension.PLATFORM, key=PlatformCode.VK)
    url = reverse("dynamics", args=[region.code])
    html = analyst_client.get(url, week(by="platform", key="vk", against="none")).content.decode()
    data = json.loads(re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', html)[1])
    assert [line["points"][-1] for line in data["series"]] == [["2024-10-26", 321]]


def test_the_chart_lays_the_earlier_period_over_and_breaks_at_days_without_data(region, analyst_client):
    days_of(region, subscribers=1100, count=6)
    days_of(region, DAY - WEEK, subscribers=1000)
    html = analyst_client.get(reverse("dynamics", args=[region.code]), week()).content.decode()
    data = json.loads(re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', html)[1])
    now, then = (line["points"] for line in data["series"])
    assert now[:2] == [["2024-10-20", None], ["2024-10-21", 1100]]
    assert then[0] == ["2024-10-20", 1000]


def test_rows_without_data_come_last_both_ways(region):
    for key, views in (("vk", 5), ("ok", None), ("max", 9)):
        days_of(region, dimension=Dimension.PLATFORM, key=key, views=views)
    rows = dynamics(region, asked(**week()), Dimension.PLATFORM, None).rows
    assert [row.key for row in sorted_rows(rows, "-views")] == ["max", "vk", "ok"]
    assert [row.key for row in sorted_rows(rows, "views")] == ["vk", "max", "ok"]


def test_regions_do_not_mix(region):
    days_of(RegionFactory(), subscribers=777)
    days_of(region)
    view = dynamics(region, asked(**week()), Dimension.PLATFORM, None)
    assert card(view, Measure.SUBSCRIBERS).now == 1000


def test_a_region_without_figures_says_what_to_do(region, analyst_client):
    assert "Ещё ничего не собрано" in text_of(analyst_client.get(reverse("dynamics", args=[region.code])))


def test_comments_and_answers_are_rolled_up_by_day(region):
    page = collected(PageFactory(institution=InstitutionFactory(region=region)), DAY)
    PageDay.objects.filter(page=page).update(people_comments=4, answered_comments=3)
    roll_up(region, DAY)
    found = GroupDay.objects.get(region=region, dimension=Dimension.ALL, day=DAY)
    assert (found.people_comments, found.answered_comments) == (4, 3)


@pytest.mark.parametrize("founders", [2, 60])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    region, analyst_client, django_assert_max_num_queries, founders
):
    days_of(region)
    for number in range(founders):
        days_of(region, dimension=Dimension.FOUNDER, key=f"Учредитель {number}", count=2)
    with django_assert_max_num_queries(20):
        analyst_client.get(reverse("dynamics", args=[region.code]), week(by="founder"))
