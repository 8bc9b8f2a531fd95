"""A copy is a folder: the base, the files beside it, and a manifest with the digest of each. It appears whole or not at
all, and nobody but its owner may read it: names stand in it in plain words (contacts stay encrypted).

The keys (DATA_KEYS) are not in it, only their fingerprints: a copy without the keys, and the keys without a copy, tell
nothing of anybody's contacts. Keep them apart.
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from monitoring.models import Heartbeat

from . import bases

FORMAT = 1
SIGN = "backup"  # the heartbeat's name
NAME = re.compile(r"(gospub|before-restore)-\d{8}T\d{6}Z(-\d+)?")
UNFINISHED = ".unfinished-"
BASE, FILES, MANIFEST = "base", "files.tar.gz", "manifest.json"
# Folders of GOSPUB_VAR that nothing can make anew. Documents with names are not kept, here as elsewhere.
FOLDERS = ("evidence",)
MEMBER = re.compile(rf"({'|'.join(FOLDERS)})/\w[\w.-]*")


class CopyError(Exception):
    """What is wrong with a copy, or why none can be made."""


@dataclass(frozen=True, slots=True)
class File:
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """made_at: UTC, ISO. vendor: of the base. migrations: applied ones, "app.name". rows: by table. files: by name.
    keys: fingerprints of DATA_KEYS, the one that encrypts first."""

    format: int
    made_at: str
    vendor: str
    migrations: tuple[str, ...]
    rows: dict[str, int]
    files: dict[str, File]
    keys: tuple[str, ...]

    @property
    def seal(self) -> str:
        """Digest of all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def fingerprint(key: str) -> str:
    """Tells keys apart; of 32 random bytes it gives nothing away."""
    return hashlib.sha256(f"gospub data key {key}".encode()).hexdigest()[:16]


def make(folder: Path, now: dt.datetime, kind: str = "gospub") -> Path:
    """Make a copy in the folder, check it, and return where it is.

    Raises CopyError, BaseError or OSError; then there is no copy, and the older ones are as they were.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_unfinished(folder)
    path = _free_name(folder, f"{kind}-{now:%Y%m%dT%H%M%SZ}")
    place = folder / f"{UNFINISHED}{path.name}"
    place.mkdir(mode=0o700)
    try:
        # The base first: a file is written before the row that names it.
        rows = bases.dump(place / BASE)
        _pack(place / FILES)
        manifest = Manifest(
            FORMAT, now.isoformat(), connection.vendor, _migrations(), rows,
            {name: _digest(place / name) for name in (BASE, FILES)}, tuple(map(fingerprint, settings.DATA_KEYS)),
        )  # fmt: skip
        text = json.dumps(asdict(manifest) | {"seal": manifest.seal}, ensure_ascii=False, indent=1)
        _write(place / MANIFEST, text.encode())
        verify(place)
        for each in place.iterdir():
            each.chmod(0o600)
        os.replace(place, path)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    Heartbeat.objects.update_or_create(name=SIGN, defaults={"at": now})
    return path


def read(path: Path) -> Manifest:
    """The manifest of a copy. Raises CopyError where it is none, or was changed."""
    try:
        found = json.loads((path / MANIFEST).read_text("utf-8"))
        seal = found.pop("seal")
        files = {name: File(**each) for name, each in found["files"].items()}
        parts = {"files": files, "migrations": tuple(found["migrations"]), "keys": tuple(found["keys"])}
        manifest = Manifest(**(found | parts))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CopyError(_("%(path)s is no copy: %(error)s") % {"path": path, "error": type(error).__name__}) from error
    if manifest.format != FORMAT:
        raise CopyError(
            _("%(path)s: a copy of a format that this program does not read: %(format)s")
            % {"path": path, "format": manifest.format}
        )
    if manifest.seal != seal:
        raise _changed(path, MANIFEST)
    return manifest


def verify(path: Path) -> Manifest:
    """The manifest of a copy whose files are all there and as they were written. Raises CopyError."""
    manifest = read(path)
    for name in (BASE, FILES):
        expected = manifest.files.get(name)
        if expected is None or not (path / name).is_file():
            raise CopyError(_("%(path)s: %(name)s is missing") % {"path": path, "name": name})
        if _digest(path / name) != expected:
            raise _changed(path, name)
    try:
        bases.check(path / BASE, manifest.vendor)
    except bases.BaseError as error:
        raise CopyError(
            _("%(path)s: the base of the copy cannot be read: %(error)s") % {"path": path, "error": error}
        ) from error
    return manifest


def copies(folder: Path, kind: str = "gospub") -> list[Path]:
    """Finished copies, the oldest first."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name.startswith(f"{kind}-"))
    return sorted(path for path in found if (path / MANIFEST).is_file())


def due_in(folder: Path, every: dt.timedelta, now: dt.datetime) -> float:
    """Seconds until the newest copy is so old; 0 where there is none, or it is older."""
    newest = copies(folder)[-1:]
    if not newest:
        return 0
    return max(0.0, (dt.datetime.fromisoformat(read(newest[0]).made_at) + every - now).total_seconds())


def prune(folder: Path, keep: int, kind: str = "gospub") -> list[Path]:
    """Delete all but the newest `keep` (at least one) copies; returns which went. All else in the folder stays."""
    gone = copies(folder, kind)[: -max(keep, 1)]
    for path in gone:
        shutil.rmtree(path)
    return gone


def unpack(path: Path, into: Path) -> None:
    """Put the files of a copy in the place of those that are there: folder by folder, each at once."""
    fresh = into / f"{UNFINISHED}files"
    shutil.rmtree(fresh, ignore_errors=True)
    for name in FOLDERS:
        (fresh / name).mkdir(parents=True, mode=0o700)
    with tarfile.open(path / FILES) as archive:
        for member in archive:
            content = archive.extractfile(member) if MEMBER.fullmatch(member.name) and member.isreg() else None
            if content is None:
                raise CopyError(_("%(path)s: %(name)s is no file of ours") % {"path": path, "name": member.name})
            with content, (fresh / member.name).open("xb") as file:
                shutil.copyfileobj(content, file)
    for name in FOLDERS:
        old = fresh / f"{name}.old"
        if (into / name).exists():
            os.replace(into / name, old)
        os.replace(fresh / name, into / name)
    shutil.rmtree(fresh)


def _changed(path: Path, name: str) -> CopyError:
    return CopyError(_("%(path)s: %(name)s was changed") % {"path": path, "name": name})


def _migrations() -> tuple[str, ...]:
    applied: Sequence[tuple[str, str]] = sorted(MigrationRecorder(connection).applied_migrations())
    return tuple(f"{app}.{name}" for app, name in applied)


def _pack(path: Path) -> None:
    _write(path, b"")
    with tarfile.open(path, "w:gz", dereference=False) as archive:
        for name in FOLDERS:
            place = Path(settings.VAR_DIR) / name
            for each in sorted(place.iterdir()) if place.is_dir() else ():
                if each.is_file() and not each.is_symlink():
                    try:
                        archive.add(each, f"{name}/{each.name}", recursive=False)
                    except FileNotFoundError:  # deleted meanwhile, as its row was
                        continue


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> File:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return File(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _free_name(folder: Path, name: str) -> Path:
    """Two copies may be made in a second."""
    names = (folder / (name if number == 0 else f"{name}-{number}") for number in range(1000))
    return next(path for path in names if not path.exists())


def _forget_unfinished(folder: Path) -> None:
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)
