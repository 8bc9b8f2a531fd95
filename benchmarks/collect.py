"""How near the collection of a day comes to what the networks' limits allow.

    python benchmarks/collect.py [--pages 3465] [--scale 10] [--only NAME …] [--json FILE]

A made-up region on four networks is collected by Celery workers in processes of their own, through a private Redis
and a private PostgreSQL, from the simulator, which enforces the documented limits; limits and paces are `scale` times
the documented ones, so that a night takes a minute or two. Every page was read the day before, as on any night but the
first. Floor: the fewest requests that can do it, at the limit of the slowest network.
"""

# ruff: noqa: PLC0415  Django is set up after the servers it works on are there

import argparse
import datetime as dt
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 1
NETWORKS = ("vk", "ok", "telegram", "max")
PER_SECOND = {"vk": 3, "ok": 3, "telegram": 1, "max": 1}
PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. token: kind of VK token, `tokens` of them; networks: those that take part; latency: seconds that every
    answer takes; faults: as `simulate --fault` takes them."""

    name: str
    token: str = "user"
    tokens: int = 1
    workers: int = 1
    latency: float = 0
    networks: tuple[str, ...] = NETWORKS
    faults: tuple[str, ...] = ()


# A service token may not `execute`: every wall is a request of its own.
WALL_BY_WALL = ("vk_service_execute_forbidden",)
SCENARIOS = (
    Scenario("user token, 1 worker"),
    Scenario("user token, 2 workers", workers=2),
    Scenario("user token, 4 workers", workers=4),
    Scenario("service token, 1 worker", token="service", faults=WALL_BY_WALL),
    Scenario("service token, 2 workers", token="service", workers=2, faults=WALL_BY_WALL),
    Scenario("service token, 4 workers", token="service", workers=4, faults=WALL_BY_WALL),
    Scenario("VK alone, 1 service token", token="service", networks=("vk",), faults=WALL_BY_WALL),
    Scenario("VK alone, 4 service tokens", token="service", tokens=4, networks=("vk",), faults=WALL_BY_WALL),
    Scenario("user token, answers take 1 s", latency=1),
    Scenario("service token, answers take 1 s", token="service", latency=1, faults=WALL_BY_WALL),
    Scenario("user token, 1 % faults", faults=("http_500%1",)),
    Scenario("service token, 1 % faults", token="service", faults=(*WALL_BY_WALL, "http_500%1")),
)


@dataclass(slots=True)
class Figure:
    """seconds, floor: of the whole run. requests, fewest: sent and needed. ratios by network stand in `of`."""

    name: str
    seconds: float
    floor: float
    requests: int
    fewest: int
    of: dict[str, float] = field(default_factory=dict)

    @property
    def time_ratio(self) -> float:
        return self.seconds / self.floor

    @property
    def request_ratio(self) -> float:
        return self.requests / self.fewest


# --- the world -----------------------------------------------------------------------------------


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
    command += ["--rate", str(rate), "--latency", str(scenario.latency)]
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


# --- one run -------------------------------------------------------------------------------------


def run(scenario: Scenario, pages: int, scale: float) -> Figure:
    """Collect the day with real workers and compare with the floor."""
    with ExitStack() as stack:
        address = stack.enter_context(simulator(pages, scale, scenario))
        if "vk" in scenario.networks:
            warm_up(address, scale)
        values = environment(address, scenario, scale)
        apply(values)
        owe_a_day(scenario.networks)
        for number in range(scenario.workers):
            stack.enter_context(worker(values, number))
        wait_for_workers(scenario.workers)
        seconds = work_off(scenario.networks)
        calls = httpx.get(f"{address}/_simulator/calls", trust_env=False).json()
    sent = {code: requests_sent(calls, code) for code in scenario.networks}
    fewest = {code: fewest_requests(code, scenario.token) for code in scenario.networks}
    rates = {code: PER_SECOND[code] * scale * (scenario.tokens if code == "vk" else 1) for code in scenario.networks}
    floors = {code: fewest[code] / rates[code] for code in scenario.networks}
    figure = Figure(
        scenario.name, max(seconds.values()), max(floors.values()), sum(sent.values()), sum(fewest.values())
    )
    figure.of = {code: seconds[code] / floors[code] for code in scenario.networks}
    return figure


def warm_up(address: str, scale: float) -> None:
    """Let the simulator make up VK's posts once, asked with a token of its own: making them up takes it seconds, in
    which requests of all networks would pile up."""
    from gospub import clock
    from monitoring.collection.run import Runner

    apply(environment(address, Scenario("warm-up"), scale) | {"VK_TOKENS": "user:sim-vk-user-warm-up"})
    owe_a_day(("vk",))
    Runner("vk", clock.now, threading.Event()).run()
    httpx.post(f"{address}/_simulator/calls", trust_env=False).raise_for_status()


def wait_for_workers(count: int) -> None:
    """Return when so many workers answer."""
    from gospub.celery import app

    end = time.monotonic() + 60
    while len(app.control.ping(timeout=0.5) or ()) < count:
        if time.monotonic() > end:
            raise TimeoutError("the workers did not start")


def work_off(networks: tuple[str, ...]) -> dict[str, float]:
    """Wake the workers as the schedule does, and return after how many seconds each network was done."""
    from gospub import clock
    from monitoring.collection import run as collection
    from monitoring.models import Slot, SlotStatus
    from monitoring.tasks import wake

    began, woken, done = time.perf_counter(), -math.inf, {}
    while len(done) < len(networks):
        now = time.perf_counter()
        if now - began > PATIENCE_SECONDS:
            raise TimeoutError("the day was not done in time")
        if now - woken >= 5:
            collection.tick(clock.now(), wake)
            woken = now
        left = set(Slot.objects.filter(status=SlotStatus.DUE).values_list("platform", flat=True).distinct())
        for code in set(networks) - left - done.keys():
            done[code] = time.perf_counter() - began
        time.sleep(0.05)
    return done


def requests_sent(calls: dict[str, int], code: str) -> int:
    """Requests of the network. Calls inside `execute` are part of one; VK's public pages, asked for the state mark
    where the API does not tell, are no calls of the API."""
    return sum(n for name, n in calls.items() if name.startswith(f"{code}:") and name.count(":") == 1
               and name != "vk:page")  # fmt: skip


def fewest_requests(code: str, token: str) -> int:
    """What a day's reading of the network needs at least: counts of all pages, walls of those that answered."""
    from monitoring.models import Slot, SlotStatus

    slots = Slot.objects.filter(platform=code)
    pages, walls = slots.count(), slots.filter(status=SlotStatus.OK).count()
    match code:
        case "vk":
            return math.ceil(pages / 500) + (math.ceil(walls / 25) if token == "user" else walls)
        case "ok":
            return math.ceil(pages / 100) + walls
        case "telegram":
            return pages + walls
        case _:
            return pages


# --- beside it -----------------------------------------------------------------------------------


def naive(pages: int, scale: float, sample: int = 150) -> float:
    """Seconds a VK page of the loop that small tools run: one page a call through `vk_api`, count and wall."""
    import requests
    import vk_api

    from monitoring.models import Page

    with simulator(pages, scale, Scenario("naive")) as address:
        session = requests.Session()
        session.hooks["response"] = []
        vk = vk_api.VkApi(token="sim-vk-user-0", api_version="5.199", session=session)
        vk.RPS_DELAY = 0.34 / scale
        send = session.send
        session.send = lambda request, **options: send(_to(address, request), **options)
        ids = list(Page.objects.filter(platform="vk").order_by("pk").values_list("external_id", flat=True)[:sample])
        began = time.perf_counter()
        for group in ids:
            vk.method("groups.getById", {"group_id": group, "fields": "members_count"})
            try:
                vk.method("wall.get", {"owner_id": f"-{group}", "count": 100})
            except vk_api.ApiError:
                continue
        return (time.perf_counter() - began) / len(ids)


def _to(address: str, request: "requests.PreparedRequest") -> "requests.PreparedRequest":  # noqa: F821
    request.url = request.url.replace("https://api.vk.ru", address)
    return request


def database_ms(pages: int) -> float:
    """Milliseconds a page spent waiting for PostgreSQL, everything collected in this process without pace.

    The region is read twice: the first time brings the posts of a month, the second is a night like any other.
    """
    from django.db import connection

    from gospub import clock
    from monitoring.collection.run import Runner
    from monitoring.models import Slot

    spent = 0.0

    def timed(execute: Callable[..., object], *call: object) -> object:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*call)
        finally:
            spent += time.perf_counter() - began

    scenario = Scenario("database")
    with simulator(pages, 0, scenario) as address:
        apply(environment(address, scenario, 0))
        for _night in range(2):
            owe_a_day(NETWORKS)
            spent = 0.0
            with connection.execute_wrapper(timed):
                for code in NETWORKS:
                    Runner(code, clock.now, threading.Event()).run()
    return 1000 * spent / Slot.objects.count()


def memory_mb(pages: int, seconds: float = 45) -> float:
    """Peak resident memory of a worker that has worked on a region of that many pages for so long, without pace."""
    owe_a_day(NETWORKS)
    scenario = Scenario("memory")
    with simulator(pages, 0, scenario) as address, worker(environment(address, scenario, 0), 0) as child:
        wait_for_workers(1)
        from gospub import clock
        from monitoring.collection import run as collection
        from monitoring.tasks import wake

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            collection.tick(clock.now(), wake)
            time.sleep(5)
        status = Path(f"/proc/{child.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


# --- figures -------------------------------------------------------------------------------------


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


def measure(pages: int, scale: float, names: list[str]) -> dict[str, object]:
    figures: list[Figure] = []
    others = {"database_ms_a_page": database_ms(pages)}  # which also reads the posts that were there before tonight
    for scenario in SCENARIOS:
        if not names or any(name in scenario.name for name in names):
            figures.append(run(scenario, pages, scale))
            print_row(figures[-1])
    if not names or "naive" in names:
        from monitoring.models import Page

        vk = Page.objects.filter(platform="vk").count()
        ours = run(Scenario("VK alone, 1 user token", networks=("vk",)), pages, scale)
        print_row(ours)
        figures.append(ours)
        others["naive_loop_times_slower"] = naive(pages, scale) * vk / ours.seconds
    if not names or "memory" in names:
        others["worker_mb"] = memory_mb(pages)
    for name, value in others.items():
        print(f"{name}: {value:.2f}")
    rows = [asdict(f) | {"time_ratio": f.time_ratio, "request_ratio": f.request_ratio} for f in figures]
    return {"pages": pages, "scale": scale, "runs": rows, **others}


def print_head() -> None:
    print(f"| {'run':32} | floor, s | took, s | time ÷ floor | requests ÷ fewest | by network |")
    print(f"|{'-' * 34}|---:|---:|---:|---:|---|")


def print_row(figure: Figure) -> None:
    parts = ", ".join(f"{code} {ratio:.2f}" for code, ratio in figure.of.items())
    print(
        f"| {figure.name:32} | {figure.floor:8.1f} | {figure.seconds:7.1f} | {figure.time_ratio:12.2f} "
        f"| {figure.request_ratio:17.3f} | {parts} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=3465)
    parser.add_argument("--scale", type=float, default=10)
    parser.add_argument("--only", nargs="*", default=[], help="parts of names of runs; naive, memory")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        prepare(stack, options.pages)
        print_head()
        figures = measure(options.pages, options.scale, options.only)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
