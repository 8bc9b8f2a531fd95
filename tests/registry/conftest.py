"""Messages of the registry are compared in their own language: English ids."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield
