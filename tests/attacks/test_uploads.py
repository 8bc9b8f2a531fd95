"""A23, A24, A41: files that attack their reader, their place or the one who opens them, and floods."""

import time
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from appeals.evidence import folder
from appeals.models import Appeal, Evidence
from monitoring.collection.operators import tell
from monitoring.models import OperatorMessage
from tests.matrix import signed_in
from tests.permission_world import NOW, Role, World
from tests.registry import hostile
from tests.registry.spreadsheets import school, xlsx

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def uploaded(client: Client, here: World, content: bytes) -> str:
    """The report on the file."""
    file = SimpleUploadedFile("registry.xlsx", content)
    response = client.post(reverse("registry_import", args=[here.here.region.code]), {"file": file})
    return client.get(response.url).content.decode()


HOSTILE = {
    "a bomb": (hostile.bomb, "слишком велика"),
    "a bomb of strings": (hostile.strings_bomb, "слишком велика"),
    "entities": (hostile.billion_laughs, "повреждена"),
    "an external entity": (lambda: hostile.external_entity("file:///etc/passwd"), "повреждена"),
    "a macro": (lambda: hostile.with_parts(xlsx(school(1)), {"xl/vbaProject.bin": b"x"}), "есть макросы"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a23_a_hostile_workbook_is_refused_in_words(here: World, analyst_client: Client, what: str):
    make, words = HOSTILE[what]
    content, begun = make(), time.monotonic()
    page = uploaded(analyst_client, here, content)
    assert words in page
    assert "root:" not in page
    assert time.monotonic() - begun < 15  # 2 s on a quiet machine
    assert analyst_client.get(reverse("account")).status_code == 200  # the web server is as it was


def test_a23_links_to_other_workbooks_are_not_followed(here: World, analyst_client: Client):
    """Nothing is fetched: see I17, where a listener waits for a call. What was stored in the cells is read."""
    page = uploaded(analyst_client, here, hostile.linked("http://127.0.0.1:9/x"))
    assert "Ошибка" not in page
    assert "Применить" in page


GROUNDS = "Аватар был всё это время, вот снимок."


def contested(here: World, name: str, content: bytes) -> tuple[Client, object]:
    """An appeal with a file under a name that no browser would send."""
    here.here.appeal.delete()
    client = signed_in(here, Role.ADMIN)
    lines = []
    for field, value in {"key": f"{uuid.uuid4()}", "wanted": "", "text": GROUNDS}.items():
        lines += ["--edge", f'Content-Disposition: form-data; name="{field}"', "", value]
    lines += ["--edge", f'Content-Disposition: form-data; name="files"; filename="{name}"',
              "Content-Type: application/pdf", "", ""]  # fmt: skip
    body = "\r\n".join(lines).encode() + content + b"\r\n--edge--\r\n"
    address = reverse("appeal_file", args=[here.here.contested.pk, "avatar"])
    return client, client.generic("POST", address, body, "multipart/form-data; boundary=edge")


NAMES = ["../../x.pdf", "..\\..\\x.pdf", "/etc/cron.d/x.pdf", "x.pdf.php", "x.php\x00.pdf", "\u202efdp.exe", "a" * 300]


@pytest.mark.parametrize("name", NAMES)
def test_a24_a_name_chooses_neither_place_nor_kind(here: World, name: str):
    before = {path.name for path in folder().iterdir()}
    client, answer = contested(here, name, PDF)
    assert answer.status_code == 302
    found = Evidence.objects.get(appeal__score=here.here.contested)
    new = {path.name for path in folder().iterdir()} - before
    assert new == {found.file}
    assert len(found.file) == 32
    assert not set(found.name) & set("/\\\x00\u202e")
    given = client.get(reverse("appeal_evidence", args=[found.appeal_id, found.pk]))
    assert given["Content-Disposition"] == f'attachment; filename="appeal-{found.appeal_id}-{found.pk}.pdf"'
    assert given["Content-Type"] == "application/octet-stream"
    for path in (found.file, f"evidence/{found.file}", f"static/{found.file}", f"media/{found.file}"):
        assert client.get(f"/{path}").status_code == 404


def polyglot() -> bytes:
    return PDF + hostile.archive({"x.html": b"<script>alert(1)</script>"})


@pytest.mark.parametrize(
    "content",
    [
        polyglot(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00" + bytes(100),
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"GIF89a\x01\x00\x01\x00<script>alert(1)</script>",
        hostile.archive({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
        hostile.archive({"run.exe": b"MZ"}),
        b"PK\x03\x04 and nothing more",
    ],
    ids=["polyglot", "svg", "html", "exe", "no png", "gif", "macro", "zip", "broken zip"],
)
def test_a24_what_is_not_what_it_says_is_not_kept(here: World, content: bytes):
    _client, answer = contested(here, "x.pdf", content)
    assert answer.status_code == 422
    assert not Evidence.objects.filter(appeal__score=here.here.contested).exists()


def test_a41_evidence_is_never_unpacked(here: World):
    """A bomb that calls itself a workbook is kept as bytes: nobody opens it here."""
    parts = {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"x" * 50_000_000}
    begun = time.monotonic()
    _client, answer = contested(here, "x.xlsx", hostile.archive(parts))
    assert answer.status_code == 302
    assert time.monotonic() - begun < 10


def test_a41_four_files_and_files_of_11_megabytes_are_refused(here: World):
    many = [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in range(4)]
    large = SimpleUploadedFile("x.pdf", PDF.replace(b"<<>>", b"x" * 11_000_000, 1))
    for files in (many, large):
        client = signed_in(here, Role.ADMIN)
        sent = {"key": uuid.uuid4(), "text": GROUNDS, "files": files}
        address = reverse("appeal_file", args=[here.here.contested.pk, "avatar"])
        assert client.post(address, sent).status_code == 422


def test_a41_a_text_of_10_megabytes_is_refused_and_kept_no_longer_than_it_may_be(here: World):
    here.here.appeal.delete()
    sent = {"key": uuid.uuid4(), "text": "ж" * 5_000_000}
    address = reverse("appeal_file", args=[here.here.contested.pk, "avatar"])
    assert signed_in(here, Role.ADMIN).post(address, sent).status_code in (400, 422)
    assert all(len(each.text) <= 4000 for each in Appeal.objects.all())


def test_a41_sending_the_same_a_hundred_times_files_one(here: World):
    here.here.appeal.delete()
    client, key = signed_in(here, Role.ADMIN), uuid.uuid4()
    for _number in range(100):
        sent = {"key": key, "text": GROUNDS, "wanted": ""}
        client.post(reverse("appeal_file", args=[here.here.contested.pk, "avatar"]), sent)
    assert Appeal.objects.filter(score=here.here.contested).count() == 1


def test_a41_new_keys_file_no_second_one_beside_an_open_one(here: World):
    here.here.appeal.delete()
    client = signed_in(here, Role.ADMIN)
    for _number in range(20):
        sent = {"key": uuid.uuid4(), "text": GROUNDS, "wanted": ""}
        client.post(reverse("appeal_file", args=[here.here.contested.pk, "avatar"]), sent)
    assert Appeal.objects.filter(score=here.here.contested, state="filed").count() == 1


def test_a41_a_storm_of_the_same_trouble_is_one_letter_to_the_operator(db):
    for _number in range(100):
        tell("vk:ab:dead:2024-10-26", "x", "x", NOW)
    assert OperatorMessage.objects.count() == 1


def test_a24_archives_are_never_unpacked_to_the_disk():
    """No code of ours extracts an archive by the names in it."""
    apps = ("gospub", "monitoring", "ratings", "awards", "appeals", "forum", "press", "compliance", "letters")
    sources = [path.read_text("utf-8") for app in apps for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    assert not [text for text in sources if ".extract(" in text or ".extractall(" in text]
