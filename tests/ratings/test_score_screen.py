"""One score explained on the screen: its points, its peers, what would raise it, what would be if."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Page
from ratings.models import Rating, RatingState, Score
from tests.factories import InstitutionFactory, PersonFactory, institution_admin, steward, watched

from .worlds import DAY, FIRST, LAST, by_key, item, methodology, page_in, ranking, rate, some_pages, target, to

pytestmark = pytest.mark.django_db


def url(score: Score, query: str = "") -> str:
    return reverse("score", args=[score.pk]) + query


def html_of(client, score: Score, query: str = "") -> str:
    response = client.get(url(score, query))
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def panel(html: str, title: str) -> str:
    """The panel whose heading has that id, as text."""
    return text_of(re.search(rf'<section[^>]*aria-labelledby="{title}".*?</section>', html, re.S)[0])


def score_of(rating: Rating, title: str) -> Score:
    return rating.scores.get(page=Page.objects.get(title=title))


@pytest.fixture
def rating(region) -> Rating:
    some_pages(region, [1, 2, 3, 4])
    return rate(
        region, methodology(target("engagement_by_views", "0.04", "3"), target("avatar", "1"), line={"places": 1})
    )


def test_points_place_and_peers_are_told(analyst_client, rating):
    html = html_of(analyst_client, score_of(rating, "П01"))
    assert "62,50" in panel(html, "points-title")
    assert re.search(r'<p class="value">\s*3\s*</p>', html)
    assert re.search(r"\D4\D", panel(html, "peers-title"))
    assert 'class="own"' in html


def test_the_waterfall_tells_value_sources_weight_and_points(analyst_client, rating):
    text = panel(html_of(analyst_client, score_of(rating, "П01")), "waterfall-title")
    for part in ("2 %", "30 ÷ 1 500", "75", "37,50", "25", "62,50"):
        assert part in text.replace("\xa0", " "), part


def test_every_line_leads_to_what_lies_under_it(analyst_client, rating):
    score = score_of(rating, "П01")
    html = html_of(analyst_client, score)
    for code in ("engagement_by_views", "avatar"):
        assert f'href="{reverse("score_inputs", args=[score.pk, code])}"' in html


def test_advice_leads_to_the_form_with_the_value_in_it(analyst_client, rating):
    score = score_of(rating, "П01")
    html = html_of(analyst_client, score)
    assert 'href="?engagement_by_views=4#trial-title"' in html
    assert "+37,50" in panel(html, "advice-title")
    tried = html_of(analyst_client, score, "?engagement_by_views=4")
    assert 'value="4"' in tried
    text = panel(tried, "trial-title")
    assert "100,00" in text
    assert "+37,50" in text


def test_the_form_says_which_number_is_bad_and_shows_it_as_text(analyst_client, rating):
    html = html_of(analyst_client, score_of(rating, "П01"), "?engagement_by_views=%22%3E%3Cscript%3E")
    assert 'id="trial-engagement_by_views-problem"' in html
    assert html.count('aria-invalid="true"') == 1
    assert 'value="&quot;&gt;&lt;script&gt;"' in html


@pytest.mark.parametrize("text", ["sNaN", "NaN", "1e999", "%00", "9" * 300])
def test_no_number_breaks_the_screen(analyst_client, rating, text):
    html = html_of(analyst_client, score_of(rating, "П01"), f"?engagement_by_views={text}&nothing=1")
    assert 'id="trial-engagement_by_views-problem"' in html


def test_those_who_have_everything_are_told_so(analyst_client, rating):
    text = panel(html_of(analyst_client, score_of(rating, "П03")), "advice-title")
    assert "+" not in text


def test_unknown_and_inapplicable_are_told_apart(analyst_client, region):
    page = watched(page_in(region, platform="telegram"), FIRST, LAST)
    rules = methodology(target("regularity", "1"), target("component", "1"), target("widgets", "2"))
    score = by_key(rate(region, rules))[str(page.pk)]
    html = html_of(analyst_client, score)
    rows = re.findall(r"<tr>(.*?)</tr>", re.search(r'id="waterfall-title".*?</table>', html, re.S)[0], re.S)
    component, widgets = (next(text_of(row) for row in rows if f"/{code}/" in row) for code in ("component", "widgets"))
    assert "нет данных" in component
    assert "нет данных" not in widgets
    assert 'name="component"' in html
    assert 'name="widgets"' not in html
    assert "50,00–" not in panel(html, "points-title")
    assert (score.low, score.high) == (25, 75)
    assert "25,00" in panel(html, "points-title")


def test_why_there_is_no_place_is_told(analyst_client, region):
    some_pages(region, [1, 2])
    gate = watched(page_in(region), FIRST, LAST, profile={"has_avatar": False})
    thin = watched(page_in(region, added_on=LAST - DAY), LAST - DAY, LAST)
    rules = methodology(
        item("engagement_by_views"), gate=[{"indicator": "avatar", "from": "1"}], eligibility={"days": 10, "posts": 5}
    )
    scores = by_key(rate(region, rules))
    assert re.search(r"<ul>\s*<li>.*100", panel_html(analyst_client, scores[str(gate.pk)]), re.S)
    reasons = re.findall(r"<li>(.*?)</li>", panel_html(analyst_client, scores[str(thin.pk)]), re.S)
    assert [re.findall(r"\d+", text_of(each)) for each in reasons] == [["2", "10"], ["1", "5"]]
    gate_url = reverse("score_inputs", args=[scores[str(gate.pk)].pk, "gate_avatar"])
    assert gate_url in html_of(analyst_client, scores[str(gate.pk)])
    assert analyst_client.get(gate_url).status_code == 200


def test_the_peer_group_leads_to_its_members(analyst_client, zoned):
    score = score_of(zoned, "П2")
    assert f'{reverse("rating", args=[zoned.pk])}?group={score.group}"' in html_of(analyst_client, score)


def test_what_the_expected_points_go_by_is_told(analyst_client, region):
    some_pages(region, range(20))
    Page.objects.filter(title="П19").update(added_on=FIRST)
    score = score_of(rate(region, methodology(item("engagement_by_views"))), "П19")
    text = panel(html_of(analyst_client, score), "points-title")
    assert ("100;" in text, "1 000 000" in text.replace("\xa0", " "), " 30." in text) == (True, True, True)


def panel_html(client, score: Score) -> str:
    return re.search(r'aria-labelledby="place-title".*?</section>', html_of(client, score), re.S)[0]


def test_a_score_of_whom_nothing_is_known_opens(analyst_client, region):
    page = watched(page_in(region), FIRST, LAST)
    score = by_key(rate(region, methodology(target("component", "1"))))[str(page.pk)]
    assert score.exact is None
    html = html_of(analyst_client, score, "?component=100")
    assert "100,00" in panel(html, "trial-title")
    assert "нет данных" in panel(html, "points-title")


def test_a_persons_score_names_the_person_to_those_who_may_see_it(analyst_client, region):
    person = PersonFactory(region=region, name="Иванова Анна")
    page = watched(page_in(region), FIRST, LAST)
    steward(page, person, FIRST)
    rating = to(rate(region, methodology(item("regularity"), subject="person")), RatingState.FINAL)
    score = rating.scores.get()
    assert "Иванова Анна" in html_of(analyst_client, score)
    own, other = Client(), Client()
    own.force_login(institution_admin(page.institution))
    other.force_login(institution_admin(InstitutionFactory(region=region)))
    assert "Иванова Анна" in html_of(own, score)
    assert other.get(url(score)).status_code == 404


def test_an_institution_admin_sees_the_group_as_numbers_alone(region):
    rating = to(ranking(region), RatingState.FINAL)
    score = score_of(rating, "П00")
    client = Client()
    client.force_login(institution_admin(score.page.institution))
    html = html_of(client, score)
    assert "П00" in html
    assert "П01" not in html
    assert "П02" not in html


@pytest.mark.parametrize("count", [5, 60])
@pytest.mark.parametrize("kind", ["percentile", "target"])
def test_the_queries_of_a_score_do_not_depend_on_its_peers(
    analyst_client, region, count, kind, django_assert_max_num_queries
):
    for number in range(count):
        watched(page_in(region), LAST - 2 * DAY, LAST, likes=number % 9)
    items = [target("engagement_by_views", "0.5"), target("avatar", "1")]
    if kind == "percentile":
        items = [item("engagement_by_views"), item("regularity")]
    score = rate(region, methodology(*items)).scores.order_by("pk").first()
    with django_assert_max_num_queries(40):
        html_of(analyst_client, score, "?engagement_by_views=9")


def test_a_score_of_the_mean_of_units_opens(analyst_client, region):
    some_pages(region, [1, 2])
    rating = rate(region, methodology(target("engagement_by_views", "0.04"), target("avatar", "1"), unit="week"))
    html = html_of(analyst_client, score_of(rating, "П00"), "?engagement_by_views=4")
    assert "100,00" in panel(html, "trial-title")
