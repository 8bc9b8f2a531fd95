"""Jobs that make files: a filter, progress, takeover of the dead, never half a file, nothing for ever."""

import datetime as dt
import io
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest
from django.conf import settings
from django.core.files.base import File
from pypdf import PdfReader

from awards.models import JobState, PaperJob, PaperKind, Wording, WordingKind
from awards.papers import making
from awards.papers.making import KEPT, LEASE, MOST_ATTEMPTS, due, forget, make, whole_file
from gospub.accounts.models import AuditEntry
from tests.awards.contests.worlds import NOW
from tests.factories import RegionFactory

from .test_order import book
from .worlds import asked, draft_list, made

LATER = NOW + LEASE + dt.timedelta(seconds=1)


@pytest.fixture
def found(db):
    return draft_list(RegionFactory())


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


# --- what is asked for is made ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PaperKind)
def test_every_kind_of_document_is_made(found, kind):
    job = asked(found, kind)
    data = made(job)
    assert (job.state, job.size, job.done) == (JobState.READY, len(data), job.total)


def test_a_filter_takes_a_nomination(found):
    nomination = found.contest.nominations.get(name="Лучший госпаблик")
    data = made(asked(found, nomination=nomination.pk)).decode()
    assert data.count("Лучший госпаблик") == 3
    assert "Лучший в сфере" not in data


def test_a_filter_takes_a_degree(found):
    job = asked(found, degree=2)
    assert (job.total, "II степень" in made(job).decode()) == (1, True)


def test_the_zip_has_a_diploma_for_each_winner_named_after_them(found):
    with zipfile.ZipFile(io.BytesIO(made(asked(found, PaperKind.DIPLOMAS_ZIP)))) as archive:
        names = archive.namelist()
        assert names[0] == "001 Вымышленный 0.pdf"
        assert len(names) == found.awards.count()
        assert "Вымышленный 0" in PdfReader(io.BytesIO(archive.read(names[0]))).pages[0].extract_text()


def test_a_name_never_leads_out_of_the_folder_that_one_unpacks_to():
    assert making.safe("../../etc/passwd\x00.pdf") == "etc passwd pdf"
    assert making.safe("///") == "—"


def test_asking_is_in_the_audit_trail_with_filter_and_number_of_names(found):
    asked(found, degree=1)
    entry = AuditEntry.objects.filter(action="export.names").latest("pk")
    assert entry.after == {"file": "csv", "nomination": None, "degree": 1, "rows": 3, "names": 3}


def test_the_file_has_a_name_that_cannot_be_guessed(found):
    one, other = asked(found), asked(found)
    made(one), made(other)
    assert one.file != other.file
    assert len(one.file.partition(".")[0]) == 32


# --- workers die ------------------------------------------------------------------------------------------------------


def test_a_job_that_a_worker_holds_is_not_begun_twice(found):
    job = asked(found)
    PaperJob.objects.update(state=JobState.RUNNING, attempts=1, lease_until=NOW + LEASE)
    assert due(NOW) == []
    assert not make(job.pk, lambda: NOW)


def test_a_job_whose_worker_has_died_is_taken_over(found):
    job = asked(found)
    PaperJob.objects.update(state=JobState.RUNNING, attempts=1, lease_until=NOW + LEASE)
    assert due(LATER) == [job.pk]
    assert make(job.pk, lambda: LATER)


def test_what_kills_its_worker_three_times_is_given_up(found):
    job = asked(found)
    PaperJob.objects.update(state=JobState.RUNNING, attempts=MOST_ATTEMPTS, lease_until=NOW)
    assert not make(job.pk, lambda: LATER)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_template_that_does_not_work_fails_the_job_at_once(found):
    Wording.objects.create(region=found.contest.region, kind=WordingKind.ORDER, docx=book("{% if %}"), changed_at=NOW)
    job = asked(found, PaperKind.ORDER)
    assert not make(job.pk, lambda: NOW)
    job.refresh_from_db()
    assert (job.state, list(making.folder().iterdir())) == (JobState.FAILED, [])


def test_a_file_that_breaks_off_leaves_nothing(tmp_path):
    def broken() -> None:
        with whole_file(tmp_path / "list.csv") as file:
            file.write(b"half")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="space"):
        broken()
    assert list(tmp_path.iterdir()) == []


KILLED = """
import django, sys, time
django.setup()
from pathlib import Path
from awards.papers.making import whole_file
with whole_file(Path(sys.argv[1]) / "list.csv") as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_worker_killed_while_it_writes_leaves_no_file_of_that_name(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gospub.settings"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=settings.BASE_DIR, env=environment) as child:
        assert child.stdout.readline() == b"writing\n"
        child.send_signal(signal.SIGKILL)
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv.part"]


# --- and what is old goes ---------------------------------------------------------------------------------------------


def test_a_file_is_deleted_after_thirty_days(found):
    job = asked(found)
    made(job)
    assert forget(NOW + KEPT) == 0
    assert forget(NOW + KEPT + dt.timedelta(seconds=1)) == 1
    assert list(making.folder().iterdir()) == []


def test_what_a_killed_worker_left_is_swept_up(found):
    left = making.folder() / "half.csv.part"
    File(left.open("wb")).close()
    forget(dt.datetime.now(dt.UTC))
    assert left.exists()
    an_hour_ago = time.time() - 3600
    os.utime(left, (an_hour_ago, an_hour_ago))
    forget(dt.datetime.now(dt.UTC))
    assert not left.exists()
