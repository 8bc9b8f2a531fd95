"""Bringing a copy back: refused before anything is touched where it would not work, and looked over afterwards."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from appeals.models import Evidence
from gospub.accounts import audit, factors
from gospub.encryption import EncryptedTextField, WrongKeyError, decrypt

from . import bases, copies
from .copies import CopyError, Manifest


@dataclass(slots=True)
class Outcome:
    """safety: the copy of what was there before, None where there was nothing. unreadable: rows that none of the keys
    opens, by model. missing: files of appeals that are not there, or not as they were."""

    manifest: Manifest
    safety: Path | None = None
    unreadable: dict[str, int] = field(default_factory=dict)
    missing: int = 0


def restore(path: Path, now: dt.datetime, *, over: bool = False, without_keys: bool = False) -> Outcome:
    """Put the copy in the place of the present base and files, bring it up to the present code, end all sessions.

    over: allowed where the base is not empty; it is copied first. without_keys: allowed where the key that encrypts is
    not among DATA_KEYS; contacts cannot be read then. Raises CopyError or BaseError; the base is as it was then.
    """
    manifest = copies.verify(path)
    _refuse(manifest, without_keys)
    outcome = Outcome(manifest)
    if not is_empty():
        if not over:
            raise CopyError(_("The base is not empty. Say --over to put the copy in its place; it is copied first."))
        if bases.others():
            raise CopyError(_("Others are at work with the base: stop web, worker, beat and backup first."))
        outcome.safety = copies.make(Path(settings.BACKUP_DIR), now, "before-restore")
        copies.prune(Path(settings.BACKUP_DIR), 2, "before-restore")
    bases.load(path / copies.BASE)
    found = bases.rows()
    if found != manifest.rows:
        different = sorted(name for name in found | manifest.rows if found.get(name) != manifest.rows.get(name))
        raise CopyError(_("Tables differ from those of the copy: %s") % ", ".join(different))
    copies.unpack(path, Path(settings.VAR_DIR))
    call_command("migrate", verbosity=0)
    end_sessions()
    made_at, before = manifest.made_at, {"safety": outcome.safety.name if outcome.safety else ""}
    audit.record(None, "installation.restore", path.name, before=before, after={"made_at": made_at}, now=now)
    outcome.unreadable, outcome.missing = unreadable(), missing_files()
    return outcome


def _refuse(manifest: Manifest, without_keys: bool) -> None:
    """Raises CopyError where the copy does not fit this installation."""
    if manifest.vendor != connection.vendor:
        raise CopyError(
            _("The copy is of %(its)s, this installation runs %(ours)s.")
            % {"its": manifest.vendor, "ours": connection.vendor}
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {config.label for config in apps.get_app_configs()}
    newer = [each for each in manifest.migrations if each not in known and each.partition(".")[0] in ours]
    if newer:
        raise CopyError(_("The copy was made by a newer program (%s): update this one first.") % newer[0])
    if manifest.keys[0] not in map(copies.fingerprint, settings.DATA_KEYS) and not without_keys:
        text = _(
            "The key with the fingerprint %s, with which the copy was encrypted, is not among DATA_KEYS. Put it there, "
            "or say --without-keys: contacts and second factors cannot be read then."
        )
        raise CopyError(text % manifest.keys[0])


def is_empty() -> bool:
    """Whether nobody has an account yet and nothing is watched: no tables, or those of `migrate` and `load_regions`."""
    tables = connection.introspection.table_names()
    try:
        with connection.cursor() as cursor:
            for name in ("accounts_user", "monitoring_institution"):
                if name in tables:
                    cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608 - names of ours
                    if cursor.fetchone():
                        return False
    except DatabaseError as error:
        raise bases.BaseError(str(error)) from error
    return True


def end_sessions() -> None:
    """A session that was ended after the copy was made would be open again."""
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def unreadable() -> dict[str, int]:
    """How many rows of each model hold something that none of DATA_KEYS opens."""
    found: Counter[str] = Counter()
    for model in apps.get_models():
        names = [each.name for each in model._meta.local_fields if isinstance(each, EncryptedTextField)]
        for key in model._default_manager.values_list("pk", flat=True).iterator() if names else ():
            found[model._meta.label] += not _opens(
                lambda m=model, k=key, n=names: m._default_manager.only(*n).get(pk=k)
            )
    for factor in factors.with_secrets():
        found["mfa.Authenticator"] += not _opens(lambda f=factor: list(map(decrypt, factors.secrets(f).values())))
    return dict(+found)


def _opens(read: Callable[[], object]) -> bool:
    try:
        read()
    except WrongKeyError:
        return False
    return True


def missing_files() -> int:
    """Files that were handed in with appeals and are not there as they were."""
    folder = Path(settings.VAR_DIR) / "evidence"
    gone = 0
    for name, digest in Evidence.objects.values_list("file", "sha256"):
        path = folder / name
        gone += not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest
    return gone
