"""F12–F16: what befalls PostgreSQL."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection

from monitoring.collection import batch
from monitoring.models import PageDay

from .conftest import signed_in
from .house import House

FINAL = "s until all slots are final"


@pytest.mark.faults
class TestF12Crash:
    def test_nothing_is_lost(self, house: House, figure):
        house.worker()
        house.until_half_way()
        house.base.stop()
        time.sleep(3)
        house.base.start()
        figure("F12", house.until_done(120), 90, FINAL)
        house.all_measured()

    def test_twin_without_a_second_try_and_with_long_leases_it_is_for_long(self, house: House):
        house.worker("no_second_try")
        house.until_half_way()
        house.base.stop()
        time.sleep(3)
        house.base.start()
        time.sleep(15)
        assert house.due() > house.claimable_within(90 - 15)


@pytest.mark.faults
class TestF13Away:
    def test_the_web_says_so_and_comes_back_by_itself(self, house: House, operator: httpx.Client, figure):
        house.base.stop()
        for headers in ({}, {"HX-Request": "true"}):
            answer = operator.get("/networks/", headers=headers)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "10")
            assert "База данных недоступна" in answer.text
            assert "Traceback" not in answer.text
        time.sleep(10)
        house.base.start()
        seconds = house.until(lambda: operator.get("/networks/").status_code == 200, "the web", 60)
        figure("F13", seconds, 10, "s until the first screen")

    def test_twin_without_a_page_for_it_it_is_a_fault_like_any_other(self, house: House, unguarded: httpx.Client):
        house.base.stop()
        assert unguarded.get("/networks/").status_code == 500


@pytest.mark.faults
class TestF14NoMoreConnections:
    def test_the_web_says_so_at_once(self, house: House, operator: httpx.Client, figure):
        with taken(house):
            began = time.monotonic()
            assert operator.get("/networks/").status_code == 503
            figure("F14", time.monotonic() - began, 5, "s until the answer")
        house.until(lambda: operator.get("/networks/").status_code == 200, "the web", 10)

    def test_twin_without_a_page_for_it_it_is_a_fault_like_any_other(self, house: House, unguarded: httpx.Client):
        with taken(house):
            assert unguarded.get("/networks/").status_code == 500


@contextmanager
def taken(house: House) -> Iterator[None]:
    """Every connection that the server allows is somebody's."""
    house.base.stop()
    house.base.start(connections=6)
    connections = []
    try:
        with pytest.raises(psycopg.OperationalError):
            while True:
                connections.append(psycopg.connect(house.base.url.replace("postgres://", "postgresql://")))
        yield
    finally:
        for connection in connections:
            connection.close()


# A fault of a transaction, so many times: sequences do not go back with it.
SPOIL = """
    create sequence faults_left;
    create function spoil() returns trigger language plpgsql as $$ begin
        if nextval('faults_left') <= {times} then
            raise exception 'a made-up fault' using errcode = '{code}';
        end if;
        return new;
    end $$;
    create trigger spoil before insert on monitoring_pageday for each statement execute function spoil()
"""
HEAL = "drop trigger spoil on monitoring_pageday; drop function spoil(); drop sequence faults_left"
CODES = {"40P01": "deadlock", "40001": "serialization failure"}


@pytest.fixture(params=CODES)
def spoilt(request, town) -> Iterator[str]:
    """Two transactions are ended by the base."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite ends no transactions")
    with connection.cursor() as cursor:
        cursor.execute(SPOIL.format(times=2, code=request.param))
    yield CODES[request.param]
    with connection.cursor() as cursor:
        cursor.execute(HEAL)


class TestF15Ended:
    def test_what_was_read_is_stored_at_the_next_try(self, town, spoilt, figure):
        town.collect("vk")
        calls = town.simulator.calls()["vk:groups.getById"]
        assert town.measured("vk") == town.expected("vk")
        figure("F15", calls, 1, f"readings after each {spoilt}")

    def test_twin_without_it_the_reading_is_thrown_away(self, town, spoilt, monkeypatch):
        monkeypatch.setattr(batch, "BASE_SECONDS", 0)
        with pytest.raises(OperationalError, match="made-up fault"):
            town.collect("vk")
        assert not PageDay.objects.exists()


# Pages whose number is stored, while the ledger still asks for it.
HALF_STORED = """select count(*) from monitoring_pageday d join monitoring_slot s using (page_id, day)
    where d.subscribers is not null and s.status = 'due' and s.reason = ''"""


@pytest.mark.faults
class TestF16DiskFull:
    @pytest.fixture
    def filler(self, house: House) -> Iterator[Path]:
        """What fills the disk of 24 MB on which the tables of posts and days lie."""
        with small_disk(house, 24) as disk:
            space = disk / "space"
            space.mkdir()
            shutil.chown(space, "postgres")
            house.sql(f"create tablespace small location '{space}'")
            for table in ("monitoring_post", "monitoring_pageday"):
                house.sql(f"alter table {table} set tablespace small")
            fill(disk, 2**17)
            try:
                yield disk / "filler"
            finally:
                house.drop("database town with (force)")
                house.drop("tablespace small")

    def until_full(self, house: House) -> None:
        house.until(lambda: "DiskFull" in house.logs(), "a full disk", 60)

    def test_nothing_is_half_there_and_all_is_well_when_there_is_room(
        self, house: House, operator: httpx.Client, filler: Path, figure
    ):
        house.worker()
        self.until_full(house)
        status = "/regions/RU-X02/collection/"
        told = house.until(lambda: "не принимает прочитанное" in operator.get(status).text, "a word of it", 90)
        figure("F16", told, 60, "s until the status of the collection says so")
        figure("F16", house.sql(HALF_STORED)[0][0], 0, "pages half stored on a full disk")
        filler.unlink()
        figure("F16", house.until_done(120), 120, FINAL)
        house.all_measured()
        house.verify()

    def test_twin_without_the_transaction_it_is(self, house: House, filler: Path):
        house.worker("no_transaction")
        self.until_full(house)
        house.until(lambda: house.sql(HALF_STORED)[0][0] > 0, "a page that is half stored", 60)


@pytest.mark.faults
class TestF16NoRoomForFiles:
    """Files are put together on the web server's disk before they go out."""

    EXPORT = "/regions/RU-X02/pages/export/xlsx/"

    def export(self, house: House, **environment: str) -> httpx.Response:
        """The second one, for which there is no room any more."""
        with small_disk(house, 2) as disk, signed_in(house, TMPDIR=str(disk), **environment) as client:
            assert client.get(self.EXPORT).status_code == 200
            fill(disk, 0)
            return client.get(self.EXPORT)

    def test_an_export_says_so(self, house: House, figure):
        answer = self.export(house)
        figure("F16", answer.content.startswith(b"PK"), 0, "half files")
        assert answer.status_code == 507
        assert "На диске сервера нет места" in answer.text

    def test_twin_without_a_page_for_it_it_is_a_fault_like_any_other(self, house: House):
        assert self.export(house, DJANGO_SETTINGS_MODULE="tests.gospub.unguarded_settings").status_code == 500


@contextmanager
def small_disk(house: House, megabytes: int) -> Iterator[Path]:
    """Where it is mounted."""
    disk = house.folder / "disk"
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", disk]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("a disk of our own needs the rights of root")
    try:
        yield disk
    finally:
        # A child that was killed may have a file there for a moment yet.
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path, left: int) -> None:
    """All but so many bytes, with a file called `filler`."""
    stat = os.statvfs(disk)
    subprocess.run(["fallocate", "-l", str(stat.f_bavail * stat.f_frsize - left), disk / "filler"], check=True)
