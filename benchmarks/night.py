"""A night that benchmarks measure: private servers, a made-up region, its simulator and its workers."""

# ruff: noqa: PLC0415  Django is set up after the servers it works on are there

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 1
NETWORKS = ("vk", "ok", "telegram", "max")
PER_SECOND = {"vk": 3, "ok": 3, "telegram": 1, "max": 1}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. token: kind of VK token, `tokens` of them; networks: those that take part; latency: seconds of the night
    (scaled as all time is) that every answer takes; faults: as `simulate --fault` takes them; slower: by how much less
    than the others it is sped up."""

    name: str
    token: str = "user"
    tokens: int = 1
    workers: int = 1
    latency: float = 0
    networks: tuple[str, ...] = NETWORKS
    faults: tuple[str, ...] = ()
    slower: float = 1


def prepare(stack: ExitStack, pages: int) -> None:
    """Private servers, the schema, the region."""
    from tests import services

    stack.callback(services.stop_all)
    os.environ |= {
        "GOSPUB_VAR": str(services.temporary_folder()),
        "DATABASE_URL": services.start_postgresql(),
        "REDIS_URL": services.start_redis(),
        "GOSPUB_DEMO_CLOCK": "",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "gospub.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    make_region(pages)


def environment(address: str, scenario: Scenario, scale: float) -> dict[str, str]:
    """Settings with which a process takes the simulator for every network, at the scaled limits (0 = none)."""
    from django.conf import settings

    tokens = [f"{scenario.token}:sim-vk-{scenario.token}-{n}" for n in range(scenario.tokens)]
    return {
        **dict.fromkeys(settings.NETWORK_URLS, address),
        "SIMULATOR_URL": address,
        "VK_TOKENS": ",".join(tokens),
        "OK_APPLICATION_KEY": "sim-ok-key",
        "OK_APPLICATION_SECRET": "sim-ok-secret",
        "OK_ACCESS_TOKEN": "sim-ok-token",
        "TELEGRAM_BOT_TOKENS": "",
        "MAX_BOT_TOKENS": "",
        **{f"{code.upper()}_REQUESTS_PER_SECOND": str(PER_SECOND[code] * scale) for code in NETWORKS},
    }


def apply(values: dict[str, str]) -> None:
    """The same settings for this process."""
    from django.conf import settings

    settings.NETWORK_URLS = {name: values[name] for name in settings.NETWORK_URLS}
    settings.VK_TOKENS = values["VK_TOKENS"].split(",")
    settings.OK_APPLICATION_KEY, settings.OK_APPLICATION_SECRET, settings.OK_ACCESS_TOKEN = (
        values[f"OK_{name}"] for name in ("APPLICATION_KEY", "APPLICATION_SECRET", "ACCESS_TOKEN")
    )
    settings.REQUESTS_PER_SECOND = {code: float(values[f"{code.upper()}_REQUESTS_PER_SECOND"]) for code in NETWORKS}


@contextmanager
def simulator(pages: int, rate: float, scenario: Scenario) -> Iterator[str]:
    """Its address. rate: factor of the documented limits, 0 = none."""
    command = [sys.executable, "manage.py", "simulate", "--port", "0", "--pages", str(pages), "--seed", str(SEED)]
    command += ["--rate", str(rate), "--latency", str(scenario.latency / (rate or 1))]
    command += ["--fault", *scenario.faults] if scenario.faults else []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout.readline().strip()
        finally:
            child.terminate()


@contextmanager
def worker(values: dict[str, str], number: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as it runs in earnest."""
    command = [sys.executable, "-m", "celery", "-A", "gospub", "worker", "--hostname", f"w{number}@bench"]
    command += ["--pool", "threads", "--concurrency", "9", "--loglevel", "ERROR"]
    values |= {"MALLOC_ARENA_MAX": "2"}  # as docker-compose.yml has it
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | values, stdout=subprocess.DEVNULL) as child:
        try:
            yield child
        finally:
            child.terminate()


def make_region(pages: int) -> None:
    """The simulated region's pages under one institution, known by their ids."""
    from monitoring.models import Institution, Page, PageStatus, Region
    from monitoring.simulator.demo import made_up_region

    world = made_up_region(pages, SEED)
    plan = world.plan
    region = Region.objects.create(code=plan.code, name=plan.name, oktmo=plan.oktmo, time_zone=plan.zone)
    institution = Institution.objects.create(region=region, name="Все страницы")
    today = dt.datetime.now(dt.UTC).date()
    rows = [
        Page(institution=institution, platform=p.platform, handle=p.handle_on(today), added_on=p.born, status=status)
        for status in [PageStatus.OPEN]
        for p in world.pages
        if p.exists(today)
    ]
    known = {(p.platform, p.handle_on(today)): p.external_id for p in world.pages if p.exists(today)}
    for row in rows:
        if row.platform in ("vk", "ok"):
            row.external_id = known[row.platform, row.handle]
    Page.objects.bulk_create(rows, batch_size=5000)


def owe_a_day(networks: tuple[str, ...]) -> None:
    """The pages of those networks are due today, and were read in full the day before; no call was made today."""
    from django.conf import settings
    from redis import Redis

    from gospub import clock
    from monitoring.collection import planning
    from monitoring.models import AccessPause, CallCount, Page, PageDay, Region, Slot

    for model in (Slot, PageDay, CallCount, AccessPause):
        model.objects.all()._raw_delete("default")
    Redis.from_url(settings.REDIS_URL.replace("redis+socket", "unix")).flushdb()
    now = clock.now()
    yesterday = now - dt.timedelta(days=1)
    Page.objects.update(posts_known_from=yesterday - dt.timedelta(days=30), posts_known_to=yesterday, seen_at=yesterday)
    Page.objects.filter(platform__in=networks).update(archived_on=None)
    Page.objects.exclude(platform__in=networks).update(archived_on=now.date())
    planning.plan_day(Region.objects.get(), now)


def wait_for_workers(count: int) -> None:
    """Return when so many workers answer."""
    from gospub.celery import app

    end = time.monotonic() + 60
    while len(app.control.ping(timeout=0.5) or ()) < count:
        if time.monotonic() > end:
            raise TimeoutError("the workers did not start")
