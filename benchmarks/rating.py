"""How fast a rating is over month rows, beside one hand-written SQL statement that computes the same composite.

    python benchmarks/rating.py [--pages 3465 30000 300000] [--json FILE]

Eight indicators as mid-percentiles in peer groups of sector and size, weights spread over what does not apply, dense
places, on a private PostgreSQL; both ways write (page, points, place) into a table and must agree. Each way runs in a
process of its own, three times in turn and three times in it, and the fastest counts; memory is the peak of the
engine's process.
"""

# ruff: noqa: PLC0415  Django is set up, in a child process, before anything of it is imported

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RUNS = 3
YEAR = 2024
SECTORS = 40
SIZES = (500, 2000, 10000)
ITEMS = {
    "posting_norm": 20,
    "regularity": 10,
    "own_content": 10,
    "engagement_by_views": 20,
    "engagement_by_subscribers": 10,
    "post_reach": 10,
    "growth": 10,
    "comments_answered": 10,
}


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[3465, 30_000, 300_000])
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.pages[0])))
        return
    figures = [measure(pages) for pages in options.pages]
    print_table(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


def measure(pages: int) -> dict[str, object]:
    """All figures of one size, on a fresh database."""
    from tests import services

    try:
        environment = os.environ | {"GOSPUB_VAR": str(services.temporary_folder()), "REDIS_URL": ""}
        environment["DATABASE_URL"] = services.start_postgresql()
        subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=environment, check=True)
        run("fill", pages, environment)
        statements, engines = [], []
        for _ in range(RUNS):
            statements.append(run("statement", pages, environment))
            engines.append(run("engine", pages, environment))
        compared = run("compare", pages, environment)
    finally:
        services.stop_all()
    statement = min(each["seconds"] for each in statements)
    engine = min(engines, key=lambda each: each["seconds"])
    return {
        "pages": pages,
        "statement_s": statement,
        "engine_s": engine["seconds"],
        "ratio": round(engine["seconds"] / statement, 2),
        "microseconds_a_page": round(engine["seconds"] / pages * 1e6, 1),
        "read_s": engine["read"],
        "rate_s": engine["rate"],
        "write_s": engine["write"],
        "draws_s": engine["draws"],
        "draws_ratio": round(engine["draws"] / engine["seconds"], 1),
        "peak_mb": engine["peak_mb"],
        "byte_equal": len({each["digest"] for each in engines}) == 1,
        **compared,
    }


def run(step: str, pages: int, environment: dict[str, str]) -> dict[str, object]:
    command = [sys.executable, __file__, "--step", step, "--pages", str(pages)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def start() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "gospub.settings"
    django.setup()


# --- the made-up country ----------------------------------------------------------------------------------------------


def fill(pages: int) -> dict[str, object]:
    """A region of so many pages with twelve months each; the same numbers every time."""
    start()
    from django.db import connection

    from monitoring.models import Region

    region = Region.objects.create(code="RU-BEN", name="Вымышленный край", oktmo="00000000", time_zone="Asia/Yakutsk")
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"region": region.pk, "pages": pages, "sectors": SECTORS, "year": YEAR})
        cursor.execute("VACUUM ANALYZE")
    return {}


def _dice(salt: int, below: str) -> str:
    """A number from 0 to below − 1 that goes by page and month."""
    return f"(abs(hashint8(p.id * 1000003 + m * 101 + {salt})) %% ({below}))"


MONTH = {
    "subscribers_first": "s",
    "subscribers_last": f"s + {_dice(1, '1 + s / 20')}",
    "days_measured": "30",
    "posts_days": "30",
    "posts": _dice(2, "40"),
    "own_posts": f"{_dice(2, '40')} / 2 + {_dice(3, '5')} / 4",
    "views": "0",
    "likes": "0",
    "comments": "0",
    "reposts": "0",
    "subscriber_days": "s::bigint * 30",
    "days_owed": "30",
    "days_gone": "0",
    "days_excused": "0",
    "active_days": _dice(4, "30"),
    "weeks": "4",
    **{f"weeks_{n}": "4" if n < 3 else _dice(5, "5") for n in range(1, 8)},
    "aged_posts": f"1 + {_dice(2, '40')}",
    "aged_interactions": _dice(6, "300"),
    "aged_audience": f"(1 + {_dice(2, '40')})::bigint * s",
    "viewed_posts": f"1 + {_dice(2, '40')}",
    "viewed_interactions": _dice(6, "300"),
    "viewed_audience": f"(1 + {_dice(2, '40')})::bigint * s",
    "aged_views": f"100 + {_dice(7, '9000')}",
    "people_comments": f"CASE WHEN p.id %% 3 = 0 THEN {_dice(8, '20')} ELSE 0 END",
    "answered_comments": f"CASE WHEN p.id %% 3 = 0 THEN {_dice(8, '20')} / 2 ELSE 0 END",
}
FILL = (
    "INSERT INTO monitoring_sector (id, name) SELECT n, 'Сфера ' || n FROM generate_series(1, %(sectors)s) n",
    """INSERT INTO monitoring_institution (id, region_id, sector_id, name, ogrn, inn, level, founder)
       SELECT n, %(region)s, n, 'Учреждение ' || n, '', '', 'other', '' FROM generate_series(1, %(sectors)s) n""",
    """INSERT INTO monitoring_page
              (id, institution_id, platform, handle, external_id, page_class, status, title, added_on)
       SELECT n, 1 + n %% %(sectors)s, 'vk', 'page' || n, '', 'active', 'open', '', make_date(%(year)s - 1, 1, 1)
       FROM generate_series(1, %(pages)s) n""",
    f"""INSERT INTO monitoring_pagemonth (page_id, month, {", ".join(MONTH)})
        SELECT p.id, make_date(%(year)s, m, 1), {", ".join(MONTH.values())}
        FROM monitoring_page p, generate_series(1, 12) m,
             LATERAL (SELECT 20 + abs(hashint8(p.id)) %% 15000 + m * 3 AS s) size""",
    "CREATE TABLE by_statement (page bigint, points double precision, place bigint)",
    "CREATE TABLE by_engine (page bigint, points double precision, place bigint)",
)  # fmt: skip


# --- one statement ----------------------------------------------------------------------------------------------------

RATIOS = {
    "posting_norm": "sum(weeks_3)::float8 / nullif(sum(weeks), 0)",
    "regularity": "sum(active_days)::float8 / nullif(sum(posts_days), 0)",
    "own_content": "sum(own_posts)::float8 / nullif(sum(posts), 0)",
    "engagement_by_views": "sum(viewed_interactions)::float8 / nullif(sum(aged_views), 0)",
    "engagement_by_subscribers": "sum(aged_interactions)::float8 / nullif(sum(aged_audience), 0)",
    "post_reach": "sum(aged_views)::float8 / nullif(sum(viewed_audience), 0)",
    "growth": """(max(subscribers_last) FILTER (WHERE extract(month FROM month) = 12)
                  - max(subscribers_first) FILTER (WHERE extract(month FROM month) = 1))::float8
                 / greatest(100, max(subscribers_first) FILTER (WHERE extract(month FROM month) = 1))""",
    "comments_answered": "sum(answered_comments)::float8 / nullif(sum(people_comments), 0)",
}


def hand_written() -> str:
    """The whole rating as one statement."""
    size = "sum(subscriber_days)::float8 / sum(days_measured)"
    bounds = " + ".join(f"({size} >= {bound})::int" for bound in SIZES)
    group = "PARTITION BY sector_id, size"
    percentiles = ", ".join(
        f"CASE WHEN {name} IS NOT NULL THEN 50.0 * (2 * (rank() OVER ({group}, {name} IS NULL ORDER BY {name}) - 1)"
        f" + count(*) OVER ({group}, {name})) / count({name}) OVER ({group}) END AS {name}"
        for name in RATIOS
    )
    total = " + ".join(f"coalesce({name}, 0) * {weight}" for name, weight in ITEMS.items())
    weights = " + ".join(f"({name} IS NOT NULL)::int * {weight}" for name, weight in ITEMS.items())
    ratios = ", ".join(f"{ratio} AS {name}" for name, ratio in RATIOS.items())
    return f"""
        INSERT INTO by_statement
        WITH sums AS (
            SELECT page_id, {bounds} AS size, {ratios} FROM monitoring_pagemonth
            WHERE month BETWEEN '{YEAR}-01-01' AND '{YEAR}-12-31' GROUP BY page_id
        ), ranked AS (
            SELECT page_id, sector_id, size, {percentiles}
            FROM sums JOIN monitoring_page p ON p.id = page_id JOIN monitoring_institution i ON i.id = p.institution_id
        ), scored AS (
            SELECT page_id, sector_id, size, round((({total}) / ({weights}))::numeric, 9)::float8 AS points FROM ranked
        )
        SELECT page_id, points, dense_rank() OVER ({group} ORDER BY points DESC) FROM scored"""


def statement(pages: int) -> dict[str, object]:
    start()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute("SET jit = off")
        seconds = []
        for _ in range(RUNS):
            cursor.execute("TRUNCATE by_statement")
            began = time.perf_counter()
            cursor.execute(hand_written())
            seconds.append(time.perf_counter() - began)
        return {"seconds": round(min(seconds), 3)}


# --- the engine -------------------------------------------------------------------------------------------------------


def engine(pages: int) -> dict[str, object]:
    start()
    return min((engine_once() for _ in range(RUNS)), key=lambda figures: figures["seconds"])


def engine_once() -> dict[str, object]:
    import numpy as np
    from django.db import connection

    from monitoring.models import Region
    from monitoring.platforms import network
    from ratings.aggregation import read_table
    from ratings.engine import rate
    from ratings.periods import read_period
    from ratings.robustness import shake
    from ratings.rules_data import read_rules

    rules = read_rules(
        {
            "items": [
                {"indicator": name, "weight": str(weight), "normaliser": {"kind": "percentile"}}
                for name, weight in ITEMS.items()
            ],
            "peers": {"by": ["sector", "size"], "least": 1, "sizes": [str(bound) for bound in SIZES]},
            "line": {"places": 3},
        }
    )
    region = Region.objects.get(code="RU-BEN")
    network("vk")  # a process loads its networks once
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute("SET jit = off")
        cursor.execute("TRUNCATE by_engine")
    began = time.perf_counter()
    table = read_table(region, rules, read_period(str(YEAR)))
    read = time.perf_counter()
    result = rate(rules, table)
    rated = time.perf_counter()
    pages_of = np.array([int(key) for key in table.keys])
    with connection.cursor() as cursor, cursor.copy("COPY by_engine FROM STDIN") as copy:
        for row in zip(pages_of.tolist(), result.exact.tolist(), result.places.tolist(), strict=True):
            copy.write_row(row)
    written = time.perf_counter()
    robustness = shake(rules, result)
    drawn = time.perf_counter()
    seal = hashlib.sha256(result.exact.tobytes() + result.places.tobytes() + robustness.low.tobytes())
    return {
        "seconds": round(written - began, 3),
        "read": round(read - began, 3),
        "rate": round(rated - read, 3),
        "write": round(written - rated, 3),
        "draws": round(drawn - written, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "digest": seal.hexdigest(),
    }


def compare(pages: int) -> dict[str, object]:
    """The largest difference of points, and how many places differ."""
    start()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(abs(a.points - b.points)), count(*) FILTER (WHERE a.place <> b.place)"
            " FROM by_statement a JOIN by_engine b USING (page)"
        )
        both, difference, places = cursor.fetchone()
    return {"agree_on": both, "points_differ_by": difference, "places_differ": places}


STEPS = {"fill": fill, "statement": statement, "engine": engine, "compare": compare}


def print_table(figures: list[dict[str, object]]) -> None:
    print(
        "| Pages | SQL, s | Engine, s | ÷ SQL | µs a page | 1 000 draws, s | ÷ rating | Peak MB | Byte-equal | Differ |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|")
    for each in figures:
        cells = [
            f"{each['pages']:,}".replace(",", " "),
            f"{each['statement_s']:.2f}",
            f"{each['engine_s']:.2f}",
            f"{each['ratio']:.2f}",
            f"{each['microseconds_a_page']:.1f}",
            f"{each['draws_s']:.2f}",
            f"{each['draws_ratio']:.1f}",
            str(each["peak_mb"]),
            "yes" if each["byte_equal"] else "no",
            str(each["places_differ"]),
        ]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
