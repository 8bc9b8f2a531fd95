"""Health and readiness: what machines are told, and what strangers are not."""

import datetime as dt
import json

import pytest
from django.test import Client

from gospub import clock
from monitoring.collection.run import SCHEDULER
from monitoring.models import Heartbeat
from operations import checks
from tests.gospub.web import Web, visitor

TOKEN = "metrics-token-for-tests"


@pytest.fixture
def alive(db):
    """A worker has just run a task of the schedule."""
    Heartbeat.objects.create(name=SCHEDULER, at=clock.now())


@pytest.fixture
def watcher(settings) -> Client:
    """Whoever has the token."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def parts(answer) -> dict[str, str]:
    return json.loads(answer.content)["parts"]


class TestLive:
    def test_it_answers_without_asking_the_base(self, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = Client().get("/health/live")
        assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


class TestReady:
    def test_all_is_well(self, alive, watcher):
        answer = watcher.get("/health/ready?all")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert set(parts(answer).values()) == {"ok"}

    def test_screens_are_shown_without_a_worker(self, db, watcher):
        answer = watcher.get("/health/ready")
        assert (answer.status_code, answer.json()["status"], parts(answer)["worker"]) == (200, "degraded", "fails")

    def test_a_watcher_of_all_is_told_that_the_worker_is_silent(self, db):
        assert Client().get("/health/ready?all").status_code == 503

    @pytest.mark.parametrize(("seconds", "status"), [(50, 200), (70, 503)])
    def test_a_worker_is_silent_after_a_minute(self, alive, seconds, status):
        Heartbeat.objects.update(at=clock.now() - dt.timedelta(seconds=seconds))
        assert Client().get("/health/ready?all").status_code == status

    def test_a_migration_that_was_not_applied_is_not_ready(self, alive, watcher, monkeypatch):
        newer = checks._expected() | {("monitoring", "0999_newer")}
        monkeypatch.setattr(checks, "_expected", lambda: newer)
        answer = watcher.get("/health/ready")
        assert (answer.status_code, parts(answer)["migrations"]) == (503, "fails")

    def test_redis_is_a_part_where_there_is_one(self, alive, watcher, settings, redis_url):
        assert "redis" not in parts(watcher.get("/health/ready"))
        settings.REDIS_URL = redis_url
        assert parts(watcher.get("/health/ready?all"))["redis"] == "ok"
        settings.REDIS_URL = "redis+socket:///nowhere.sock"
        answer = watcher.get("/health/ready?all")
        assert (answer.status_code, parts(answer)["redis"]) == (503, "fails")
        assert watcher.get("/health/ready").status_code == 200

    def test_strangers_are_told_neither_parts_nor_versions(self, alive, settings):
        settings.METRICS_TOKEN = TOKEN
        answer = Client().get("/health/ready")
        assert answer.json() == {"status": "ready"}
        assert not {"Server", "X-Powered-By"} & set(answer.headers)

    def test_it_asks_little(self, alive, django_assert_max_num_queries):
        Client().get("/health/ready")
        with django_assert_max_num_queries(4):
            Client().get("/health/ready")


def test_a_base_that_is_away_is_told_and_the_process_lives():
    web = Web()
    with web.served() as url, visitor(url) as client:
        assert client.get("/health/ready").status_code == 200
        web.base.stop()
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "unready"})
        assert client.get("/health/live").status_code == 200


class TestWhoMayWatch:
    """With what they may not; the twin of each is the one that may."""

    def test_without_a_setting_nobody(self, db):
        assert Client().get("/metrics").status_code == 404
        assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404

    @pytest.mark.parametrize(
        ("header", "status"),
        [(f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), ("Bearer wrong", 404), (TOKEN, 404), ("Bearer тест", 404)],
    )
    def test_whoever_has_the_token(self, db, settings, header, status):
        settings.METRICS_TOKEN = TOKEN
        assert Client().get("/metrics", headers={"Authorization": header}).status_code == status

    @pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("11.1.2.3", 404), ("", 404), ("::1", 404)])
    def test_an_address_of_the_settings(self, db, settings, address, status):
        settings.METRICS_ADDRESSES = ["10.0.0.0/8"]
        assert Client().get("/metrics", REMOTE_ADDR=address).status_code == status

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
    def test_the_address_of_a_proxy_is_nobodys(self, db, settings, header):
        settings.METRICS_ADDRESSES = ["10.0.0.0/8"]
        assert Client().get("/metrics", REMOTE_ADDR="10.1.2.3", headers={header: "10.1.2.3"}).status_code == 404
