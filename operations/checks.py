"""Whether the parts of the installation work, each in a word."""

import datetime as dt
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis, RedisError

from monitoring.collection.run import SCHEDULER
from monitoring.models import Heartbeat

# The scheduler's tasks leave a sign several times a minute.
SILENT_AFTER = dt.timedelta(seconds=60)


class Part(StrEnum):
    DATABASE = "database"
    MIGRATIONS = "migrations"
    REDIS = "redis"
    WORKER = "worker"


# Without these no screen can be shown; the others are missed by the collection alone.
NEEDED = (Part.DATABASE, Part.MIGRATIONS)


def parts(now: dt.datetime | None) -> dict[Part, bool]:
    """Which parts work. now: None where the clock stands still, so that no sign of life can be old. Without Redis in
    the settings there is no such part."""
    database = _answers()
    found = {Part.DATABASE: database, Part.MIGRATIONS: database and not unapplied()}
    if settings.REDIS_URL:
        found[Part.REDIS] = _redis_answers()
    found[Part.WORKER] = found[Part.MIGRATIONS] and _worker_lives(now)
    return found


def unapplied() -> set[tuple[str, str]]:
    """Migrations that the code has and the base has not. Raises DatabaseError where the base is away."""
    return set(_expected()) - set(MigrationRecorder(connection).applied_migrations())


@lru_cache(maxsize=1)
def _expected() -> frozenset[tuple[str, str]]:
    """Read from the disk once: they do not change while a process runs."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    url = settings.REDIS_URL.replace("redis+socket", "unix")
    try:
        with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def _worker_lives(now: dt.datetime | None) -> bool:
    signs = Heartbeat.objects.filter(name=SCHEDULER)
    return (signs if now is None else signs.filter(at__gte=now - SILENT_AFTER)).exists()
