"""The header is found wherever it stands, and columns in whatever order."""

import pytest

from monitoring.registry.columns import MEASURED, Column, column_of
from monitoring.registry.report import Severity
from monitoring.registry.sheets import clean_text, read_table

from .spreadsheets import grid, school, workbook, xlsx


@pytest.mark.parametrize("column", list(Column))
def test_column_is_known_in_any_letter_case_and_spacing(column: Column):
    for header in (
        column,
        column.upper(),
        column.lower(),
        f"  {column.replace(' ', '  ')} ",
        column.replace(" (", "("),
    ):
        assert column_of(header) == column


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ('Подключение к компоненту "Госпаблики"', Column.CONNECTED),
        ("Официальная страница не ведётся на основании", Column.GROUND),
        ("Оформление, %", Column.APPEARANCE),
        ("Ссылка на госпаблик OK", Column.OK_LINK),
        ("Ссылка на госпаблик VK", Column.VK_LINK),
        ("OГPH", Column.OGRN),
        ("E-mail\nадминистратора", Column.EMAIL),
        ("Примечание", None),
        ("", None),
    ],
)
def test_header_as_people_write_it(header: str, column: Column | None):
    assert column_of(header) == column


def test_columns_stand_in_any_order():
    header, *rows = grid([school(1, level="МО")])
    table = read_table(workbook({"Реестр": [header[::-1], *[row[::-1] for row in rows]]}))
    assert table.rows[0].cells == read_table(xlsx(school(1, level="МО"))).rows[0].cells


def test_title_block_above_the_header_is_passed_over_and_rows_are_numbered_as_in_the_file():
    table = read_table(workbook({"Реестр": [["Реестр госпабликов"], [], ["на 26.10.2024"], *grid([school(1)])]}))
    assert [row.number for row in table.rows] == [5]


def test_header_below_the_first_rows_is_not_looked_for():
    table = read_table(workbook({"Реестр": [*[["x"]] * 20, *grid([school(1)])]}))
    assert "No header row was found in the first 20 rows" in table.problems[0].message


def test_sheet_without_the_institutions_column_has_no_header():
    table = read_table(workbook({"Реестр": [[Column.OGRN, Column.INN, Column.VK_LINK], ["1", "2", "3"]]}))
    assert Column.NAME in table.problems[0].message


def test_unknown_columns_are_named_as_not_read():
    table = read_table(workbook({"Реестр": [[Column.NAME, "Примечание", Column.OGRN], ["Школа", "x", None]]}))
    (note,) = table.problems
    assert note.severity == Severity.NOTE
    assert "«Примечание»" in note.message


def test_measured_columns_are_named_as_not_read():
    table = read_table(workbook({"Реестр": [[Column.NAME, *MEASURED], ["Школа", *[5] * len(MEASURED)]]}))
    (note,) = table.problems
    assert "measures these itself" in note.message
    assert table.rows[0].cells == {Column.NAME: "Школа"}


def test_two_equal_headers_are_an_error():
    table = read_table(workbook({"Реестр": [[Column.NAME, "ОГРН", "огрн"], ["Школа", "1", "2"]]}))
    (problem,) = table.problems
    assert (problem.severity, problem.row, problem.column) == (Severity.ERROR, 1, "ОГРН")


def test_every_visible_sheet_with_the_header_is_read():
    sheets = {
        "Школы": grid([school(1)]),
        "Сады": grid([school(2)]),
        "Справка": [["текст"]],
        "Черновик": grid([school(3)]),
    }
    table = read_table(workbook(sheets, hidden=["Черновик"]))
    assert [row.sheet for row in table.rows] == ["Школы", "Сады"]
    (note,) = table.problems
    assert (note.severity, note.sheet) == (Severity.NOTE, "Справка")


def test_empty_rows_are_passed_over():
    header, *rows = grid([school(1), school(2)])
    table = read_table(workbook({"Реестр": [header, [], [" "], *rows, *[[None]] * 100]}))
    assert [row.number for row in table.rows] == [4, 5]


def test_header_without_rows_is_a_warning():
    (problem,) = read_table(xlsx()).problems
    assert problem.severity == Severity.WARNING


def test_cell_of_more_than_5000_characters_is_an_error():
    (problem,) = read_table(xlsx(school(name="х" * 5001))).problems
    assert (problem.severity, problem.row, problem.column) == (Severity.ERROR, 2, Column.NAME)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (5.0, "5"),
        (5.5, "5.5"),
        (1022800001234.0, "1022800001234"),
        (True, "да"),
        ("\u202eа\u200bб\u00a0\u202fв\x07", "аб в"),
        ("  а\r\n\tб ", "а б"),
        ("и\u0306", "й"),
        ("👩\ud800", "👩"),
    ],
)
def test_cell_is_cleaned(value: object, text: str):
    assert clean_text(value) == text
