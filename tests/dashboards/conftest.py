"""What the tests of the screens share: a clock that stands still and someone who looks."""

import datetime as dt

import pytest
from django.test import Client

from monitoring.models import Region
from tests.factories import RegionFactory, analyst

DAY = dt.date(2024, 10, 26)


@pytest.fixture(autouse=True)
def _clock(settings):
    """Noon of 26 October 2024 in the regions of the tests."""
    settings.DEMO_CLOCK = "2024-10-26T12:00:00+10:00"


@pytest.fixture
def region(db) -> Region:
    return RegionFactory()


@pytest.fixture
def analyst_client(region) -> Client:
    """Signed in as the analyst of `region`."""
    client = Client()
    client.force_login(analyst(region))
    return client
