"""How long the import of a registry takes and how much memory, on SQLite and PostgreSQL, first and repeated.

    python benchmarks/import_registry.py [--rows 3500] [--json FILE]

Every row is an institution with pages on four networks, a municipality, a sector and an admin. Each step runs in a
process of its own, so that its peak memory is its own; the databases are private and thrown away.
"""

# ruff: noqa: PLC0415  Django is set up, in a child process, before anything of it is imported

import argparse
import datetime as dt
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WRITE = "write the spreadsheet"
STEPS = ("read with openpyxl alone", "dry run", "import", "same file again")
REGION = "RU-KHA"


def main() -> None:
    """Measure every step on every database and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3500)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measured(options.step, options.rows)))
        return
    figures = measure_all(options.rows)
    print_table(options.rows, figures)
    if options.json:
        options.json.write_text(json.dumps({"rows": options.rows, "figures": figures}, ensure_ascii=False, indent=2))


def measure_all(rows: int) -> list[dict[str, object]]:
    """A row for every database and step: seconds, peak MB, and seconds as a multiple of reading with openpyxl."""
    from tests import services

    figures = []
    try:
        for database in ("SQLite", "PostgreSQL"):
            folder = services.temporary_folder()
            url = f"sqlite:///{folder}/base.sqlite3" if database == "SQLite" else services.start_postgresql()
            environment = os.environ | {"GOSPUB_VAR": str(folder), "DATABASE_URL": url, "REDIS_URL": ""}
            for command in (["migrate", "-v0"], ["load_regions", "-v0"]):
                subprocess.run([sys.executable, ROOT / "manage.py", *command], env=environment, check=True)
            run_step(WRITE, rows, environment)
            found = [run_step(step, rows, environment) for step in STEPS]
            for figure in found:
                ratio = round(figure["seconds"] / found[0]["seconds"], 1)
                figures.append({"database": database, **figure, "ratio": ratio})
    finally:
        services.stop_all()
    return figures


def run_step(step: str, rows: int, environment: dict[str, str]) -> dict[str, object]:
    command = [sys.executable, __file__, "--step", step, "--rows", str(rows)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measured(step: str, rows: int) -> dict[str, object]:
    """One step in this process: seconds without the start of Python and Django, peak memory with it."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "gospub.settings"
    django.setup()
    path = Path(os.environ["GOSPUB_VAR"]) / "registry.xlsx"
    work = prepared(step, path) if step != WRITE else lambda: path.write_bytes(spreadsheet(rows))
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"step": step, "seconds": round(seconds, 2), "peak_mb": round(megabytes)}


def prepared(step: str, path: Path) -> Callable[[], object]:
    """What is measured; imports are done before the clock runs."""
    from openpyxl import load_workbook

    from monitoring.models import Region
    from monitoring.registry.importing import import_file, plan_import
    from monitoring.registry.rows import read_registry

    def read() -> None:
        for sheet in load_workbook(path, read_only=True, data_only=True).worksheets:
            for _row in sheet.iter_rows(values_only=True):
                pass

    if step == STEPS[0]:
        return read

    region, day = Region.objects.get(code=REGION), dt.date(2024, 10, 26)
    if step == "dry run":
        return lambda: plan_import(*read_registry(path.read_bytes()), region, day)
    return lambda: import_file(path, region, day)


def spreadsheet(rows: int) -> bytes:
    """A made-up registry in the regions' own format."""
    import xlsxwriter

    from monitoring.registry.columns import Column
    from tests.factories import inn, ogrn

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(Column))
        for n in range(1, rows + 1):
            cells = {
                Column.LEVEL: "МО",
                Column.FOUNDER: f"Администрация района {n % 40}",
                Column.NAME: f"Муниципальное бюджетное общеобразовательное учреждение № {n}",
                Column.OGRN: ogrn(n),
                Column.SECTOR_1: "Образование",
                Column.SECTOR_2: f"Школы {n % 7}",
                Column.STATUS: "активная",
                Column.VK_ID: str(1000 + n),
                Column.VK_LINK: f"https://vk.com/school{n}",
                Column.CONNECTED: "да",
                Column.WEEKLY_REACH: n,
                Column.MUNICIPALITY: f"Район {n % 40}",
                Column.OKTMO: f"08{n % 40:03}000",
                Column.INN: inn(n),
                Column.OK_LINK: f"https://ok.ru/group/{55_000_000 + n}",
                Column.TELEGRAM_LINK: f"https://t.me/school_{n}",
                Column.MAX_LINK: f"https://max.ru/id{2_700_000_000 + n}_gos",
                Column.ADMIN: f"Выдуманная Анна {n % 900}",
                Column.EMAIL: f"anna{n % 900}@example.org",
            }
            sheet.write_row(n, 0, [cells.get(column) for column in Column])
    return buffer.getvalue()


def print_table(rows: int, figures: list[dict[str, object]]) -> None:
    print("| Database | Step | Rows | Seconds | × openpyxl | Peak MB |")
    print("|---|---|---:|---:|---:|---:|")
    for f in figures:
        print(f"| {f['database']} | {f['step']} | {rows} | {f['seconds']} | {f['ratio']} | {f['peak_mb']} |")


if __name__ == "__main__":
    main()
