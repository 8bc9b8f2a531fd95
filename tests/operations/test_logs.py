"""Logs: lines for machines, in which nobody and no secret is named."""

import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import IntegrityError
from django.test import Client

from gospub import logs
from gospub.accounts.models import User
from tests.factories import RegionFactory, analyst

SECRETS = {
    "VK_TOKENS": "service:vk1.a.Secret,user:AnotherSecret",
    "DATA_KEYS": "ZW1iZWRkZWQtb24tdGhpcy1tYWNoaW5lLW9ubHktISE=",
    "DATABASE_URL": "postgres://gospub:pass-of-the-base@postgres/gospub",
    "SECRET_KEY": "short, and with: marks",
}
HIDDEN = [
    "Иванов Пётр Сергеевич",
    "ИВАНОВА-СИДОРОВА",
    "ivanov@example.ru",
    "ivanov%40example.ru",
    "+7 914 123-45-67",
    "8(914)123-45-67",
    "89141234567",
    "9141234567",
    "+375 29 123 45 67",
    "vk1.a.Secret",
    "AnotherSecret",
    "pass-of-the-base",
    "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg",
    "%D0%98%D0%B2%D0%B0%D0%BD",
    "\\u0418\\u0432\\u0430\\u043d",
]
SHOWN = ["monitoring.tasks.tick", "RU-KHA", "2026-11-29T19:45:20Z", "OperationalError", "127.0.0.1:8000", "1643 pages",
         "0f8fad5b-d9cb-469f-a165-70867728950e"]  # fmt: skip


@pytest.fixture
def lines():
    """What is written, as objects; every level."""
    before, levels = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    configuration = logs.configuration("DEBUG", "json", SECRETS)
    configuration["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.handlers[:], logging.root.level = before, levels
    logging.config.dictConfig(configured.LOGGING)


class TestScrubbing:
    @pytest.mark.parametrize("text", HIDDEN)
    def test_what_no_log_may_hold_is_masked(self, lines, text):
        logging.getLogger("x").warning("Of %s: %s", text, {"key": [text]})
        assert text not in json.dumps(lines(), ensure_ascii=False)

    @pytest.mark.parametrize("text", HIDDEN)
    def test_in_errors_and_their_traces_too(self, lines, text):
        try:
            raise ValueError(text)
        except ValueError:
            logging.getLogger("x").exception("failed")
        found = json.dumps(lines(), ensure_ascii=False)
        assert text not in found
        assert "ValueError" in found

    @pytest.mark.parametrize("text", HIDDEN)
    def test_twin_without_the_scrubber_it_is_there(self, lines, text, monkeypatch):
        monkeypatch.setattr(logs, "scrubbed", lambda text, secrets: text)
        logging.getLogger("x").warning("Of %s", text)
        assert text in lines()[0]["event"]

    @pytest.mark.parametrize("text", SHOWN)
    def test_what_an_operator_needs_stays(self, lines, text):
        logging.getLogger("x").warning("%s", text)
        assert lines()[0]["event"] == text

    def test_what_postgresql_quotes_of_a_row_is_left_out(self, lines):
        error = IntegrityError('violates "user_email"\nDETAIL:  Key (name)=(Petrov) already exists.')
        logging.getLogger("x").error("failed", exc_info=error)
        assert "Petrov" not in str(lines())
        assert "user_email" in str(lines())

    def test_nobody_makes_lines_of_his_own(self, lines):
        logging.getLogger("x").warning("a\n{}\r\nb")
        assert len(lines()) == 1


class TestRequests:
    def test_a_line_a_request_with_view_and_user_number(self, db, lines):
        user = analyst(RegionFactory())
        User.objects.filter(pk=user.pk).update(email="ivanov@example.ru")
        client = Client()
        client.force_login(user)
        client.get("/account/?q=ivanov")
        line = next(each for each in lines() if each["event"] == "request")
        assert (line["view"], line["method"], line["status"], line["user"]) == ("account", "GET", 200, user.pk)
        assert len(line["request_id"]) == 36
        assert "ivanov" not in json.dumps(lines())

    @pytest.mark.parametrize("address", ["/invitations/AbC123/", "/letters/off/AbC123/", "/b/AbC123/"])
    def test_addresses_that_are_keys_are_not_told(self, db, lines, address):
        Client().get(address)
        assert "AbC123" not in json.dumps(lines())

    def test_twin_with_addresses_they_are(self, db, lines, monkeypatch):
        Client().get("/invitations/AbC123/")
        first = len(lines())
        logging.getLogger("django.request").warning("Not Found: %s", "/invitations/AbC123/")
        assert "AbC123" in json.dumps(lines()[first:])


class TestProcesses:
    """What each kind of process writes when it begins."""

    def said(self, tmp_path: Path, *command: str) -> list[dict]:
        environment = os.environ | {
            "GOSPUB_VAR": str(tmp_path), "LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "REDIS_URL": "",
            "DATABASE_URL": f"sqlite:///{tmp_path}/base.sqlite3",
        }  # fmt: skip
        child = [sys.executable, *command]
        done = subprocess.run(
            child, cwd=configured.BASE_DIR, env=environment, capture_output=True, text=True, check=True
        )
        return [json.loads(line) for line in done.stderr.splitlines()]

    def test_celery(self, tmp_path):
        code = (
            "import logging, gospub; gospub.celery_app.log.setup('DEBUG');"
            "logging.getLogger('celery.worker').info('hello %s', 'ivanov@example.ru')"
        )
        assert [line["event"] for line in self.said(tmp_path, "-c", code)] == ["hello [mail]"]

    def test_a_command(self, tmp_path):
        code = "import logging; logging.getLogger('monitoring').error('hello ivanov@example.ru')"
        lines = self.said(tmp_path, "manage.py", "shell", "--verbosity", "0", "-c", code)
        assert [line["event"] for line in lines] == ["hello [mail]"]

    def test_the_web(self, tmp_path):
        lines = self.said(
            tmp_path, "-c", "from gunicorn.app.wsgiapp import run; run()", "gospub.wsgi", "--check-config"
        )
        assert {line["logger"] for line in lines} <= {"py.warnings"}
