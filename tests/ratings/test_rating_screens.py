"""The list of ratings, the table of scores, its files and how firm it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import Page
from ratings.models import Methodology, Rating, RatingState, Score
from ratings.periods import read_period
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PersonFactory,
    RegionFactory,
    SectorFactory,
    analyst,
    auditor,
    institution_admin,
    steward,
    watched,
)

from .worlds import DAY, FIRST, LAST, ZONES, by_key, item, methodology, page_in, ranking, rate, some_pages, target, to

pytestmark = pytest.mark.django_db


def url(rating: Rating, query: str = "") -> str:
    return reverse("rating", args=[rating.pk]) + query


def html_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def titles(client, rating: Rating, query: str = "") -> list[str]:
    """Names of the table's rows in their order."""
    return re.findall(r'href="/scores/\d+/"\s+title="([^"]*)"', html_of(client, url(rating, query)))


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_names_ratings_the_latest_first(analyst_client, region):
    some_pages(region, [1, 2])
    rules = methodology(item("engagement_by_views"))
    month, week = rate(region, rules), rate(region, rules, period=read_period(str(FIRST)))
    html = html_of(analyst_client, reverse("ratings", args=[region.code]))
    assert html.index(f'href="{url(month)}"') < html.index(f'href="{url(week)}"')
    assert rules.name in html


@pytest.mark.parametrize("sort", ["name", "last", "state", "subjects", "computed"])
def test_the_list_sorts_by_every_column(analyst_client, region, sort):
    ranking(region)
    for sign in ("", "-"):
        assert analyst_client.get(reverse("ratings", args=[region.code]) + f"?sort={sign}{sort}").status_code == 200


def test_an_empty_list_says_so(analyst_client, region):
    assert 'class="panel empty"' in html_of(analyst_client, reverse("ratings", args=[region.code]))


@pytest.mark.parametrize("count", [2, 30])
def test_the_queries_of_the_list_do_not_depend_on_its_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    rating = ranking(region)
    for number in range(count):
        fields = {f.name: getattr(rating, f.name) for f in Rating._meta.fields if f.name not in ("id", "edition")}
        Rating.objects.create(**fields | {"edition": number + 2, "state": "final"})
    with django_assert_max_num_queries(14):
        html_of(analyst_client, reverse("ratings", args=[region.code]))


def test_an_analyst_computes_from_the_list(analyst_client, region):
    some_pages(region, [1, 2])
    rate(region, rules := methodology(item("engagement_by_views")))
    data = {"methodology": rules.slug, "period": "2024-W46"}
    response = analyst_client.post(reverse("rating_compute", args=[region.code]), data)
    rating = Rating.objects.get(unit="week")
    assert response.url == url(rating)
    assert rating.computed_by.grants.get().region == region
    entry = AuditEntry.objects.get(action="rating.compute")
    assert (entry.subject, entry.after["digest"], entry.after["period"]) == (
        f"rating {rating.pk}",
        rating.digest,
        "2024-W46",
    )


@pytest.mark.parametrize("period", ["вчера", "", "2024-13", "2019", "0000"])
def test_a_period_that_cannot_be_rated_is_told_on_the_list(analyst_client, region, period):
    some_pages(region, [1, 2])
    data = {"methodology": methodology(item("engagement_by_views")).slug, "period": period}
    response = analyst_client.post(reverse("rating_compute", args=[region.code]), data, follow=True)
    assert response.redirect_chain == [(reverse("ratings", args=[region.code]), 302)]
    assert len(list(response.context["messages"])) == 1
    assert not Rating.objects.exists()


def test_only_those_who_rate_the_region_compute(region):
    page = some_pages(region, [1, 2])[0]
    data = {"methodology": methodology(item("engagement_by_views")).slug, "period": "2024-11"}
    for user, status in (
        (auditor(region), 403),
        (institution_admin(page.institution), 403),
        (analyst(RegionFactory()), 404),
    ):
        client = client_of(user)
        assert client.post(reverse("rating_compute", args=[region.code]), data).status_code == status
    assert 'id="methodology"' not in html_of(client_of(auditor(region)), reverse("ratings", args=[region.code]))


def test_a_region_does_not_rate_by_anothers_methodology(analyst_client, region):
    foreign = methodology(item("growth"), region=RegionFactory())
    data = {"methodology": foreign.slug, "period": "2024-11"}
    assert analyst_client.post(reverse("rating_compute", args=[region.code]), data).status_code == 404
    assert foreign.name not in html_of(analyst_client, reverse("ratings", args=[region.code]))


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_best_come_first_and_those_without_a_place_last(analyst_client, region):
    some_pages(region, [1, 3, 2])
    watched(page_in(region, title="Мало данных"), LAST, LAST, likes=9)
    rating = rate(region, methodology(item("engagement_by_views"), eligibility={"posts": 5}))
    assert titles(analyst_client, rating) == ["П01", "П02", "П00", "Мало данных"]


@pytest.mark.parametrize("sort", ["name", "place", "points", "group", "expected"])
def test_every_column_sorts_both_ways(analyst_client, region, sort):
    for number, level in enumerate(["municipal"] * 2 + ["ministry"] * 2):
        place = InstitutionFactory(region=region, level=level)
        watched(page_in(region, institution=place, title=f"П{number}"), FIRST, LAST, likes=number)
    rating = rate(region, methodology(item("engagement_by_views"), peers={"by": ["level"]}))
    forward, back = (titles(analyst_client, rating, f"?sort={sign}{sort}") for sign in ("", "-"))
    assert sorted(forward) == sorted(back) == ["П0", "П1", "П2", "П3"]
    if sort == "points":
        assert back == ["П1", "П3", "П0", "П2"]


def test_filters_narrow_the_table(analyst_client, zoned):
    assert titles(analyst_client, zoned, "?zone=high&sort=name") == ["Ворота", "П0", "П2"]
    assert titles(analyst_client, zoned, "?zone=low") == ["П1"]
    assert titles(analyst_client, zoned, "?zone=none") == ["Пустая"]
    assert titles(analyst_client, zoned, "?status=1") == ["Ворота"]
    assert titles(analyst_client, zoned, "?status=3") == ["Пустая"]
    groups = [group for group, label in enumerate(zoned.groups) if label == [["Культура"]]]
    assert titles(analyst_client, zoned, f"?group={groups[0]}") == ["П0", "П1"]
    assert titles(analyst_client, zoned, f"?group={groups[0]}&zone=low") == ["П1"]


def test_search_finds_by_title_handle_and_institution(analyst_client, zoned):
    page = Page.objects.get(title="П1")
    for text in ("п1", page.handle, page.institution.name, page.institution.ogrn):
        assert titles(analyst_client, zoned, f"?q={text}") == ["П1"], text
    assert titles(analyst_client, zoned, "?q=(") == []


def test_the_firmness_of_a_place_is_asked_for(analyst_client, zoned):
    Score.objects.filter(page__title="П1").update(award_chance=0.5, settled=True)
    Score.objects.filter(page__title="П2").update(award_chance=0.9, settled=False)
    assert titles(analyst_client, zoned, "?firmness=jury") == ["П1"]
    assert "П2" in titles(analyst_client, zoned, "?firmness=unsettled")
    assert "П1" not in titles(analyst_client, zoned, "?firmness=unsettled")


def test_a_place_that_is_not_settled_is_marked_in_the_table(analyst_client, zoned):
    def marked() -> list[str]:
        rows = re.findall(r"<tr>.*?</tr>", html_of(analyst_client, url(zoned)), re.S)
        return [re.findall(r"П\d", row)[0] for row in rows if "<td" in row and "≈" in row]

    zoned.scores.update(settled=True)
    assert marked() == []
    zoned.scores.filter(page__title="П1").update(settled=False)
    assert marked() == ["П1"]


def test_what_is_expected_stands_beside_the_points(analyst_client, zoned):
    zoned.scores.filter(page__title="П1").update(expected=12.34)
    assert "12,34" in html_of(analyst_client, url(zoned))


def test_those_most_above_expectation_come_first_where_they_are_asked_for(analyst_client, zoned):
    for title, expected in (("П0", 99), ("П1", 1), ("П2", 50)):
        zoned.scores.filter(page__title=title).update(expected=expected)
    assert titles(analyst_client, zoned, "?sort=-expected")[:3] == ["П2", "П1", "П0"]


def test_a_condition_in_force_is_named_in_words_and_can_be_taken_away(analyst_client, zoned):
    number = zoned.groups.index([["Культура"]])
    html = html_of(analyst_client, url(zoned, f"?group={number}&status=0&zone=high"))
    chips = re.search(r'<ul class="chips".*?</ul>', html, re.S)[0]
    assert "Культура" in chips
    assert "Высокая" in chips
    assert f'href="?group={number}&amp;status=0"' in chips
    assert not re.search(r">\s*[01]\s*<", chips)


@pytest.mark.parametrize(
    "query", ["?zone=нет", "?group=99", "?status=х", "?firmness=1", "?page=x", "?sort=key", "?q=%00"]
)
def test_a_condition_that_is_not_understood_is_left_out(analyst_client, zoned, query):
    assert len(titles(analyst_client, zoned, query)) == 5


def test_tiles_count_the_zones_and_lead_to_them(analyst_client, zoned):
    html = html_of(analyst_client, url(zoned))
    tiles = re.findall(r'href="(\?[^"]*zone=\w+)".*?<span class="value num">(\d+)</span>', html, re.S)
    assert tiles[:3] == [("?zone=high", "3"), ("?zone=low", "1"), ("?zone=none", "1")]


def test_no_data_does_not_apply_and_zero_are_told_apart(analyst_client, region):
    zero = watched(page_in(region, title="Ноль"), FIRST, LAST, likes=0)
    watched(page_in(region, title="Визитка", page_class="card"), FIRST, LAST)
    watched(page_in(region, title="Неизвестно"), FIRST, LAST)
    Page.objects.filter(title="Неизвестно").update(posts_known_from=None, posts_known_to=None)
    rules = methodology(
        target("regularity", "1", not_for=["card"]), target("engagement_by_views", "1"), target("avatar", "1")
    )
    rating = rate(region, rules)
    rows = re.findall(r"<tr>(.*?)</tr>", html_of(analyst_client, url(rating, "?sort=name")), re.S)
    cells = {
        title: [
            re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in re.findall(r"<td class=\"n\">(.*?)</td>", row, re.S)
        ]
        for row in rows
        for title in re.findall(r'title="(Ноль|Визитка|Неизвестно)"', row)
    }
    assert [cells[name][3] for name in ("Визитка", "Неизвестно")] == [["—"], ["нет", "данных"]]
    assert cells["Ноль"][4] == ["0"]
    assert by_key(rating)[str(zero.pk)].points is not None


@pytest.mark.parametrize("count", [5, 60])
def test_the_queries_of_the_table_do_not_depend_on_its_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    for number in range(count):
        sector = SectorFactory(name=f"Отрасль {number % 4}")
        place = InstitutionFactory(region=region, sector=sector)
        watched(page_in(region, institution=place), LAST - 3 * DAY, LAST, likes=number % 7)
    rating = rate(region, methodology(item("engagement_by_views"), peers={"by": ["sector"]}, zones=ZONES))
    with django_assert_max_num_queries(35):
        html_of(analyst_client, url(rating))
    with django_assert_max_num_queries(16):
        analyst_client.get(url(rating), headers={"HX-Request": "true"})
    with django_assert_max_num_queries(20):
        html_of(analyst_client, reverse("rating_firmness", args=[rating.pk]))


def test_fifty_scores_on_a_screen(analyst_client, region):
    for number in range(53):
        watched(page_in(region, title=f"П{number:02}"), LAST, LAST)
    rating = rate(region, methodology(item("regularity")))
    assert len(titles(analyst_client, rating)) == 50
    assert titles(analyst_client, rating, "?sort=name&page=2") == ["П50", "П51", "П52"]


def test_htmx_gets_the_same_table_that_a_full_load_shows(analyst_client, zoned):
    whole = html_of(analyst_client, url(zoned, "?sort=-points"))
    part = analyst_client.get(url(zoned, "?sort=-points&q="), headers={"HX-Request": "true"})
    table = re.search(r'<div class="table-box".*</table>', part.content.decode(), re.S)[0]
    assert "<html" not in part.content.decode()
    assert re.sub(r"\s+", " ", table) in re.sub(r"\s+", " ", whole)
    assert part["HX-Push-Url"] == url(zoned, "?sort=-points")


def test_hostile_names_are_shown_as_text(analyst_client, region):
    place = InstitutionFactory(region=region, name="<img src=x onerror=1>", founder="<b>Ф</b>")
    page = watched(page_in(region, institution=place, title='"><script>alert(1)</script>'), FIRST, LAST)
    rating = rate(region, methodology(item("regularity"), line={"places": 1}))
    score = by_key(rating)[str(page.pk)]
    addresses = [
        url(rating),
        reverse("rating_firmness", args=[rating.pk]),
        reverse("score", args=[score.pk]),
        reverse("score_inputs", args=[score.pk, "regularity"]),
        url(rate(region, methodology(item("regularity"), subject="founder"))),
        url(rate(region, methodology(item("regularity"), subject="institution"))),
    ]
    for address in addresses:
        html = html_of(analyst_client, address)
        assert not re.search(r"<script>alert|<img src=x|<b>Ф", html), address


@pytest.mark.parametrize("subject", ["page", "institution", "person", "municipality", "founder"])
def test_every_kind_of_subject_has_its_table_its_scores_and_its_files(analyst_client, region, subject):
    district = MunicipalityFactory(region=region)
    for number in range(3):
        place = InstitutionFactory(region=region, municipality=district, founder=f"Ф{number % 2}")
        page = watched(page_in(region, institution=place), FIRST, LAST, likes=number)
        steward(page, PersonFactory(region=region, name=f"Имя {number}"), FIRST)
    rating = rate(region, methodology(item("engagement_by_views"), subject=subject, line={"places": 1}))
    html = html_of(analyst_client, url(rating, "?q="))
    html_of(analyst_client, reverse("rating_firmness", args=[rating.pk]))
    for score in rating.scores.all():
        address = reverse("score", args=[score.pk])
        assert f'href="{address}"' in html
        html_of(analyst_client, address)
        html_of(analyst_client, reverse("score_inputs", args=[score.pk, "engagement_by_views"]))
    exported = analyst_client.get(reverse("rating_export", args=[rating.pk, "csv"]))
    assert len(b"".join(exported.streaming_content).splitlines()) == 1 + rating.scores.count()


def test_neighbouring_periods_are_linked(analyst_client, region):
    some_pages(region, [1, 2])
    rules = methodology(item("engagement_by_views"))
    weeks = [rate(region, rules, read_period(f"2024-W{n}")) for n in (45, 46, 47)]
    html = html_of(analyst_client, url(weeks[1]))
    assert re.search(rf'href="{url(weeks[0])}" rel="prev"', html)
    assert re.search(rf'href="{url(weeks[2])}" rel="next"', html)


# --- firmness ---------------------------------------------------------------------------------------------------------


def test_firmness_tells_drivers_the_jury_and_what_was_pulled_in(analyst_client, region):
    some_pages(region, [1, 1, 2, 2, 3, 3, 4, 95])
    rules = methodology(
        item("engagement_by_views", "3", normaliser={"kind": "min_max"}),
        target("avatar", "1"),
        line={"places": 2},
        winsorising={"most": 2},
    )
    rating = rate(region, rules)
    Score.objects.filter(place=2).update(award_chance=0.5)
    html = html_of(analyst_client, reverse("rating_firmness", args=[rating.pk]))
    assert 'id="jury-title"' in html
    assert 'id="treated-title"' in html
    assert "75" in re.search(r'id="drivers-title".*?</table>', html, re.S)[0]
    assert rating.report["treated"][0]["subject"] == str(Page.objects.get(title="П07").pk)


def test_firmness_is_for_those_who_see_the_whole_region(region):
    rating = to(ranking(region), RatingState.FINAL)
    client = client_of(institution_admin(rating.scores.first().page.institution))
    assert client.get(reverse("rating_firmness", args=[rating.pk])).status_code == 404
    assert client.get(reverse("rating_changes", args=[rating.pk])).status_code == 404
    assert reverse("rating_firmness", args=[rating.pk]) not in html_of(client, url(rating))


def test_the_latest_methodologies_are_offered_once(analyst_client, region):
    rules = methodology(item("growth"))
    Methodology.objects.create(slug=rules.slug, version="2", name=rules.name, data=rules.data)
    html = html_of(analyst_client, reverse("ratings", args=[region.code]))
    assert html.count(f'<option value="{rules.slug}"') == 1
