"""The world of the permissions, in which everybody has something to see and something not to see."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.matrix import signed_in
from tests.permission_world import Role, World, world


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """The limits against guessing live in the cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def here(db) -> World:
    return world()


@pytest.fixture
def analyst_client(here: World) -> Client:
    return signed_in(here, Role.ANALYST)


@pytest.fixture
def operator_client(here: World) -> Client:
    return signed_in(here, Role.OPERATOR)
