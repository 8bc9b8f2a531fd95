"""An installation of real child processes that faults befall: PostgreSQL, Redis, workers, the web and the networks.

Time is real. A region of 200 made-up pages is imported and owed a day once; every test starts from a copy of that base.
"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
from django.conf import settings

from monitoring.simulator.demo import made_up_region
from monitoring.simulator.pages import Page
from monitoring.simulator.registry import registry_rows, write_registry
from tests.services import PostgreSQL, RedisServer, free_port, temporary_folder, wait_for
from tests.simulator_fixtures import RunningSimulator, running

ROOT = Path(settings.BASE_DIR)
PAGES, SEED = 200, 1
THREADS = ("--pool", "threads", "--concurrency", "9")
PREFORK = ("--pool", "prefork", "--concurrency", "4")
# A day's work takes about eight seconds at these paces, so that faults meet it half-way.
PACES = {"VK": "1.5", "OK": "6", "TELEGRAM": "8", "MAX": "3"}
PLAN = "from gospub import clock; from monitoring.collection.run import plan_all; plan_all(clock.now())"
WAKE = "from monitoring.tasks import tick; tick()"
# Public pages do not always tell a channel's number.
MEASURED = """
    select p.platform, case when p.platform in ('vk', 'ok') then p.external_id else p.handle end, d.subscribers
    from monitoring_pageday d join monitoring_page p on p.id = d.page_id where d.subscribers is not null"""


class Child:
    """A child process with its children; what it says is kept in a file."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=dict(environment), stdout=out, stderr=out, start_new_session=True
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def children(self) -> list[int]:
        """Its own child processes, such as those of a pool."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """The process and all that it started die at once, as with the machine."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int:
        """Its exit status. Raises subprocess.TimeoutExpired."""
        return self.process.wait(seconds)

    def peak_megabytes(self) -> float:
        """The most memory that it has held so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


class House:
    """The installation. `dice`: moments of faults; `world`: what the networks show."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.base, self.redis = PostgreSQL(), RedisServer("--appendonly", "yes", "--appendfsync", "everysec")
        self.folder = temporary_folder()
        self.world = made_up_region(PAGES, SEED)
        self.moment = dt.datetime.now(dt.UTC)
        self._stack = ExitStack()
        self.simulator: RunningSimulator = self._stack.enter_context(
            running("--pages", str(PAGES), "--seed", str(SEED), "--rate", "none", "--now", self.moment.isoformat())
        )
        self.environment = os.environ | self._settings()
        self._children: list[Child] = []
        self.base.start()
        self.redis.start()
        self._make_ready()

    def _settings(self) -> dict[str, str]:
        values = {
            "DATABASE_URL": self.base.url.replace("/postgres?", "/town?"),
            "REDIS_URL": self.redis.url,
            "GOSPUB_VAR": str(self.folder),
            "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "GOSPUB_DEMO_CLOCK": "",
            "OK_APPLICATION_KEY": "sim-ok-key",
            "OK_APPLICATION_SECRET": "sim-ok-secret",
            "OK_ACCESS_TOKEN": "sim-ok-token",
            "VK_TOKENS": "user:sim-vk-user",
            "TELEGRAM_BOT_TOKENS": "",
            "MAX_BOT_TOKENS": "sim-max",
        }
        values |= dict.fromkeys(settings.NETWORK_URLS, self.simulator.url)
        return values | {f"{code}_REQUESTS_PER_SECOND": pace for code, pace in PACES.items()}

    def _make_ready(self) -> None:
        """The base `ready`: the registry imported, the day planned. Its clock is far from midnight."""
        self._sql("create database town", base="postgres")
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_regions")
        plan = self.world.plan
        ahead = (9 - self.moment.hour + 12) % 24 - 12  # it is nine there; the signs of Etc/GMT are turned round
        zone = f"Etc/GMT{-ahead:+d}"
        self.sql(
            "insert into monitoring_region (code, name, oktmo, time_zone) values (%s, %s, %s, %s)",
            plan.code, plan.name, plan.oktmo, zone,
        )  # fmt: skip
        path = self.folder / "registry.xlsx"
        write_registry(path, registry_rows(self.world, self.moment.date()))
        self.manage("import_registry", str(path), "--region", plan.code)
        self.manage("shell", "--verbosity", "0", "-c", PLAN)
        self._sql("alter database town rename to ready", base="postgres")

    def renew(self) -> None:
        """As before the first fault: servers run, nobody works, the day is owed, nothing was read."""
        self.stop_children()
        for server in (self.base, self.redis):
            server.stop()
            server.start()
        self.redis.client().flushall()
        self._sql("drop database if exists town with (force)", base="postgres")
        self._sql("create database town template ready", base="postgres")
        self.simulator.set_faults([])
        self.simulator.forget()

    def close(self) -> None:
        self.stop_children()
        self._stack.close()

    def drop(self, what: str) -> None:
        """Of the server: a database, a tablespace. What was in it is asked for by nobody after a crash."""
        self.stop_children()
        self._sql(f"drop {what}", base="postgres")
        self._sql("checkpoint", base="postgres")

    # --- children -------------------------------------------------------------------------------

    def start(self, *command: str, **environment: str) -> Child:
        """A child of Python with those arguments."""
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        child = Child([sys.executable, *command], self.environment | environment, log)
        self._children.append(child)
        return child

    def stop_children(self) -> None:
        while self._children:
            self._children.pop().kill()

    def manage(self, *command: str, **environment: str) -> None:
        """`manage.py` with those arguments. Raises RuntimeError with what it said where it does not end well."""
        child = self.start("manage.py", *command, **environment)
        if child.wait(120):
            raise RuntimeError(child.log.read_text())

    def worker(
        self, unguarded: str = "", pool: tuple[str, ...] = THREADS, beat: bool = True, **environment: str
    ) -> Child:
        """A worker, with the scheduler inside unless told otherwise. unguarded: module of tests.faults.unguarded that
        takes a guard away."""
        options = ("--beat",) if beat else ()
        options += ("-I", f"tests.faults.unguarded.{unguarded}") if unguarded else ()
        return self.start(
            "-m", "celery", "-A", "gospub", "worker", *pool, *options, "--loglevel", "INFO", **environment
        )

    def beat(self) -> Child:
        """The scheduler in a process of its own."""
        return self.start("-m", "celery", "-A", "gospub", "beat")

    def wake(self) -> None:
        """What the scheduler does every few seconds, once."""
        self.manage("shell", "--verbosity", "0", "-c", WAKE)

    def killed_at(self, where: str, moments: int, unguarded: str = "") -> tuple[int, int]:
        """See kills.py: how often a collecting process was killed, and how many rows are there twice."""
        seed = str(self.dice.randrange(1_000_000))
        paces = {f"{code}_REQUESTS_PER_SECOND": "0" for code in PACES} | {"REDIS_URL": ""}
        paces["DJANGO_SETTINGS_MODULE"] = "gospub.settings"
        child = self.start("-m", "tests.faults.kills", where, str(moments), seed, *filter(None, [unguarded]), **paces)
        if child.wait(300):
            raise RuntimeError(self.logs())
        killed, double = child.log.read_text().split()[-2:]
        return int(killed), int(double)

    @contextmanager
    def web(self, **environment: str) -> Iterator[str]:
        """gunicorn; yields its address."""
        port = free_port()
        bind = ("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4")
        child = self.start("-m", "gunicorn", *bind, "gospub.wsgi", LOG_LEVEL="CRITICAL", **environment)
        wait_for(lambda: "Listening at" in child.log.read_text(), "gunicorn")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            child.kill()

    # --- what the base says ---------------------------------------------------------------------

    def sql(self, query: str, *values: object) -> list[tuple]:
        """Rows of the answer."""
        return self._sql(query, *values)

    def _sql(self, query: str, *values: object, base: str = "town") -> list[tuple]:
        url = self.base.url.replace("postgres://", "postgresql://").replace("/postgres?", f"/{base}?")
        with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
            found = connection.execute(query, values or None)
            return found.fetchall() if found.description else []

    def due(self, where: str = "true") -> int:
        """Slots that are still owed."""
        return self.sql(f"select count(*) from monitoring_slot where status = 'due' and {where}")[0][0]

    def total(self) -> int:
        return self.sql("select count(*) from monitoring_slot")[0][0]

    def measured(self) -> dict[tuple[str, str], int]:
        """Subscribers by network and page: VK's and OK's own number, else the short name."""
        return {(platform, page): number for platform, page, number in self.sql(MEASURED)}

    def claimable_within(self, seconds: float) -> int:
        """Owed slots that any worker may take within so long."""
        return self.due(f"(next_attempt_at is null or next_attempt_at <= now() + interval '{seconds} seconds')")

    # --- moments --------------------------------------------------------------------------------

    def until(self, ready: Callable[[], bool], what: str, seconds: float) -> float:
        """Wait for it; returns the seconds that it took. Raises TimeoutError with what the children said."""
        began = time.monotonic()
        try:
            wait_for(ready, what, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.logs()}") from None
        return time.monotonic() - began

    def until_half_way(self, extra: float = 2) -> None:
        """Return when work is under way, and then up to `extra` seconds later: the moment of a fault."""
        self.until(lambda: self.due("attempts > 0") > 0, "work", 60)
        time.sleep(self.dice.uniform(0.2, extra))

    def until_done(self, seconds: float) -> float:
        """Return when nothing is owed any more; a base that is away is waited for."""

        def done() -> bool:
            try:
                return self.due() == 0
            except psycopg.OperationalError:
                return False

        return self.until(done, "the end of the day's work", seconds)

    def logs(self) -> str:
        """The end of what each child has said."""
        return "\n".join(f"--- {c.process.args[1:5]}\n{c.log.read_text()[-30000:]}" for c in self._children)

    # --- what must be true ----------------------------------------------------------------------

    def verify(self) -> None:
        """The ledger holds, and no number is another one than the network showed."""
        self.manage("verify_ledger")
        assert (
            self.sql("select count(*) from (select distinct page_id, day from monitoring_pageday) d")[0][0]
            == (self.sql("select count(*) from monitoring_pageday")[0][0])
        )
        measured = self.measured()
        assert measured == {key: self.shown.get(key) for key in measured}

    def all_measured(self) -> None:
        """No page is missing."""
        missing = self.shown.keys() - self.measured().keys()
        assert not missing, f"{missing}\n{self.reasons()}\n{self.logs()}"

    def reasons(self) -> list[tuple]:
        """What the ledger says of the pages that have no number."""
        return self.sql("""select p.platform, p.handle, p.external_id, s.status, s.reason, s.attempts
            from monitoring_slot s join monitoring_page p on p.id = s.page_id
            where not exists (select from monitoring_pageday d where d.page_id = p.id and d.subscribers is not null)""")

    @property
    def shown(self) -> dict[tuple[str, str], int]:
        """What the networks show."""
        day = self.moment.astimezone(dt.timezone(dt.timedelta(hours=9))).date()
        return {
            (page.platform, page.external_id if page.platform in ("vk", "ok") else page.handle_on(day)): number
            for page in self.world.pages
            if page.exists(day) and (number := self._number(page, day)) is not None
        }

    def _number(self, page: Page, day: dt.date) -> int | None:
        """A Telegram group has members, no subscribers."""
        return None if page.quirk == "group" else self.world.subscribers(page, day)
