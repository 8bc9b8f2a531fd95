"""Local days of the regions."""

import datetime as dt

import pytest

from gospub import clock


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (dt.date(2024, 10, 26), "Asia/Vladivostok", 24),
        (dt.date(2024, 3, 31), "Europe/Berlin", 23),
        (dt.date(2024, 10, 27), "Europe/Berlin", 25),
    ],
)
def test_a_local_day_has_as_many_hours_as_the_clock_shows(day, zone, hours):
    start, end = clock.day_bounds(day, zone)
    assert end.astimezone(dt.UTC) - start.astimezone(dt.UTC) == dt.timedelta(hours=hours)


def test_a_moment_belongs_to_the_day_of_its_region():
    moment = dt.datetime(2024, 10, 26, 15, 30, tzinfo=dt.UTC)
    assert clock.local_day(moment, "Asia/Vladivostok") == dt.date(2024, 10, 27)
    assert clock.local_day(moment, "Europe/Kaliningrad") == dt.date(2024, 10, 26)


def test_the_demo_stands_still(settings):
    settings.DEMO_CLOCK = "2024-10-26T20:00:00+10:00"
    assert clock.now() == clock.now() == dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)
