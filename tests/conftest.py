"""What every test stands on. The databases are private servers, see private_servers.py."""

import os

import pytest

from tests import services

pytest_plugins = ["tests.simulator_fixtures"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the tests


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
