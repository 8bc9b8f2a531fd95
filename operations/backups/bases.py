"""The base into a file and back: PostgreSQL by its own tools, SQLite by its online backup. Neither stops anybody's work
while the copy is made."""

import glob
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

# What the tools of PostgreSQL are told by; a password among arguments could be read by everybody on the machine.
VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
ASIDE = "gospub_before_restore"
PRIVATE = 0o077


class BaseError(Exception):
    """A tool of the base refused; the text is its own."""


def dump(path: Path) -> dict[str, int]:
    """Write the base into the file; the number of rows of each table at that very moment.

    Raises BaseError, or OSError where there is no room.
    """
    return _dump_postgresql(path) if connection.vendor == "postgresql" else _dump_sqlite(path)


def load(path: Path) -> None:
    """Put what the file holds in the place of the base: all of it, or, raising BaseError, nothing."""
    connection.close()
    if connection.vendor == "postgresql":
        _load_postgresql(path)
    else:
        _load_sqlite(path)


def check(path: Path, vendor: str) -> None:
    """Raises BaseError where the file cannot be read as a copy of such a base."""
    if vendor == "postgresql":
        _run("pg_restore", "--list", path)
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        try:
            said = base.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            said = str(error)
    if said != "ok":
        raise BaseError(said)


def rows() -> dict[str, int]:
    """The number of rows of each table of the base now."""
    with connection.cursor() as cursor:
        found = {}
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            found[name] = cursor.fetchone()[0]
    return found


def others() -> int:
    """How many connections of the installation there are beside this one; SQLite does not know."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("""SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'""")
        return cursor.fetchone()[0]


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def _dump_postgresql(path: Path) -> dict[str, int]:
    """What the dump holds and what is counted is one and the same moment."""
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counted = rows()
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             "--lock-wait-timeout=60s", f"--file={path}")  # fmt: skip
    return counted


def _load_postgresql(path: Path) -> None:
    """The present base steps aside, and comes back where the copy cannot be read in."""
    with _aside():
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments",
             "--dbname", _environment()["PGDATABASE"], path)  # fmt: skip


@contextmanager
def _aside() -> Iterator[None]:
    back = f"{_extensions_to(ASIDE)}; DROP SCHEMA public CASCADE; ALTER SCHEMA {ASIDE} RENAME TO public"
    _execute([back] if _is_aside() else [])
    _execute([f"ALTER SCHEMA public RENAME TO {ASIDE}; CREATE SCHEMA public; {_extensions_to('public')}"])
    try:
        yield
    except BaseException:
        _execute([back])
        raise
    _execute([f"DROP SCHEMA {ASIDE} CASCADE"])


def _extensions_to(schema: str) -> str:
    """SQL that takes the extensions along: there is one of each in a base, and both the copy and what steps aside have
    indexes that need it."""
    return f"""DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT extname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
                WHERE nspname IN ('public', '{ASIDE}') AND nspname <> '{schema}' AND extrelocatable LOOP
            EXECUTE format('ALTER EXTENSION %I SET SCHEMA {schema}', each.extname);
        END LOOP; END $$"""  # noqa: S608


def _is_aside() -> bool:
    """A restore was killed half-way: the base as it was before it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ASIDE])
        return cursor.fetchone() is not None


def _execute(statements: Iterable[str]) -> None:
    for each in statements:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute(each)
    connection.close()


def _environment() -> dict[str, str]:
    parameters = connection.get_connection_params()
    return {name: str(parameters[key]) for key, name in VARIABLES.items() if parameters.get(key)}


def _run(tool: str, *arguments: str | Path) -> None:
    command = [_tool(tool), *map(str, arguments)]
    done = subprocess.run(
        command, env=os.environ | _environment(), capture_output=True, text=True, check=False, umask=PRIVATE
    )
    if done.returncode:
        raise BaseError(done.stderr.strip() or f"{tool}: {done.returncode}")


def _tool(name: str) -> str:
    """Debian keeps the tools of each release apart: the newest, which reads all that are older."""
    releases = glob.glob(f"/usr/lib/postgresql/*/bin/{name}")
    newest = max(releases, key=lambda path: int(re.sub(r"\D", "", path.split("/")[4]) or 0), default=None)
    found = newest or shutil.which(name)
    if found is None:
        raise BaseError(_("%s is not installed (Debian: postgresql-client)") % name)
    return found


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _dump_sqlite(path: Path) -> dict[str, int]:
    path.touch(0o600)
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = sorted(name for (name,) in names.fetchall())
        return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def _load_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            connection.ensure_connection()
            copy.backup(connection.connection)
    except sqlite3.Error as error:
        raise BaseError(str(error)) from error
    finally:
        connection.close()
