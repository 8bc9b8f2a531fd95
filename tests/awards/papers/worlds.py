"""Papers of made-up award lists, and lists that are stored."""

import datetime as dt
import io
from typing import Any

from awards.lists.proposing import propose
from awards.models import AwardList, Degree, PaperJob, PaperKind, Stage
from awards.papers import making
from awards.papers.lines import Line, Paper
from monitoring.models import Region
from tests.awards.contests.worlds import NOW, contest_of, final_rating, led
from tests.factories import official

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
)
# Markup of typst, of Word's XML and of Jinja, which must be printed as it is written.
HOSTILE = '#read("/etc/passwd") *жирно* $x$ </w:t><b>&amp; {{ 7*7 }} {% for x in y %} \\ @cite <script>'


def line(name: str = "Вымышленная Анна", **fields: Any) -> Line:
    given = {
        "nomination": "Лучший госпаблик",
        "place": 1,
        "tie": False,
        "degree": Degree.FIRST,
        "winner": name,
        "person": name,
        "title": "Библиотека",
        "institution": "МБУК «Библиотека»",
        "municipality": "Вымышленный район",
        "page": "https://vk.com/library",
        "points": 91.526,
    }
    return Line(**given | fields)


def paper(*lines: Line, **fields: Any) -> Paper:
    given = {
        "contest": "Лучшие госпаблики",
        "year": 2024,
        "region": "Тестовый край",
        "edition": 1,
        "draft": False,
        "day": dt.date(2025, 1, 20),
        "digest": "ab" * 32,
    }
    return Paper(**given | fields, lines=lines or (line(),))


def draft_list(region: Region) -> AwardList:
    """П0–П2 at the places of the first nomination, and the best of two sectors."""
    contest = led(contest_of(final_rating(region), "gate"), Stage.PROTOCOL)
    return propose(contest, user=contest.created_by, now=NOW)


def asked(found: AwardList, kind: PaperKind = PaperKind.CSV, **filters: Any) -> PaperJob:
    given = {"nomination": None, "degree": None, "user": official(found.contest.region), "now": NOW}
    return making.ask(found, kind, **given | filters)


def made(job: PaperJob) -> bytes:
    """The bytes of the file after a worker was at it."""
    assert making.make(job.pk, lambda: NOW)
    job.refresh_from_db()
    return (making.folder() / job.file).read_bytes()


def file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)
