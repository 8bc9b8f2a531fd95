"""What the tests of coverage and law share: a clock that stands still, a region, and law for two networks."""

import datetime as dt

import pytest
from django.test import Client

from monitoring.models import Obligation, Region
from tests.factories import RegionFactory, analyst

DAY = dt.date(2024, 10, 26)
LAW = dt.date(2022, 12, 1)


@pytest.fixture(autouse=True)
def _clock(settings):
    """Noon of 26 October 2024 in the regions of the tests."""
    settings.DEMO_CLOCK = "2024-10-26T12:00:00+10:00"


@pytest.fixture
def region(db) -> Region:
    """Everybody must be on VK and OK."""
    found = RegionFactory()
    for platform in ("vk", "ok"):
        Obligation.objects.create(platform=platform, since=LAW, basis="2523-р")
    return found


@pytest.fixture
def analyst_client(region) -> Client:
    client = Client()
    client.force_login(analyst(region))
    return client
