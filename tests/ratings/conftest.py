"""What the tests of ratings share: a region, and a clock that stands still."""

import pytest
from django.test import Client

from monitoring.models import Region
from ratings.models import Rating
from tests.factories import RegionFactory, analyst

from .worlds import NOW, zoned_rating


@pytest.fixture(autouse=True)
def _clock(settings):
    """20 January 2025 in the regions of the tests."""
    settings.DEMO_CLOCK = NOW.isoformat()


@pytest.fixture
def region(db) -> Region:
    return RegionFactory()


@pytest.fixture
def analyst_client(region) -> Client:
    """Signed in as the analyst of `region`."""
    client = Client()
    client.force_login(analyst(region))
    return client


@pytest.fixture
def zoned(region) -> Rating:
    """A rating with zones, groups and an award line."""
    return zoned_rating(region)
