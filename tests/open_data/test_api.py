"""The API: what it gives to whom, as JSON and CSV, and what every answer tells of itself."""

import csv
import datetime as dt
import io
import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import rollups
from monitoring.models import Slot, SlotReason, SlotStatus
from ratings.bundle import differences, read_bundle
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, SectorFactory, collected, watched
from tests.public.worlds import ask, rated
from tests.ratings.worlds import FIRST, LAST

DAY = dt.date(2025, 1, 19)


def data(name: str, *args: object, query: str = "") -> list:
    response = ask(name, *args, query=query)
    assert response.status_code == 200, response.content
    return response.json()["data"]


def rows(name: str, *args: object, query: str = "?format=csv", **headers: str) -> list[dict[str, str]]:
    response = ask(name, *args, query=query, **headers)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))


@pytest.fixture
def page(region):
    culture = SectorFactory(name="Культура")
    sector = SectorFactory(name="Библиотеки", parent=culture)
    place = MunicipalityFactory(region=region, name="Город", oktmo="08701000")
    institution = InstitutionFactory(region=region, name="Библиотека", sector=sector, municipality=place)
    found = collected(PageFactory(institution=institution, title="Читаем"), DAY, subscribers=120, posts=0)
    rollups.rebuild(region)
    return found


# --- what there is ----------------------------------------------------------------------------------------------------


def test_only_open_regions_are_given(region, closed, page):
    PageFactory(institution__region=closed)
    assert [each["code"] for each in data("api_regions")] == [region.code]
    assert [each["id"] for each in data("api_pages")] == [page.pk]
    assert [each["id"] for each in data("api_institutions")] == [page.institution_id]
    assert ask("api_region", closed.code).status_code == 404
    assert data("api_pages", query=f"?region={region.code}")


def test_what_is_closed_answers_as_what_does_not_exist(closed):
    foreign = PageFactory(institution__region=closed)
    for name in ("api_page", "api_page_days", "api_page_months"):
        assert ask(name, foreign.pk).content == ask(name, 10**12).content
    assert ask("api_region_days", closed.code).content == ask("api_region_days", "RU-NOWHERE").content


def test_an_institution_is_given_with_its_place_and_sector(page):
    found = data("api_institution", page.institution_id)
    assert found["sector"] == "Культура → Библиотеки"
    assert (found["municipality"], found["municipality_oktmo"]) == ("Город", "08701000")
    assert found["inn"] is None


def test_a_page_is_given_with_its_latest_figures(page):
    found = data("api_page", page.pk)
    assert (found["subscribers"], found["measured_on"]) == (120, "2025-01-19")
    assert found["posts_30"] == 0
    assert found["change_year"] is None
    assert found["url"] == page.url


def test_phones_in_titles_are_hidden_and_texts_are_not_given(page):
    page.title = "Читаем, тел. 45-67-89, a@example.org"
    page.save()
    found = json.dumps(data("api_page", page.pk), ensure_ascii=False)
    assert "45-67-89" not in found
    assert "example.org" not in found
    assert "description" not in found
    assert "text" not in found


def test_a_list_is_narrowed_down(region, page):
    other = PageFactory(institution__region=region, platform="ok")
    assert [each["id"] for each in data("api_pages", query="?platform=ok")] == [other.pk]
    assert [each["id"] for each in data("api_pages", query=f"?institution={page.institution_id}")] == [page.pk]


# --- series -----------------------------------------------------------------------------------------------------------


def test_a_day_without_a_number_is_null_with_its_reason_and_a_day_without_posts_is_0(page):
    failed = DAY - dt.timedelta(days=1)
    Slot.objects.create(page=page, day=failed, status=SlotStatus.FAILED, reason=SlotReason.UNREACHABLE)
    first, last = data("api_page_days", page.pk)
    assert (first["day"], first["subscribers"], first["posts"]) == ("2025-01-18", None, None)
    assert (first["reading"], first["reason"]) == ("failed", "unreachable")
    assert (last["subscribers"], last["posts"], last["reason"]) == (120, 0, None)
    as_csv = rows("api_page_days", page.pk)
    assert (as_csv[0]["subscribers"], as_csv[1]["posts"]) == ("", "0")


def test_a_span_gives_its_days_alone(region):
    found = watched(PageFactory(institution__region=region), FIRST, LAST)
    query = "?since=2024-11-10&until=2024-11-12"
    assert [each["day"] for each in data("api_page_days", found.pk, query=query)] == [
        "2024-11-10",
        "2024-11-11",
        "2024-11-12",
    ]
    assert data("api_page_days", found.pk, query="?since=2024-11-12&until=2024-11-10") == []


@pytest.mark.parametrize("query", ["?since=0001-01-01", "?until=9999-12-31", "?since=9999-12-31&until=0001-01-01"])
def test_spans_at_the_ends_of_the_calendar_are_answered(page, query):
    for name, key in (("api_page_days", page.pk), ("api_page_months", page.pk)):
        assert ask(name, key, query=query).status_code == 200
    for name in ("api_region_days", "api_region_months"):
        assert ask(name, page.institution.region.code, query=query).status_code == 200


def test_a_region_is_given_by_day_and_month_as_a_whole_and_by_group(region, page):
    assert data("api_region_days", region.code)[0]["subscribers"] == 120
    found = data("api_region_days", region.code, query="?dimension=municipality")
    assert [(each["name"], each["subscribers"]) for each in found] == [("Город", 120)]
    assert data("api_region_months", region.code, query="?dimension=sector")[0]["name"] == "Культура"
    assert data("api_page_months", page.pk)[0]["subscribers_last"] == 120


# --- ratings ----------------------------------------------------------------------------------------------------------


def test_a_published_rating_is_given_with_rules_scores_and_proof(region, tmp_path):
    rating = rated(region)
    assert data("api_ratings", query=f"?region={region.code}")[0]["digest"] == rating.digest
    assert data("api_rating", rating.pk)["rules"] == rating.methodology.data
    found = data("api_rating_scores", rating.pk)
    assert sorted((each["place"], each["points"]) for each in found) == sorted(
        (each.place, float(each.points)) for each in rating.scores.all()
    )
    path = tmp_path / "bundle"
    path.write_bytes(ask("api_rating_bundle", rating.pk).content)
    assert list(differences(read_bundle(path))) == []


# --- how it is given --------------------------------------------------------------------------------------------------


def test_every_answer_tells_its_licence_and_what_cannot_be_known(page):
    for name, args in (("api_pages", ()), ("api_page", (page.pk,)), ("api_page_days", (page.pk,))):
        response = ask(name, *args)
        meta = response.json()["meta"]
        assert meta["licence"]["name"] == "CC BY 4.0"
        assert any("нет данных" in text for text in meta["gaps"])
        assert 'rel="license"' in response["Link"]
    assert 'rel="license"' in ask("api_pages", query="?format=csv")["Link"]


def test_a_cursor_leads_through_all_rows_once(region):
    pages = [PageFactory(institution__region=region).pk for _ in range(7)]
    seen, cursor = [], ""
    while True:
        answer = ask("api_pages", query=f"?limit=3{cursor}").json()
        seen += [each["id"] for each in answer["data"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert seen == pages


def test_in_csv_the_way_to_the_next_rows_stands_in_a_header(region):
    for _ in range(3):
        PageFactory(institution__region=region)
    response = ask("api_pages", query="?limit=2&format=csv")
    link = response["Link"].partition('rel="next"')[0].strip("<>; ")
    assert len(rows_of(Client().get(link))) == 1


def rows_of(response) -> list:
    return list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))


def test_accept_chooses_the_form_where_the_address_does_not(page):
    assert rows("api_pages", query="", accept="text/csv")[0]["title"] == "Читаем"
    assert ask("api_pages", accept="text/html,*/*").json()["data"]
    assert "Accept" in ask("api_pages")["Vary"]


def test_text_that_a_spreadsheet_would_compute_stands_behind_an_apostrophe(page):
    page.title = '=HYPERLINK("http://evil")'
    page.save()
    assert rows("api_pages")[0]["title"] == '\'=HYPERLINK("http://evil")'


def test_whoever_has_an_answer_already_gets_it_no_second_time(page):
    first = ask("api_page", page.pk)
    again = ask("api_page", page.pk, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    page.title = "Иначе"
    page.save()
    assert ask("api_page", page.pk, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=5001",
        "?limit=99999999999999999999",
        "?cursor=x",
        "?cursor=-1",
        "?platform=zz",
        "?region=%00",
        "?institution=0",
        "?institution=99999999999999999999",
        "?format=xml",
        "?institution__region=1",
        "?_connector=OR",
    ],
)
def test_what_is_not_understood_is_named(page, query):
    response = ask("api_pages", query=query)
    assert response.status_code == 422
    assert query[1:].split("=")[0] in response.json()["detail"]


def test_other_addresses_and_methods_answer_in_words_too(db):
    assert ask("api_missing", "v1/nowhere").json()["detail"]
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(Client(), method)(reverse("api_regions"))
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert Client().head(reverse("api_regions")).status_code == 200


def test_other_sites_may_read_it_but_with_no_ones_sign_in(region):
    response = ask("api_regions")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies


@pytest.mark.parametrize("name", ["api_pages", "api_institutions", "api_ratings"])
def test_a_list_costs_as_many_queries_for_few_rows_as_for_many(region, page, name):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            data(name)
        return len(queries)

    rated(region, (1,))
    few = cost()
    for _ in range(10):
        collected(PageFactory(institution__region=region, institution__sector=SectorFactory(name="Иное")), DAY)
    rated(region, (1,))
    assert cost() == few <= 4


# --- the document and the page of help --------------------------------------------------------------------------------


def test_every_field_and_parameter_is_explained_in_russian(db):
    document = ask("api_openapi").json()
    shapes = [shape for name, shape in document["components"]["schemas"].items() if name.endswith("Row")]
    texts = [about["description"] for shape in shapes for about in shape["properties"].values()]
    for methods in document["paths"].values():
        assert methods["get"]["summary"]
        texts += [each["description"] for each in methods["get"]["parameters"]]
    assert all(any("а" <= letter <= "я" for letter in text) for text in texts)


def test_the_page_of_help_names_every_address_and_its_examples_work(region, page):
    html = ask("api_docs").content.decode()
    document = ask("api_openapi").json()
    assert all(path in html for path in document["paths"])
    found = re.findall(r"http://testserver(/api/v1/[^\s\"<]+)", unescape(html))
    assert len(found) == 4
    assert {Client().get(address).status_code for address in found} == {200}
    assert not re.findall(r'(?:src|href)="https?://(?!creativecommons|testserver)', html)
