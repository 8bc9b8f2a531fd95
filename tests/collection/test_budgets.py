"""Pace and count of calls, token by token."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitoring.collection import budgets
from monitoring.models import CallCount
from monitoring.platforms.base import Token

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)


def starts(settings, rate: float, calls: int, value: str) -> list[float]:
    """Moments at which four threads with one token were let through."""
    settings.REQUESTS_PER_SECOND = {**settings.REQUESTS_PER_SECOND, "vk": rate}

    def call(_) -> float:
        budgets.pace_for("vk", Token("user", value))()
        return time.monotonic()

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(call, range(calls)))


def test_calls_of_one_token_are_spaced(settings):
    moments = starts(settings, rate=20, calls=12, value="spaced")
    assert moments[-1] - moments[0] > 11 * 0.045


def test_with_the_pace_off_they_are_not(settings):
    moments = starts(settings, rate=0, calls=12, value="unspaced")
    assert moments[-1] - moments[0] < 11 * 0.045


def test_the_pace_is_shared_through_redis(settings, redis_url):
    settings.REDIS_URL = redis_url
    moments = starts(settings, rate=20, calls=6, value="shared")
    assert moments[-1] - moments[0] > 0.2


@pytest.mark.django_db
class TestCount:
    def test_calls_add_up_by_method_and_moscow_day(self):
        token = Token("user", "a")
        budgets.charge("vk", token, {"wall.get": 25, "execute": 1}, NOW)
        budgets.charge("vk", token, {"wall.get": 5}, NOW)
        budgets.charge("vk", token, {"wall.get": 7}, dt.datetime(2024, 10, 26, 21, 30, tzinfo=dt.UTC))
        rows = CallCount.objects.values_list("day", "method", "calls")
        assert set(rows) == {
            (dt.date(2024, 10, 26), "wall.get", 30),
            (dt.date(2024, 10, 26), "execute", 1),
            (dt.date(2024, 10, 27), "wall.get", 7),
        }

    def test_the_token_itself_is_not_stored(self):
        budgets.charge("vk", Token("user", "secret-token"), {"wall.get": 1}, NOW)
        assert "secret" not in str(list(CallCount.objects.values()))

    def test_the_least_used_token_goes_first(self):
        one, two = Token("user", "one"), Token("user", "two")
        budgets.charge("vk", one, {"wall.get": 9}, NOW)
        assert budgets.least_used("vk", [one, two], NOW) == two
