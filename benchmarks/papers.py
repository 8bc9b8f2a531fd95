"""How long the documents of an award list take and how much memory, each in a process of its own.

    python benchmarks/papers.py [--awards 179] [--json FILE]

The floor beside them is one page of typst, as often as there are awards: what diplomas made one by one would take.
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
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FLOOR = "one page of typst × awards"
STEPS = ("Excel workbook", "CSV", "order, Word", "award list, PDF", "diplomas, one PDF", "diplomas, ZIP", FLOOR)


def main() -> None:
    """Measure every document and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--awards", type=int, default=179)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measured(options.step, options.awards)))
        return
    figures = [run_step(step, options.awards) for step in STEPS]
    floor = figures[-1]["seconds"]
    print(
        f"{options.awards} awards\n\n| Document | Seconds | ÷ page by page | Peak MB | KB |\n|---|---:|---:|---:|---:|"
    )
    for row in figures:
        row["ratio"] = row["seconds"] / floor
        print(f"| {row['step']} | {row['seconds']:.2f} | {row['ratio']:.2f} | {row['mb']:.0f} | {row['kb']:.0f} |")
    if options.json:
        options.json.write_text(
            json.dumps({"awards": options.awards, "figures": figures}, ensure_ascii=False, indent=2)
        )


def run_step(step: str, awards: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--step", step, "--awards", str(awards)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measured(step: str, awards: int) -> dict[str, object]:
    """Seconds of the work itself, peak memory of the process, size of the result."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gospub.settings")
    import django

    django.setup()
    make = steps(awards)[step]
    start = time.perf_counter()
    size = make()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"step": step, "seconds": seconds, "mb": peak, "kb": size / 1024}


def steps(awards: int) -> dict[str, Callable[[], int]]:
    """What makes each document and returns its size in bytes."""
    from awards.models import WordingKind
    from awards.papers import order, pdf, tables
    from awards.papers.texts import Words, defaults

    paper = made_up(awards)
    words = {kind: Words(defaults(kind)) for kind in WordingKind}
    diploma = words[WordingKind.DIPLOMA]

    def archive() -> int:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as book:
            for number, line in enumerate(paper.lines):
                book.writestr(f"{number}.pdf", pdf.diplomas(paper, [line], diploma))
        return file.tell()

    def floor() -> int:
        import typst

        page = '#set page(paper: "a4")\nДиплом'.encode()
        return sum(len(typst.compile(page, ignore_system_fonts=True)) for _ in range(awards))

    return {
        "Excel workbook": lambda: len(tables.xlsx(paper)),
        "CSV": lambda: len(tables.russian_csv(paper)),
        "order, Word": lambda: len(order.docx(paper, words[WordingKind.ORDER])),
        "award list, PDF": lambda: len(pdf.award_list(paper, words[WordingKind.LIST])),
        "diplomas, one PDF": lambda: len(pdf.diplomas(paper, paper.lines, diploma)),
        "diplomas, ZIP": archive,
        FLOOR: floor,
    }


def made_up(awards: int) -> object:
    """A list of so many winners in five nominations."""
    from awards.models import Degree
    from awards.papers.lines import Line, Paper

    lines = tuple(
        Line(
            nomination=f"Лучший госпаблик в сфере № {number % 5 + 1}",
            place=number // 5 + 1,
            tie=False,
            degree=Degree(number // 5 + 1) if number < 15 else Degree.LAUREATE,
            winner=f"Вымышленная-Придуманная Александра Константиновна {number}",
            person=f"Вымышленная-Придуманная Александра Константиновна {number}",
            title=f"Библиотека № {number}",
            institution=f"Муниципальное бюджетное учреждение культуры «Библиотека № {number}»",
            municipality="Вымышленный район",
            page=f"https://vk.com/library{number}",
            points=90 - number / 10,
        )
        for number in range(awards)
    )
    lines = tuple(sorted(lines, key=lambda line: (line.nomination, line.place)))
    day = dt.date(2024, 10, 26)
    return Paper("Лучшие госпаблики", 2024, "Тестовый край", 1, False, day, "ab" * 32, lines)


if __name__ == "__main__":
    main()
