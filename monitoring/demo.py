"""The demo: two made-up years of two regions, collected over HTTP by the same code that collects today."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings

from gospub.accounts.models import Grant, Role, User
from gospub.clock import local_day
from monitoring import rollups
from monitoring.collection import planning, run
from monitoring.models import Institution, PlatformCode, Region, Slot, SlotStatus
from monitoring.registry.importing import import_file
from monitoring.simulator.client import set_clock
from monitoring.simulator.demo import DEMO_MOMENT, PLANS, REGION_CODES, REGISTRY_DAYS, demo_days, demo_registry
from monitoring.simulator.registry import write_registry
from monitoring.tasks import collect

PASSWORD = "gospub-demo-2024"  # noqa: S105  made-up data on this machine only
# No batch of the demo takes so long; then what is still due is handed out again.
PATIENCE_SECONDS = 30


def environment(port: int) -> dict[str, str]:
    """What the demo's processes see: the simulator as every network, a clock that stands still, data of its own."""
    address = f"http://127.0.0.1:{port}"
    folder = os.environ.get("GOSPUB_VAR") or str(settings.BASE_DIR / "var" / "demo")
    return {
        "GOSPUB_VAR": folder,
        "GOSPUB_DEMO_CLOCK": DEMO_MOMENT.isoformat(),
        "SIMULATOR_URL": address,
        **dict.fromkeys(settings.NETWORK_URLS, address),
        **{f"{code.upper()}_REQUESTS_PER_SECOND": "0" for code in settings.REQUESTS_PER_SECOND},
        "VK_TOKENS": "user:sim-vk-user",
        "OK_APPLICATION_KEY": "sim-ok-key",
        "OK_APPLICATION_SECRET": "sim-ok-secret",
        "OK_ACCESS_TOKEN": "sim-ok-token",
        "MAX_BOT_TOKENS": "sim-max",
    }


@contextmanager
def simulator() -> Iterator[None]:
    """The simulator as a child process."""
    port = settings.SIMULATOR_URL.rpartition(":")[2]
    with _child([str(settings.BASE_DIR / "manage.py"), "simulate", "--demo", "--port", port]) as (process, log):
        wait_for_simulator(process, log)
        yield


@contextmanager
def worker(name: str, *options: str) -> Iterator[None]:
    """A Celery worker with a thread pool; `--beat` only when the played past is over, or it would collect today."""
    command = ["-m", "celery", "-A", "gospub", "worker", "--hostname", name, "--pool", "threads", "--concurrency", "2"]
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with _child([*command, *quiet, *options]):
        yield


@contextmanager
def _child(arguments: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A Python process that ends with this block; its output goes into the demo's log."""
    path = Path(settings.VAR_DIR) / "demo.log"
    with path.open("ab") as log:
        child = subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR, stdout=log, stderr=log)
        try:
            yield child, path
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_for_simulator(child: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    """Return when the simulator answers; RuntimeError naming the log where it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        try:
            set_clock(settings.SIMULATOR_URL, DEMO_MOMENT)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The simulator did not start, see {log}")


def add_made_up_regions() -> None:
    """The demo's regions that no list of regions has."""
    for plan in PLANS.values():
        Region.objects.get_or_create(
            code=plan.code, defaults={"name": plan.name, "oktmo": plan.oktmo, "time_zone": plan.zone}
        )
    # The years before were looked at once a month.
    Region.objects.filter(code__in=REGION_CODES).update(daily_since=daily_since())


def daily_since() -> dt.date:
    """The first of the played days that follow each other."""
    days = demo_days()
    return next(day for n, day in enumerate(days) if (days[-1] - day).days == len(days) - 1 - n)


def play(on_day: Callable[[dt.date], None]) -> list[Region]:
    """Play the days that were not played yet: registry files as they came, each day collected through the queue."""
    regions = [Region.objects.get(code=code) for code in REGION_CODES]
    fresh = False
    for day in demo_days():
        if not _played(regions, day):
            _play_day(regions, day)
            fresh = True
        on_day(day)
    if fresh:
        for region in regions:
            rollups.sum_up(region, dt.date.min, dt.date.max)
    return regions


def _played(regions: list[Region], day: dt.date) -> bool:
    slots = Slot.objects.filter(day=day, page__institution__region__in=regions)
    return slots.exists() and not slots.filter(status=SlotStatus.DUE).exists()


def _play_day(regions: list[Region], day: dt.date) -> None:
    moment = DEMO_MOMENT.replace(year=day.year, month=day.month, day=day.day)
    if day in REGISTRY_DAYS:
        for region in regions:
            path = Path(settings.VAR_DIR) / f"registry-{region.code}-{day}.xlsx"
            write_registry(path, demo_registry(region.code, day))
            import_file(path, region, day)
    set_clock(settings.SIMULATOR_URL, moment)
    for region in regions:
        planning.plan_day(region, moment)
    for last_round in (False, False, True):
        _wake(regions, day, moment)
        try:
            run.wait_until_done(regions, lambda region: local_day(moment, region.time_zone), PATIENCE_SECONDS)
            break
        except TimeoutError:
            if last_round:
                raise
    for region in regions:
        rollups.close_day(region, day, moment)


def _wake(regions: list[Region], day: dt.date, moment: dt.datetime) -> None:
    """Wake runners of every network, also for what an interrupted run held or a fault put off: the clock of a played
    day stands still, so no lease would end by itself."""
    due = Slot.objects.filter(day=day, page__institution__region__in=regions, status=SlotStatus.DUE)
    due.update(next_attempt_at=None)
    for platform in PlatformCode.values:
        for _ in range(run.RUNNERS):
            collect.delay(platform, moment.isoformat())


def sign_ins(regions: list[Region]) -> list[tuple[str, str]]:
    """Make the demo's users where they are missing; returns (e-mail, whom it stands for)."""
    region = regions[0]
    institution = Institution.objects.filter(region=region, pages__platform="vk", pages__status="open").first()
    founder = Institution.objects.filter(region=region).exclude(founder="").order_by("founder").first()
    people = [
        ("operator@demo.example", Grant(role=Role.OPERATOR)),
        ("analyst@demo.example", Grant(role=Role.ANALYST, region=region)),
        ("analyst2@demo.example", Grant(role=Role.ANALYST, region=regions[1])),
        ("official@demo.example", Grant(role=Role.OFFICIAL, region=region)),
        ("auditor@demo.example", Grant(role=Role.AUDITOR, region=region)),
        ("curator@demo.example", Grant(role=Role.CURATOR, region=region, founder=founder.founder if founder else "")),
        ("school@demo.example", Grant(role=Role.INSTITUTION_ADMIN, region=region, institution=institution)),
    ]
    result = []
    for email, grant in people:
        grant.user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD)
        if not grant.user.grants.filter(role=grant.role).exists():
            grant.save()
        result.append((email, f"{grant.get_role_display()}: {grant.place}" if grant.place else ""))
    return result
