"""What every test stands on. The databases are private servers, see private_servers.py."""

import os

import hypothesis
import pytest
from django.db import connection
from django.test import override_settings

from tests import services

# How long one example takes on a busy machine says nothing of the code.
hypothesis.settings.register_profile("gospub", deadline=None)
hypothesis.settings.load_profile("gospub")

pytest_plugins = ["tests.simulator_fixtures"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the tests


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests with transactions of their own empty every table afterwards, the audit trail too."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER audit_never_emptied")


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords():
    """People made by fixtures of any scope; the hash of the product takes a third of a second."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Templates may name static files without a collected manifest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A private Redis server."""
    return services.start_redis()
