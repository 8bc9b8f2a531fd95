"""Numbers of the day are inserted, not written over what is there, and no transaction holds a batch together."""

from django.db import connection

from monitoring.collection import ingest
from monitoring.models import PageDay

from . import no_transaction  # noqa: F401


def insert(rows, unique, update):
    """The posts of the day are left out: they are written over the row of the number."""
    PageDay.objects.bulk_create(rows)


ingest.upsert = insert
with connection.cursor() as cursor:
    cursor.execute("drop index if exists pageday_day_page")
