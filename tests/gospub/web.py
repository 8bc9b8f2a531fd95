"""The web of an installation of its own: gunicorn in a child process, its base and its Redis may be taken away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import cycle
from pathlib import Path

import httpx
from django.conf import settings

from tests.factories import TOTP_SECRET, one_time_code
from tests.services import PostgreSQL, RedisServer, free_port, temporary_folder, wait_for

PASSWORD = "password-for-tests"
# A one-time code serves once: every sign-in is another operator's.
OPERATORS = 30
MAKE_OPERATORS = f"""
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from gospub.accounts.models import User
from gospub.encryption import encrypt
hashed = make_password('{PASSWORD}')
for number in range({OPERATORS}):
    user = User.objects.create(email=f'operator{{number}}@example.org', password=hashed)
    user.grants.create(role='operator')
    Authenticator.objects.create(user=user, type='totp', data={{'secret': encrypt('{TOTP_SECRET}')}})
"""
numbers = cycle(range(OPERATORS))


class Web:
    """An installation with operators and no pages; both servers run."""

    def __init__(self) -> None:
        self.base, self.redis = PostgreSQL(), RedisServer()
        self.base.start()
        self.redis.start()
        self._environment = os.environ | {
            "DATABASE_URL": self.base.url,
            "REDIS_URL": self.redis.url,
            "GOSPUB_VAR": str(temporary_folder()),
            "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "DEBUG": "false",
        }
        for command in (
            ["migrate", "--verbosity", "0"],
            ["load_regions"],
            ["shell", "--verbosity", "0", "-c", MAKE_OPERATORS],
        ):
            self._run("manage.py", *command).wait()

    @contextmanager
    def served(self, settings_module: str = "gospub.settings") -> Iterator[str]:
        """Run gunicorn with those settings; yields its address."""
        port = free_port()
        options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2", "--log-level", "error"]
        process = self._run(
            "-m", "gunicorn", *options, "gospub.wsgi", DJANGO_SETTINGS_MODULE=settings_module, LOG_LEVEL="CRITICAL"
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: _answers(url), "gunicorn")
            yield url
        finally:
            process.terminate()
            process.wait()

    def _run(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command], cwd=Path(settings.BASE_DIR), env=self._environment | environment
        )


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/account/login/", trust_env=False, timeout=30)
    except httpx.TransportError:
        return False
    return True


def visitor(url: str) -> httpx.Client:
    """A browser of somebody who has not signed in."""
    return httpx.Client(base_url=url, trust_env=False, timeout=30)


def sign_in(client: httpx.Client) -> httpx.Response:
    """Sign an operator in with password and one-time code; the last answer."""
    client.get("/account/login/")
    email = f"operator{next(numbers)}@example.org"
    form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies.get("csrftoken", "")}
    answer = client.post("/account/login/", data=form)
    if answer.status_code != HTTPStatus.FOUND:
        return answer
    token = client.cookies.get("csrftoken", "")
    return client.post("/account/2fa/authenticate/", data={"code": one_time_code(), "csrfmiddlewaretoken": token})
