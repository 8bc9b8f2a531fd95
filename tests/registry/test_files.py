"""Any bytes give rows or a report of what to do, never a crash."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from monitoring.registry.columns import Column
from monitoring.registry.files import FileError, read_grids, with_guard, without_guard
from monitoring.registry.sheets import read_table

from .spreadsheets import csv_text, grid, school, workbook, xlsx


def names(content: bytes) -> list[str]:
    """Names of the institutions that were read; the test fails where something is wrong with the file."""
    table = read_table(content)
    assert not table.problems
    return [row.cells[Column.NAME] for row in table.rows]


def message(content: bytes) -> str:
    """What is said of a file that cannot be read."""
    (problem,) = read_table(content).problems
    return problem.message


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def repacked(content: bytes, name: str, change) -> bytes:
    """The workbook with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            part = old.read(entry)
            new.writestr(entry, change(part) if entry == name else part)
    return buffer.getvalue()


def test_openpyxl_reads_xml_through_defusedxml():
    assert openpyxl.DEFUSEDXML


def test_workbook_is_read():
    assert names(xlsx(school(1), school(2))) == ["Школа № 1", "Школа № 2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_csv_is_read_in_every_encoding_delimiter_and_newline(encoding: str, delimiter: str, newline: str):
    text = csv_text(school(1), school(2), delimiter=delimiter, newline=newline)
    assert names(text.encode(encoding)) == ["Школа № 1", "Школа № 2"]


def test_newline_and_delimiter_inside_a_quoted_cell_belong_to_the_cell():
    assert names(csv_text(school(name="Школа;\nфилиал")).encode()) == ["Школа; филиал"]


def test_nul_bytes_in_a_csv_are_dropped():
    assert names(csv_text(school(name="Шко\0ла")).encode()) == ["Школа"]


def test_csv_named_as_a_workbook_is_still_read():
    assert names(csv_text(school(1)).encode()) == ["Школа № 1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old .xls file or one with a password"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page"),
        (b"%PDF-1.7\n" + bytes(range(256)), "letters of the file"),
        (b"%PDF-1.7 and text", "No header row"),
        (b"\x98" * 30, "letters of the file"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (xlsx(school(1))[:-600], "damaged"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "not an .xlsx workbook"),
        (archive(**{"[Content_Types].xml": b"<x/>", "xl__workbook.bin": b""}), "not an .xlsx workbook"),
        (archive(**{"[Content_Types].xml": b"<x/>"}), "damaged"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ('"Наименование подведомственной организации";ОГРН\n"Школа "5"";1'.encode(), "quotation marks near line 2"),
        ('Наименование подведомственной организации;ОГРН\n"Школа'.encode(), "quotation marks"),
    ],
)
def test_file_that_is_no_table_says_what_to_do(content: bytes, says: str):
    assert says in message(content)


def test_bomb_of_strings_is_refused_before_it_is_unpacked():
    bomb = archive(**{"[Content_Types].xml": b"<x/>", "xl__sharedStrings.xml": b"<si><t>x</t></si>" * 2_000_000})
    assert len(bomb) < 200_000
    assert "too large when unpacked" in message(bomb)


def test_archive_of_very_many_entries_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("[Content_Types].xml", "<x/>")
        for number in range(2_001):
            packed.writestr(f"xl/{number}", "")
    assert "too large when unpacked" in message(buffer.getvalue())


def test_entities_in_a_workbook_are_refused():
    def bomb(part: bytes) -> bytes:
        return part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', 1)

    assert "damaged" in message(repacked(xlsx(school(1)), "xl/sharedStrings.xml", bomb))


def test_string_index_out_of_range_is_a_damaged_workbook():
    broken = repacked(xlsx(school(1)), "xl/worksheets/sheet1.xml", lambda part: part.replace(b"<v>5</v>", b"<v>99</v>"))
    assert "damaged" in message(broken)


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1", b"nonsense"])
def test_false_dimension_does_no_harm(dimension: bytes):
    content = repacked(
        xlsx(school(1)),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'ref="A1:D2"', b'ref="' + dimension + b'"'),
    )
    table = read_table(content)
    assert len(table.rows) == 1 or "damaged" in table.problems[0].message


def test_cells_in_opposite_corners_are_read_at_once():
    book = openpyxl.Workbook()
    for row in grid([school(1)]):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    buffer = io.BytesIO()
    book.save(buffer)
    assert names(buffer.getvalue()) == ["Школа № 1"]


def test_too_many_rows_are_an_error():
    cells = [[Column.NAME, Column.OGRN], *[[f"Школа {n}", ""] for n in range(20_020)]]
    text = "\n".join(";".join(row) for row in cells)
    assert "more than 20 000 rows" in message(text.encode())


def test_too_many_rows_are_an_error_in_a_workbook():
    cells = [[Column.NAME, Column.OGRN], *[[f"Школа {n}"] for n in range(20_020)]]
    assert "more than 20 000 rows" in message(workbook({"Реестр": cells}))


def test_twenty_thousand_rows_are_read():
    cells = [[Column.NAME, Column.OGRN], *[[f"Школа {n}", ""] for n in range(20_000)]]
    assert len(read_table("\n".join(";".join(row) for row in cells).encode()).rows) == 20_000


def test_too_many_columns_are_an_error():
    assert "more than 60 columns" in message(workbook({"Реестр": [[Column.NAME, Column.OGRN, *["x"] * 59]]}))


def test_stored_value_of_a_formula_is_read():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [Column.NAME, Column.OGRN])
        sheet.write_formula(1, 0, '="Школа № "&5', None, "Школа № 5")
    assert names(buffer.getvalue()) == ["Школа № 5"]


def test_formula_whose_value_was_never_stored_is_an_error_of_its_cell():
    book = openpyxl.load_workbook(io.BytesIO(xlsx(school(1), school(2))))
    book.active["A3"] = '="Школа № "&5'
    buffer = io.BytesIO()
    book.save(buffer)
    (problem,) = read_table(buffer.getvalue()).problems
    assert (problem.row, problem.column) == (3, Column.NAME)
    assert "gives no value" in problem.message


def test_failed_formula_is_an_error_of_its_cell():
    (problem,) = read_table(xlsx(school(name="#REF!"))).problems
    assert (problem.sheet, problem.row, problem.column) == ("Реестр", 2, Column.NAME)


@given(st.binary(max_size=2000))
def test_any_bytes_give_a_report(content: bytes):
    table = read_table(content)
    assert table.rows or table.problems


@given(st.binary(max_size=200), st.integers(0, 6000), st.booleans())
def test_any_damage_to_a_workbook_gives_a_report(damage: bytes, place: int, insert: bool):
    content = xlsx(school(1), school(2))
    table = read_table(content[:place] + damage + content[place + (0 if insert else len(damage)) :])
    assert table.rows or table.problems


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "cp1251"]))
def test_any_text_under_a_header_gives_a_report(text: str, encoding: str):
    content = f"{Column.NAME};{Column.OGRN}\n{text}".encode(encoding, errors="ignore")
    table = read_table(content)
    assert table.rows or table.problems


@given(st.text(max_size=50))
def test_guard_against_formulas_is_taken_off_again(text: str):
    assert without_guard(with_guard(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+7 (000) 000-00-00", "-5", "@SUM(A1)", "\t=1", " =1", "'=1"])
def test_no_text_reaches_a_csv_as_a_formula(text: str):
    assert with_guard(text).startswith("'")


def test_file_error_is_the_only_exception():
    with pytest.raises(FileError):
        read_grids(b"")
