"""F38–F40: the next release comes while this one runs, goes a step back, and finds a year of many pages."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings

from tests.services import PostgreSQL, temporary_folder

from .house import House
from .releases import last_tag, migrations_of, since_release, step_back, unpack

pytestmark = pytest.mark.faults

ROOT = Path(settings.BASE_DIR)
FINAL = "s until all slots are final"
NEWER = {"DJANGO_SETTINGS_MODULE": "tests.faults.newer_settings"}
PAGES = int(os.environ.get("GOSPUB_UPGRADE_PAGES", "10000"))  # × 365 days


class TestF38MidPoll:
    SECONDS, PER_SECOND, TOO_LONG = 60, 5, 5

    def screens(self, client: httpx.Client, seconds: float) -> tuple[int, float]:
        """Ask for a screen as often as it says; how many failed or took too long, and the slowest."""
        failed, slowest, end = 0, 0.0, time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            status = client.get("/regions/RU-X02/pages/").status_code
            took = time.monotonic() - began
            failed, slowest = failed + (status != 200 or took > self.TOO_LONG), max(slowest, took)
            time.sleep(max(0, 1 / self.PER_SECOND - took))
        return failed, slowest

    @contextmanager
    def held(self, house: House, seconds: float) -> Iterator[None]:
        """Somebody reads the pages in a long transaction, as a copy does; it ends by itself."""
        url = house.base.url.replace("postgres://", "postgresql://").replace("/postgres?", "/town?")
        with psycopg.connect(url) as reader:
            reader.execute("select count(*) from monitoring_page")
            end = threading.Timer(seconds, reader.rollback)
            end.start()
            yield
            end.join()

    def test_the_old_code_reads_and_collects_on_and_nobody_waits(self, house: House, operator, figure):
        house.worker()
        house.until_half_way()
        with self.held(house, 12):
            upgrade = house.start("manage.py", "upgrade", **NEWER)
            failed, slowest = self.screens(operator, self.SECONDS)
        assert upgrade.wait(30) == 0, upgrade.log.read_text()
        assert "ещё раз через" in upgrade.log.read_text()
        assert house.sql("select count(*) from monitoring_page where made_up = 0")[0][0] > 0
        figure("F38", failed, 0, f"of {self.SECONDS * self.PER_SECOND} screens failed or took over {self.TOO_LONG} s")
        figure("F38", slowest, 4, "s for the slowest screen")
        figure("F38", house.until_done(120), 120, FINAL)
        house.all_measured()

    def test_twin_a_plain_migration_keeps_everybody_waiting(self, house: House, operator):
        with self.held(house, 12):
            upgrade = house.start("manage.py", "migrate", **NEWER)
            time.sleep(4)
            failed, _slowest = self.screens(operator, 12)
        assert upgrade.wait(30) == 0
        assert failed > 0


class Upgrade:
    """A base that the release before made and filled. pages: of a region of its own, with a year of numbers of each.
    release: a tag or commit; None = there is none yet."""

    def __init__(self, pages: int, release: str | None) -> None:
        self.base, self.folder = PostgreSQL(), temporary_folder()
        self.base.start()
        self.environment = os.environ | {
            "DATABASE_URL": self.base.url,
            "REDIS_URL": "",
            "GOSPUB_VAR": str(self.folder),
            "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }
        self.release, self.back = release, step_back(since_release(ROOT))
        before = unpack(ROOT, release, self.folder / "release") if release else ROOT
        self.run("manage.py", "migrate", "--verbosity", "0", code=before)
        self.run("-m", "tests.faults.upgraded", "fill", str(self.known), str(pages), code=before)
        # What either would change by itself: the list of regions, and derived tables that are brought up to date.
        self.run("manage.py", "load_regions", "--verbosity", "0", code=before)
        self.run("-m", "tests.faults.upgraded", "say", str(self.folder / "first"), code=before)
        if not release:
            self.step_back()

    @property
    def known(self) -> Path:
        return self.folder / "known.json"

    def run(self, *command: str, code: Path = ROOT) -> str:
        """Python with those arguments, with the code of a release. Raises RuntimeError with what it said."""
        done = subprocess.run(
            [sys.executable, *command], cwd=code, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-5000:])
        return done.stdout

    def step_back(self) -> None:
        """Every app to where the release before left it."""
        for app, name in self.back.items():
            self.run("manage.py", "migrate", app, name, "--verbosity", "0")

    def forward(self) -> float:
        """To the present code, as operators do it; in seconds."""
        began = time.monotonic()
        self.run("manage.py", "upgrade", "--verbosity", "0")
        return time.monotonic() - began

    def noted(self, what: str, name: str) -> str:
        path = self.folder / name
        self.run("-m", "tests.faults.upgraded", what, str(path))
        return path.read_text()

    def sums(self, name: str) -> dict[str, dict[str, str]]:
        return json.loads(self.noted("sums", name))

    def closed(self) -> dict[str, int]:
        """Addresses that opened before and do not now."""
        return json.loads(self.run("-m", "tests.faults.upgraded", "look", str(self.known)))


def differ(one: dict[str, dict[str, str]], other: dict[str, dict[str, str]]) -> list[str]:
    """Columns of both whose values differ."""
    return [
        f"{table}.{column}"
        for table, columns in one.items()
        for column, digest in columns.items()
        if other.get(table, {}).get(column, digest) != digest
    ]


@pytest.fixture
def upgrade() -> Iterator[Upgrade]:
    if not step_back(since_release(ROOT)) and not last_tag(ROOT):
        pytest.skip("no release yet, and no migration but the first ones: there is nothing to upgrade from")
    found = Upgrade(0, last_tag(ROOT))
    yield found
    found.base.stop()


class TestF39StepBack:
    def test_what_was_there_is_there_and_forward_again(self, upgrade: Upgrade, figure):
        assert upgrade.back
        before = upgrade.sums("before")
        upgrade.forward()
        after, said = upgrade.sums("after"), upgrade.noted("say", "said")
        upgrade.step_back()
        changed = differ(before, upgrade.sums("back"))
        assert changed == []
        upgrade.forward()
        changed += differ(after, upgrade.sums("again"))
        figure("F39", len(changed), 0, f"columns changed by a step back and forward again: {changed}")
        assert upgrade.noted("say", "again said") == said

    def test_twin_a_value_that_changed_on_the_way_is_noticed(self, upgrade: Upgrade):
        before = upgrade.sums("before")
        with psycopg.connect(upgrade.base.url.replace("postgres://", "postgresql://"), autocommit=True) as base:
            first = "(select min(id) from monitoring_pageday)"
            base.execute(f"update monitoring_pageday set subscribers = subscribers + 1 where id = {first}")
        assert differ(before, upgrade.sums("after")) == ["monitoring_pageday.subscribers"]


class TestF40RealSize:
    @pytest.fixture
    def big(self) -> Iterator[Upgrade]:
        found = Upgrade(PAGES, last_tag(ROOT))
        yield found
        found.base.stop()

    def test_every_screen_opens_and_ratings_are_as_they_were(self, big: Upgrade, figure):
        before, said = big.sums("before"), big.noted("say", "said")
        start = big.release or "the first migrations"
        figure("F40", big.forward(), 600, f"s for {PAGES * 365 / 1e6:.2f} M numbers, from {start}")
        after = big.sums("after")
        figure("F40", len(big.closed()), 0, "screens that do not open any more")
        changed = differ(before, after)
        figure("F40", len(changed), 0, f"columns that changed: {changed}")
        assert after["ratings_rating"].items() >= before["ratings_rating"].items()
        assert big.noted("say", "said after") == said


class TestReleases:
    """That the release before is found once there is one."""

    def git(self, folder: Path, *command: str) -> None:
        names = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@example.org", "GIT_COMMITTER_NAME": "x",
                 "GIT_COMMITTER_EMAIL": "x@example.org", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
        subprocess.run(["git", *command], cwd=folder, env=os.environ | names, check=True, capture_output=True)

    def test_it_is_the_last_tag_with_its_own_files(self, tmp_path):
        here = tmp_path / "here"
        (here / "app/migrations").mkdir(parents=True)
        self.git(here, "init", "--quiet")
        assert last_tag(here) is None
        for number, tag in ((1, "v0.1"), (2, "v0.2"), (3, None)):
            (here / f"app/migrations/000{number}_x.py").write_text(str(number))
            self.git(here, "add", ".")
            self.git(here, "commit", "--quiet", "-m", "x")
            if tag:
                self.git(here, "tag", tag)
        assert last_tag(here) == "v0.2"
        assert migrations_of(here, "v0.2") == {"app/migrations/0001_x.py", "app/migrations/0002_x.py"}
        unpacked = unpack(here, "v0.2", tmp_path / "there")
        assert not (unpacked / "app/migrations/0003_x.py").exists()
        assert (unpacked / "app/migrations/0002_x.py").read_text() == "2"

    def test_a_release_of_this_very_repository_can_be_upgraded(self):
        """The whole way with the code of a release, though there is none yet: the last commit stands for one."""
        command = ["git", "rev-parse", "HEAD"]
        head = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        found = Upgrade(0, head)
        before = found.sums("before")
        found.forward()
        assert (found.closed(), differ(before, found.sums("after"))) == ({}, [])
        found.base.stop()
