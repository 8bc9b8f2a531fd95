"""A file brings the registry up to what it says, all of it or nothing, and the same file again changes nothing."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import Exemption, Institution, Level, Page, PageClass, PageRecord, Region
from monitoring.registry.importing import ImportRefusedError, apply, import_rows, plan_import
from monitoring.registry.rows import read_registry
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    inn,
    ogrn,
)

from .spreadsheets import TODAY, errors, load, plan, school, warnings, workbook, xlsx

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=30)
FULL = {
    "level": "МО",
    "founder": "Управление образования",
    "sector_1": "Образование",
    "sector_2": "Школы",
    "vk_id": "501",
    "connected": "да",
    "weekly_reach": 1250,
    "inn": inn(1),
    "ok_link": "ok.ru/group/5",
    "telegram_link": "t.me/school_1",
    "max_link": "max.ru/school_1_gos",
    "admin": "Выдуманная Анна",
    "email": "anna@example.org",
    "status": "флагман",
}


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000")


def test_file_makes_an_institution_with_all_that_belongs_to_it(region: Region):
    load(region, school(1, **FULL))
    institution = Institution.objects.get()
    assert (institution.name, institution.ogrn, institution.inn) == ("Школа № 1", ogrn(1), inn(1))
    assert (institution.region, institution.municipality.name) == (region, "Амурский район")
    assert (institution.level, institution.founder) == (Level.MUNICIPAL, "Управление образования")
    assert [sector.name for sector in institution.sector.path()] == ["Образование", "Школы"]
    pages = Page.objects.order_by("platform").values_list("platform", "handle", "external_id", "page_class", "added_on")
    assert list(pages) == [
        ("max", "school_1_gos", "", PageClass.FLAGSHIP, TODAY),
        ("ok", "group5", "5", PageClass.FLAGSHIP, TODAY),
        ("telegram", "school_1", "", PageClass.FLAGSHIP, TODAY),
        ("vk", "school1", "501", PageClass.FLAGSHIP, TODAY),
    ]
    vk, ok = Page.objects.get(platform="vk"), Page.objects.get(platform="ok")
    assert (vk.connected_to_component, vk.weekly_reach) == (True, 1250)
    assert (ok.connected_to_component, ok.weekly_reach) == (None, None)


def test_institution_without_pages_is_in_the_registry_too(region: Region):
    load(region, school(1, vk_link=None, vk_id="0", ground="Распоряжение № 1"))
    assert Institution.objects.get().pages.count() == 0
    exemption = Exemption.objects.get()
    assert (exemption.platform, exemption.ground, exemption.since) == ("", "Распоряжение № 1", TODAY)


def test_same_file_again_changes_nothing_and_writes_nothing(region: Region):
    rows = [school(1, **FULL), school(2, vk_link=None, ground="Распоряжение № 1"), school(3, ogrn=None)]
    load(region, *rows)
    with CaptureQueriesContext(connection) as queries:
        again = load(region, *rows, day=LATER)
    assert again.changes == 0
    assert not [q for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_order_of_rows_does_not_matter(region: Region):
    rows = [
        school(1, **FULL),
        school(1, vk_link="vk.com/second", ogrn=None, municipality=None),
        school(2, oktmo="10601000"),
    ]
    load(region, *rows)
    assert plan(region, *rows[::-1]).changes == 0


def test_counts_say_what_is_new_changed_and_same(region: Region):
    load(region, school(1), school(2))
    counts = plan(region, school(1), school(2, founder="Управление"), school(3)).counts
    assert (counts[Institution].new, counts[Institution].changed, counts[Institution].same) == (1, 1, 1)
    assert (counts[Page].new, counts[Page].changed, counts[Page].same) == (1, 0, 2)


def test_empty_cell_leaves_what_the_base_holds(region: Region):
    load(region, school(1, **FULL))
    assert plan(region, school(1)).changes == 0


def test_pages_that_the_file_does_not_name_are_left_alone_and_counted(region: Region):
    load(region, school(1), school(2))
    again = load(region, school(1))
    assert (again.pages_not_in_file, again.changes) == (1, 0)
    assert Page.objects.watched().count() == 2


# --- nothing half-applied --------------------------------------------------------------------------


def test_one_error_blocks_the_whole_file(region: Region):
    with pytest.raises(ImportRefusedError, match="row 3, column “ОГРН”"):
        load(region, school(1), school(2, ogrn="1027700132196"))
    assert not Institution.objects.exists()


def test_dry_run_writes_nothing(region: Region):
    assert plan(region, school(1)).changes == 3
    assert not Institution.objects.exists()


def test_plan_that_the_base_contradicts_by_now_is_not_half_applied(region: Region):
    """The twin of the lock: two plans made side by side, as two imports without it would."""
    rows, problems = read_registry(xlsx(school(2), school(1)))
    first, second = (plan_import(rows, problems, region, TODAY) for _ in range(2))
    apply(first)
    before = Institution.objects.count()
    with pytest.raises(IntegrityError):
        apply(second)
    assert Institution.objects.count() == before


# --- institutions ----------------------------------------------------------------------------------


def test_institution_is_renamed_by_its_ogrn(region: Region):
    load(region, school(1))
    load(region, school(1, name="Лицей № 1"))
    assert Institution.objects.get().name == "Лицей № 1"


def test_institution_moves_to_another_municipality_by_its_ogrn(region: Region):
    load(region, school(1))
    load(region, school(1, municipality="Бикинский район"))
    assert Institution.objects.get().municipality.name == "Бикинский район"


def test_two_names_under_one_ogrn_are_two_institutions(region: Region):
    load(region, school(1), school(1, name="Филиал", vk_link="vk.com/branch"))
    assert set(Institution.objects.values_list("name", "ogrn")) == {("Школа № 1", ogrn(1)), ("Филиал", ogrn(1))}


def test_one_name_in_two_municipalities_is_two_institutions(region: Region):
    load(region, school(1), school(1, municipality="Бикинский район", vk_link="vk.com/branch"))
    assert Institution.objects.count() == 2


def test_ogrn_is_filled_in(region: Region):
    load(region, school(1, ogrn=None))
    load(region, school(1))
    assert Institution.objects.get().ogrn == ogrn(1)


def test_file_without_an_ogrn_means_the_institution_of_that_name(region: Region):
    load(region, school(1))
    assert plan(region, school(1, ogrn=None)).changes == 0


def test_municipality_is_filled_in(region: Region):
    load(region, school(1, municipality=None))
    load(region, school(1))
    assert Institution.objects.get().municipality.name == "Амурский район"


def test_file_without_municipalities_means_the_institutions_of_those_names(region: Region):
    load(region, school(1), school(2))
    assert plan(region, school(1, municipality=None), school(2, municipality=None)).changes == 0


def test_two_vk_pages_of_one_institution_stand_in_two_rows(region: Region):
    rows = [school(1), school(1, vk_link="vk.com/museum1")]
    load(region, *rows)
    assert sorted(Institution.objects.get().pages.values_list("handle", flat=True)) == ["museum1", "school1"]
    assert plan(region, *rows).changes == 0


def test_row_that_leaves_out_the_ogrn_joins_the_row_that_has_it(region: Region):
    load(region, school(1), school(1, ogrn=None, municipality=None, vk_link="vk.com/museum1"))
    assert Institution.objects.get().pages.count() == 2


def test_institutions_that_the_base_tells_apart_stay_apart(region: Region):
    for municipality in (None, MunicipalityFactory(region=region, name="Амурский район")):
        for number in ("", ogrn(1)):
            InstitutionFactory(region=region, name="Школа № 1", ogrn=number, municipality=municipality, level="other")
    variants = [
        school(1, vk_link=None, ogrn=number, municipality=municipality)
        for number in (None, ogrn(1))
        for municipality in (None, "Амурский район")
    ]
    assert plan(region, *variants).changes == 0


def test_rows_that_disagree_about_one_institution_are_an_error_of_both(region: Region):
    found = errors(plan(region, school(1, level="МО"), school(1, level="Регион", vk_link="vk.com/museum1")))
    assert [(row, column) for row, column, _ in found] == [(3, "Уровень")]
    assert "row 2" in found[0][2]


def test_institution_of_another_region_is_another_institution(region: Region):
    InstitutionFactory(name="Школа № 1", ogrn=ogrn(1))
    load(region, school(1))
    assert Institution.objects.filter(name="Школа № 1").count() == 2


def test_spaces_and_invisible_characters_of_the_base_are_no_difference(region: Region):
    InstitutionFactory(region=region, name="Школа  № 1\u200b", ogrn=ogrn(1), founder=" Управление ")
    assert plan(region, school(1, municipality=None, vk_link=None, founder="Управление")).changes == 0


# --- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", ["https://m.vk.ru/club501?from=search", "vk.com/public501", "@event501"])
def test_one_page_under_two_spellings_is_one_page(region: Region, again: str):
    load(region, school(1, vk_link="vk.com/club501"))
    assert plan(region, school(1, vk_link=again)).changes == 0


def test_page_known_by_short_name_is_found_by_its_number_once_it_is_known(region: Region):
    load(region, school(1, vk_id="501"))
    assert plan(region, school(1, vk_link="vk.com/club501")).changes == 0


def test_number_is_filled_in(region: Region):
    load(region, school(1))
    load(region, school(1, vk_id="501"))
    assert Page.objects.get().external_id == "501"


def test_short_name_replaces_the_number_in_the_address_of_a_page(region: Region):
    load(region, school(1, vk_link="vk.com/club501"))
    load(region, school(1, vk_id="501"))
    assert Page.objects.get().handle == "school1"


def test_name_that_the_network_gave_is_not_undone_by_an_old_link(region: Region):
    load(region, school(1, vk_id="501"))
    Page.objects.update(handle="lyceum1", status="open")
    again = load(region, school(1, vk_id="501"))
    assert again.changes == 0
    assert "lyceum1" in warnings(again)[0][2]


def test_id_and_link_of_two_pages_are_an_error(region: Region):
    load(region, school(1, vk_id="501"), school(2, vk_id="502"))
    assert "two different pages" in errors(plan(region, school(1, vk_id="502")))[0][2]


def test_id_that_the_registry_knows_otherwise_is_an_error(region: Region):
    load(region, school(1, vk_id="501"))
    (found,) = errors(plan(region, school(1, vk_id="777")))
    assert found[:2] == (2, "Ссылка на госпаблик ВК")
    assert "under the ID 501" in found[2]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"vk_link": "vk.com/x"}, {"vk_link": "https://m.vk.ru/X/"}),
        ({"vk_link": "vk.com/club1"}, {"vk_link": "vk.com/public1"}),
        ({"vk_link": "vk.com/x", "vk_id": "1"}, {"vk_link": "vk.com/event1"}),
        ({"telegram_link": "t.me/x"}, {"telegram_link": "t.me/s/X"}),
    ],
)
def test_page_in_two_rows_is_an_error_that_names_both(region: Region, first: dict, second: dict):
    (found,) = errors(plan(region, school(1, **first), school(2, **second)))
    assert found[0] == 3
    assert "row 2" in found[2]


def test_page_in_two_rows_under_spellings_that_only_the_base_connects_is_an_error(region: Region):
    load(region, school(1, vk_id="501"))
    assert "row 2" in errors(plan(region, school(1), school(2, vk_link="vk.com/club501")))[0][2]


def test_row_repeated_word_for_word_is_a_warning(region: Region):
    done = load(region, school(1), school(1))
    assert Institution.objects.count() == Page.objects.count() == 1
    assert [(row, "row 2" in message) for row, _, message in warnings(done)] == [(3, True)]


def test_page_of_another_region_is_an_error_that_names_no_names(region: Region):
    PageFactory(handle="school1", institution__name="Тайное учреждение")
    (found,) = errors(plan(region, school(1)))
    assert "another region" in found[2]
    assert "Тайное" not in found[2]


def test_page_moves_where_the_file_names_both_institutions(region: Region):
    load(region, school(1), school(2, vk_link=None))
    done = load(region, school(1, vk_link=None), school(2, vk_link="vk.com/school1"))
    assert Page.objects.get().institution.name == "Школа № 2"
    assert "moves from “Школа № 1” to “Школа № 2”" in warnings(done)[0][2]


def test_page_does_not_move_from_an_institution_that_the_file_does_not_name(region: Region):
    load(region, school(1))
    (found,) = errors(plan(region, school(2, vk_link="vk.com/school1")))
    assert "a page of “Школа № 1”" in found[2]


def test_page_that_is_no_longer_watched_stays_so_with_a_warning(region: Region):
    load(region, school(1))
    Page.objects.update(archived_on=TODAY)
    done = load(region, school(1))
    assert Page.objects.get().archived_on == TODAY
    assert "not been watched" in warnings(done)[0][2]


def test_class_of_pages_is_changed_and_an_unknown_word_changes_nothing(region: Region):
    load(region, school(1, status="визитка"))
    assert plan(region, school(1, status="на модерации")).changes == 0
    load(region, school(1, status="активная"))
    assert Page.objects.get().page_class == PageClass.ACTIVE


def test_weekly_reach_of_zero_is_zero_and_empty_leaves_it(region: Region):
    load(region, school(1, weekly_reach=0))
    assert Page.objects.get().weekly_reach == 0
    assert plan(region, school(1)).changes == 0


def test_what_people_write_of_a_page_is_kept_with_its_day(region: Region):
    load(region, school(1, status="визитка"))
    load(region, school(1, status="визитка"))
    load(region, school(1, status="активная"), day=TODAY + dt.timedelta(days=9))
    records = PageRecord.objects.order_by("since").values_list("since", "page_class")
    assert list(records) == [(TODAY, PageClass.CARD), (TODAY + dt.timedelta(days=9), PageClass.ACTIVE)]


# --- sheets ----------------------------------------------------------------------------------------


def test_problem_names_its_sheet(region: Region):
    header = ["Наименование подведомственной организации", "ОГРН"]
    content = workbook({"Школы": [header, ["Школа", ogrn(1)]], "Сады": [header, ["Сад", "1"]]})
    found = plan_import(*read_registry(content), region, TODAY)
    assert [(p.sheet, p.row) for p in found.problems] == [("Сады", 2)]


def test_reading_errors_block_the_import_too(region: Region):
    with pytest.raises(ImportRefusedError, match="damaged"):
        import_rows(*read_registry(b"PK\x03\x04"), region, TODAY)
