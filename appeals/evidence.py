"""Files that are handed in with an appeal: told by their content, kept under random names, handed out to be saved."""

import datetime as dt
import hashlib
import io
import re
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from .models import Appeal, Evidence, EvidenceKind

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 3
# Files without an appeal are what a broken request has left; younger ones may belong to one that is under way.
ORPHAN_AGE = dt.timedelta(hours=1)
PNG, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff"
ZIP = b"PK\x03\x04"
# A sheet or a text of an office holds these; one with macros also holds what no evidence needs.
OFFICE = {EvidenceKind.XLSX: "xl/workbook.xml", EvidenceKind.DOCX: "word/document.xml"}
CONTENT_TYPES, MACROS = "[Content_Types].xml", "vbaproject.bin"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file whose content is one of the kinds that are taken."""

    name: str
    kind: EvidenceKind
    content: bytes


def kind_of(content: bytes) -> EvidenceKind | None:
    """What the content is, whatever it is called; None for what is not taken, and for what is two things at once."""
    if content.startswith(ZIP):
        return _office(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        return None  # a picture or a document with an archive behind it
    if content.startswith(b"%PDF-"):
        return EvidenceKind.PDF if b"%%EOF" in content[-1024:] else None
    if content.startswith(PNG):
        return EvidenceKind.PNG if content.endswith(PNG_END) else None
    if content.startswith(JPEG):
        return EvidenceKind.JPEG
    return EvidenceKind.TXT if _is_text(content) else None


def _office(content: bytes) -> EvidenceKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if CONTENT_TYPES not in names or any(name.lower().endswith(MACROS) for name in names):
        return None
    found = [kind for kind, part in OFFICE.items() if part in names]
    return found[0] if len(found) == 1 else None


def _is_text(content: bytes) -> bool:
    """UTF-8 or the letters of Windows, without what no text has in it; no page or drawing of a browser."""
    for coding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        return text.strip()[:1] not in ("", "<") and not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text)
    return False


def shown_name(name: str) -> str:
    """What a file was called, for reading: no folders, nothing that turns the direction of writing, at most 120
    letters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return CONTROL.sub("", last).strip()[:120] or "—"


def folder() -> Path:
    path = Path(settings.VAR_DIR) / "evidence"
    path.mkdir(parents=True, exist_ok=True)
    return path


def attach(appeal: Appeal, files: list[Checked], now: dt.datetime) -> None:
    """Keep the files with the appeal; the same content once, MOST_FILES at most."""
    known = set(appeal.evidence.values_list("sha256", flat=True))
    for each in files:
        digest = hashlib.sha256(each.content).hexdigest()
        if digest in known or len(known) >= MOST_FILES:
            continue
        known.add(digest)
        name = secrets.token_hex(16)
        with (folder() / name).open("xb") as file:
            file.write(each.content)
        appeal.evidence.create(
            name=shown_name(each.name), kind=each.kind, file=name, size=len(each.content), sha256=digest, added_at=now
        )


def drop(found: list[Evidence]) -> None:
    """Forget these files."""
    names = [each.file for each in found]
    Evidence.objects.filter(pk__in=[each.pk for each in found]).delete()
    transaction.on_commit(lambda: _unlink(names))


def _unlink(names: list[str]) -> None:
    for name in names:
        (folder() / name).unlink(missing_ok=True)


def forget_orphans(now: dt.datetime) -> int:
    """Delete files that no appeal has; returns how many."""
    known, gone = set(Evidence.objects.values_list("file", flat=True)), 0
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < (now - ORPHAN_AGE).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
