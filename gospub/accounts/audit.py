"""The audit trail: appended only, each row chained to the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from .models import AuditEntry, User

# Two people may act at once: the one who comes second finds the end of the chain taken and reads it anew.
TRIES = 10
FIELDS = ("actor", "action", "subject", "region", "address", "before", "after", "previous")
# The network address of whoever asks; set by the middleware, empty for tasks and commands.
coming_from: ContextVar[str] = ContextVar("coming_from", default="")


def record(
    actor: User | None,
    action: str,
    subject: str,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: dt.datetime,
    region: int | None = None,
) -> AuditEntry:
    """Append an entry: `subject` names the thing (`suspect 5`), `before` and `after` its changed fields as JSON values.

    region: key of the region it belongs to, whose auditor sees it. actor None = the system itself. Raises
    IntegrityError where the end of the chain was taken ten times over.
    """
    for last_try in (*[False] * (TRIES - 1), True):
        end = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first() or ""
        entry = AuditEntry(
            at=now,
            actor=actor.email if actor else "",
            action=action,
            subject=holdable(subject)[:200],
            region=region or 0,
            address=coming_from.get(),
            before=holdable(dict(before)),
            after=holdable(dict(after)),
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


def holdable(value: Any) -> Any:
    """The value without the one character that no base takes: an address may hold it, and with it what is recorded."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {holdable(name): holdable(each) for name, each in value.items()}
    return [holdable(each) for each in value] if isinstance(value, list | tuple) else value


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


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the trail as it once was, noted outside the base: what was cut off its end is seen by it."""

    count: int
    digest: str

    def __str__(self) -> str:
        return f"{self.count}:{self.digest}"


def anchor() -> Anchor:
    """The present end of the trail."""
    end = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    return Anchor(AuditEntry.objects.count(), end or "")


def read_anchor(text: str) -> Anchor:
    """`str(anchor)` the other way round; ValueError where it is none."""
    count, _, end = text.partition(":")
    if not count.isdecimal() or len(end) != (64 if int(count) else 0):
        raise ValueError(text)
    return Anchor(int(count), end)


def holds(known: Anchor) -> bool:
    """Whether the trail still has that many entries with that digest at their end."""
    if known.count == 0:
        return True
    entries = AuditEntry.objects.order_by("pk").values_list("digest", flat=True)
    return known.digest in entries[known.count - 1 : known.count]
