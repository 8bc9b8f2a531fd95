"""What was changed in the registry, as the screens show it; and institutions to choose from."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.filters import containing
from monitoring.dashboards.tables import Column
from monitoring.models import ChangedRow, Institution, Municipality, Page, Region, RegistryChange, Sector

from .history import FIELDS, may_undo

COLUMNS = (Column("at", _("When"), "pk"),)
DEFAULT_SORT = "-at"
ON_CARD = 20
ROWS_SHOWN = 5
MOST_TARGETS = 20
OTHERS = {"municipality": Municipality, "sector": Sector, "institution": Institution, "merged_into": Institution}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field in words, before and after; "" = empty."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: ChangedRow
    fields: Sequence[FieldChange]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """rows: the first of them. total: how many there are. undo: it can be taken back."""

    change: RegistryChange
    rows: Sequence[ShownRow]
    total: int
    undo: bool


def history_of(row: Institution | Page) -> list[ShownChange]:
    """The latest changes of one institution or page, newest first."""
    found = row.changes.select_related("change__by", "change__undone_by").order_by("-change_id")[:ON_CARD]
    rows = list(found)
    words = _words(rows)
    return [ShownChange(each.change, [_shown(each, words)], 1, may_undo(each.change)) for each in rows]


def latest_of(row: Institution | Page) -> ShownChange | None:
    """The last change of the row."""
    return next(iter(history_of(row)), None)


def changes_of(region: Region, user: User) -> QuerySet[RegistryChange]:
    """Changes of the region that the user may see."""
    found = RegistryChange.objects.visible_to(user).filter(region=region)
    return found.select_related("by", "undone_by")


def shown(changes: Iterable[RegistryChange]) -> list[ShownChange]:
    """Changes of one screen (from `changes_of`) with their first rows."""
    changes = list(changes)
    by_change: dict[int, list[ChangedRow]] = {}
    for row in ChangedRow.objects.filter(change__in=changes, number__lte=ROWS_SHOWN):
        by_change.setdefault(row.change_id, []).append(row)
    words = _words([row for rows in by_change.values() for row in rows])
    return [
        ShownChange(
            change, [_shown(row, words) for row in by_change.get(change.pk, [])], change.total, may_undo(change)
        )
        for change in changes
    ]


Words = Mapping[tuple[str, object], str]


def _words(rows: Iterable[ChangedRow]) -> Words:
    """Names of everything that the rows point to by a key."""
    keys: dict[str, set[int]] = {name: set() for name in OTHERS}
    for row in rows:
        for values in (row.before, row.after):
            for name in OTHERS.keys() & values.keys():
                if values[name] is not None:
                    keys[name].add(values[name])
    return {
        (name, pk): each
        for name, model in OTHERS.items()
        if keys[name]
        for pk, each in model.objects.filter(pk__in=keys[name]).values_list("pk", "name")
    }


def _shown(row: ChangedRow, words: Words) -> ShownRow:
    model = Page if row.page_id or "handle" in row.after else Institution
    fields = []
    for name in FIELDS[model]:
        if name in row.before or name in row.after:
            label = str(model._meta.get_field(name).verbose_name)
            before, after = (_word(model, name, values.get(name), words) for values in (row.before, row.after))
            fields.append(FieldChange(label, before, after))
    return ShownRow(row, fields)


def _word(model: type[Institution] | type[Page], name: str, value: object, words: Words) -> str:
    if value is None or value == "":
        return ""
    if name in OTHERS:
        return words.get((name, value), str(value))
    if name == "archived_on":
        return f"{dt.date.fromisoformat(value):%d.%m.%Y}"
    choices = dict(model._meta.get_field(name).flatchoices)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(choices.get(value, value))


def find_targets(region: Region, query: str, user: User, without: Institution) -> list[Institution]:
    """Institutions of the registry that the words find, to choose from."""
    if not query or "\0" in query:  # no base can hold it
        return []
    found = Institution.objects.visible_to(user).kept().filter(region=region).exclude(pk=without.pk)
    found = found.filter(containing(query[:200], ("name", "founder"), ("inn", "ogrn")))
    return list(
        found.select_related("municipality").annotate(count=Count("pages")).order_by("name", "pk")[:MOST_TARGETS]
    )
