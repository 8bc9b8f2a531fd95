"""What the tests of ratings share: a region, and a clock that stands still."""

import pytest
from django.test import Client

from monitoring.models import Region
from tests.factories import RegionFactory, analyst

from .worlds import NOW


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
