"""The passport of a score: LibreOffice computes the same score from its formulas."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from monitoring.models import Page, PageDay, PageProfile, Person, Stewardship
from ratings.computing import compute
from ratings.models import Score
from ratings.passport import write_passport
from ratings.periods import read_period
from tests.factories import MunicipalityFactory, PageFactory, collected

from .years import DAY, FIRST, LAST, NOW, item, make_methodology, region_of_pages, sum_up, year_of

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


def passport(score: Score, names: dict[str, str] | None = None, without: int = 0) -> bytes:
    """without: a page that the reader may not see."""
    file = io.BytesIO()
    pages = {page.pk: str(page) for page in Page.objects.exclude(pk=without)}
    write_passport(score, file, names or {}, pages)
    return file.getvalue()


def by_label(workbook: openpyxl.Workbook) -> dict[str, list[object]]:
    """The rows of the first sheet by their first cell."""
    return {str(row[0]): row for row in rows(workbook)}


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


PROFILE = ("state_mark", "avatar", "description", "cover", "appearance", "pos_widget", "widgets")


@pytest.fixture
def shared_pages():
    """A person with the half of one page up to autumn and the whole of another; what both pages show changes."""
    region = region_of_pages(1)
    first = Page.objects.get()
    second = year_of(PageFactory(institution__region=region, added_on=FIRST), likes=9, posts_a_week=2)
    PageProfile.objects.update(pos_widget="right")
    PageProfile.objects.create(page=second, since=FIRST + 200 * DAY, state_mark=False, has_avatar=True, has_cover=False,
                               has_description=True, pos_widget="wrong", widgets=1)  # fmt: skip
    person, other = (Person.objects.create(region=region, name=name) for name in ("Полевая Анна", "Луговой Пётр"))
    Stewardship.objects.create(person=person, page=first, since=FIRST, until=FIRST + 249 * DAY)
    Stewardship.objects.create(person=other, page=first, since=FIRST)
    Stewardship.objects.create(person=person, page=second, since=FIRST)
    sum_up(region)
    return region, person


def test_the_numbers_of_a_person_follow_from_the_days_of_all_the_pages(recomputed, shared_pages):
    region, person = shared_pages
    summed = ("posting_norm", "regularity", "own_content", "engagement_by_views", "days_alive", *PROFILE)
    items = [item(name, "target", target="1") for name in summed]
    items.append(item("state_mark", "target", target="1", code="last", params={"at_end": 1}))
    make_methodology(*items, slug="people", subject="person", penalties=[PENALTY])
    score = compute(region, read_period("2024"), "people", NOW).scores.get(person=person)
    book = recomputed({"person": passport(score)})["person"]
    table = [row for row in rows(book) if row[8] is not None][1:]
    assert len(table) == len(items) + 1
    assert {row[8] for row in table} == {"вычислено по соседним листам"}
    for row, part in zip(table, [*summed, "last", "minimum_requirements"], strict=True):
        assert row[2:4] == pytest.approx(score.items[part][1:3]), part
    assert found(book, "Точный итог") == pytest.approx(score.exact, abs=1e-6)
    days = rows(book, 2)[1:]
    assert {row[0] for row in days} == {str(page) for page in Page.objects.all()}
    assert len(days) == 250 + 366


def test_the_numbers_of_a_municipality_follow_from_its_pages(recomputed):
    region = region_of_pages(3)
    district = MunicipalityFactory(region=region)
    region.institutions.update(municipality=district)
    PageProfile.objects.update(pos_widget="right")
    PageProfile.objects.filter(page=Page.objects.first()).update(state_mark=False)
    make_methodology(item("engagement_by_views", "target", target="0.036"), subject="municipality", penalties=[PENALTY])
    score = compute(region, read_period("2024"), "own", NOW).scores.get()
    book = recomputed({"place": passport(score)})["place"]
    assert by_label(book)["Минимальные требования"][2:4] == [8, 9]
    assert "вычислено" in by_label(book)["Минимальные требования"][8]
    assert found(book, "Точный итог") == pytest.approx(score.exact, abs=1e-6)


def test_days_of_a_page_that_the_reader_may_not_see_are_not_told(shared_pages):
    region, person = shared_pages
    make_methodology(item("regularity", "target", target="1"), slug="people", subject="person")
    score = compute(region, read_period("2024"), "people", NOW).scores.get(person=person)
    hidden = Page.objects.order_by("pk").first()
    book = openpyxl.load_workbook(io.BytesIO(passport(score, without=hidden.pk)))
    assert {row[0] for row in rows(book, 2)[1:]} == {str(Page.objects.order_by("pk").last())}
    assert by_label(book)["Регулярность"][2:4] == score.items["regularity"][1:3]
    assert "как было при расчёте" in by_label(book)["Регулярность"][8]


def test_the_units_of_a_mean_leave_out_those_with_too_few_data(recomputed):
    region = region_of_pages(3)
    young = PageFactory(institution__region=region, added_on=LAST - 20 * DAY)
    year_of(young, likes=50, first=LAST - 40 * DAY)
    sum_up(region)
    make_methodology(item("engagement_by_views"), unit="month", eligibility={"days": 30})
    rating = compute(region, read_period("2024"), "own", NOW)
    score = rating.scores.get(place=1)
    book = recomputed({"best": passport(score)})["best"]
    assert found(book, "Точный итог") == pytest.approx(score.exact, abs=1e-6)


def test_a_reading_that_is_changed_in_the_sheet_changes_the_score(recomputed):
    region = region_of_pages(3)
    make_methodology(item("posting_norm", "target", target="1"))
    rating = compute(region, read_period("2024"), "own", NOW)
    score = rating.scores.order_by("-exact").first()
    content = passport(score)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book["Недели"].iter_rows(min_row=2, max_row=27):
        row[4].value = 0
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
    assert days.cell(2, 4).value == "ab" * 32


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
