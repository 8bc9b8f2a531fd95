"""Files of appeals: told by content, kept under random names outside of the web, handed out to be saved only."""

import datetime as dt
import os
import time

import pytest
from django.urls import reverse

from appeals import evidence
from appeals.evidence import MOST_BYTES, kind_of, shown_name
from appeals.models import Appeal, Evidence
from appeals.tasks import forget_drafts
from tests.factories import analyst, institution_admin
from tests.ratings.worlds import NOW

from .worlds import JPEG, PDF, PNG, admin_of, client_of, filed, form, form_address, preliminary, score_of, sheet, upload

XLSX, DOCX = sheet("xl/workbook.xml"), sheet("word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPEG, "jpg"),
        (XLSX, "xlsx"),
        (DOCX, "docx"),
        ("Выгрузка за ноябрь\r\n".encode(), "txt"),
        ("Выгрузка за ноябрь\r\n".encode("utf-8-sig"), "txt"),
        ("Выгрузка за ноябрь\r\n".encode("cp1251"), "txt"),
    ],
)
def test_what_is_taken_is_told_by_its_content(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"MZ\x90\0\x03\0\0\0",
        b"\x7fELF\x02\x01\x01\0",
        b"GIF89a\x01\0\x01\0",
        b"<!doctype html><script>alert(1)</script>",
        b"  <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        PDF[:-7],  # without its end
        PNG + b"<script>alert(1)</script>",  # two things at once
        PNG + sheet("xl/workbook.xml"),
        JPEG + sheet("META-INF/MANIFEST.MF"),
        PDF + sheet("word/document.xml"),
        sheet("xl/workbook.xml", "xl/vbaProject.bin"),
        sheet("word/document.xml", "word/vbaProject.bin"),
        sheet("xl/workbook.xml", "word/document.xml"),
        sheet("payload.exe"),
        XLSX[:40],
        b"PK\x03\x04" + b"\0" * 200,
    ],
)
def test_anything_else_is_not_taken_whatever_it_is_called(content):
    assert kind_of(content) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("снимок.png.exe", "снимок.png.exe"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("отчёт\u202efdp.exe", "отчётfdp.exe"),
        ("x" * 500, "x" * 120),
        ("", "—"),
        ("/", "—"),
    ],
)
def test_a_name_is_for_reading_alone(name, shown):
    assert shown_name(name) == shown


# --- handed in --------------------------------------------------------------------------------------------------------


@pytest.fixture
def score(region):
    return score_of(preliminary(region))


def sent(score, *files, user=None) -> int:
    client = client_of(user or admin_of(score))
    return client.post(form_address(score), form(files=[upload(*each) for each in files])).status_code


@pytest.mark.parametrize("name", ["../../x.png", "x.png.exe", "..%2f..%2fx", "C:\\x.png", "x\u202egnp.exe"])
def test_a_file_lies_under_a_random_name_in_its_folder(score, name, tmp_path):
    assert sent(score, (name, PNG)) == 302
    found = Evidence.objects.get()
    [path] = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == PNG]
    assert path == tmp_path / "evidence" / found.file
    assert len(found.file) == 32
    assert set(found.file) <= set("0123456789abcdef")


def test_a_file_of_another_kind_is_refused_in_words_and_nothing_is_kept(score, tmp_path):
    client = client_of(admin_of(score))
    response = client.post(form_address(score), form(files=[upload("отчёт.pdf", b"MZ\x90\0")]))
    assert response.status_code == 422
    assert "отчёт.pdf" in response.content.decode()
    assert not Evidence.objects.exists()
    assert not list((tmp_path / "evidence").iterdir()) if (tmp_path / "evidence").exists() else True
    assert Appeal.objects.get().state == "draft"


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 302), (MOST_BYTES + 1, 422)])
def test_ten_megabytes_and_not_a_byte_more(score, size, status):
    assert sent(score, ("big.txt", b"a" * size)) == status


@pytest.mark.parametrize(("count", "status"), [(3, 302), (4, 422)])
def test_three_files_and_no_more(score, count, status):
    assert sent(score, *((f"{n}.txt", f"Строка {n}".encode()) for n in range(count))) == status


def test_three_files_also_in_several_goes(score):
    user = admin_of(score)
    client, address = client_of(user), reverse("appeal_draft", args=[score.pk, "engagement_by_views"])
    for n in range(4):
        client.post(address, form(files=[upload(f"{n}.txt", f"Строка {n}".encode())]))
    assert Evidence.objects.count() == 3


def test_the_same_content_is_kept_once(score):
    assert sent(score, ("a.png", PNG), ("b.png", PNG)) == 302
    assert Evidence.objects.get().name == "a.png"


def test_what_was_attached_to_the_draft_can_be_removed(score):
    user = admin_of(score)
    client, address = client_of(user), reverse("appeal_draft", args=[score.pk, "engagement_by_views"])
    client.post(address, form(files=[upload("a.png", PNG), upload("b.pdf", PDF)]))
    html = client.get(form_address(score)).content.decode()
    gone = Evidence.objects.get(name="a.png")
    assert f'value="{gone.pk}"' in html
    client.post(address, form(remove=[str(gone.pk), "x", "9" * 30]))
    assert Evidence.objects.get().name == "b.pdf"


# --- handed out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(score) -> Evidence:
    appeal = filed(score, files=[evidence.Checked("снимок.html.png", "png", PNG)])
    return appeal.evidence.get()


def address_of(file: Evidence) -> str:
    return reverse("appeal_evidence", args=[file.appeal_id, file.pk])


def test_it_is_handed_out_to_be_saved_and_never_shown(file, region):
    response = client_of(analyst(region)).get(address_of(file))
    assert b"".join(response) == PNG
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'attachment; filename="appeal-{file.appeal_id}-{file.pk}.png"'
    assert "no-store" in response["Cache-Control"]


def test_a_file_of_another_appeal_is_not_found_under_this_one(file, region):
    other = filed(score_of(file.appeal.score.rating, "П01"))
    client = client_of(analyst(region))
    assert client.get(reverse("appeal_evidence", args=[other.pk, file.pk])).status_code == 404


def test_another_institution_does_not_get_it(file):
    stranger = institution_admin(score_of(file.appeal.score.rating, "П01").page.institution)
    assert client_of(stranger).get(address_of(file)).status_code == 404


def test_a_file_that_is_gone_is_not_found(file, region):
    (evidence.folder() / file.file).unlink()
    assert client_of(analyst(region)).get(address_of(file)).status_code == 404


def test_its_name_does_not_become_part_of_a_page(score, region):
    appeal = filed(score, files=[evidence.Checked('"><script>alert(1)</script>.png', "png", PNG)])
    html = client_of(analyst(region)).get(reverse("appeal", args=[appeal.pk])).content.decode()
    assert "<script>alert" not in html


# --- what goes --------------------------------------------------------------------------------------------------------


def test_a_withdrawn_appeal_leaves_no_file(file, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client_of(file.appeal.author).post(reverse("appeal_withdraw", args=[file.appeal_id]))
    assert not list(evidence.folder().iterdir())
    assert not Evidence.objects.exists()


def test_drafts_go_after_thirty_days_with_their_files(score, settings, django_capture_on_commit_callbacks):
    user = admin_of(score)
    address = reverse("appeal_draft", args=[score.pk, "engagement_by_views"])
    client_of(user).post(address, form(files=[upload("a.png", PNG)]))
    for days, left in ((30, 1), (31, 0)):
        settings.DEMO_CLOCK = (NOW + dt.timedelta(days=days)).isoformat()
        with django_capture_on_commit_callbacks(execute=True):
            forget_drafts()
        assert Appeal.objects.count() == left
        assert len(list(evidence.folder().iterdir())) == left


def test_files_that_no_appeal_has_go_once_no_request_can_own_them(file):
    old, young = evidence.folder() / ("a" * 32), evidence.folder() / ("b" * 32)
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    forget_drafts()
    assert {path.name for path in evidence.folder().iterdir()} == {young.name, file.file}
