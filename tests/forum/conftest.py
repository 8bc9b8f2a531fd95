"""What the tests of the forum share."""

from collections.abc import Callable

import pytest
from django.test import Client

from forum.models import Event
from gospub.accounts.models import User
from monitoring.models import Region
from tests.factories import RegionFactory, official

from .worlds import NOW, event_in


@pytest.fixture(autouse=True)
def _clock(settings):
    """Noon of 26 October 2024 in the region."""
    settings.DEMO_CLOCK = NOW.isoformat()


@pytest.fixture
def region(db) -> Region:
    return RegionFactory()


@pytest.fixture
def event(region) -> Event:
    """A training planned for today."""
    return event_in(region)


@pytest.fixture
def user(region) -> User:
    return official(region)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def client(client_of, user) -> Client:
    """The official's."""
    return client_of(user)
