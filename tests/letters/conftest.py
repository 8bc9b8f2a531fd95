"""What the tests of letters share: a mail server, a Monday morning, and an empty memory."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from letters import sending
from letters.models import Kind
from letters.outbox import post
from tests.factories import RegionFactory, UserFactory

from .mail_server import MailServer, listening

# 08:00 of Monday, 28 October 2024, in Vladivostok.
MONDAY = dt.datetime(2024, 10, 27, 22, tzinfo=dt.UTC)
WEEK = dt.date(2024, 10, 21)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += dt.timedelta(**span)


@pytest.fixture(autouse=True)
def _quiet(settings):
    """Nothing is remembered of other tests, whose users had the same numbers; the world stands still on that Monday;
    letters are in Russian, whatever a test did before."""
    cache.clear()
    settings.DEMO_CLOCK = MONDAY.isoformat()
    with translation.override("ru"):
        yield


@pytest.fixture
def away(settings) -> MailServer:
    """A mail server that the settings name and that does not listen yet."""
    house = MailServer()
    with listening(house):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", house.port, 5
    return house


@pytest.fixture
def server(away) -> Iterator[MailServer]:
    with listening(away):
        yield away


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def send(clock) -> Callable[[], int]:
    """What the schedule does every minute."""
    return lambda: sending.send_waiting(clock, MONDAY)


@pytest.fixture
def region(db):
    return RegionFactory()


def answer(number: int = 1, user=None, **fields: object):
    """A letter that waits; returns its user."""
    user = user or UserFactory()
    given = {"subject": "Ответ на обращение", "text": "Оценка пересчитана.", "now": MONDAY}
    post(f"appeal {number}: answer", Kind.APPEAL_ANSWER, user, **given | fields)
    return user
