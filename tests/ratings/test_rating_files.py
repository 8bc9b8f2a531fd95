"""The scores of a rating as CSV and XLSX."""

import csv
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Page
from ratings.models import Rating, RatingState
from tests.factories import RegionFactory, institution_admin, watched

from .test_rating_screens import titles
from .worlds import FIRST, LAST, item, methodology, page_in, ranking, rate, target, to

pytestmark = pytest.mark.django_db


# --- files ------------------------------------------------------------------------------------------------------------


def export(client, rating: Rating, kind: str, query: str = "") -> bytes:
    response = client.get(reverse("rating_export", args=[rating.pk, kind]) + query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of_csv(client, rating: Rating, query: str = "") -> list[list[str]]:
    text = export(client, rating, "csv", query).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def rows_of_xlsx(client, rating: Rating, query: str = "") -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(export(client, rating, "xlsx", query)))
    return list(book.active.iter_rows(values_only=True))


def test_files_hold_what_is_filtered_in_the_order_of_the_table(analyst_client, zoned):
    query = "?zone=high&sort=-name"
    expected = titles(analyst_client, zoned, query)
    assert [row[1] for row in rows_of_csv(analyst_client, zoned, query)[1:]] == expected
    assert [row[1] for row in rows_of_xlsx(analyst_client, zoned, query)[1:]] == expected


def test_cells_of_a_file(analyst_client, zoned):
    rows = {row[1]: row for row in rows_of_csv(analyst_client, zoned)[1:]}
    assert rows["П0"][0] == "1"
    assert rows["П0"][3:5] == ["100,0", "Высокая"]
    assert rows["П0"][11:13] == ["1", "0,05"]
    assert (rows["Ворота"][0], rows["Ворота"][3]) == ("—", "80,0")
    assert (rows["Пустая"][0], rows["Пустая"][3], rows["Пустая"][11]) == ("—", "нет данных", "нет данных")
    values = {row[1]: row for row in rows_of_xlsx(analyst_client, zoned)[1:]}
    assert (values["П0"][3], values["П0"][11], values["Пустая"][3]) == (100, 1, "нет данных")


def test_every_row_tells_how_firm_it_is_and_which_rating_it_is_of(analyst_client, zoned):
    zoned.scores.filter(page__title="П0").update(settled=False, award_chance=0.5)
    heads, *rows = rows_of_csv(analyst_client, zoned)
    by_name = {row[1]: dict(zip(heads, row, strict=True)) for row in rows}
    assert by_name["П0"]["Порядок со следующим твёрд"] == "нет"
    assert by_name["П0"]["Вероятность награды"] == "0,5"
    assert by_name["Пустая"]["Вероятность награды"] == "—"
    assert {row["sha256 правил, исходных данных и оценок"] for row in by_name.values()} == {zoned.digest}
    assert {row["Методика"] for row in by_name.values()} == {f"{zoned.methodology} · редакция 1"}


def test_a_file_holds_nothing_that_the_user_may_not_see(zoned):
    score = zoned.scores.get(page__title="П1")
    to(zoned, RatingState.FINAL)
    client = Client()
    client.force_login(institution_admin(score.page.institution))
    for rows in (rows_of_csv(client, zoned)[1:], rows_of_xlsx(client, zoned)[1:]):
        assert [row[1] for row in rows] == ["П1"]
    assert client.get(reverse("rating_export", args=[ranking(RegionFactory()).pk, "csv"])).status_code == 404


def test_what_is_unknown_is_no_data_in_a_file_and_what_is_nothing_is_zero(analyst_client, region):
    watched(page_in(region, title="Ноль"), FIRST, LAST, likes=0)
    watched(page_in(region, title="Неизвестно"), FIRST, LAST)
    Page.objects.filter(title="Неизвестно").update(posts_known_from=None, posts_known_to=None)
    rating = rate(region, methodology(target("engagement_by_views", "1"), target("regularity", "1")))
    rows = {row[1]: row for row in rows_of_csv(analyst_client, rating)[1:]}
    assert rows["Ноль"][11:13] == ["0", "0,0"]
    assert rows["Неизвестно"][13:15] == ["нет данных", "нет данных"]


@pytest.mark.parametrize("title", ['=HYPERLINK("http://x";"y")', "+7 (900)", "-5", "@SUM(A1)", "\t=1"])
def test_a_title_never_becomes_a_formula(analyst_client, region, title):
    watched(page_in(region, title=title), FIRST, LAST)
    rating = rate(region, methodology(item("regularity")))
    assert rows_of_csv(analyst_client, rating)[1][1] == f"'{title}"
    book = openpyxl.load_workbook(io.BytesIO(export(analyst_client, rating, "xlsx")))
    assert book.active["B2"].data_type == "s"
