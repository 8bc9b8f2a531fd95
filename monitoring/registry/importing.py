"""The import of a registry spreadsheet: a plan with everything to be said about it, and its application at one stroke.

Whatever the file leaves out or leaves empty stays as it is, so the same file again changes nothing.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from gospub.accounts.models import User
from monitoring.models import Institution, Page, Region
from monitoring.search.field import searched

from .history import note, values_of
from .institutions import plan_institutions
from .pages import plan_grounds, plan_pages, plan_stewards
from .plan import MODELS, Plan
from .records import keep_records
from .report import Problem, Severity
from .rows import RegistryRow, read_registry

BATCH = 500  # rows of one INSERT or UPDATE


class ImportRefusedError(ValueError):
    """The file has errors; `plan.problems` names them. Nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        errors = [p for p in plan.problems if p.severity == Severity.ERROR]
        super().__init__("; ".join(f"{p.place}: {p.message}" for p in errors[:5]))
        self.plan = plan


def plan_import(rows: list[RegistryRow], problems: list[Problem], region: Region, day: dt.date) -> Plan:
    """What the rows of a file would change in the region's registry. `problems` of reading it are taken over.

    day: the local day that counts as today, on which what is new begins. Writes nothing.
    """
    plan = Plan(region, day, list(problems))
    groups = plan_institutions(plan, _without_repetitions(plan, rows))
    pages_of_row = plan_pages(plan, groups)
    plan_grounds(plan, groups)
    plan_stewards(plan, groups, pages_of_row)
    watched = Page.objects.watched().filter(institution__region=region)
    plan.pages_not_in_file = watched.count() - _seen_watched(pages_of_row)
    order = list(Severity)
    plan.problems.sort(key=lambda p: order.index(p.severity))
    return plan


@transaction.atomic
def apply(plan: Plan) -> None:
    """Write the plan, all of it or nothing. Raises ImportRefusedError where it has errors.

    The plan must be fresh: IntegrityError where the base has changed since in a way that contradicts it.
    """
    if plan.refused:
        raise ImportRefusedError(plan)
    for model in MODELS:
        by_fields: dict[frozenset[str], list] = {}
        for row, names in plan.changed[model].values():
            by_fields.setdefault(frozenset(names), []).append(row)
        for names, rows in by_fields.items():
            model.objects.bulk_update(rows, sorted({*names, *searched(model, names)}), batch_size=BATCH)
        for rows in _by_depth(plan.new[model]):
            model.objects.bulk_create(rows, batch_size=BATCH)
    keep_records([*plan.new[Page], *(page for page, _names in plan.changed[Page].values())], plan.day)


def import_rows(
    rows: list[RegistryRow],
    problems: list[Problem],
    region: Region,
    day: dt.date,
    *,
    now: dt.datetime | None = None,
    user: User | None = None,
) -> Plan:
    """Plan and apply in one transaction that no other import can slip into. Raises ImportRefusedError.

    now: when, for the history of what was there before; None = it is not told. user: who, None = a command.
    """
    try:
        with transaction.atomic():
            # Sectors and pages are shared by all regions, so imports wait for each other; nobody else does.
            list(Region.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            plan = plan_import(rows, problems, region, day)
            apply(plan)
            if now is not None:
                note(region, user, now, _changed(plan))
    except IntegrityError as error:
        plan = Plan(region, day)
        message = _("The registry was changed by someone else at the same moment. Try again.")
        plan.problems.append(Problem(Severity.ERROR, message))
        raise ImportRefusedError(plan) from error
    return plan


def _changed(plan: Plan) -> Iterator[tuple[Model, dict[str, object], dict[str, object]]]:
    """Institutions and pages that were there and that the file changed, with what changed."""
    for model in (Institution, Page):
        for pk, (row, names) in plan.changed[model].items():
            after = values_of(row)
            before = plan.before[model, pk]
            yield row, {name: before[name] for name in names}, {name: after[name] for name in names}


def import_file(path: Path, region: Region, day: dt.date, now: dt.datetime | None = None) -> Plan:
    """Import a spreadsheet file. Raises ImportRefusedError; OSError where the file cannot be opened."""
    rows, problems = read_registry(path.read_bytes())
    return import_rows(rows, problems, region, day, now=now)


def _without_repetitions(plan: Plan, rows: list[RegistryRow]) -> list[RegistryRow]:
    """Rows that say exactly the same are one row."""
    first: dict[RegistryRow, RegistryRow] = {}
    for row in rows:
        other = first.setdefault(row, row)
        if other is not row:
            message = _("Another row (%(place)s) says the same. This row was skipped.") % {"place": other.source.place}
            plan.problems.append(row.source.problem(Severity.WARNING, message))
    return list(first)


def _seen_watched(pages_of_row: dict[int, list[Page]]) -> int:
    return sum(page.pk is not None and page.archived_on is None for pages in pages_of_row.values() for page in pages)


def _by_depth(rows: list) -> list[list]:
    """New rows in layers, so that a new parent of the same kind (a wider sector) is written first."""
    layers: dict[int, list] = {}
    for row in rows:
        depth, parent = 0, getattr(row, "parent", None)
        while parent is not None and parent.pk is None:
            depth, parent = depth + 1, parent.parent
        layers.setdefault(depth, []).append(row)
    return [layers[depth] for depth in sorted(layers)]
