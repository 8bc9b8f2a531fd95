"""`python -m tests.faults.upgraded WHAT FILE [PAGES]`, run with the code of a release, in a process of its own:

fill: the world of the permission table, and a region with so many pages and a year of numbers of each; notes in the
file which addresses open. look: which of them do not open now. sums: a digest of every column, to the file. say: what
the ledger (of all regions but that one) and the audit trail say, to the file.
"""

import json
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path

import django

# What Django notes of itself.
NOT_COMPARED = {"django_migrations", "django_session", "auth_permission", "django_content_type"}
BIG = "RU-BIG"
YEAR = "generate_series(date '2025-01-01', date '2025-12-31', interval '1 day')"


def fill(path: Path, pages: int) -> None:
    from django.core.cache import cache
    from django.test.utils import setup_test_environment

    setup_test_environment()
    cache.clear()
    from django.urls import reverse

    from tests.permission_world import Role, world
    from tests.permissions import TABLE

    found = world()
    if pages:
        many(pages)
    client = browser(found.users[Role.OPERATOR].pk)
    opened = []
    for name, rule in TABLE.items():
        address = reverse(name, args=rule.args(found.here))
        if client.get(address).status_code == 200:
            opened.append(address)
    path.write_text(json.dumps({"operator": found.users[Role.OPERATOR].pk, "opened": opened}))


def many(pages: int) -> None:
    """Numbers as they are, of a region of its own; they have no slots."""
    from django.db import connection

    from monitoring.models import Page, PageDay
    from tests.factories import InstitutionFactory, RegionFactory

    institution = InstitutionFactory(region=RegionFactory(code=BIG))
    Page.objects.bulk_create(
        Page(institution=institution, platform="vk", handle=f"big{n}", added_on="2025-01-01") for n in range(pages)
    )
    columns = [f.column for f in PageDay._meta.concrete_fields if f.column not in ("id", "page_id", "day")]
    values = ", ".join(f"s.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into monitoring_pageday (page_id, day, {', '.join(columns)}) select p.id, d::date, {values} "
            f"from (select * from monitoring_pageday limit 1) s, monitoring_page p, {YEAR} d "
            "where p.handle like 'big%'"
        )
        cursor.execute("analyze")


def browser(operator: int) -> object:
    from django.test import Client

    from gospub.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(pk=operator))
    return client


def look(path: Path) -> None:
    from django.test.utils import setup_test_environment

    setup_test_environment()
    known = json.loads(path.read_text())
    client = browser(known["operator"])
    answers = {address: client.get(address).status_code for address in known["opened"]}
    print(json.dumps({address: status for address, status in answers.items() if status != 200}))


def sums(path: Path) -> None:
    """By table and column, so that tables can be compared on the columns that both have: the base adds up a digest of
    every value with its key."""
    from django.db import connection

    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - NOT_COMPARED:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            key = "id" if "id" in columns else columns[0]
            digests = (f'sum(hashtextextended(concat("{key}", \':\', "{c}"::text), 0)::numeric)' for c in columns)
            cursor.execute(f'select {", ".join(digests)} from "{table}"')
            found[table] = dict(zip(columns, map(str, cursor.fetchone()), strict=True))
    path.write_text(json.dumps(found))


def say(path: Path) -> None:
    from django.core.management import call_command

    from monitoring.models import Region

    out = StringIO()
    watched = Region.objects.filter(institutions__pages__isnull=False).exclude(code=BIG).distinct().order_by("code")
    for command in (*(["verify_ledger", "--region", region.code] for region in watched), ["verify_audit"]):
        with suppress(SystemExit):
            call_command(*command, stdout=out)
    path.write_text(out.getvalue())


if __name__ == "__main__":
    django.setup()
    what, file = sys.argv[1], Path(sys.argv[2])
    fill(file, int(sys.argv[3])) if what == "fill" else {"look": look, "sums": sums, "say": say}[what](file)
