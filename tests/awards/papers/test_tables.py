"""The list as a workbook and as CSV, read by programs that are not ours."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from awards.models import Degree
from awards.papers.tables import plain_csv, russian_csv, xlsx

from .worlds import FORMULAS, file, line, paper

LIST = paper(
    line("Вымышленная Анна"),
    line("Вымышленный Борис", place=2, tie=True, degree=Degree.SECOND, points=None),
    line("Вымышленная Вера", nomination="Лучший в сфере: Культура", degree=Degree.LAUREATE, place=None, page=""),
)


def book(found):
    return load_workbook(file(xlsx(found)))


def rows(data: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


# --- the workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_has_a_summary_and_a_sheet_for_each_nomination():
    assert book(LIST).sheetnames == ["Сводка", "Лучший госпаблик", "Лучший в сфере Культура"]


def test_the_summary_counts_the_diplomas_of_each_nomination():
    cells = [[cell.value for cell in row] for row in book(LIST)["Сводка"].iter_rows(min_row=6)]
    assert cells == [["Лучший госпаблик", 2, 1, 1, 0], ["Лучший в сфере: Культура", 1, 0, 0, 0]]


def test_numbers_are_numbers_and_what_is_not_known_is_said_in_words():
    sheet = book(LIST)["Лучший госпаблик"]
    assert [(cell.value, cell.data_type) for cell in sheet["B"][1:]] == [(1, "n"), (2, "n")]
    assert [cell.value for cell in sheet["J"][1:]] == [91.526, "нет данных"]


def test_the_head_of_a_sheet_stays_when_one_scrolls():
    assert book(LIST)["Лучший госпаблик"].freeze_panes == "A2"


def test_a_sheet_is_printed_across_and_whole_so_that_no_name_is_cut():
    for sheet in book(LIST):
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book(LIST)["Лучший госпаблик"]["E2"].alignment.wrap_text


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_the_workbook(text):
    sheet = book(paper(line(text, nomination=text)))[book(paper(line(text, nomination=text))).sheetnames[1]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_nominations_whose_names_begin_alike_have_sheets_of_their_own():
    long = "Лучший госпаблик в сфере дополнительного образования"
    names = book(paper(line(nomination=long), line(nomination=long + " детей"))).sheetnames
    assert len(names) == len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 for name in names)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5, unique=True))
def test_any_names_make_a_workbook_that_opens(names):
    found = paper(*(line(name, nomination=name) for name in names))
    assert len(book(found).sheetnames) == len(found.nominations) + 1


def test_the_same_list_gives_the_same_bytes():
    assert xlsx(LIST) == xlsx(LIST)


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_the_russian_csv_opens_in_a_russian_excel():
    data = russian_csv(LIST)
    assert data.startswith(b"\xef\xbb\xbf")
    found = rows(data, "utf-8-sig", ";")
    assert found[1] == [
        "Лучший госпаблик", "1", "нет", "I степень", "Вымышленная Анна", "Библиотека", "МБУК «Библиотека»",
        "Вымышленный район", "https://vk.com/library", "91,526",
    ]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_the_russian_csv(text):
    cell = rows(russian_csv(paper(line(text))), "utf-8-sig", ";")[1][4]
    assert cell.startswith("'")


def test_the_plain_csv_is_rfc_4180():
    data = plain_csv(LIST)
    assert data.count(b"\r\n") == 4
    found = rows(data)
    assert found[0][:5] == ["nomination", "place", "tie", "degree", "winner"]
    assert found[2][1:4] + found[2][-1:] == ["2", "1", "2", ""]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80))
def test_any_name_comes_back_from_the_plain_csv(name):
    assert rows(plain_csv(paper(line(name))))[1][4] == name
