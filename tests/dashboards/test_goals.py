"""Goals of a region and the forecast: a range of dates from the trend, a refusal where there is none."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.dashboards.queries.forecast import FEWEST, Refusal, arrival, milestone, trend
from monitoring.dashboards.queries.goals import Verdict, outlook
from monitoring.models import Goal, GoalMeasure
from tests.factories import RegionFactory, auditor, official

from .conftest import DAY
from .test_dynamics import days_of
from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def line(start=900_000, grows=1000, wobble=0, count=91) -> dict[dt.date, int]:
    """A value a day until DAY; every second day strays by `wobble`."""
    return {
        DAY - dt.timedelta(days=count - 1 - number): start + grows * number + (wobble if number % 2 else 0)
        for number in range(count)
    }


def goal(region, value, days, start=None) -> Goal:
    return Goal.objects.create(
        region=region,
        measure=GoalMeasure.SUBSCRIBERS,
        value=value,
        day=DAY + dt.timedelta(days=days),
        start=start,
        set_at=NOW,
    )


def test_a_straight_line_reaches_the_million_on_its_very_day():
    found = arrival(trend(line(), DAY), 1_000_000)
    day = DAY + dt.timedelta(days=10)
    assert (found.earliest, found.likely, found.latest) == (day, day, day)


def test_the_more_the_days_stray_the_wider_the_range():
    calm, wild = (arrival(trend(line(wobble=wobble), DAY), 1_000_000) for wobble in (500, 5000))
    assert wild.earliest < calm.earliest < calm.likely < calm.latest < wild.latest


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        (line(count=FEWEST - 1), Refusal.FEW),
        (line(grows=-10), Refusal.FALLING),
        (line(grows=0), Refusal.FALLING),
        (line(start=100, grows=1), Refusal.FAR),
        (line(start=1_000_000), Refusal.REACHED),
    ],
)
def test_it_refuses_where_the_trend_says_nothing(values, refusal):
    assert arrival(trend(values, DAY), 1_000_000).refusal == refusal


def test_days_that_are_not_whole_do_not_count():
    values = dict.fromkeys(line(), None) | line(count=FEWEST - 1)
    assert trend(values, DAY) is None


@pytest.mark.parametrize(
    ("value", "following"), [(987_000, 1_000_000), (1_093_477, 1_500_000), (1_000_000, 1_500_000), (7, 10), (0, 5)]
)
def test_the_next_milestone_is_a_round_number_above(value, following):
    assert milestone(value) == following


@pytest.mark.parametrize(
    ("value", "days", "verdict"),
    [
        (900, 5, Verdict.REACHED),
        (1100, 30, Verdict.ON_COURSE),
        (1100, 5, Verdict.BEHIND),
        (1100, -1, Verdict.MISSED),
    ],
)
def test_a_goal_tells_whether_it_will_be_met(region, value, days, verdict):
    days_of(region, count=60, subscribers=1000, grows=5)
    goal(region, value, days)
    assert outlook(region, DAY, DAY).goals[0].verdict == verdict


def test_progress_is_counted_from_where_the_goal_was_set(region):
    days_of(region, count=60, subscribers=1000, grows=5)
    goal(region, 1100, 30, start=900)
    goal(region, 2000, 40)
    assert [row.progress for row in outlook(region, DAY, DAY).goals] == [0.5, 0.5]


def test_an_official_sets_and_removes_a_goal_and_both_are_in_the_audit_trail(region):
    days_of(region, count=3, subscribers=900)
    client = Client()
    client.force_login(official(region))
    url = reverse("goals", args=[region.code])
    client.post(url, {"measure": "subscribers", "value": "1000000", "day": "2025-06-01"})
    kept = Goal.objects.get()
    assert (kept.value, kept.day, kept.start) == (1_000_000, dt.date(2025, 6, 1), 900)
    assert "1 000 000" in text_of(client.get(url))
    client.post(url, {"remove": str(kept.pk)})
    assert not Goal.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["goal.set", "goal.remove"]


def test_a_goal_of_the_past_and_the_same_goal_twice_are_refused_in_words(region, analyst_client):
    url = reverse("goals", args=[region.code])
    past = analyst_client.post(url, {"measure": "pages", "value": "10", "day": "2024-10-26"})
    assert past.status_code == 422
    assert "Цель лежит в будущем" in text_of(past)
    said = {"measure": "pages", "value": "10", "day": "2025-01-01"}
    assert [analyst_client.post(url, said).status_code for _ in range(2)] == [302, 422]


def test_an_auditor_sees_goals_and_may_not_set_them(region):
    client = Client()
    client.force_login(auditor(region))
    url = reverse("goals", args=[region.code])
    assert "Поставить цель" not in text_of(client.get(url))
    assert client.post(url, {"measure": "pages", "value": "10", "day": "2025-01-01"}).status_code == 403


def test_a_goal_of_another_region_cannot_be_removed(region, analyst_client):
    foreign = goal(RegionFactory(), 100, 10)
    assert analyst_client.post(reverse("goals", args=[region.code]), {"remove": str(foreign.pk)}).status_code == 404
    assert Goal.objects.exists()


def test_any_number_may_be_asked_for(region, analyst_client):
    days_of(region, count=60, subscribers=1000, grows=5)
    text = text_of(analyst_client.get(reverse("goals", args=[region.code]), {"milestone": "1 200"}))
    assert "1 200 подписчиков : около 05.12.2024" in text
