"""The passport of a score: LibreOffice computes the same score from its formulas."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from monitoring.models import PageDay, Person, Stewardship
from ratings.computing import compute
from ratings.models import Score
from ratings.passport import write_passport
from ratings.periods import read_period
from tests.factories import PageFactory, collected

from .years import FIRST, LAST, NOW, item, make_methodology, region_of_pages, sum_up, year_of

pytestmark = pytest.mark.django_db

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


@pytest.fixture
def recomputed(tmp_path):
    """Files as LibreOffice makes them anew, every formula computed: {name: bytes} -> {name: workbook}."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(ALWAYS, "utf-8")

    def run(files: dict[str, bytes]) -> dict[str, openpyxl.Workbook]:
        for name, content in files.items():
            (tmp_path / f"{name}.xlsx").write_bytes(content)
        paths = [str(tmp_path / f"{name}.xlsx") for name in files]
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx"]
        subprocess.run(
            [*command, "--outdir", str(tmp_path / "out"), *paths], check=True, capture_output=True, timeout=120
        )
        return {name: openpyxl.load_workbook(tmp_path / f"out/{name}.xlsx", data_only=True) for name in files}

    return run


def passport(score: Score, names: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    write_passport(score, file, names or {})
    return file.getvalue()


def rows(workbook: openpyxl.Workbook, sheet: int = 0) -> list[list[object]]:
    return [[cell.value for cell in row] for row in workbook.worksheets[sheet].iter_rows()]


def found(workbook: openpyxl.Workbook, head: str) -> object:
    return next(row[7] for row in rows(workbook) if row[0] == head)


EVERY_KIND = (
    item("posting_norm", "target", target="1"),
    item("engagement_by_views", "percentile", "20"),
    item("growth", "min_max", "15"),
    item("own_content", "steps", steps=[{"from": "0.5", "points": "5"}, {"above": "0.9", "points": "10"}]),
    item("comments_answered", "target", target="0.9"),
    item("regularity", "percentile", better="less", code="rare"),
)
PENALTY = {
    "indicator": "minimum_requirements",
    "round": 2,
    "steps": [{"from": "0.9", "points": "-2"}, {"from": "1", "points": "0"}],
    "otherwise": "-7",
}


def test_libreoffice_computes_the_same_scores_and_places_from_the_formulas(recomputed):
    region = region_of_pages(7)
    make_methodology(*EVERY_KIND, penalties=[PENALTY], winsorising={"most": 2})
    year = compute(region, read_period("2024"), "own", NOW)
    weekly = [item("posting_norm", "target", target="1"), item("own_content", "percentile")]
    make_methodology(*weekly, slug="months", unit="month")
    months = compute(region, read_period("2024"), "months", NOW)
    make_methodology(item("engagement_by_views", "target", target="0.05"), slug="people", subject="person")
    person = Person.objects.create(region=region, name="Полевая Анна")
    for page in region.institutions.first().pages.all():
        Stewardship.objects.create(person=person, page=page, since=FIRST)
    second = year_of(PageFactory(institution__region=region, platform="telegram", added_on=FIRST), likes=9)
    Stewardship.objects.create(person=person, page=second, since=FIRST)
    sum_up(region)
    people = compute(region, read_period("2024"), "people", NOW)
    scores = [*year.scores.all(), *months.scores.order_by("pk")[:2], *people.scores.all()]
    books = recomputed({str(score.pk): passport(score) for score in scores})
    for score in scores:
        book = books[str(score.pk)]
        assert found(book, "Точный итог") == pytest.approx(score.exact, abs=1e-6)
        assert found(book, "Баллы, как опубликованы") == pytest.approx(float(score.points), abs=1e-9)
        assert found(book, "Место в группе сравнения") == score.place
    assert len({score.points for score in scores}) > 5


def test_a_reading_that_is_changed_in_the_sheet_changes_the_score(recomputed):
    region = region_of_pages(3)
    make_methodology(item("posting_norm", "target", target="1"))
    rating = compute(region, read_period("2024"), "own", NOW)
    score = rating.scores.order_by("-exact").first()
    content = passport(score)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book["Недели"].iter_rows(min_row=2, max_row=27):
        row[3].value = 0
    changed = io.BytesIO()
    book.save(changed)
    books = recomputed({"before": content, "after": changed.getvalue()})
    before, after = (found(books[name], "Точный итог") for name in ("before", "after"))
    assert (before, after) == (pytest.approx(100), pytest.approx(50))


def test_numbers_that_the_base_no_longer_bears_out_are_given_as_they_were():
    region = region_of_pages(2)
    make_methodology(item("own_content", "target", target="1"))
    score = compute(region, read_period("2024"), "own", NOW).scores.first()
    assert "соседним листам" in str(rows(openpyxl.load_workbook(io.BytesIO(passport(score)))))
    PageDay.objects.filter(page=score.page, day=LAST).update(posts=50)
    book = openpyxl.load_workbook(io.BytesIO(passport(score)))
    assert "как было при расчёте" in str(rows(book))
    assert score.items["own_content"][2] in [row[3] for row in rows(book)]


def test_every_day_is_there_with_the_hash_of_its_answer():
    region = region_of_pages(1)
    make_methodology(item("own_content", "target", target="1"))
    score = compute(region, read_period("2024"), "own", NOW).scores.get()
    days = openpyxl.load_workbook(io.BytesIO(passport(score)))["Дни"]
    assert days.max_row == 367  # 2024 has 366 days
    assert days.cell(2, 3).value == "ab" * 32


def test_peers_that_the_reader_may_not_see_have_numbers_for_names():
    region = region_of_pages(3)
    make_methodology(item("own_content", "percentile"))
    score = compute(region, read_period("2024"), "own", NOW).scores.first()
    book = openpyxl.load_workbook(io.BytesIO(passport(score, {score.key: "=Своя()"})))
    names = [row[0] for row in rows(book, 1)[1:]]
    assert sorted(names) == ["=Своя()", "участник 2", "участник 3"]
    assert all(cell.data_type != "f" for cell in book.worksheets[1]["A"])
    assert "Страница 1" not in str(rows(book, 1))


def test_who_has_no_score_is_told_why():
    region = region_of_pages(1)
    make_methodology(item("own_content"), eligibility={"posts": 9000})
    score = compute(region, read_period("2024"), "own", NOW).scores.get()
    assert (
        found(openpyxl.load_workbook(io.BytesIO(passport(score))), "Точный итог") == "мало данных, место не присвоено"
    )


def test_a_rating_of_one_day_has_its_passport_too():
    page = collected(PageFactory(), LAST)
    make_methodology(item("posts_in_week", "steps", steps=[{"from": "3", "points": "1"}]))
    score = compute(page.institution.region, read_period(str(LAST)), "own", NOW).scores.get()
    assert passport(score)[:2] == b"PK"
