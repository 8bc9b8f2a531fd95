"""What the tests of appeals share: a region, a clock that stands still, a folder for files of its own."""

import pytest

from monitoring.models import Region
from tests.factories import RegionFactory
from tests.ratings.worlds import NOW


@pytest.fixture(autouse=True)
def _stillness(settings, tmp_path):
    """20 January 2025, a Monday, in the regions of the tests; values can be contested until Monday the 27th."""
    settings.DEMO_CLOCK = NOW.isoformat()
    settings.VAR_DIR = tmp_path


@pytest.fixture
def region(db) -> Region:
    return RegionFactory()
