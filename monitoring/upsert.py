"""Rows by the thousand: `bulk_create(update_conflicts=True)` without its price.

Django compiles every value of every row by itself, which is most of the time that a night's posts take.
"""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

ROWS_A_STATEMENT = 500
# Values that every base takes as they are.
PLAIN = frozenset({int, str, bool, type(None)})


def upsert(rows: Sequence[models.Model], unique: Sequence[str], update: Sequence[str]) -> None:
    """Insert the rows (of one model); where one with the same `unique` fields is there, its
    `update` fields become those of the row. Rows get no numbers from the base."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.AutoField)]
    base = connections[DEFAULT_DB_ALIAS]
    values = [
        [
            value if type(value := getattr(row, field.attname)) in PLAIN else field.get_db_prep_save(value, base)
            for field in fields
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(values), ROWS_A_STATEMENT):
            part = values[start : start + ROWS_A_STATEMENT]
            statement = _statement(type(rows[0]), fields, len(part), unique, update)
            cursor.execute(statement, [value for row in part for value in row])


def _statement(
    model: type[models.Model], fields: list[models.Field], rows: int, unique: Sequence[str], update: Sequence[str]
) -> str:
    quote = connection.ops.quote_name
    columns = {field.name: quote(field.column) for field in fields}
    row = f"({', '.join(['%s'] * len(fields))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns.values())}) "  # noqa: S608  names of our own
        f"VALUES {', '.join([row] * rows)} "
        f"ON CONFLICT ({', '.join(columns[name] for name in unique)}) "
        f"DO UPDATE SET {', '.join(f'{columns[name]} = EXCLUDED.{columns[name]}' for name in update)}"
    )
