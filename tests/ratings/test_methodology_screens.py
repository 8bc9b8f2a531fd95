"""Methodologies on the screen: in words, as a form with its effect, rehearsed, and as a calculator."""

import csv
import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gospub.accounts.models import AuditEntry
from monitoring.models import Page
from ratings.editing import award_fields, form_of
from ratings.methodologies import store_presets
from ratings.models import Methodology, Rating, RatingState
from ratings.periods import read_period
from ratings.rules_data import read_rules
from tests.factories import InstitutionFactory, RegionFactory, analyst, auditor, institution_admin, official, watched

from .worlds import FIRST, LAST, ZONES, item, methodology, page_in, ranking, rate, some_pages, target, to

pytestmark = pytest.mark.django_db


def address(name: str, region, found: Methodology) -> str:
    return reverse(name, args=[region.code, found.pk])


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def names_of_moves(html: str) -> list[str]:
    """Who moves, in the order of the table of moves."""
    table = re.search(r'aria-labelledby="effect-title">\s*<table.*?</table>', html, re.S)
    return re.findall(r'<th scope="row" class="first">([^<]*)</th>', table[0]) if table else []


@pytest.fixture
def two_sides(region) -> Rating:
    """П00 has the likes, П01 the posts."""
    for number, (likes, every) in enumerate([(9, 5), (1, 1)]):
        watched(page_in(region, title=f"П{number:02}"), FIRST, LAST, likes=likes, every=every)
    rules = methodology(target("engagement_by_views", "0.09", "9"), target("regularity", "1", "1"), line={"places": 1})
    return rate(region, rules)


# --- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["amur", "best-admin", "chelyabinsk"])
def test_every_preset_opens_as_words_form_and_rehearsal(analyst_client, region, slug):
    store_presets()
    for found in Methodology.objects.filter(slug=slug):
        for name in ("methodology", "methodology_edit", "methodology_rehearsal"):
            response = analyst_client.get(address(name, region, found))
            assert response.status_code == 200, name
            assert found.name in response.content.decode()


def test_words_tell_weights_norms_and_zones(analyst_client, region):
    store_presets()
    html = analyst_client.get(address("methodology", region, Methodology.objects.get(slug="amur"))).content.decode()
    assert "Зелёная" in html
    assert "90" in html
    assert re.search(r'<td class="n"><span class="num">40</span></td>', html)


def test_words_tell_ties_extreme_values_and_every_rounding(analyst_client, region):
    found = methodology(
        item("growth", normaliser={"kind": "min_max"}), region=region, unit="month", unit_digits=1, digits=3,
        winsorising={"most": 4}, line={"places": 2}, ties=["growth"], zones=ZONES,
    )  # fmt: skip
    html = re.sub(r"\s+", " ", analyst_client.get(address("methodology", region, found)).content.decode())
    for words in (
        "Оценки отрезков округляются до 1 знака, прежде чем берётся их среднее.",
        "Итог округляется до 3 знаков",
        "Зоны — по округлённому итогу.",
        "асимметрия больше 2 и эксцесс больше 3,50, не больше 4 на показатель и группу",
        "решают по порядку: Прирост",
    ):
        assert words in html, words


def test_the_list_has_published_ones_and_the_regions_own(analyst_client, region):
    own, published = methodology(item("growth"), region=region), methodology(item("growth"))
    foreign = methodology(item("growth"), region=RegionFactory())
    html = analyst_client.get(reverse("methodologies", args=[region.code])).content.decode()
    assert [each.name in html for each in (own, published, foreign)] == [True, True, False]
    assert analyst_client.get(address("methodology", region, foreign)).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_the_list_do_not_depend_on_its_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    for _ in range(count):
        methodology(item("growth"), region=region)
    with django_assert_max_num_queries(12):
        analyst_client.get(reverse("methodologies", args=[region.code]))


def test_an_institution_admin_sees_the_methodologies_of_ratings_that_are_seen(region):
    rating, unused = to(ranking(region), RatingState.FINAL), methodology(item("growth"))
    client = client_of(institution_admin(rating.scores.first().page.institution))
    assert client.get(address("methodology", region, rating.methodology)).status_code == 200
    assert client.get(address("methodology", region, unused)).status_code == 404
    assert client.get(address("methodology_edit", region, rating.methodology)).status_code == 403
    assert client.get(address("methodology_rehearsal", region, rating.methodology)).status_code == 404


def test_an_official_rehearses_and_changes(region):
    rating = ranking(region)
    client = client_of(official(region))
    assert client.get(address("methodology_rehearsal", region, rating.methodology)).status_code == 200
    assert client.get(address("methodology_edit", region, rating.methodology)).status_code == 200


def test_an_auditor_rehearses_but_does_not_change(region):
    rating = ranking(region)
    client = client_of(auditor(region))
    assert client.get(address("methodology_rehearsal", region, rating.methodology)).status_code == 200
    assert client.get(address("methodology_edit", region, rating.methodology)).status_code == 403
    assert client.post(address("methodology_edit", region, rating.methodology), {"save": "1"}).status_code == 403


# --- the form ---------------------------------------------------------------------------------------------------------


def filled(found: Methodology, **changes: str):
    form = form_of(found.data)
    for name, value in changes.items():
        form.setlist(name, [value])
    return {name: form.getlist(name) for name in form}


def test_the_form_shows_what_the_methodology_says(analyst_client, region):
    found = methodology(item("growth", "7.5"), target("avatar", "1", not_for=["card"]), digits=0, line={"places": 4})
    html = analyst_client.get(address("methodology_edit", region, found)).content.decode()
    for name, value in (("item-0-weight", "7,5"), ("item-1-target", "1"), ("digits", "0"), ("line_value", "4")):
        assert re.search(rf'name="{name}"\s+value="{value}"', html), name
    assert re.search(r'name="item-1-cards"\s+value="1"\s+checked', html)
    assert not re.search(r'name="item-0-cards"\s+value="1"\s+checked', html)


def test_saving_an_untouched_form_changes_nothing_of_the_meaning(analyst_client, region):
    found = methodology(item("growth", "7.5"), target("avatar", "1"), region=region, digits=0)
    url = address("methodology_edit", region, found)
    response = analyst_client.post(url, filled(found, version="1", save="1"))
    assert response.url == address("methodology", region, found)
    before = {"items": found.data["items"], "digits": 0}
    found.refresh_from_db()
    assert found.data["digits"] == before["digits"]
    assert [each["weight"] for each in found.data["items"]] == ["7.5", "1"]


def test_a_preview_renders_the_effect_alone_and_saves_nothing(analyst_client, region, two_sides):
    found = two_sides.methodology
    form = filled(found, **{"item-0-weight": "1", "item-1-weight": "9"})
    url = address("methodology_edit", region, found)
    part = analyst_client.post(url, form, headers={"HX-Request": "true"})
    html = part.content.decode()
    assert (part.status_code, "<form" in html, "<html" in html) == (200, False, False)
    assert set(names_of_moves(html)) == {"П00", "П01"}
    whole = analyst_client.post(url, form | {"show": ["1"]}).content.decode()
    fragment = re.sub(r"\s+", " ", re.search(r"<section.*</section>", html, re.S)[0])
    assert fragment in re.sub(r"\s+", " ", whole)
    found.refresh_from_db()
    assert found.data["items"][0]["weight"] == "9"
    assert (Methodology.objects.count(), Rating.objects.count()) == (1, 1)


def test_a_preview_is_on_the_data_of_last_year_where_it_was_rated(analyst_client, region, two_sides):
    """Not on those of a later month."""
    found = two_sides.methodology
    rate(region, found, read_period("2024"))
    watched(Page.objects.get(title="П00"), dt.date(2025, 1, 1), dt.date(2025, 1, 9))
    rate(region, found, read_period("2025-01"))
    html = analyst_client.get(address("methodology_edit", region, found)).content.decode()
    assert "Кто и куда переместился бы: 2024 год" in re.sub(r"\s+", " ", html)


def test_a_preview_needs_no_rating(analyst_client, region, two_sides):
    found = two_sides.methodology
    Rating.objects.all().delete()
    form = filled(found, **{"item-0-weight": "1", "item-1-weight": "9"})
    html = analyst_client.post(address("methodology_edit", region, found), form, headers={"HX-Request": "true"})
    assert set(names_of_moves(html.content.decode())) == {"П00", "П01"}
    assert Rating.objects.count() == 0


def test_a_preview_of_what_cannot_be_read_says_what(analyst_client, region, two_sides):
    url = address("methodology_edit", region, two_sides.methodology)
    form = filled(two_sides.methodology, **{"item-0-weight": "тяжёлый"})
    html = analyst_client.post(url, form, headers={"HX-Request": "true"}).content.decode()
    assert 'role="alert"' in html
    assert "тяжёлый" in html


def test_a_form_that_cannot_be_read_is_not_saved(analyst_client, region):
    found = methodology(item("growth"), region=region)
    form = filled(found, **{"item-0-weight": "<b>x</b>"}, version="2", save="1")
    response = analyst_client.post(address("methodology_edit", region, found), form)
    assert response.status_code == 422
    html = response.content.decode()
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert Methodology.objects.count() == 1


def test_what_was_typed_stays_in_the_form_until_it_is_saved(analyst_client, region):
    found = methodology(item("growth"), item("avatar"), region=region)
    typed = {"item-0-remove": "1", "item-1-weight": "7,25", "item-2-indicator": "cover", "item-2-weight": "x",
             "least": "11", "version": "новая", "since": "2026-02-01"}  # fmt: skip
    html = analyst_client.post(address("methodology_edit", region, found), filled(found, **typed)).content.decode()
    for name, value in (("item-1-weight", "7,25"), ("item-2-weight", "x"), ("least", "11"), ("version", "новая"),
                        ("since", "2026-02-01")):  # fmt: skip
        assert re.search(rf'name="{name}"\s+(maxlength="40"\s+)?value="{value}"', html), name
    assert re.search(r'name="item-0-remove"\s+value="1"\s+checked', html)
    assert 'name="item-3-indicator"' in html


def test_a_published_methodology_becomes_the_regions_own(analyst_client, region):
    found = methodology(item("growth"))
    form = filled(found, **{"item-0-weight": "3"}, version="своя", since="2025-01-01", until="", save="1")
    response = analyst_client.post(address("methodology_edit", region, found), form)
    own = Methodology.objects.get(region=region)
    assert response.url == address("methodology", region, own)
    assert (own.version, f"{own.since}", own.until, own.data["items"][0]["weight"]) == ("своя", "2025-01-01", None, "3")
    entry = AuditEntry.objects.get(action="methodology.save")
    assert (entry.subject, entry.after["version"]) == (f"methodology {own.pk}", "своя")


def test_a_version_that_was_used_stays_and_its_name_is_refused(analyst_client, region):
    some_pages(region, [1, 2])
    found = methodology(item("engagement_by_views"), region=region)
    rate(region, found)
    url = address("methodology_edit", region, found)
    response = analyst_client.post(url, filled(found, **{"item-0-weight": "3"}, version="1", save="1"))
    assert [str(each) for each in response.context["messages"]]
    assert Methodology.objects.count() == 1
    analyst_client.post(url, filled(found, **{"item-0-weight": "3"}, version="2", save="1"))
    assert [each.data["items"][0]["weight"] for each in Methodology.objects.of(found.slug)] == ["1", "3"]


@pytest.mark.parametrize(
    "fields", [{"version": ""}, {"version": " \0 "}, {"version": "2", "since": "2025-02-01", "until": "2025-01-01"}]
)
def test_a_version_needs_a_name_and_days_that_do_not_cross(analyst_client, region, fields):
    found = methodology(item("growth"), region=region)
    response = analyst_client.post(address("methodology_edit", region, found), filled(found, **fields, save="1"))
    assert [str(each) for each in response.context["messages"]]
    assert Methodology.objects.count() == 1


def test_a_name_with_a_null_character_breaks_nothing(analyst_client, region):
    found = methodology(item("growth"), region=region)
    url = address("methodology_edit", region, found)
    assert analyst_client.post(url, filled(found, version="2\0", save="1")).status_code == 302


def test_another_region_changes_nothing(region):
    found = methodology(item("growth"), region=region)
    client = client_of(analyst(RegionFactory()))
    for name in ("methodology", "methodology_edit", "methodology_rehearsal"):
        assert client.get(address(name, region, found)).status_code == 404


@pytest.mark.parametrize("count", [5, 60])
def test_the_queries_of_the_form_do_not_depend_on_the_subjects(
    analyst_client, region, count, django_assert_max_num_queries
):
    institution = InstitutionFactory(region=region)
    for number in range(count):
        watched(page_in(region, institution=institution), LAST, LAST, likes=number % 5)
    found = rate(region, methodology(item("engagement_by_views"), target("avatar", "1"))).methodology
    form = filled(found, **{"item-0-weight": "5"})
    with django_assert_max_num_queries(30):
        analyst_client.post(address("methodology_edit", region, found), form, headers={"HX-Request": "true"})


@pytest.mark.parametrize("slug", ["amur", "best-admin", "chelyabinsk"])
def test_what_the_form_holds_when_it_is_opened_is_what_it_saves(analyst_client, region, slug):
    """Every field as a browser would send it."""
    store_presets()
    for found in Methodology.objects.filter(slug=slug):
        html = analyst_client.get(address("methodology_edit", region, found)).content.decode()
        response = analyst_client.post(address("methodology_edit", region, found), sent(html) | {"save": ["1"]})
        assert response.status_code == 302
        own = Methodology.objects.get(region=region, version=found.version)
        assert read_rules(own.data) == read_rules(found.data)


def sent(html: str) -> dict[str, list[str]]:
    """The fields of the page's form with what they hold, as a browser sends them."""
    form = LexborHTMLParser(html).css_first("form[hx-post]")
    fields: dict[str, list[str]] = {}
    for field in form.css("input, select, textarea"):
        name, kind = field.attributes.get("name"), field.attributes.get("type")
        if field.tag == "select":
            chosen = field.css_first("option[selected]") or field.css_first("option")
            value = chosen.attributes.get("value")
        elif field.tag == "textarea":
            value = field.text()
        else:
            value = None if kind == "checkbox" and "checked" not in field.attributes else field.attributes.get("value")
        if name and value is not None:
            fields.setdefault(name, []).append(value)
    return fields


# --- files ------------------------------------------------------------------------------------------------------------


def loaded(client, region, content: bytes | None):
    files = {} if content is None else {"file": SimpleUploadedFile("own.json", content)}
    return client.post(reverse("methodology_load", args=[region.code]), files)


def test_a_file_that_was_downloaded_is_loaded_as_the_regions_own(analyst_client, region):
    found = methodology(item("growth"), gate=[{"indicator": "avatar", "from": "1"}])
    file = analyst_client.get(address("methodology_data", region, found))
    assert file["Content-Disposition"].endswith(f'methodology-{found.slug}-1.json"')
    response = loaded(analyst_client, region, file.content.replace(b'"growth"', b'"regularity"'))
    own = Methodology.objects.get(region=region)
    assert (response.status_code, own.data["items"][0]["indicator"]) == (302, "regularity")
    assert own.name in analyst_client.get(response.url).content.decode()
    entry = AuditEntry.objects.get(action="methodology.save")
    assert (entry.subject, entry.after["version"]) == (f"methodology {own.pk}", "1")


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"name": "X", "version": "1", "items": []}'])
def test_a_file_that_is_no_methodology_is_told_on_the_list(analyst_client, region, content):
    response = loaded(analyst_client, region, content)
    assert (response.status_code, 'role="alert"' in response.content.decode()) == (422, True)
    assert not Methodology.objects.exists()


def test_a_file_is_loaded_by_those_who_rate_the_region_alone(region):
    page = page_in(region)
    for user, status in ((official(region), 422), (auditor(region), 403), (institution_admin(page.institution), 403)):
        client = client_of(user)
        assert loaded(client, region, b"{").status_code == status
        shown = 'id="methodology-file"' in client.get(reverse("methodologies", args=[region.code])).content.decode()
        assert shown == (status == 422)
    assert loaded(client_of(analyst(RegionFactory())), region, b"{").status_code == 404


# --- the rehearsal ----------------------------------------------------------------------------------------------------


def test_a_rehearsal_beside_a_list_tells_who_moves(analyst_client, region, two_sides):
    other = methodology(target("engagement_by_views", "0.09", "1"), target("regularity", "1", "9"), line={"places": 1})
    url = address("methodology_rehearsal", region, other)
    assert names_of_moves(analyst_client.get(url).content.decode()) == []
    html = analyst_client.get(f"{url}?period=2024-11&against={two_sides.pk}").content.decode()
    assert set(names_of_moves(html)) == {"П00", "П01"}
    assert "−1" in html
    assert html.count("<li>П0") == 2  # one comes over the award line, one falls below it


def test_a_rehearsal_beside_itself_moves_nobody(analyst_client, region, two_sides):
    url = address("methodology_rehearsal", region, two_sides.methodology)
    html = analyst_client.get(f"{url}?period=2024-11&against={two_sides.pk}").content.decode()
    assert "1,00" in html
    assert names_of_moves(html) == []


@pytest.mark.parametrize("period", ["вчера", "2024-13", "2019"])
def test_a_period_that_cannot_be_rehearsed_is_told(analyst_client, region, two_sides, period):
    url = address("methodology_rehearsal", region, two_sides.methodology)
    response = analyst_client.get(url, {"period": period})
    assert response.status_code == 422
    assert 'id="period-problem"' in response.content.decode()


@pytest.mark.parametrize("against", ["0", "x", "999999", ""])
def test_a_list_that_is_not_there_is_left_out(analyst_client, region, two_sides, against):
    url = address("methodology_rehearsal", region, two_sides.methodology)
    assert analyst_client.get(url, {"period": "2024-11", "against": against}).status_code == 200


def test_lists_of_other_subjects_are_not_offered(analyst_client, region, two_sides):
    by_founder = methodology(item("growth"), subject="founder")
    html = analyst_client.get(address("methodology_rehearsal", region, by_founder)).content.decode()
    assert f'<option value="{two_sides.pk}"' not in html
    assert f'<option value="{two_sides.pk}"' in (
        analyst_client.get(address("methodology_rehearsal", region, methodology(item("growth")))).content.decode()
    )


# --- the calculator ---------------------------------------------------------------------------------------------------


def calculated(client, region, found: Methodology, content: str | bytes):
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("quantities.csv", data, content_type="text/csv")
    return client.post(address("methodology", region, found), {"file": file})


@pytest.fixture
def norm(region) -> Methodology:
    return methodology(target("regularity", "1", "3"), target("avatar", "1"))


def test_a_good_file_gives_a_file_with_points_and_places(analyst_client, region, norm):
    text = "subject,regularity.numerator,regularity.denominator,avatar\nА,15,30,1\nБ,30,30,1\nВ,,,0\n"
    response = calculated(analyst_client, region, norm, text)
    assert response["Content-Disposition"] == f'attachment; filename="scores-{norm.slug}.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["subject"], row["place"], row["score"]) for row in rows] == [
        ("Б", "1", "100.00"),
        ("А", "2", "62.50"),
        ("В", "3", "0.00"),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("subject,avatar\nА,1\n", ["regularity"]),
        ("subject,regularity,avatar\nА,много,1\nБ,1,x\n", ["2", "regularity", "много", "3", "avatar"]),
        ("subject,regularity,avatar\nА,1,1\nА,1,1\n", ["3", "subject"]),
        ("regularity,avatar\n1,1\n", ["subject"]),
        ("subject,regularity,avatar\n", []),
        ("", ["subject"]),
        (b"\x00\x01\x02", []),
        ("subject,regularity,avatar\nА,<script>,1\n", ["2", "&lt;script&gt;"]),
    ],
)
def test_a_bad_file_is_answered_with_what_is_wrong_where(analyst_client, region, norm, text, named):
    response = calculated(analyst_client, region, norm, text)
    assert response.status_code == 422
    alert = re.search(r'role="alert".*?</ul>', response.content.decode(), re.S)[0]
    for part in named:
        assert part in alert, part


def test_no_file_is_told(analyst_client, region, norm):
    assert analyst_client.post(address("methodology", region, norm)).status_code == 422


def test_a_subject_never_becomes_a_formula(analyst_client, region, norm):
    response = calculated(analyst_client, region, norm, "subject,regularity,avatar\n=1+1,1,1\n")
    assert "'=1+1" in response.content.decode()


def test_the_calculator_keeps_nothing(analyst_client, region, norm):
    calculated(analyst_client, region, norm, "subject,regularity,avatar\nА,1,1\n")
    assert not Rating.objects.exists()


# --- award rules ------------------------------------------------------------------------------------------------------


def test_award_rules_are_changed_on_the_same_form(analyst_client, region):
    found = methodology(item("growth", "7.5"), region=region)
    url = address("methodology_edit", region, found)
    form = filled(found, version="1", save="1") | award_fields(found.data)
    analyst_client.post(url, form | {"award-0-name": "Лучший ответ людям", "award-0-order": "answers"})
    found.refresh_from_db()
    first = found.data["awards"]["nominations"][0]
    assert (first["name"], first["order"]) == ("Лучший ответ людям", "answers")
    shown = analyst_client.get(address("methodology", region, found)).content.decode()
    assert "Лучший ответ людям: по показателю «доля отвеченных комментариев, %»" in shown


def test_award_rules_that_cannot_be_are_refused_and_stay_in_the_form(analyst_client, region):
    found = methodology(item("growth", "7.5"), region=region)
    url = address("methodology_edit", region, found)
    form = filled(found, version="1", save="1") | award_fields(found.data)
    response = analyst_client.post(url, form | {"award-0-quota_value": "много"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "«много» — не число" in html
    assert 'value="много"' in html
