"""Figures for Prometheus: the state of the collection and of the outbox, and requests counted over all processes."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings as configured
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from letters.models import Kind, Letter, LetterState
from monitoring.collection import planning
from monitoring.collection.pool import charge
from monitoring.models import AccessPause, Heartbeat, Slot
from monitoring.platforms.base import Token
from operations import metrics
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, analyst
from tests.services import free_port, wait_for

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)  # noon in the region
TOKEN = "metrics-token-for-tests"


def figures(text: bytes | str) -> dict[str, float]:
    """name{labels} → value, labels in the order of their names."""
    text = text.decode() if isinstance(text, bytes) else text
    return {
        sample.name + "".join(f"|{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def told(db):
    return lambda now=NOW: figures(metrics.text(now))


@pytest.fixture
def page(db):
    return PageFactory(institution=InstitutionFactory(region=RegionFactory(time_zone="Asia/Vladivostok")))


class TestState:
    def test_what_is_owed_and_since_when(self, told, page):
        planning.plan_day(page.institution.region, NOW)
        found = told()
        assert found["gospub_slots_due|vk"] == 1
        assert found["gospub_collection_lag_seconds|vk"] == 12 * 3600
        assert found["gospub_slots_due|ok"] == found["gospub_collection_lag_seconds|ok"] == 0

    def test_what_was_put_off_lags_since_it_may_be_tried_again(self, told, page):
        planning.plan_day(page.institution.region, NOW)
        Slot.objects.update(next_attempt_at=NOW - dt.timedelta(seconds=90))
        assert told()["gospub_collection_lag_seconds|vk"] == 90
        Slot.objects.update(next_attempt_at=NOW + dt.timedelta(seconds=90))
        assert told()["gospub_slots_due|vk"] == told()["gospub_collection_lag_seconds|vk"] == 0

    def test_what_became_of_the_day(self, told, page):
        planning.plan_day(page.institution.region, NOW)
        Slot.objects.update(status="failed", reason="unreachable")
        assert told()["gospub_slots|vk|unreachable|failed"] == 1
        assert "gospub_slots|vk|unreachable|failed" not in told(NOW + dt.timedelta(days=1))

    def test_calls_by_network_and_outcome(self, told):
        token = Token("user", "a")
        charge("vk", {token: {"wall.get": 10}}, NOW, {token: {"wall.get": 3}})
        charge("vk", {}, NOW, {token: {"wall.get": 1}})
        found = told()
        assert (found["gospub_network_calls_total|vk|answered"], found["gospub_network_calls_total|vk|failed"]) == (
            6,
            4,
        )

    def test_tokens_at_rest(self, told):
        for token, until in (("a", None), ("b", NOW + dt.timedelta(hours=1)), ("c", NOW - dt.timedelta(hours=1))):
            AccessPause.objects.create(platform="vk", token=token, reason="throttled", since=NOW, until=until)
        AccessPause.objects.create(platform="ok", reason="unreachable", since=NOW, until=NOW + dt.timedelta(minutes=1))
        found = told()
        assert (found["gospub_tokens_resting|vk"], found["gospub_tokens_need_operator|vk"]) == (2, 1)
        assert (found["gospub_network_resting|ok"], found["gospub_network_resting|vk"]) == (1, 0)

    def test_letters_that_wait(self, told, page):
        user = analyst(page.institution.region)
        for number, state in enumerate([LetterState.WAITING, LetterState.SENDING, LetterState.SENT]):
            Letter.objects.create(
                key=f"k{number}", kind=Kind.OPERATOR, user=user, text="t", state=state,
                created_at=NOW - dt.timedelta(minutes=number + 1),
            )  # fmt: skip
        found = told()
        assert (found["gospub_outbox_letters"], found["gospub_outbox_oldest_seconds"]) == (2, 120)

    def test_signs_of_life(self, told):
        Heartbeat.objects.create(name="backup", at=NOW - dt.timedelta(hours=3))
        found = told()
        assert found["gospub_heartbeat_age_seconds|backup"] == 3 * 3600
        assert (found["gospub_up|database"], found["gospub_up|worker"]) == (1, 0)

    def test_many_pages_are_asked_for_as_few(self, page, django_assert_num_queries, django_assert_max_num_queries):
        with django_assert_max_num_queries(20):
            metrics.text(NOW)
        PageFactory.create_batch(20, institution=page.institution, platform="ok")
        planning.plan_day(page.institution.region, NOW)
        with django_assert_max_num_queries(20):
            metrics.text(NOW)

    def test_nobody_is_named(self, told, page):
        assert not re.search("[а-яё]|@", metrics.text(NOW).decode(), re.IGNORECASE)


class TestRequests:
    def test_they_are_counted_by_view_never_by_address(self, db):
        Client().get("/b/SECRETCODE/")
        text = metrics.text(NOW).decode()
        assert 'view="badge"' in text
        assert "SECRETCODE" not in text

    def test_addresses_that_nobody_has_make_no_rows(self, db):
        for number in range(3):
            Client().get(f"/nowhere-{number}/")
        assert "nowhere" not in metrics.text(NOW).decode()


@contextmanager
def gunicorn(tmp_path: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Two processes; its address."""
    port = free_port()
    base = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/base.sqlite3", "REDIS_URL": "", "GOSPUB_VAR": str(tmp_path),
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage", "METRICS_TOKEN": TOKEN,
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "gospub.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    process = subprocess.Popen(command, cwd=configured.BASE_DIR, env=os.environ | base | environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: asked(url, "/health/live") == 200, "gunicorn")
        yield url, process
    finally:
        process.terminate()
        process.wait()


def asked(url: str, address: str) -> int:
    try:
        return httpx.get(url + address, trust_env=False, timeout=10).status_code
    except httpx.TransportError:
        return 0


def counted(url: str) -> float:
    """Answers of the sign-in, as a scrape tells them."""
    answer = httpx.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=10)
    return figures(answer.text).get("gospub_requests_total|GET|404|none", 0)


class TestProcesses:
    ASKED = 30

    def ask(self, url: str) -> None:
        for _ in range(self.ASKED):
            assert asked(url, "/nowhere/") == 404

    def test_requests_of_all_processes_are_told_by_each_and_outlive_one(self, tmp_path):
        with gunicorn(tmp_path) as (url, process):
            self.ask(url)
            assert {counted(url) for _ in range(10)} == {self.ASKED}
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGKILL)
            time.sleep(1)
            assert asked(url, "/nowhere/") == 404
            assert counted(url) == self.ASKED + 1

    def test_twin_without_the_folder_each_tells_its_own(self, tmp_path):
        with gunicorn(tmp_path, PROMETHEUS_MULTIPROC_DIR="") as (url, _):
            self.ask(url)
            assert {counted(url) for _ in range(10)} != {self.ASKED}
