"""How fast the search box answers at country size.

    python benchmarks/search.py [--pages 300000] [--runs 20] [--json FILE]

A country of 89 regions with a third as many institutions as pages, on a private PostgreSQL; a region of 4 000 pages on
SQLite, as the embedded installation has it. Each question is asked by whoever sees everything and by the analyst of
one region, 20 times; the table has medians and the slowest, in milliseconds, of all that a request asks the base.
"""

# ruff: noqa: PLC0415  Django is set up, in a child process, before anything of it is imported

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REGIONS = 89
REGION_PAGES = 4000
PLACES = 40
QUESTIONS = {
    "школа 5": "школа 5",
    "wrong layout": "irjkf 5",
    "abbreviation": "дом культуры 17",
    "with its place": "сад 12 каровский",
    "one wide word": "школа",
    "founder": "министерство культуры 3",
    "ОГРН begun": "10270000",
    "address": "https://vk.com/page150",
    "nothing": "абракадабра",
    "a person": "фамильев 77",
}
KINDS = (
    ("МБОУ СОШ № {}", "Образование"),
    ("Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № {}»", "Образование"),
    ("МБДОУ детский сад № {}", "Образование"),
    ("КГБУЗ «Районная больница № {}»", "Здравоохранение"),
    ("МБУК «Сельский дом культуры № {}»", "Культура"),
    ("Централизованная библиотечная система № {}", "Культура"),
    ("Администрация поселения № {}", "Власть"),
)
BATCH = 5000


def main() -> None:
    """Measure both bases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measured(options.step, options.runs)) if options.step != "fill" else fill(options.pages))
        return
    figures = [*country(options), *one_region(options)]
    print_table(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False))


def country(options: argparse.Namespace) -> list[dict[str, object]]:
    from tests import services

    try:
        environment = os.environ | {"GOSPUB_VAR": str(services.temporary_folder()), "REDIS_URL": ""}
        environment["DATABASE_URL"] = services.start_postgresql()
        run(environment, "fill", options)
        return run(environment, "operator", options) + run(environment, "analyst", options)
    finally:
        services.stop_all()


def one_region(options: argparse.Namespace) -> list[dict[str, object]]:
    from tests import services

    environment = os.environ | {"GOSPUB_VAR": str(services.temporary_folder()), "REDIS_URL": "", "DATABASE_URL": ""}
    del environment["DATABASE_URL"]
    small = argparse.Namespace(pages=REGION_PAGES, runs=options.runs)
    run(environment, "fill", small)
    return run(environment, "analyst", small)


def run(environment: dict[str, str], step: str, options: argparse.Namespace) -> list[dict[str, object]]:
    """The step in a process of its own."""
    if step == "fill":
        subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=environment, check=True)
    command = [sys.executable, __file__, "--step", step, "--pages", str(options.pages), "--runs", str(options.runs)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(answer) if step != "fill" else []


def start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gospub.settings")
    import django

    django.setup()


def fill(pages: int, regions: int = 0) -> str:
    """Regions with places, institutions, pages and people; numbers in their names repeat as they do in life.
    regions: how many; 0 = one for 3 000 pages, at most REGIONS."""
    start()
    from django.db import connection

    from monitoring.models import Municipality, Page, Person, Region

    regions = regions or max(1, min(REGIONS, pages // 3000))
    made = [
        Region(code=f"RU-B{n}", name=f"Край {n}", oktmo=f"{n:08d}", time_zone="Asia/Vladivostok")
        for n in range(regions)
    ]
    Region.objects.bulk_create(made)
    names = [f"{first}{second}овский район" for first in "БВГДЖЗКЛ" for second in ("ар", "ел", "ин", "ор", "ул")]
    places = [Municipality(region=region, name=names[n]) for region in made for n in range(PLACES)]
    Municipality.objects.bulk_create(places)
    institutions = insert(institutions_of(made, places, pages // 3))
    insert(pages_of(institutions, pages))
    people = (Person(region=made[n % regions], name=f"Фамильев {n} Отчествович") for n in range(pages // 10))
    insert(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return str(Page.objects.count())


def insert(rows: Iterator) -> list:
    """All of the rows, written by the thousand."""
    rows = list(rows)
    for at in range(0, len(rows), BATCH):
        type(rows[0]).objects.bulk_create(rows[at : at + BATCH], batch_size=500)
    return rows


def institutions_of(regions: list, places: list, count: int) -> Iterator:
    from monitoring.models import Institution

    for n in range(count):
        region = regions[n % len(regions)]
        pattern, sector = KINDS[n % len(KINDS)]
        place = places[(n % len(regions)) * PLACES + n // len(regions) % PLACES]
        yield Institution(
            region=region,
            municipality=place,
            name=pattern.format(n // 700 % 120 + 1),
            founder=f"Министерство культуры {n % 20}" if sector == "Культура" else f"Администрация {place.name}",
            inn=f"27{n:08d}",
            ogrn=f"1027{n:09d}",
        )


def pages_of(institutions: list, count: int) -> Iterator:
    from monitoring.models import Page, PlatformCode

    networks = list(PlatformCode)
    for n in range(count):
        institution = institutions[n // 3 % len(institutions)]
        yield Page(
            institution=institution,
            platform=networks[n % 3],
            handle=f"page{n}",
            external_id=str(1_000_000 + n),
            title=institution.name[:300],
            added_on=dt.date(2024, 1, 1),
        )


def measured(who: str, runs: int) -> list[dict[str, object]]:
    """Milliseconds of every question, asked by an operator or by the analyst of the first region."""
    start()
    from django.db import connection

    from gospub.accounts.models import Grant, User
    from monitoring.dashboards.queries.search import find
    from monitoring.models import Page, Region

    user = User.objects.create_user(f"{who}@example.org", "password-of-a-benchmark")
    Grant.objects.create(
        user=user, role=who, region=None if who == "operator" else Region.objects.order_by("pk").first()
    )
    figures = []
    for name, question in QUESTIONS.items():
        times, found = [], None
        for _ in range(runs):
            began = time.perf_counter()
            found = find(question, user, 5)
            times.append((time.perf_counter() - began) * 1000)
        figures.append(
            {
                "database": connection.vendor,
                "pages": Page.objects.count(),
                "who": who,
                "question": name,
                "hits": found.total,
                "median_ms": round(statistics.median(times), 1),
                "slowest_ms": round(max(times[1:]), 1),
            }
        )
    return figures


def print_table(figures: list[dict[str, object]]) -> None:
    print("| Database | Pages | Who | Question | Hits | Median, ms | Slowest, ms |\n|---|---:|---|---|---:|---:|---:|")
    for row in figures:
        print("|", " | ".join(str(value) for value in row.values()), "|")


if __name__ == "__main__":
    main()
