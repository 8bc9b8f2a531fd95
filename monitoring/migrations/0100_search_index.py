"""What search looks in is found by an index where PostgreSQL has pg_trgm."""

from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = {
    "institution": ("search", "founder_search"),
    "municipality": ("search",),
    "page": ("search",),
    "person": ("search",),
}


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Without pg_trgm, or the right to add it, search reads whole tables: right, but slower at country size."""
    if editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(), editor.connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    for name, columns in COLUMNS.items():
        for column in columns:
            editor.execute(
                f"CREATE INDEX {name}_{column}_trigrams ON monitoring_{name} USING gin ({column} gin_trgm_ops)"
            )


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """A step back takes the indexes away, so that the step forward can make them again. The extension stays."""
    if editor.connection.vendor != "postgresql":
        return
    for name, columns in COLUMNS.items():
        for column in columns:
            editor.execute(f"DROP INDEX IF EXISTS {name}_{column}_trigrams")


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0001_initial'),
    ]

    operations = [migrations.RunPython(index, drop)]
