"""A row says what it says; a bad cell is named by sheet, row and column with what to do."""

import pytest

from monitoring.models import Level, PageClass, PlatformCode
from monitoring.registry.addresses import Address
from monitoring.registry.columns import Column
from monitoring.registry.report import Problem, Severity
from monitoring.registry.rows import RegistryRow, read_registry
from tests.factories import inn, ogrn

from .spreadsheets import school, xlsx


def only(**cells: object) -> RegistryRow:
    """The one row of a file in which nothing is wrong."""
    (row,), problems = read_registry(xlsx(school(1, **cells)))
    assert not problems
    return row


def problem(**cells: object) -> Problem:
    """The one problem of a file of one row."""
    _rows, (found,) = read_registry(xlsx(school(1, **cells)))
    return found


def test_row_says_everything():
    row = only(
        level="МО",
        founder="Управление образования",
        sector_1="Образование",
        sector_2="Школы",
        status="Флагман",
        vk_id="1",
        connected="Да",
        weekly_reach="1 250",
        oktmo="10601000",
        inn=inn(1),
        ok_link="ok.ru/group/5",
        telegram_link="t.me/school_1",
        max_link="max.ru/school_1_gos",
        admin="Выдуманная Анна",
        email="anna@example.org",
    )
    assert row == RegistryRow(
        name="Школа № 1",
        ogrn=ogrn(1),
        inn=inn(1),
        level=Level.MUNICIPAL,
        founder="Управление образования",
        sectors=("Образование", "Школы"),
        municipality="Амурский район",
        oktmo="10601000",
        page_class=PageClass.FLAGSHIP,
        connected=True,
        weekly_reach=1250,
        pages=(
            Address(PlatformCode.VK, "school1", "1"),
            Address(PlatformCode.OK, "group5", "5"),
            Address(PlatformCode.TELEGRAM, "school_1"),
            Address(PlatformCode.MAX, "school_1_gos"),
        ),
        admin="Выдуманная Анна",
        email="anna@example.org",
    )


@pytest.mark.parametrize("vk_id", [None, "0", 0, "-", "нет"])
def test_page_number_of_nothing_and_no_link_mean_no_page(vk_id: object):
    assert only(vk_id=vk_id, vk_link=None).pages == ()


@pytest.mark.parametrize("vk_id", ["12", 12, 12.0, "-12", "club12", "public12", "012", "12,0"])
def test_page_number_is_read_in_every_form(vk_id: object):
    assert only(vk_id=vk_id, vk_link=None).pages == (Address(PlatformCode.VK, "club12", "12"),)


@pytest.mark.parametrize("link", ["vk.com/club12", "vk.com/public12"])
def test_settings_give_the_short_name_to_a_page_known_by_its_number(link: str):
    assert only(vk_link=link, vk_settings="vk.com/school12").pages == (Address(PlatformCode.VK, "school12", "12"),)


def test_settings_alone_name_the_page():
    assert only(vk_link=None, vk_settings="vk.com/school12").pages == (Address(PlatformCode.VK, "school12"),)


def test_settings_that_disagree_with_the_link_are_a_warning():
    found = problem(vk_settings="vk.com/other")
    assert (found.severity, found.column) == (Severity.WARNING, Column.VK_SETTINGS)


def test_settings_that_make_no_sense_are_a_warning():
    found = problem(vk_settings="см. сайт")
    assert (found.severity, found.column) == (Severity.WARNING, Column.VK_SETTINGS)


def test_link_to_a_post_is_a_warning():
    found = problem(ok_link="https://ok.ru/group/5/topic/7")
    assert (found.severity, found.column) == (Severity.WARNING, Column.OK_LINK)


def test_missing_ogrn_is_a_warning():
    found = problem(ogrn=None)
    assert (found.severity, found.row, found.column) == (Severity.WARNING, 2, "ОГРН")


def test_status_that_is_no_class_is_a_note():
    found = problem(status="на модерации")
    assert (found.severity, found.column) == (Severity.NOTE, Column.STATUS)


@pytest.mark.parametrize(
    ("word", "page_class"),
    [("визитка", PageClass.CARD), ("Флагманский", PageClass.FLAGSHIP), ("АКТИВНЫЙ", PageClass.ACTIVE)],
)
def test_status_names_the_class_of_pages(word: str, page_class: PageClass):
    assert only(status=word).page_class == page_class


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"name": None}, Column.NAME, "no name of an institution"),
        ({"name": "х" * 501}, Column.NAME, "longer than 500"),
        ({"ogrn": "1027700132196"}, Column.OGRN, "not an ОГРН"),
        ({"ogrn": "1,0228E+12"}, Column.OGRN, "last digits are lost"),
        ({"inn": "7707083894"}, Column.INN, "not an ИНН"),
        ({"oktmo": "123"}, Column.OKTMO, "not an ОКТМО"),
        ({"level": "Посёлок"}, Column.LEVEL, "Регион, Министерство, МО"),
        ({"connected": "частично"}, Column.CONNECTED, "“да” or “нет”"),
        ({"weekly_reach": "много"}, Column.WEEKLY_REACH, "whole number"),
        ({"weekly_reach": "-5"}, Column.WEEKLY_REACH, "whole number"),
        ({"weekly_reach": "1250,5"}, Column.WEEKLY_REACH, "whole number"),
        ({"weekly_reach": "99999999999"}, Column.WEEKLY_REACH, "whole number"),
        ({"vk_id": "школа"}, Column.VK_ID, "is a number"),
        ({"vk_id": "2", "vk_link": "vk.com/club1"}, Column.VK_ID, "leads to club1"),
        ({"vk_link": "vk.com/id1"}, Column.VK_LINK, "person's own profile"),
        ({"vk_link": "javascript:alert(1)"}, Column.VK_LINK, "not a web address"),
        ({"vk_link": "http://169.254.169.254/"}, Column.VK_LINK, "is not VK"),
        ({"ok_link": "https://vk.com/school1"}, Column.OK_LINK, "expected here"),
        ({"telegram_link": "t.me/+abc"}, Column.TELEGRAM_LINK, "invitation"),
        ({"max_link": "https://max.ru/join/abc"}, Column.MAX_LINK, "invitation"),
        ({"admin": "Анна", "email": "anna@"}, Column.EMAIL, "not an e-mail"),
    ],
)
def test_bad_cell_is_an_error_of_its_place(cells: dict[str, object], column: Column, says: str):
    rows, problems = read_registry(xlsx(school(7), school(1, **cells)))
    (found,) = problems
    assert (found.severity, found.sheet, found.row, found.column) == (Severity.ERROR, "Реестр", 3, column)
    assert says in found.message
    assert [row.name for row in rows] == ["Школа № 7"]


def test_email_of_nobody_is_a_warning():
    found = problem(email="anna@example.org")
    assert (found.severity, found.column) == (Severity.WARNING, Column.EMAIL)


def test_place_is_told_in_words():
    assert problem(ogrn=None).place == "sheet “Реестр”, row 2, column “ОГРН”"


def test_markup_in_a_name_is_plain_text():
    assert only(name="<script>alert(1)</script>").name == "<script>alert(1)</script>"
