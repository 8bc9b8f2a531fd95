"""Private servers for the whole run: PostgreSQL and Redis in a temporary folder, the simulator on a free port.

GOSPUB_TEST_DATABASE=sqlite runs the same tests on SQLite instead.
"""

import os

import pytest

from tests import services

pytest_plugins = ["tests.simulator_fixtures"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the tests


def pytest_configure(config: pytest.Config) -> None:
    """Start the database before Django reads its settings; workers of xdist share the first process's."""
    if hasattr(config, "workerinput"):
        return
    services.prepare_environment()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        services.stop_all()


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Templates may name static files without a collected manifest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A private Redis server."""
    return services.start_redis()
