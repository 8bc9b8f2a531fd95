"""An export imports without a change, whatever the registry holds; no text of it becomes a formula."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from monitoring.models import (
    Exemption,
    Institution,
    Level,
    Page,
    PageClass,
    PageProfile,
    PageState,
    Person,
    PersonContact,
    Region,
    Stewardship,
)
from monitoring.registry.columns import Column, fold
from monitoring.registry.exporting import registry_rows, to_csv, to_xlsx
from monitoring.registry.importing import plan_import
from monitoring.registry.plan import Plan
from monitoring.registry.report import Severity
from monitoring.registry.rows import NOTHING, read_registry
from monitoring.registry.sheets import FORMULA_ERRORS, clean_text
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, SectorFactory, ogrn

from .spreadsheets import TODAY, load, school

WRITERS = [to_csv, to_xlsx]


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000")


def exported(region: Region) -> list[dict[str, object]]:
    return [dict(row) for row in registry_rows(region, TODAY)]


def imported_again(region: Region, write, day: dt.date = TODAY) -> Plan:
    return plan_import(*read_registry(write(registry_rows(region, TODAY))), region, day)


def assert_no_change(region: Region) -> None:
    for write in WRITERS:
        plan = imported_again(region, write, TODAY + dt.timedelta(days=7))
        assert not [problem for problem in plan.problems if problem.severity == Severity.ERROR]
        assert plan.changes == 0
        assert plan.pages_not_in_file == 0


@pytest.mark.django_db
def test_import_export_import_brings_no_change(region: Region):
    rows = [
        school(1, level="ВУЗ", founder="Управление", sector_1="Образование", sector_2="Школы", vk_id="501"),
        school(
            1, vk_link="vk.com/club777", admin="Анна", email="anna@example.org", status="визитка", ok_link="ok.ru/x"
        ),
        school(2, ogrn=None, vk_link=None, ground="Приказ № 1; пункт «2»"),
        school(3, municipality=None, telegram_link="t.me/x", max_link="https://web.max.ru/-7000", connected="нет"),
        school(4, name="=HYPERLINK(1)", founder="+7 'x'", oktmo="10601000", weekly_reach=0),
        school(5, name="'=1", founder="-5", vk_link=None),
    ]
    load(region, *rows)
    assert_no_change(region)


@pytest.mark.django_db
def test_institution_without_pages_has_a_row(region: Region):
    InstitutionFactory(region=region, name="Музей")
    assert [row[Column.NAME] for row in exported(region)] == ["Музей"]


@pytest.mark.django_db
def test_pages_of_one_network_and_pages_of_two_people_stand_in_rows_of_their_own(region: Region):
    load(
        region,
        school(1, admin="Анна", ok_link="ok.ru/x"),
        school(1, admin="Анна", vk_link="vk.com/second"),
        school(1, admin="Борис", vk_link=None, telegram_link="t.me/x"),
        school(1, vk_link=None, max_link="max.ru/x", status="визитка"),
    )
    rows = exported(region)
    assert [(row.get(Column.ADMIN), row.get(Column.STATUS)) for row in rows] == [
        ("Анна", "активная"),
        ("Анна", "активная"),
        ("Борис", "активная"),
        (None, "визитка"),
    ]
    assert_no_change(region)


@pytest.mark.django_db
def test_page_that_is_no_longer_watched_is_left_out(region: Region):
    load(region, school(1))
    Page.objects.update(archived_on=TODAY)
    assert Column.VK_LINK not in exported(region)[0]
    assert_no_change(region)


@pytest.mark.django_db
def test_one_who_no_longer_runs_a_page_is_left_out(region: Region):
    load(region, school(1, admin="Анна"), day=TODAY - dt.timedelta(days=9))
    Stewardship.objects.update(until=TODAY - dt.timedelta(days=1))
    assert Column.ADMIN not in exported(region)[0]


@pytest.mark.django_db
def test_figures_that_the_system_measured_are_filled_in(region: Region):
    load(region, school(1))
    page = Page.objects.get()
    PageState.objects.create(page=page, subscribers=1200, posts_7=2, posts_30=8, views_30=2404)
    PageProfile.objects.create(
        page=page, since=TODAY, has_avatar=True, has_description=True, has_cover=False, state_mark=True, widgets=2
    )
    (row,) = exported(region)
    measured = [Column.STATE_MARK, Column.APPEARANCE, Column.WIDGETS, Column.ACTIVITY, Column.SUBSCRIBERS]
    assert [row[column] for column in measured] == ["да", 50, 2, 67, 1200]
    assert row[Column.MEAN_REACH] == 300
    assert_no_change(region)


@pytest.mark.django_db
def test_what_was_never_measured_is_empty_and_not_zero(region: Region):
    load(region, school(1))
    PageState.objects.create(page=Page.objects.get())
    (row,) = exported(region)
    assert {row[column] for column in (Column.SUBSCRIBERS, Column.ACTIVITY, Column.MEAN_REACH)} == {None}


HOSTILE = ["=1+1", "+7 000", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "'=1", "<script>alert(1)</script>"]


@pytest.mark.django_db
def test_no_cell_of_a_csv_is_a_formula(region: Region):
    for number, text in enumerate(HOSTILE):
        InstitutionFactory(region=region, name=text, founder=text, ogrn=ogrn(number))
    lines = list(csv.reader(io.StringIO(to_csv(registry_rows(region, TODAY)).decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == len(HOSTILE) + 1
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.django_db
def test_every_text_of_a_workbook_is_a_text_and_every_number_a_number(region: Region):
    for number, text in enumerate(HOSTILE):
        InstitutionFactory(region=region, name=text, ogrn=ogrn(number))
    load(region, school(900, weekly_reach=1250))
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(registry_rows(region, TODAY)))).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    reach = [cell.value for cell in sheet[1]].index(Column.WEEKLY_REACH)
    assert kinds == {"s", "n"}
    assert [row[reach].value for row in sheet.iter_rows(min_row=2) if row[reach].value is not None] == [1250]
    assert sheet.freeze_panes == "A2"


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_registry(region: Region, django_assert_num_queries):
    load(region, *[school(n, admin=f"Анна {n}", ground=f"Приказ {n}") for n in range(1, 41)])
    with django_assert_num_queries(6):
        list(registry_rows(region, TODAY))


# --- whatever the registry holds -------------------------------------------------------------------


def says_something(text: str) -> bool:
    return bool(clean_text(text)) and fold(clean_text(text)) not in NOTHING and clean_text(text) not in FORMULA_ERRORS


storable = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # by PostgreSQL
texts = st.text(storable, min_size=1, max_size=30).filter(says_something)
handles = st.from_regex(r"page[a-z0-9_]{1,12}", fullmatch=True)
pages = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["vk", "ok", "telegram", "max"]),
        "handle": handles,
        "external_id": st.one_of(st.just(""), st.integers(1, 10**9).map(str)),
        "page_class": st.sampled_from(PageClass.values),
        "status": st.sampled_from(["unknown", "open"]),
        "connected_to_component": st.sampled_from([None, True, False]),
        "weekly_reach": st.one_of(st.none(), st.integers(0, 10**6)),
        "steward": st.one_of(st.none(), st.integers(0, 2)),
    }
)
institutions = st.fixed_dictionaries(
    {
        "name": st.one_of(st.sampled_from(["Школа", "школа", "=Школа"]), texts),
        "number": st.one_of(st.none(), st.integers(0, 3)),
        "municipality": st.one_of(st.none(), st.integers(0, 1)),
        "sector": st.one_of(st.none(), st.integers(0, 1)),
        "founder": st.one_of(st.just(""), texts),
        "level": st.sampled_from(Level.values),
        "ground": st.one_of(st.just(""), texts),
        "pages": st.lists(pages, max_size=4),
    }
)


class RoundTrip(TestCase):
    """Hypothesis rolls the base back after every example."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(institutions, max_size=4), st.lists(texts, min_size=3, max_size=3, unique_by=clean_text))
    def test_export_of_any_registry_imports_without_a_change(self, drawn: list[dict], names: list[str]):
        region = RegionFactory(oktmo="10000000")
        build(region, drawn, names)
        assert_no_change(region)


def build(region: Region, drawn: list[dict], names: list[str]) -> None:
    """The registry that was drawn, as the admin would let people type it."""
    municipalities = [
        MunicipalityFactory(region=region, name=name, oktmo=code) for name, code in (("А", "10601000"), ("Б", ""))
    ]
    top = SectorFactory(name="Культура")
    sectors = [top, SectorFactory(name="Библиотеки", parent=top)]
    people = [Person.objects.create(region=region, name=name) for name in names]
    PersonContact.objects.create(person=people[0], email="anna@example.org")
    seen: set[tuple[object, ...]] = set()
    for one in drawn:
        number = "" if one["number"] is None else ogrn(one["number"])
        key = (clean_text(one["name"]), number, one["municipality"])
        if key in seen:
            continue
        seen.add(key)
        institution = Institution.objects.create(
            region=region,
            name=one["name"],
            ogrn=number,
            founder=one["founder"],
            level=one["level"],
            municipality=None if one["municipality"] is None else municipalities[one["municipality"]],
            sector=None if one["sector"] is None else sectors[one["sector"]],
        )
        if one["ground"]:
            ground = one["ground"]
            Exemption.objects.create(institution=institution, ground=ground, since=TODAY - dt.timedelta(days=1))
        for page in one["pages"]:
            add_page(institution, page, people, seen)


def add_page(institution: Institution, drawn: dict, people: list[Person], seen: set[tuple[object, ...]]) -> None:
    fields = {name: value for name, value in drawn.items() if name != "steward"}
    keys = {(drawn["platform"], "handle", drawn["handle"]), (drawn["platform"], "id", drawn["external_id"] or object())}
    if keys & seen:
        return
    seen |= keys
    page = PageFactory(institution=institution, **fields)
    if drawn["steward"] is not None:
        person = people[drawn["steward"]]
        Stewardship.objects.create(page=page, person=person, since=TODAY - dt.timedelta(days=3))
