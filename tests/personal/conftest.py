"""What the tests of personal data share."""

import datetime as dt

import pytest

from monitoring.models import Region
from tests.factories import RegionFactory

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
TODAY = dt.date(2024, 10, 26)


@pytest.fixture(autouse=True)
def _clock(settings):
    """Noon of 26 October 2024 in the regions of the tests."""
    settings.DEMO_CLOCK = NOW.isoformat()


@pytest.fixture
def region(db) -> Region:
    return RegionFactory()
