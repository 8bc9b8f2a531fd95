"""Making files: asked for on the screen, made by a worker, taken over by another where it dies, never half there.

A job is a row; the queue only wakes workers. A file is written under another name beside its place, and renamed when it
is whole; the row says that it is ready after that. Whoever asks may see the list at the moment of each download.
"""

import datetime as dt
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import F, Q
from django.utils import translation

from awards.models import AwardList, JobState, PaperJob, PaperKind, WordingKind
from gospub.accounts import audit
from gospub.accounts.models import User

from . import order, pdf, tables
from .lines import Paper, read
from .texts import words_of

# A worker says at least so often that it lives; one that does not lets another begin anew.
LEASE = dt.timedelta(seconds=60)
# What kills its worker three times is not begun again.
MOST_ATTEMPTS = 3
KEPT = dt.timedelta(days=30)
ENDINGS = {
    PaperKind.XLSX: "xlsx",
    PaperKind.CSV: "csv",
    PaperKind.PLAIN_CSV: "csv",
    PaperKind.ORDER: "docx",
    PaperKind.LIST: "pdf",
    PaperKind.DIPLOMAS: "pdf",
    PaperKind.DIPLOMAS_ZIP: "zip",
}
UNSAFE = re.compile(r"[^0-9A-Za-zА-Яа-яЁё]+")


def folder() -> Path:
    path = Path(settings.VAR_DIR) / "papers"
    path.mkdir(parents=True, exist_ok=True)
    return path


def ask(
    found: AwardList, kind: PaperKind, *, nomination: int | None, degree: int | None, user: User, now: dt.datetime
) -> PaperJob:
    """A job for a worker; the request is in the audit trail with its filter and how many names the file has."""
    paper = read(found, now, nomination=nomination, degree=degree)
    job = PaperJob.objects.create(
        list=found,
        kind=kind,
        nomination_id=nomination,
        degree=degree,
        total=len(paper.lines),
        asked_at=now,
        asked_by=user,
    )
    names = sum(bool(line.person) for line in paper.lines)
    after = {"file": str(kind), "nomination": nomination, "degree": degree, "rows": len(paper.lines), "names": names}
    audit.record(user, "export.names", f"award_list {found.pk}", before={}, after=after, now=now,
                 region=found.contest.region_id)  # fmt: skip
    return job


def due(now: dt.datetime) -> list[int]:
    """Jobs that wait, or whose worker has died."""
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now)
    return list(PaperJob.objects.filter(free).order_by("pk").values_list("pk", flat=True))


def make(key: int, clock: Callable[[], dt.datetime]) -> bool:
    """Work a job off by a clock that runs; False where it is done, is held by another, or has failed too often."""
    job = _claim(key, clock())
    if job is None:
        return False
    try:
        with translation.override(settings.LANGUAGE_CODE):
            name, size = _write(job, clock)
    except order.TemplateBroken:
        PaperJob.objects.filter(pk=key).update(state=JobState.FAILED, lease_until=None)
        return False
    PaperJob.objects.filter(pk=key, attempts=job.attempts).update(
        state=JobState.READY, file=name, size=size, done=F("total"), ready_at=clock(), lease_until=None
    )
    return True


def _claim(key: int, now: dt.datetime) -> PaperJob | None:
    """The job, held by us; attempts is the fence: whoever took over has a higher one."""
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now)
    mine = PaperJob.objects.filter(free, pk=key)
    mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=JobState.FAILED, lease_until=None)
    if not mine.update(state=JobState.RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE, done=0):
        return None
    related = ("list__contest__region", "nomination")
    return PaperJob.objects.select_related(*related).get(pk=key)


def _write(job: PaperJob, clock: Callable[[], dt.datetime]) -> tuple[str, int]:
    """Name and size of the file, which is whole when this returns."""
    paper = read(job.list, job.asked_at, nomination=job.nomination_id, degree=job.degree)
    name = f"{secrets.token_urlsafe(24)}.{ENDINGS[PaperKind(job.kind)]}"
    with whole_file(folder() / name) as file:
        if job.kind == PaperKind.DIPLOMAS_ZIP:
            _write_zip(file, job, paper, clock)
        else:
            file.write(content(PaperKind(job.kind), paper, job))
        file.flush()
        size = file.tell()
    return name, size


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when the block has ended well; else there is none."""
    part = path.with_suffix(f"{path.suffix}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def content(kind: PaperKind, paper: Paper, job: PaperJob) -> bytes:
    """The bytes of every kind but the ZIP."""
    region = job.list.contest.region
    match kind:
        case PaperKind.XLSX:
            return tables.xlsx(paper)
        case PaperKind.CSV:
            return tables.russian_csv(paper)
        case PaperKind.PLAIN_CSV:
            return tables.plain_csv(paper)
        case PaperKind.ORDER:
            return order.docx(paper, words_of(region, WordingKind.ORDER))
        case PaperKind.LIST:
            return pdf.award_list(paper, words_of(region, WordingKind.LIST))
    return pdf.diplomas(paper, paper.lines, words_of(region, WordingKind.DIPLOMA))


def _write_zip(file: BinaryIO, job: PaperJob, paper: Paper, clock: Callable[[], dt.datetime]) -> None:
    """A PDF for each winner, numbered as in the list."""
    words = words_of(job.list.contest.region, WordingKind.DIPLOMA)
    day = paper.day.timetuple()[:3]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for number, line in enumerate(paper.lines, start=1):
            entry = zipfile.ZipInfo(f"{number:03} {safe(line.winner)}.pdf", (*day, 12, 0, 0))
            archive.writestr(entry, pdf.diplomas(paper, [line], words))
            if number % 10 == 0:
                _tell(job, number, clock())


def _tell(job: PaperJob, done: int, now: dt.datetime) -> None:
    """How far it is, and that we live. Raises LostError where another worker took over."""
    mine = PaperJob.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)
    if not mine.update(done=done, lease_until=now + LEASE):
        raise LostError


class LostError(Exception):
    """Another worker has taken the job over."""


def safe(text: str) -> str:
    """A part of a file's name: letters and digits, at most 60 of them."""
    return UNSAFE.sub(" ", text).strip()[:60].strip() or "—"


def forget(now: dt.datetime) -> int:
    """Delete files after 30 days, and what was left of broken ones; returns how many jobs are gone."""
    old = PaperJob.objects.filter(ready_at__lt=now - KEPT)
    for name in old.exclude(file="").values_list("file", flat=True):
        (folder() / name).unlink(missing_ok=True)
    gone, _by_model = old.delete()
    known = set(PaperJob.objects.exclude(file="").values_list("file", flat=True))
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < (now - LEASE * 10).timestamp():
            path.unlink(missing_ok=True)
    return gone
