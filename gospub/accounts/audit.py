"""The audit trail: appended only, each row chained to the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping

from django.db import IntegrityError, transaction

from .models import AuditEntry, User

# Two people may act at once: the one who comes second finds the end of the chain taken and reads it anew.
TRIES = 10
FIELDS = ("actor", "action", "subject", "before", "after", "previous")


def record(
    actor: User | None,
    action: str,
    subject: str,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: dt.datetime,
) -> AuditEntry:
    """Append an entry: `subject` names the thing (`suspect 5`), `before` and `after` its changed fields as JSON values.

    actor None = the system itself. Raises IntegrityError where the end of the chain was taken ten times over.
    """
    for last_try in (*[False] * (TRIES - 1), True):
        end = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first() or ""
        entry = AuditEntry(
            at=now,
            actor=actor.email if actor else "",
            action=action,
            subject=subject,
            before=dict(before),
            after=dict(after),
            previous=end,
        )
        entry.digest = digest(entry)
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
        except IntegrityError:
            if last_try:
                raise
        else:
            return entry
    raise AssertionError  # the last try returns or raises


def digest(entry: AuditEntry) -> str:
    """SHA-256 (hex) over the entry's fields and the digest before it."""
    fields = {name: getattr(entry, name) for name in FIELDS} | {"at": entry.at.astimezone(dt.UTC).isoformat()}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def breaks() -> Iterator[AuditEntry]:
    """Entries whose digest is not that of their fields, or that do not follow the one before."""
    end = ""
    for entry in AuditEntry.objects.order_by("pk").iterator(2000):
        if entry.previous != end or entry.digest != digest(entry):
            yield entry
        end = entry.digest
