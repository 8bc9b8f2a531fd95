"""What the tests of the public part share: an open region, a clock that stands still, an empty cache."""

import pytest
from django.core.cache import caches

from monitoring.models import Region
from tests.factories import RegionFactory

from .worlds import NOW, opened


@pytest.fixture(autouse=True)
def _clock(settings):
    """20 January 2025 in the regions of the tests; nothing is kept from other tests."""
    settings.DEMO_CLOCK, settings.SECOND_FACTOR_OBLIGATORY = NOW.isoformat(), True
    caches["public"].clear()


@pytest.fixture
def region(db) -> Region:
    return opened(RegionFactory(name="Открытый край"))


@pytest.fixture
def closed(db) -> Region:
    return RegionFactory(name="Закрытый край")
