"""What the tests of the badge share: a mark that is in force today."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from awards.models import QualityMark
from tests.factories import PageFactory

from .worlds import mark_on


@pytest.fixture
def mark(db, settings) -> QualityMark:
    """Of a page on VK; today is 20 February 2025."""
    settings.DEMO_CLOCK = "2025-02-20T12:00:00+10:00"
    return mark_on(PageFactory(title="Школа у реки"))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """The cache remembers who guessed."""
    cache.clear()
    yield
    cache.clear()
