"""The road map with its terms, and letters to those who lag."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from awards.models import Wording, WordingKind
from compliance import reminders
from compliance.models import Goal, Step
from compliance.road_map import StepState, step_rows
from gospub.accounts.models import AuditEntry
from monitoring.models import Exemption, PageProfile, PageState
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, analyst, official

from .conftest import DAY, LAW

TERM = DAY + dt.timedelta(30)


@pytest.fixture
def place(region):
    return MunicipalityFactory(region=region, name="Амурский район")


def step(region, goal, *, place=None, due=TERM) -> Step:
    now = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
    return Step.objects.create(
        region=region, goal=goal, municipality=place, due=due, created_at=now, created_by=analyst(region)
    )


def row(region, *args, **options):
    return step_rows(region, [step(region, *args, **options)], DAY)[0]


def with_page(institution, platform="vk", posts=None):
    page = PageFactory(institution=institution, platform=platform)
    PageState.objects.create(page=page, posts_7=posts)
    return page


# --- road map ---------------------------------------------------------------------------------------------------------


def test_a_step_is_done_when_nobody_lacks_it(region, place):
    with_page(InstitutionFactory(region=region, municipality=place))
    assert row(region, Goal.VK, place=place).state == StepState.DONE


def test_a_step_of_a_district_counts_its_settlements_and_nobody_else(region, place):
    with_page(InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region, parent=place)))
    InstitutionFactory(region=region, municipality=place)
    InstitutionFactory(region=region)
    found = row(region, Goal.ANY, place=place)
    assert (found.met, found.lacking) == (1, 1)
    assert (whole := row(region, Goal.ANY)).lacking == 2
    assert whole.state == StepState.RUNNING


@pytest.mark.parametrize(
    ("due", "state", "late"),
    [(DAY, StepState.RUNNING, 0), (DAY - dt.timedelta(3), StepState.OVERDUE, 3)],
)
def test_the_day_of_the_term_is_still_in_time(region, due, state, late):
    InstitutionFactory(region=region)
    found = row(region, Goal.OBLIGATORY, due=due)
    assert (found.state, found.late) == (state, late)


def test_who_is_exempt_holds_no_step_up(region):
    with_page(InstitutionFactory(region=region))
    exempt = InstitutionFactory(region=region)
    Exemption.objects.create(institution=exempt, platform="vk", ground="ФСБ", since=LAW)
    assert row(region, Goal.VK).state == StepState.DONE


def test_what_is_not_known_is_never_done(region):
    with_page(InstitutionFactory(region=region), posts=5)
    with_page(InstitutionFactory(region=region), posts=None)
    assert row(region, Goal.POSTING).state == StepState.RUNNING
    assert row(region, Goal.STATE_MARK).state == StepState.NO_DATA


def test_an_analyst_adds_a_step_once_and_takes_it_off(analyst_client, region, place):
    address = reverse("road_map", args=[region.code])
    given = {"goal": "max", "municipality": place.pk, "due": "2024-12-01", "responsible": "<b>Глава</b>"}
    assert analyst_client.post(address, given).status_code == 302
    assert "&lt;b&gt;Глава" in analyst_client.get(address).content.decode()
    assert analyst_client.post(address, given).status_code == 422
    found = Step.objects.get()
    assert analyst_client.post(reverse("step_remove", args=[found.pk])).status_code == 302
    assert list(AuditEntry.objects.filter(action__startswith="road_map").values_list("action", flat=True)) == [
        "road_map.add",
        "road_map.remove",
    ]


def test_a_municipality_of_another_region_is_none_to_choose(analyst_client, region):
    foreign = MunicipalityFactory(region=RegionFactory())
    given = {"goal": "max", "municipality": foreign.pk, "due": "2024-12-01"}
    assert analyst_client.post(reverse("road_map", args=[region.code]), given).status_code == 422


def test_an_official_reads_the_road_map_and_adds_nothing(client, region):
    client.force_login(official(region))
    address = reverse("road_map", args=[region.code])
    assert client.get(address).status_code == 200
    assert client.post(address, {"goal": "max", "due": "2024-12-01"}).status_code == 403


@pytest.mark.parametrize("count", [2, 14])
def test_a_long_road_map_needs_no_more_queries(analyst_client, region, django_assert_max_num_queries, count):
    for goal in Goal.values[:count]:
        step(region, goal)
    with django_assert_max_num_queries(18):
        analyst_client.get(reverse("road_map", args=[region.code]))


# --- letters ----------------------------------------------------------------------------------------------------------


def words_in(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def ask(client, region, **given):
    return client.post(reverse("reminders", args=[region.code]), {"to": "municipalities"} | given)


def test_a_letter_names_what_each_institution_lacks(analyst_client, region, place):
    school = InstitutionFactory(region=region, municipality=place, name="Школа № 5")
    page = with_page(school, posts=1)
    PageProfile.objects.create(page=page, since=DAY, state_mark=False)
    fine = InstitutionFactory(region=region, municipality=place, name="Образцовая")
    for platform in ("vk", "ok"):
        with_page(fine, platform, posts=5)
    response = ask(analyst_client, region)
    text = words_in(response.content)
    assert response["Content-Disposition"].endswith('.docx"')
    assert "Амурский район" in text
    assert "1. Школа № 5" in text
    assert "нет страницы в сети Одноклассники" in text
    assert "Отметка «Госорганизация»" in text or "Госметка" in text
    assert "Образцовая" not in text
    assert AuditEntry.objects.filter(action="reminders.download", after__letters=1).exists()


def test_letters_to_many_come_as_a_zip(analyst_client, region):
    for number in range(3):
        InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region), name=f"Школа {number}")
    archive = zipfile.ZipFile(io.BytesIO(ask(analyst_client, region, to="institutions").content))
    assert archive.namelist() == ["001 Школа 0.docx", "002 Школа 1.docx", "003 Школа 2.docx"]
    assert "Школа 1" in words_in(archive.read("002 Школа 1.docx"))


def test_hostile_names_and_wordings_stay_text(analyst_client, region, place):
    hostile = "{{ 7*7 }} <w:p> & \x07../../etc {% for x in y %}"
    InstitutionFactory(region=region, municipality=place, name=hostile)
    texts = {"heading": "{{ 7*7 }}", "body": "{кому} <b> {% endfor %}"}
    now = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
    Wording.objects.create(region=region, kind=WordingKind.REMINDER, texts=texts, changed_at=now)
    text = words_in(ask(analyst_client, region).content)
    assert "{{ 7*7 }} <w:p> & ../../etc {% for x in y %}" in text
    assert "Амурский район <b> {% endfor %}" in text
    assert "49" not in text


def test_the_municipality_narrows_the_letters(analyst_client, region, place):
    InstitutionFactory(region=region, municipality=place, name="Здесь")
    InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region), name="Там")
    text = words_in(ask(analyst_client, region, municipality=place.pk).content)
    assert "Здесь" in text
    assert "Там" not in text


def test_where_nobody_lags_there_is_nothing_to_write(analyst_client, region):
    response = ask(analyst_client, region)
    assert response.status_code == 422
    assert "писать не о чем" in response.content.decode()


def test_too_many_letters_are_asked_for_by_municipality(analyst_client, region):
    for _ in range(reminders.MOST_LETTERS + 1):
        InstitutionFactory(region=region)
    assert "выберите муниципалитет" in ask(analyst_client, region, to="institutions").content.decode()
