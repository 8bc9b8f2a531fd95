"""What a migration may do while the release before still runs (expand, then contract): the old code reads and writes
the new base, and no lock is held longer than a moment. docs/decisions/014 says why."""

from collections.abc import Iterator

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

# Of any size: a look through all rows of one takes seconds or minutes.
LARGE = {
    ("monitoring", "pageday"),
    ("monitoring", "post"),
    ("monitoring", "slot"),
    ("monitoring", "page"),
    ("monitoring", "pagemonth"),
    ("monitoring", "pagestate"),
    ("monitoring", "groupday"),
    ("monitoring", "groupmonth"),
    ("ratings", "score"),
    ("accounts", "auditentry"),
    ("letters", "letter"),
}
# What no released code uses any more may go: (app, migration): why.
CONTRACTED: dict[tuple[str, str], str] = {}


def breaks(migration: migrations.Migration) -> list[str]:
    """What of it would stop the release before, or everybody, or could not be taken back."""
    app = migration.app_label
    created = {each.name.lower() for each in migration.operations if isinstance(each, migrations.CreateModel)}
    found = []
    contracts = (app, migration.name) in CONTRACTED
    for each in migration.operations:
        for what in _of(each, app, created, migration.atomic, contracts):
            found.append(f"{app}.{migration.name}: {each.describe()}: {what}")
    data = any(isinstance(each, migrations.RunPython) for each in migration.operations)
    schema = any(not isinstance(each, migrations.RunPython) for each in migration.operations)
    if data and schema:
        found.append(f"{app}.{migration.name}: rows are changed while the table is locked: make two migrations")
    return found


def _of(each: Operation, app: str, created: set[str], atomic: bool, contracts: bool) -> Iterator[str]:
    model = (getattr(each, "model_name", "") or getattr(each, "name", "")).lower()
    large = (app, model) in LARGE
    if not each.reversible:
        yield "it cannot be taken back"
    if isinstance(each, migrations.SeparateDatabaseAndState):
        for inner in each.database_operations:
            yield from _of(inner, app, created, atomic, contracts)
        return
    if isinstance(each, migrations.CreateModel) or model in created:
        return
    match each:
        case migrations.AddField():
            yield from _of_new_field(each.field, large)
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            yield "the release before knows the old name: add, copy, and remove in the next release"
        case migrations.RemoveField() | migrations.DeleteModel() if not contracts:
            yield "the release before may still use it: name the migration in CONTRACTED once it does not"
        case migrations.AlterField() if large:
            yield "it may write the whole table anew"
        case migrations.AddIndex() if large and not _concurrent(each):
            yield "nobody can write until it is built: AddIndexConcurrently in a migration that is not atomic"
        case migrations.AddConstraint() if large and not _not_valid(each):
            yield "all rows are looked through under a lock: AddConstraintNotValid, then ValidateConstraint"
    if _concurrent(each) and atomic:
        yield "atomic = False is missing"


def _of_new_field(field: models.Field, large: bool) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield "the release before writes rows without it: null=True or a db_default"
    if large and (field.unique or field.db_index):
        yield "its index is built under a lock: AddIndexConcurrently afterwards"


def _concurrent(each: Operation) -> bool:
    return type(each).__name__ == "AddIndexConcurrently"


def _not_valid(each: Operation) -> bool:
    return type(each).__name__ == "AddConstraintNotValid"
