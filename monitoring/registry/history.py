"""The history of the registry: every change with who and when, and taking one back.

`Editing` collects what one act changes and writes it all at once: rows, history, audit trail. Whoever changes the
registry by hand goes through it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import ChangedRow, ChangeKind, Institution, Page, Region, RegistryChange
from monitoring.search.field import searched

from .records import keep_records

BATCH = 500
# What of a row people keep; the rest comes from the networks.
FIELDS: dict[type[Model], tuple[str, ...]] = {
    Institution: (
        "name",
        "municipality",
        "sector",
        "level",
        "founder",
        "ogrn",
        "inn",
        "archived_on",
        "merged_into",
    ),
    Page: (
        "institution",
        "platform",
        "handle",
        "external_id",
        "page_class",
        "connected_to_component",
        "weekly_reach",
        "archived_on",
    ),
}
# An entry of the audit trail for each row up to so many; above that one entry tells how many they were.
MOST_ENTRIES = 20


class StaleError(Exception):
    """The row is no longer as the person saw it. `row`: as it is now."""

    def __init__(self, row: Model) -> None:
        super().__init__(str(row))
        self.row = row


class NotUndoableError(Exception):
    """The change cannot be taken back; `rows`: names of what was changed since, or what stands in the way."""

    def __init__(self, rows: Iterable[str] = ()) -> None:
        self.rows = list(rows)
        super().__init__("; ".join(self.rows))


def values_of(row: Model) -> dict[str, object]:
    """What people keep of the row, as JSON values: others by their key, days as ISO text."""
    return {name: _plain(getattr(row, row._meta.get_field(name).attname)) for name in FIELDS[type(row)]}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def seen(row: Model) -> str:
    """A short digest of what people keep of the row: a form carries it, so that a save tells whether it is still so."""
    return hashlib.sha256(json.dumps(values_of(row), sort_keys=True).encode()).hexdigest()[:16]


def locked(row: Model, expected: str | None = None) -> Model:
    """The row as it is now, held until the transaction ends. Raises StaleError where its `seen` is not `expected`."""
    now = type(row).objects.select_for_update().get(pk=row.pk)
    if expected is not None and seen(now) != expected:
        raise StaleError(now)
    return now


@dataclass(slots=True)
class Editing:
    """One act of one person. day: the region's local day, from which what is said of pages holds."""

    region: Region
    kind: ChangeKind
    user: User | None
    now: dt.datetime
    day: dt.date
    rows: list[tuple[Model, dict[str, object], dict[str, object]]] = field(default_factory=list)
    moved: dict[str, list[int]] = field(default_factory=dict)
    undoes: RegistryChange | None = None

    def add(self, row: Model) -> Model:
        """Store a new row."""
        row.save(force_insert=True)
        self.rows.append((row, {}, {name: value for name, value in values_of(row).items() if value not in (None, "")}))
        return row

    def change(self, row: Model, **values: object) -> bool:
        """Set fields of a row (stored by `finish`); what is so already is nothing. Returns whether anything changed."""
        before = values_of(row)
        for name, value in values.items():
            setattr(row, name, value)
        after = values_of(row)
        names = [name for name in after if before[name] != after[name]]
        if names:
            self.rows.append((row, {name: before[name] for name in names}, {name: after[name] for name in names}))
        return bool(names)

    def finish(self) -> RegistryChange | None:
        """Write rows, history and audit trail; None where nothing changed. To be called inside a transaction."""
        if not self.rows:
            return None
        self._store()
        change = RegistryChange.objects.create(
            region=self.region,
            kind=self.kind,
            at=self.now,
            by=self.user,
            total=len(self.rows),
            moved=self.moved,
            undoes=self.undoes,
        )
        _keep(change, self.rows)
        keep_records([row for row, _before, _after in self.rows if isinstance(row, Page)], self.day)
        self._tell(change)
        return change

    def _store(self) -> None:
        for model in (Institution, Page):
            by_fields: dict[frozenset[str], list[Model]] = {}
            for row, before, after in self.rows:
                if isinstance(row, model) and before and after:
                    by_fields.setdefault(frozenset(after), []).append(row)
            for names, rows in by_fields.items():
                model.objects.bulk_update(rows, sorted({*names, *searched(model, names)}), batch_size=BATCH)

    def _tell(self, change: RegistryChange) -> None:
        action, region = f"registry.{self.kind}", self.region.pk
        if len(self.rows) > MOST_ENTRIES:
            names = sorted({name for _row, _before, after in self.rows for name in after})
            after = {"rows": len(self.rows), "fields": names}
            record(self.user, action, f"change {change.pk}", before={}, after=after, now=self.now, region=region)
            return
        for row, before, after in self.rows:
            subject = f"{row._meta.model_name} {row.pk}"
            record(self.user, action, subject, before=before, after=after, now=self.now, region=region)


def _keep(change: RegistryChange, rows: Iterable[tuple[Model, dict[str, object], dict[str, object]]]) -> None:
    """Write what a change did to each row."""
    history = [
        ChangedRow(
            change=change,
            number=number,
            institution=row if isinstance(row, Institution) else None,
            page=row if isinstance(row, Page) else None,
            name=str(row)[:500],
            before=before,
            after=after,
        )
        for number, (row, before, after) in enumerate(rows, 1)
    ]
    ChangedRow.objects.bulk_create(history, batch_size=BATCH)


def note(
    region: Region,
    user: User | None,
    now: dt.datetime,
    rows: Iterable[tuple[Model, dict, dict]],
    kind: ChangeKind = ChangeKind.IMPORT,
) -> RegistryChange | None:
    """Write history alone, of what an import or the administration stored: (row, before, after) as in `Editing`."""
    rows = list(rows)
    if not rows:
        return None
    change = RegistryChange.objects.create(region=region, kind=kind, at=now, by=user, total=len(rows))
    _keep(change, rows)
    return change


# --- taking back -----------------------------------------------------------------------------------


def may_undo(change: RegistryChange) -> bool:
    """Whether there is anything to take back at all; whether it still can be, `undo` finds out."""
    return change.kind not in (ChangeKind.UNDO, ChangeKind.IMPORT) and not hasattr(change, "undone_by")


@transaction.atomic
def undo(change: RegistryChange, user: User, now: dt.datetime, day: dt.date) -> RegistryChange:
    """Put every row of the change back to what it was; rows that it added go again.

    Raises NotUndoableError where a row was changed since, or has a history of its own by now, or it was undone already.
    """
    change = RegistryChange.objects.select_for_update(of=("self",)).select_related("region").get(pk=change.pk)
    if not may_undo(change):
        raise NotUndoableError
    editing = Editing(change.region, ChangeKind.UNDO, user, now, day, undoes=change)
    rows = list(change.rows.all())
    present = _present(rows)
    _check(rows, present)
    added: list[Model] = []
    for row in reversed(rows):
        target = present[row.pk]
        if row.before:
            values = {target._meta.get_field(name).attname: _value(target, name, v) for name, v in row.before.items()}
            editing.change(target, **values)
        else:
            added.append(target)
            editing.rows.append((target, row.after, {}))
    _move_back(change)
    done = editing.finish()
    _remove(added)
    return done


def _present(rows: list[ChangedRow]) -> dict[int, Model]:
    """The rows as they are now, held; by the key of their history. Raises NotUndoableError where one is gone."""
    institutions = {row.institution_id for row in rows if row.institution_id}
    pages = {row.page_id for row in rows if row.page_id}
    by_key = {
        **{("i", each.pk): each for each in Institution.objects.select_for_update().filter(pk__in=institutions)},
        **{("p", each.pk): each for each in Page.objects.select_for_update().filter(pk__in=pages)},
    }
    found = {}
    for row in rows:
        key = ("i", row.institution_id) if row.institution_id else ("p", row.page_id)
        if key not in by_key:
            raise NotUndoableError([row.name])
        found[row.pk] = by_key[key]
    return found


def _check(rows: list[ChangedRow], present: dict[int, Model]) -> None:
    """Nothing that the change said was said anew since."""
    changed = []
    for row in rows:
        values = values_of(present[row.pk])
        if any(values[name] != value for name, value in row.after.items() if name not in _FROM_NETWORK or row.before):
            changed.append(row.name)
    if changed:
        raise NotUndoableError(changed)


# A new page's name and number are filled in by its network.
_FROM_NETWORK = ("handle", "external_id")


def _value(row: Model, name: str, value: object) -> object:
    """A JSON value as the field has it."""
    if name == "archived_on":
        return None if value is None else dt.date.fromisoformat(value)
    return value


def _move_back(change: RegistryChange) -> None:
    """What a merger moved along goes back to the institution that it took in."""
    row = next((row for row in change.rows.all() if row.after.get("merged_into")), None)
    for label, keys in change.moved.items():
        apps.get_model(label)._base_manager.filter(pk__in=keys).update(institution=row.institution_id)


def _remove(added: list[Model]) -> None:
    """Rows that were added by mistake. What was measured or rated of them meanwhile keeps them: they are to be archived
    instead."""
    for row in sorted(added, key=lambda each: isinstance(each, Institution)):
        if isinstance(row, Page) and (row.days.exists() or row.slots.filter(finished_at__isnull=False).exists()):
            raise NotUndoableError([str(row)])
        try:
            with transaction.atomic():
                row.delete()
        except IntegrityError as error:  # ProtectedError among them
            raise NotUndoableError([str(row)]) from error
