"""What an import makes of municipalities, sectors, people and grounds."""

import datetime as dt

import pytest

from monitoring.models import Exemption, Institution, Municipality, Region, Sector
from tests.factories import MunicipalityFactory, RegionFactory, SectorFactory

from .spreadsheets import TODAY, errors, load, plan, school, warnings

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=30)


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000")


# --- places ----------------------------------------------------------------------------------------


def test_municipality_is_found_by_its_code_first(region: Region):
    held = MunicipalityFactory(region=region, name="Амурский муниципальный район", oktmo="10601000")
    done = load(region, school(1, oktmo="10601000"))
    assert Institution.objects.get().municipality == held
    assert "That name stays" in warnings(done)[0][2]


def test_municipality_is_found_by_its_name_in_any_letter_case(region: Region):
    held = MunicipalityFactory(region=region, name="Город Семёнов")
    load(region, school(1, municipality="ГОРОД СЕМЕНОВ", oktmo="10601000"))
    assert Institution.objects.get().municipality == held
    held.refresh_from_db()
    assert held.oktmo == "10601000"


def test_municipality_that_is_not_known_is_added(region: Region):
    load(region, school(1, oktmo="10601000"), school(2))
    assert list(Municipality.objects.values_list("region", "name", "oktmo")) == [
        (region.pk, "Амурский район", "10601000")
    ]


def test_code_of_another_region_is_an_error(region: Region):
    MunicipalityFactory(oktmo="10999000")
    for code in ("08601000", "10999000"):
        (found,) = errors(plan(region, school(1, oktmo=code)))
        assert found[:2] == (2, "ОКТМО")


def test_okrug_within_an_oblast_has_codes_of_three_digits():
    okrug = RegionFactory(code="RU-T2", oktmo="71800000")
    assert not errors(plan(okrug, school(1, oktmo="71801000")))
    assert errors(plan(okrug, school(1, oktmo="71601000")))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"municipality": "А", "oktmo": "10601000"}, {"municipality": "А", "oktmo": "10602000"}),
        ({"municipality": "А", "oktmo": "10601000"}, {"municipality": "Б", "oktmo": "10601000"}),
    ],
)
def test_name_and_code_that_contradict_another_row_are_an_error(region: Region, first: dict, second: dict):
    assert errors(plan(region, school(1, **first), school(2, **second)))[0][:2] == (3, "ОКТМО")


def test_name_of_two_municipalities_asks_for_the_code(region: Region):
    district = MunicipalityFactory(region=region, name="Район")
    for parent in (None, district):
        MunicipalityFactory(region=region, name="Ивановка", parent=parent)
    assert "Add the ОКТМО" in errors(plan(region, school(1, municipality="Ивановка")))[0][2]


def test_code_that_nobody_knows_asks_for_the_name(region: Region):
    assert "Add its name" in errors(plan(region, school(1, municipality=None, oktmo="10601000")))[0][2]


def test_sectors_of_the_base_are_used_in_any_letter_case_and_new_steps_added(region: Region):
    education = SectorFactory(name="Образование")
    load(region, school(1, sector_1="ОБРАЗОВАНИЕ", sector_2="Школы", sector_3="Лицеи"))
    assert [s.name for s in Institution.objects.get().sector.path()] == ["Образование", "Школы", "Лицеи"]
    assert Sector.objects.get(name="Школы").parent == education


# --- people and grounds ----------------------------------------------------------------------------


def stewards(region: Region) -> list[tuple[str, dt.date, dt.date | None]]:
    people = region.people.filter(stewardships__isnull=False)
    rows = people.values_list("name", "stewardships__since", "stewardships__until")
    return sorted(rows.order_by("stewardships__since", "name"), key=lambda row: row[1])


def test_person_runs_all_pages_of_the_row_from_today(region: Region):
    load(region, school(1, admin="Анна", email="anna@example.org", ok_link="ok.ru/group5"))
    assert stewards(region) == [("Анна", TODAY, None)] * 2
    assert region.people.get().contact.email == "anna@example.org"


def test_another_name_ends_the_stewardship_the_day_before(region: Region):
    load(region, school(1, admin="Анна"))
    load(region, school(1, admin="Борис"), day=LATER)
    assert stewards(region) == [("Анна", TODAY, LATER - dt.timedelta(days=1)), ("Борис", LATER, None)]


def test_another_name_on_the_same_day_takes_its_place(region: Region):
    load(region, school(1, admin="Анна"))
    load(region, school(1, admin="Борис"))
    assert stewards(region) == [("Борис", TODAY, None)]


def test_empty_name_changes_nothing(region: Region):
    load(region, school(1, admin="Анна"))
    assert plan(region, school(1), day=LATER).changes == 0


def test_person_of_another_region_is_another_person(region: Region):
    load(RegionFactory(oktmo="20000000"), school(9, admin="Анна"))
    load(region, school(1, admin="Анна"))
    assert region.people.count() == 1


def test_changed_email_is_taken_over(region: Region):
    load(region, school(1, admin="Анна", email="old@example.org"))
    load(region, school(1, admin="Анна", email="new@example.org"))
    assert region.people.get().contact.email == "new@example.org"


def test_two_emails_of_one_person_are_a_warning_and_the_known_one_stays(region: Region):
    rows = [school(1, admin="Анна", email="a@example.org"), school(2, admin="Анна", email="b@example.org")]
    done = load(region, *rows)
    assert "a@example.org is kept" in warnings(done)[0][2]
    assert plan(region, *rows[::-1]).changes == 0


def test_same_ground_again_changes_nothing_and_another_one_follows_it(region: Region):
    load(region, school(1, ground="Приказ № 1"))
    assert plan(region, school(1, ground="Приказ № 1"), day=LATER).changes == 0
    load(region, school(1, ground="Приказ № 2"), day=LATER)
    assert list(Exemption.objects.order_by("since").values_list("ground", "since", "until")) == [
        ("Приказ № 1", TODAY, LATER - dt.timedelta(days=1)),
        ("Приказ № 2", LATER, None),
    ]
