"""How near the collection of a day comes to what the networks' limits allow.

    python benchmarks/collect.py [--pages 3465] [--scale 10] [--only NAME …] [--json FILE]
    python benchmarks/collect.py --memory 100000

A made-up region on four networks is collected by Celery workers in processes of their own, through a private Redis
and a private PostgreSQL, from the simulator, which enforces the documented limits; limits and paces are `scale` times
the documented ones, so that a night takes a minute or two. Every page was read the day before, as on any night but the
first. Floor: the fewest requests that can do it, at the limit of the slowest network; "night" is the floor at the
documented limits. At the end a table says of every figure whether it is within its limit. The second form prints how
much memory a worker holds that works on the first reading of so many pages for 45 s.
"""

# ruff: noqa: PLC0415  Django is set up after the servers it works on are there

import argparse
import datetime as dt
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
from night import (
    NETWORKS,
    PER_SECOND,
    Scenario,
    apply,
    environment,
    owe_a_day,
    prepare,
    simulator,
    wait_for_workers,
    worker,
)

PATIENCE_SECONDS = 600
# Limits of the figures.
MOST_TIME, MOST_REQUESTS, MOST_WITH_FAULTS = 1.10, 1.02, 1.05
LEAST_TIMES_NAIVE, MOST_MB, MOST_GROWTH, MOST_DATABASE_MS = 20, 200, 0.10, 1.0
MANY_PAGES = 100_000

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
    Scenario("VK alone, 4 service tokens", token="service", tokens=4, networks=("vk",), faults=WALL_BY_WALL, slower=4),
    Scenario("user token, answers take 1 s", latency=1),
    Scenario("service token, answers take 1 s", token="service", latency=1, faults=WALL_BY_WALL),
    Scenario("user token, 1 % faults", faults=("http_500%1",)),
    Scenario("service token, 1 % faults", token="service", faults=(*WALL_BY_WALL, "http_500%1")),
)


@dataclass(slots=True)
class Figure:
    """seconds, floor: of the whole run; night_minutes: the floor at the documented limits. requests, fewest: sent and
    needed. ratios by network stand in `of`."""

    name: str
    seconds: float
    floor: float
    night_minutes: float
    requests: int
    fewest: int
    of: dict[str, float] = field(default_factory=dict)

    @property
    def time_ratio(self) -> float:
        return self.seconds / self.floor

    @property
    def request_ratio(self) -> float:
        return self.requests / self.fewest


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure against its limit: the most it may be, or with `least` the least."""

    name: str
    value: float
    limit: float
    least: bool = False

    @property
    def held(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


# --- one run -------------------------------------------------------------------------------------


def run(scenario: Scenario, pages: int, scale: float) -> Figure:
    """Collect the day with real workers and compare with the floor."""
    from gospub import clock

    scale /= scenario.slower
    with ExitStack() as stack:
        address = stack.enter_context(simulator(pages, scale, scenario))
        if "vk" in scenario.networks:
            warm_up(address, scale)
        values = environment(address, scenario, scale)
        apply(values)
        owe_a_day(scenario.networks)
        began = clock.now()
        for number in range(scenario.workers):
            stack.enter_context(worker(values, number))
        wait_for_workers(scenario.workers)
        seconds = work_off(scenario.networks)
        calls = httpx.get(f"{address}/_simulator/calls", trust_env=False).json()
    sent = {code: requests_sent(calls, code) for code in scenario.networks}
    fewest = {code: fewest_requests(code, scenario.token, began) for code in scenario.networks}
    rates = {code: PER_SECOND[code] * scale * (scenario.tokens if code == "vk" else 1) for code in scenario.networks}
    floors = {code: fewest[code] / rates[code] for code in scenario.networks}
    floor = max(floors.values())
    figure = Figure(
        scenario.name, max(seconds.values()), floor, floor * scale / 60, sum(sent.values()), sum(fewest.values())
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


def fewest_requests(code: str, token: str, began: dt.datetime) -> int:
    """What a day's reading of the network needs at least: counts of all pages, walls of those that answered, comments
    of the posts whose comments were read."""
    from monitoring.models import Post, Slot, SlotStatus

    slots = Slot.objects.filter(platform=code)
    pages, walls = slots.count(), slots.filter(status=SlotStatus.OK).count()
    match code:
        case "vk":
            inner = walls + Post.objects.filter(comments_read_at__gte=began).count()
            return math.ceil(pages / 500) + (math.ceil(inner / 25) if token == "user" else inner)
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


def memory_mb(seconds: float = 45) -> float:
    """Peak resident memory of a worker that has worked on the region for so long, without pace."""
    from gospub import clock
    from monitoring.collection import run as collection
    from monitoring.models import Page
    from monitoring.tasks import wake

    owe_a_day(NETWORKS)
    scenario = Scenario("memory")
    with simulator(Page.objects.count(), 0, scenario) as address, worker(environment(address, scenario, 0), 0) as child:
        wait_for_workers(1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            collection.tick(clock.now(), wake)
            time.sleep(5)
        status = Path(f"/proc/{child.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def memory_of(pages: int) -> float:
    """`memory_mb` of a region of its own."""
    command = [sys.executable, __file__, "--memory", str(pages)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


# --- figures -------------------------------------------------------------------------------------


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
        others |= {f"worker_mb_{number}_pages": memory_of(number) for number in (pages, MANY_PAGES)}
    limits = judged(figures, others)
    print_judged(limits)
    rows = [asdict(f) | {"time_ratio": f.time_ratio, "request_ratio": f.request_ratio} for f in figures]
    held = [asdict(figure) | {"held": figure.held} for figure in limits]
    return {"pages": pages, "scale": scale, "runs": rows, **others, "limits": held}


def judged(figures: list[Figure], others: dict[str, float]) -> list[Judged]:
    """Every figure that was measured, against its limit."""
    failing = {scenario.name for scenario in SCENARIOS if any("%" in fault for fault in scenario.faults)}
    found = []
    for figure in figures:
        if figure.name in failing:  # pauses before a second attempt are not scaled, so the time says nothing
            found.append(Judged(f"{figure.name}: requests ÷ fewest", figure.request_ratio, MOST_WITH_FAULTS))
            continue
        found.append(Judged(f"{figure.name}: time ÷ floor", figure.time_ratio, MOST_TIME))
        found.append(Judged(f"{figure.name}: requests ÷ fewest", figure.request_ratio, MOST_REQUESTS))
    nights = {figure.name: figure.night_minutes for figure in figures}
    one, four = nights.get("VK alone, 1 service token"), nights.get("VK alone, 4 service tokens")
    if one and four:
        found.append(Judged("floor with 1 token ÷ with 4", one / four, 3.9, least=True))
    for name, value in others.items():
        if name == "database_ms_a_page":
            found.append(Judged("database, ms a page", value, MOST_DATABASE_MS))
        elif name == "naive_loop_times_slower":
            found.append(Judged("times as fast as one page a call", value, LEAST_TIMES_NAIVE, least=True))
        else:
            found.append(Judged(name.replace("_", " "), value, MOST_MB))
    held = [value for name, value in others.items() if name.startswith("worker_mb")]
    if held:
        found.append(Judged("worker memory, growth", held[1] / held[0] - 1, MOST_GROWTH))
    return found


def print_judged(figures: list[Judged]) -> None:
    print(f"\n| {'figure':56} | value | limit | held |")
    print(f"|{'-' * 58}|---:|---:|---|")
    for figure in figures:
        limit = f"{'≥' if figure.least else '≤'} {figure.limit:g}"
        print(f"| {figure.name:56} | {figure.value:.3f} | {limit} | {'yes' if figure.held else 'NO'} |")


def print_head() -> None:
    print(f"| {'run':32} | night, min | floor, s | took, s | time ÷ floor | requests ÷ fewest | by network |")
    print(f"|{'-' * 34}|---:|---:|---:|---:|---:|---|")


def print_row(figure: Figure) -> None:
    parts = ", ".join(f"{code} {ratio:.2f}" for code, ratio in figure.of.items())
    print(
        f"| {figure.name:32} | {figure.night_minutes:10.1f} | {figure.floor:8.1f} | {figure.seconds:7.1f} "
        f"| {figure.time_ratio:12.2f} | {figure.request_ratio:17.3f} | {parts} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=3465)
    parser.add_argument("--scale", type=float, default=10)
    parser.add_argument("--only", nargs="*", default=[], help="parts of names of runs; naive, memory")
    parser.add_argument("--memory", type=int, metavar="PAGES", help="print a worker's memory and do nothing else")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        prepare(stack, options.memory or options.pages)
        if options.memory:
            print(f"{memory_mb():.1f}")
            return
        print_head()
        figures = measure(options.pages, options.scale, options.only)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
