"""From the draft of a rating to the hall: three people play the demo's year-end, independent readers open the files."""

import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from .year_end import CLAIM, FIRST, OWN, REPLACED, YearEnd, people, plain, play

pytestmark = pytest.mark.demo
MADE_UP = "(вымышленное имя)"
CENT = 0.0051  # screens show hundredths


@pytest.fixture(scope="module")
def year(chromium, served, tmp_path_factory) -> YearEnd:
    base, _folder = served
    with people(chromium, base) as somebody:
        return play(somebody, base, tmp_path_factory.mktemp("papers"))


def lines(year: YearEnd) -> Counter:
    """(nomination, who, place) of the screen."""
    return Counter((each.nomination, each.who, each.place) for each in year.winners)


def close(points: float | None, shown: float | None) -> bool:
    return points == shown if None in (points, shown) else abs(points - shown) < CENT


# --- the rating -------------------------------------------------------------------------------------------------------


def test_the_effect_was_seen_before_the_decision_and_came_true(year):
    assert year.promised[0] not in ("", "—")
    assert year.came == year.promised


def test_the_evidence_was_handed_out_to_be_saved_as_it_was_handed_in(year):
    assert year.evidence.startswith(b"\x89PNG")
    assert year.evidence_headers["content-disposition"].startswith("attachment")
    assert year.evidence_headers["content-type"] == "application/octet-stream"


def test_the_rating_went_its_way_through_two_people(year, served):
    assert year.states == ["предварительный", "итоговый"]
    with sqlite3.connect(served[1] / "gospub.sqlite3") as base:
        query = "SELECT actor, json_extract(after, '$.state') FROM accounts_auditentry WHERE action = 'rating.pass'"
        passed = base.execute(f"{query} ORDER BY id DESC LIMIT 3").fetchall()
    assert passed == [
        ("official@demo.example", "final"),
        ("analyst@demo.example", "preliminary"),
        ("analyst@demo.example", "preliminary"),
    ]


def test_who_contested_is_answered_by_mail_once(year, served):
    with sqlite3.connect(served[1] / "gospub.sqlite3") as base:
        query = "SELECT subject, text FROM letters_letter WHERE kind = 'appeal_answer'"
        ((subject, text),) = base.execute(query).fetchall()
    assert "удовлетворена" in subject
    assert CLAIM not in subject
    assert year.promised[0] in text


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_first_nomination_awards_the_best_of_the_rating(year):
    best = [each for each in year.winners if each.nomination == FIRST]
    proposed = [each.points for each in best if not each.replaces]
    assert proposed[0] == year.top[0]
    assert set(proposed) <= set(year.top)  # a person with two pages among the best is awarded once
    assert all(close(each.points, year.in_rating[each.who]) for each in best)


def test_one_winner_was_replaced_and_the_list_says_whom_and_why(year):
    (new,) = [each for each in year.winners if each.replaces]
    assert (new.nomination, new.degree) == (FIRST, "III степень")
    assert new.place > 3


# --- the documents ----------------------------------------------------------------------------------------------------


def test_the_workbook_has_a_sheet_a_nomination_and_agrees_with_the_screen(year):
    book = openpyxl.load_workbook(year.files["list.xlsx"])
    summary, *sheets = book.worksheets
    assert summary["A3"].value.startswith("подписан")
    assert {row[0].value: row[1].value for row in summary.iter_rows(min_row=6)} == dict(
        Counter(each.nomination for each in year.winners)
    )
    found = [row for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert Counter((row[0], row[4], row[1]) for row in found) == lines(year)
    assert all(sheet.freeze_panes == "A2" for sheet in sheets)
    shown = {(each.nomination, each.who): each.points for each in year.winners}
    assert all(close(row[9], shown[row[0], row[4]]) for row in found)


@pytest.mark.parametrize(
    ("name", "coding", "delimiter", "comma"), [("russian.csv", "utf-8-sig", ";", ","), ("plain.csv", "utf-8", ",", ".")]
)
def test_both_kinds_of_csv_agree_with_the_screen(year, name, coding, delimiter, comma):
    content = year.files[name].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == (coding == "utf-8-sig")
    _head, *rows = csv.reader(io.StringIO(content.decode(coding), newline=""), delimiter=delimiter)
    none = {"", "нет данных"}
    found = Counter((row[0], row[4], None if row[1] in none else int(row[1])) for row in rows)
    assert found == lines(year)
    shown = {(each.nomination, each.who): each.points for each in year.winners}
    for row in rows:
        points = None if row[9] in none else float(row[9].replace(comma, "."))
        assert close(points, shown[row[0], row[4]])


def test_the_order_can_be_edited_and_names_everybody(year):
    text = "\n".join(paragraph.text for paragraph in docx.Document(year.files["order.docx"]).paragraphs)
    assert "ПРИКАЗ" in text
    assert "ПРОЕКТ" not in text
    for each in year.winners:
        assert f"{each.degree}: {each.who}" in text


def test_the_list_as_pdf_agrees_with_the_screen_and_has_its_fonts(year):
    reader = PdfReader(year.files["list.pdf"])
    text = text_of(reader)
    assert all(embedded(reader).values())
    for each in year.winners:
        assert letters(each.who) in letters(text)
        if each.points is not None:
            assert f"{each.points:.2f}".replace(".", ",") in text


def test_every_winner_has_a_diploma_of_a4_with_cyrillic_in_embedded_fonts(year):
    reader = PdfReader(year.files["diplomas.pdf"])
    assert len(reader.pages) == len(year.winners)
    assert all(embedded(reader).values())
    assert {round(side) for page in reader.pages for side in page.mediabox[2:]} == {595, 842}
    for each, page in zip(year.winners, reader.pages, strict=True):
        text = letters(page.extract_text())
        assert letters(each.who) in text
        assert letters(each.nomination) in text


def test_the_archive_has_a_diploma_for_each_winner(year):
    with zipfile.ZipFile(year.files["diplomas.zip"]) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert len(names) == len(year.winners)
        first = text_of(PdfReader(io.BytesIO(archive.read(names[0]))))
    assert year.winners[0].who in first


@pytest.fixture
def office(tmp_path):
    """A file as LibreOffice makes it anew: path, ending -> path."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui")

    def convert(path: Path, ending: str, *options: str) -> Path:
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", *options]
        out = tmp_path / path.name  # a folder each: of two files of one name only one would stay
        command += ["--convert-to", ending, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return next(out.glob(f"*.{ending}"))

    return convert


@pytest.mark.parametrize("name", ["list.xlsx", "order.docx"])
def test_libreoffice_prints_every_name(year, office, name):
    text = letters(text_of(PdfReader(office(year.files[name], "pdf"))))
    assert not [each.who for each in year.winners if letters(each.who) not in text]


def test_libreoffice_opens_the_csv_of_russian_offices(year, office):
    """By what its dialog is answered: semicolons, quotes, UTF-8."""
    path = office(year.files["russian.csv"], "xlsx", "--infilter=Text - txt - csv (StarCalc):59,34,76,1")
    _head, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert Counter((row[0], row[4], int(row[1])) for row in rows) == lines(year)


def letters(text: str) -> str:
    """Without spaces: where a column is narrow a line breaks within a name."""
    return re.sub(r"\s", "", text)


def text_of(reader: PdfReader) -> str:
    return plain(" ".join(page.extract_text() for page in reader.pages))


def embedded(reader: PdfReader) -> dict[str, bool]:
    """{font: whether it is in the file}."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(inner["/BaseFont"])] = any("/FontFile" in key for key in inner["/FontDescriptor"].get_object())
    return found


# --- the public part --------------------------------------------------------------------------------------------------


def test_a_stranger_sees_that_the_mark_is_real_and_nobodys_name(year):
    assert "Знак настоящий и действует" in year.stranger
    assert OWN in year.stranger
    assert "2024" in year.stranger
    assert MADE_UP not in year.stranger
    names = [each.who.replace(MADE_UP, "").strip() for each in year.winners if MADE_UP in each.who]
    assert names
    assert not any(name in year.stranger for name in names)


def test_the_badge_comes_as_a_picture_and_as_a_drawing(year):
    assert year.seals["PNG"].startswith(b"\x89PNG")
    assert b"<svg" in year.seals["SVG"][:500]


def test_every_file_with_names_left_a_trace(year, served):
    """Asked for and downloaded: seven kinds make fourteen entries, and no name stands in them."""
    official = [row for row in year.trail if "official@demo.example" in row]
    assert len(official) >= 14
    with sqlite3.connect(Path(served[1]) / "gospub.sqlite3") as base:
        query = "SELECT json_extract(after, '$.file'), after FROM accounts_auditentry WHERE action = 'export.names'"
        rows = base.execute(f"{query} ORDER BY id DESC LIMIT 14").fetchall()
    kinds = ("xlsx", "csv", "plain_csv", "order", "list", "diplomas", "diplomas_zip")
    assert Counter(kind for kind, _after in rows) == dict.fromkeys(kinds, 2)
    assert not any(MADE_UP in str(json.loads(after)) for _kind, after in rows)


def test_the_replacement_is_in_the_trail_with_its_reason(year, served):
    with sqlite3.connect(Path(served[1]) / "gospub.sqlite3") as base:
        query = "SELECT after FROM accounts_auditentry WHERE action = 'award.replace' ORDER BY id DESC LIMIT 1"
        ((after,),) = base.execute(query).fetchall()
    assert json.loads(after)["reason"] == REPLACED
