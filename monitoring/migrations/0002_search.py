"""What search looks in, filled for the rows that are there, and found by an index where PostgreSQL has pg_trgm."""

from collections.abc import Iterator

from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import monitoring.search.field

BATCH = 1000
COLUMNS = {
    "institution": ("search", "founder_search"),
    "municipality": ("search",),
    "page": ("search",),
    "person": ("search",),
}


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name, columns in COLUMNS.items():
        model = apps.get_model("monitoring", name)
        for rows in batches(model.objects.order_by("pk").iterator(BATCH)):
            model.objects.bulk_update(rows, columns)


def batches(rows: Iterator) -> Iterator[list]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


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


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='institution',
            name='founder_search',
            field=monitoring.search.field.SearchField(blank=True, default='', editable=False, of=('founder',)),
        ),
        migrations.AddField(
            model_name='institution',
            name='search',
            field=monitoring.search.field.SearchField(blank=True, default='', editable=False, of=('name', 'inn', 'ogrn')),
        ),
        migrations.AddField(
            model_name='municipality',
            name='search',
            field=monitoring.search.field.SearchField(blank=True, default='', editable=False, of=('name',)),
        ),
        migrations.AddField(
            model_name='page',
            name='search',
            field=monitoring.search.field.SearchField(blank=True, default='', editable=False, of=('title', 'handle', 'external_id')),
        ),
        migrations.AddField(
            model_name='person',
            name='search',
            field=monitoring.search.field.SearchField(blank=True, default='', editable=False, of=('name',)),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
