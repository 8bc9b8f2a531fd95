"""Two imports at the same moment come one after the other. Its twin without the lock is in test_importing.py."""

import threading

import pytest
from django.db import connections, transaction

from monitoring.models import Institution, Region, Sector
from monitoring.registry.importing import import_rows
from monitoring.registry.rows import read_registry
from tests.factories import RegionFactory

from .spreadsheets import TODAY, school, xlsx

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connections["default"].vendor == "sqlite", reason="SQLite has one writer at a time anyway"),
]


def at_once(*calls) -> list[object]:
    """Results or exceptions of the calls, each in a thread with a connection of its own, all let go together."""
    gate = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, call) -> None:
        gate.wait()
        try:
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_same_file_twice_at_once_is_imported_once():
    region = RegionFactory(oktmo="10000000")
    rows, problems = read_registry(xlsx(*[school(n) for n in range(1, 200)]))
    plans = at_once(*[lambda: import_rows(rows, problems, region, TODAY)] * 4)
    assert sorted(plan.changes for plan in plans) == [0, 0, 0, 199 * 2 + 1]
    assert Institution.objects.count() == 199


def test_files_of_two_regions_at_once_share_their_new_sectors():
    regions = [RegionFactory(oktmo=code) for code in ("10000000", "20000000")]
    files = [
        read_registry(xlsx(*[school(k, municipality=None, sector_1="Культура") for k in range(n, n + 100)]))
        for n in (1, 500)
    ]
    calls = [
        lambda region=region, file=file: import_rows(*file, region, TODAY)
        for region, file in zip(regions, files, strict=True)
    ]
    assert all(plan.changes for plan in at_once(*calls))
    assert Sector.objects.count() == 1


def test_import_holds_up_nobody_but_another_import():
    region = RegionFactory(oktmo="10000000")
    with transaction.atomic():
        list(Region.objects.select_for_update(no_key=True).values_list("pk"))
        (created,) = at_once(lambda: Institution.objects.create(region=region, name="Школа"))
    assert created.pk
