"""How fast the screens are at country size, and how they bear many people at once.

    python benchmarks/screens.py [--pages 300000] [--seconds 30] [--json FILE]

The country of benchmarks/country.py on a private PostgreSQL: 300 000 pages, the region looked at has 4 000 of them with
three years of days. First every screen is asked for in one process: statements, the slowest of them (median of five
runs), the analyst's time against the operator's, who sees all, and the same number of statements in a region of 50
pages. Then gunicorn with two workers serves 1, 20 and 50 people on the same two cores; each asks for a screen, reads it
for a second on average and asks for the next. At the end a browser tells how much the screens load and when the
largest thing on them is painted. Limits stand beside the figures.
"""

# ruff: noqa: PLC0415  Django is set up, in a child process, before anything of it is imported

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import country
import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RUNS = 5
SMALL = 50
READING_SECONDS = 1
MOST_LIST, MOST_CARD = 12, 20  # statements
MOST_STATEMENT_MS, MOST_TIMES_OPERATOR = 20, 1.3
MOST_FRAGMENT_KB, MOST_FRAGMENT_MS = 30, 150
MOST_P95_MS = {1: 20, 20: 200, 50: 500}  # by people at once
MOST_ASSETS_KB, MOST_PAINT_MS = 400, 1500
HTMX = {"HX-Request": "true", "HX-Target": "results"}


def screens(region: str, page: int, institution: int) -> dict[str, str]:
    """Address of every screen that is measured. The names of cards end so."""
    place = f"/regions/{region}"
    search = urlencode({"q": "школа 5"})
    return {
        "overview": f"{place}/",
        "pages": f"{place}/pages/",
        "pages, search": f"{place}/pages/?{search}",
        "institutions": f"{place}/institutions/",
        "desk": f"{place}/desk/",
        "gaps": f"{place}/gaps/",
        "dynamics": f"{place}/dynamics/",
        "two years": f"{place}/years/",
        "heat map": f"{place}/heat-map/",
        "growth": f"{place}/growth/",
        "sleeping": f"{place}/sleeping/",
        "events": f"{place}/events/",
        "posts": f"{place}/posts/",
        "page card": f"/pages/{page}/",
        "institution card": f"/institutions/{institution}/",
    }


LOADED = ("overview", "pages", "pages, search", "institutions", "page card")


def main() -> None:
    """Measure all of it and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=country.PAGES)
    parser.add_argument("--seconds", type=int, default=30, help="how long each number of people is served")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.pages)))
        return
    figures = measure(options.pages, options.seconds)
    print_tables(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False))


def measure(pages: int, seconds: int) -> dict[str, list[dict]]:
    """All figures, each base on servers of its own."""
    with base(SMALL) as environment:
        few = {each["screen"]: each["queries"] for each in step("statements", SMALL, environment)}
    with base(pages) as environment:
        alone = step("statements", pages, environment)
        for each in alone:
            each["queries_of_50_pages"] = few[each["screen"]]
        people = step("people", pages, environment)
        with served(environment) as address:
            loads = [served_to(number, seconds, address, people) for number in MOST_P95_MS]
            fragment = fragments(address, people)
            painted = paints(address, people)
    return {"statements": alone, "loads": loads, "fragment": fragment, "paints": painted}


@contextmanager
def base(pages: int) -> Iterator[dict[str, str]]:
    """A private PostgreSQL and Redis with the country in it; yields the environment that leads there."""
    from tests import services

    try:
        environment = os.environ | {
            "GOSPUB_VAR": str(services.temporary_folder()),
            "DATABASE_URL": services.start_postgresql(),
            "REDIS_URL": services.start_redis(),
            "GOSPUB_DEMO_CLOCK": country.NOW,
            "DJANGO_SETTINGS_MODULE": "gospub.settings",
            "LOG_LEVEL": "ERROR",
        }
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, ROOT / "manage.py", *command], env=environment, check=True)
        step("fill", pages, environment)
        yield environment
    finally:
        services.stop_all()


def step(name: str, pages: int, environment: dict[str, str]) -> list | dict:
    """The step in a process of its own."""
    command = [sys.executable, __file__, "--step", name, "--pages", str(pages)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)


def start() -> None:
    import django

    django.setup()


def fill(pages: int) -> list:
    start()
    country.make_country(pages)
    return []


def clients() -> dict[str, object]:
    """The operator and the analyst of the first region, signed in."""
    from django.test import Client

    from gospub.accounts.models import Grant, User
    from monitoring.models import Region

    signed_in = {}
    for role, region in (("operator", None), ("analyst", Region.objects.order_by("pk").first())):
        user, made = User.objects.get_or_create(email=f"{role}@example.org")
        if made:
            Grant.objects.create(user=user, role=role, region=region)
        signed_in[role] = Client(headers={"host": "localhost"})
        signed_in[role].force_login(user)
    return signed_in


def addresses() -> dict[str, str]:
    from monitoring.models import Page, Region

    region = Region.objects.order_by("pk").first()
    page = Page.objects.filter(institution__region=region).order_by("pk").first()
    return screens(region.code, page.pk, page.institution_id)


# --- in one process ---------------------------------------------------------------------------------------------------


def statements(pages: int) -> list[dict[str, object]]:
    """Per screen: statements, the slowest of them, the time of the analyst and of the operator (ms)."""
    start()
    people = clients()
    figures = []
    for name, address in addresses().items():
        times = {role: [] for role in people}
        asked = []
        for _ in range(RUNS + 1):  # the first one warms up
            for role, client in people.items():
                statements_of_it, milliseconds = one(client, address)
                times[role].append(milliseconds)
                asked += [statements_of_it] * (role == "analyst")
        slowest = max(statistics.median(each) for each in zip(*(run for run in asked[1:]), strict=True))
        analyst, operator = (statistics.median(times[role][1:]) for role in ("analyst", "operator"))
        figures.append(
            {
                "screen": name,
                "queries": len(asked[-1]),
                "most_queries": MOST_CARD if name.endswith("card") else MOST_LIST,
                "slowest_statement_ms": round(slowest, 1),
                "analyst_ms": round(analyst, 1),
                "times_operator": round(analyst / operator, 2),
            }
        )
    return figures


def one(client: object, address: str) -> tuple[list[float], float]:
    """Milliseconds of every statement and of the whole answer."""
    from django.db import connection

    taken = []

    def clocked(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken.append((time.perf_counter() - began) * 1000)
            if os.environ.get("SLOW") and taken[-1] > MOST_STATEMENT_MS:
                print(f"{address} {taken[-1]:.0f} ms: {sql % params if params else sql}\n", file=sys.stderr)

    began = time.perf_counter()
    with connection.execute_wrapper(clocked):
        answer = client.get(address)
    milliseconds = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return taken, milliseconds


def people(pages: int) -> dict[str, object]:
    """The analyst's cookie and the addresses, for those who ask over HTTP."""
    start()
    return {"cookie": clients()["analyst"].cookies["sessionid"].value, "addresses": addresses()}


# --- served to many ---------------------------------------------------------------------------------------------------


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """gunicorn with a worker for each core; yields its address."""
    from tests import services

    port = services.free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "gospub.wsgi"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        services.wait_for(lambda: _answers(port), "gunicorn")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/account/login/").status_code == 200
    except httpx.HTTPError:
        return False


def served_to(number: int, seconds: int, address: str, people: dict) -> dict[str, object]:
    """p50 and p95 (ms) of every answer while so many people ask."""
    times, errors = asyncio.run(_ask(number, seconds, address, people))
    return {
        "people": number,
        "answers": len(times),
        "a_second": round(len(times) / seconds, 1),
        "errors": errors,
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": _p95(times),
        "most_p95_ms": MOST_P95_MS[number],
    }


async def _ask(number: int, seconds: int, address: str, people: dict) -> tuple[list[float], int]:
    times, errors = [], 0
    until = time.monotonic() + seconds

    async def person(which: int, client: httpx.AsyncClient) -> None:
        nonlocal errors
        dice = random.Random(which)
        await asyncio.sleep(dice.uniform(0, READING_SECONDS))
        while time.monotonic() < until:
            began = time.perf_counter()
            answer = await client.get(people["addresses"][dice.choice(LOADED)])
            times.append((time.perf_counter() - began) * 1000)
            errors += answer.status_code != 200
            await asyncio.sleep(dice.expovariate(1 / READING_SECONDS))

    cookies = {"sessionid": people["cookie"]}
    limits = httpx.Limits(max_connections=number)
    async with httpx.AsyncClient(base_url=address, cookies=cookies, timeout=30, limits=limits) as client:
        await asyncio.gather(*(person(which, client) for which in range(number)))
    return times, errors


def fragments(address: str, people: dict) -> list[dict[str, object]]:
    """What htmx asks for when a filter of a list changes: p95 (ms) and size."""
    figures = []
    with httpx.Client(base_url=address, cookies={"sessionid": people["cookie"]}, headers=HTMX, timeout=30) as client:
        for name in ("pages", "pages, search", "institutions"):
            times = []
            for _ in range(20):
                began = time.perf_counter()
                answer = client.get(people["addresses"][name])
                times.append((time.perf_counter() - began) * 1000)
            sizes = {"kb": round(len(answer.content) / 1024, 1), "most_kb": MOST_FRAGMENT_KB}
            figures.append({"fragment": name, "p95_ms": _p95(times), "most_p95_ms": MOST_FRAGMENT_MS, **sizes})
    return figures


def _p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[-1], 1)


# --- in a browser -----------------------------------------------------------------------------------------------------

LARGEST = """new Promise(done => new PerformanceObserver(seen => done(seen.getEntries().at(-1).startTime))
             .observe({type: 'largest-contentful-paint', buffered: true}))"""
LOADED_FILES = """performance.getEntriesByType('resource').map(each => each.name)"""


def paints(address: str, people: dict) -> list[dict[str, object]]:
    """Of some screens in Chromium with an empty cache: compressed assets (KB, as browsers take them over HTTPS) and the
    largest contentful paint (ms)."""
    from playwright.sync_api import sync_playwright

    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in LOADED:
            context = browser.new_context()
            context.add_cookies([{"name": "sessionid", "value": people["cookie"], "url": address}])
            tab = context.new_page()
            tab.goto(address + people["addresses"][name], wait_until="networkidle")
            kilobytes = sum(_transferred(file) for file in tab.evaluate(LOADED_FILES)) / 1024
            figures.append(
                {
                    "screen": name,
                    "assets_kb": round(kilobytes),
                    "most_kb": MOST_ASSETS_KB,
                    "paint_ms": round(tab.evaluate(LARGEST)),
                    "most_ms": MOST_PAINT_MS,
                }
            )
            context.close()
        browser.close()
    return figures


def _transferred(file: str) -> int:
    """Bytes of the file as it goes over the wire."""
    with httpx.stream("GET", file, headers={"Accept-Encoding": "br, gzip"}) as answer:
        return sum(len(part) for part in answer.iter_raw())


def print_tables(figures: dict[str, list[dict]]) -> None:
    """Each kind of figures as a table with its own columns."""
    for rows in figures.values():
        print("| " + " | ".join(name.replace("_", " ") for name in rows[0]) + " |")
        print("|---" + "|---:" * (len(rows[0]) - 1) + "|")
        for row in rows:
            print("|", " | ".join(str(value) for value in row.values()), "|")
        print()


STEPS = {"fill": fill, "statements": statements, "people": people}

if __name__ == "__main__":
    main()
