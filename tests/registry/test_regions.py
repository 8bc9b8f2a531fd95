"""All 89 federal subjects ship with the project."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from monitoring.models import Obligation, Region
from monitoring.registry.regions import load_regions, shipped_regions


@pytest.mark.parametrize("field", ["code", "name", "oktmo"])
def test_there_are_89_different_regions(field: str):
    assert len({getattr(region, field) for region in shipped_regions()}) == 89


def test_every_region_is_valid_and_its_zone_is_known():
    for region in shipped_regions():
        region.clean_fields()
        assert len(region.oktmo) == 8
        offset = dt.datetime(2026, 11, 23, tzinfo=ZoneInfo(region.time_zone)).utcoffset()
        assert dt.timedelta(hours=2) <= offset <= dt.timedelta(hours=12)


@pytest.mark.parametrize(
    ("code", "name", "oktmo", "hours"),
    [
        ("RU-KHA", "Хабаровский край", "08000000", 10),
        ("RU-AMU", "Амурская область", "10000000", 9),
        ("RU-CHE", "Челябинская область", "75000000", 5),
        ("RU-KGD", "Калининградская область", "27000000", 2),
        ("RU-CHU", "Чукотский автономный округ", "77000000", 12),
        ("RU-NEN", "Ненецкий автономный округ", "11800000", 3),
        ("RU-KHM", "Ханты-Мансийский автономный округ — Югра", "71800000", 5),
        ("RU-YAN", "Ямало-Ненецкий автономный округ", "71900000", 5),
        ("RU-SAR", "Саратовская область", "63000000", 4),
        ("UA-43", "Республика Крым", "35000000", 3),
        ("UA-65", "Херсонская область", "74000000", 3),
    ],
)
def test_region_is_as_published(code: str, name: str, oktmo: str, hours: int):
    region = next(r for r in shipped_regions() if r.code == code)
    offset = dt.datetime(2026, 11, 23, tzinfo=ZoneInfo(region.time_zone)).utcoffset()
    assert (region.name, region.oktmo, offset) == (name, oktmo, dt.timedelta(hours=hours))


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    call_command("load_regions", verbosity=0)
    before = list(Region.objects.order_by("pk").values())
    assert load_regions() == 89
    assert list(Region.objects.order_by("pk").values()) == before
    assert Obligation.objects.count() == 2


@pytest.mark.django_db
def test_loading_mends_a_region_and_keeps_what_was_added_by_hand():
    Region.objects.create(
        code="RU-KHA", name="Хабаровск", oktmo="08000001", time_zone="UTC", adult_population=1_000_000
    )
    load_regions()
    region = Region.objects.get(code="RU-KHA")
    assert (region.name, region.time_zone, region.adult_population) == (
        "Хабаровский край",
        "Asia/Vladivostok",
        1_000_000,
    )


@pytest.mark.django_db
def test_vk_and_ok_are_obligatory_everywhere_since_december_2022():
    load_regions()
    rows = Obligation.objects.values_list("platform", "region", "level", "since")
    assert set(rows) == {("vk", None, "", dt.date(2022, 12, 1)), ("ok", None, "", dt.date(2022, 12, 1))}
