"""Where somebody stands: a strip of the peers with the own dot and quartiles; how many improved since last time."""

import re

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from ratings.models import RatingState, Score, ScoreStatus
from ratings.periods import read_period
from ratings.screens.standing import improvement, standings
from ratings.screens.strip import strips
from tests.factories import RegionFactory, analyst, institution_admin, watched

from .test_score_screen import html_of
from .worlds import DAY, FIRST, LAST, by_key, item, methodology, page_in, ranking, rate, some_pages, target, to

pytestmark = pytest.mark.django_db
OCTOBER = read_period("2024-10")


@pytest.fixture
def region():
    return RegionFactory()


def strip_of(score: Score):
    return strips([Score.objects.select_related("rating__methodology").get(pk=score.pk)]).get(score.pk)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")


def with_points(rating, *points) -> list[Score]:
    """Its scores get these exact points, in the order of their keys."""
    scores = list(rating.scores.order_by("pk"))
    for score, value in zip(scores, points, strict=True):
        score.exact, score.points = value, value
        score.save()
    return scores


# --- the strip --------------------------------------------------------------------------------------------------------


def test_quartiles_and_mean_are_those_of_all_who_have_a_place(region):
    scores = with_points(ranking(region, (1, 2, 3, 4, 5)), 10, 20, 30, 40, 90)
    found = strip_of(scores[1])
    assert (found.own, found.quartiles, found.mean, found.members) == (20, (20, 30, 40), 38, 5)


def test_who_has_no_place_is_no_peer_and_has_no_own_dot(region):
    scores = with_points(ranking(region, (1, 2, 3)), 10, 20, 30)
    Score.objects.filter(pk=scores[0].pk).update(status=ScoreStatus.THIN, place=None, points=None, exact=None)
    found = strip_of(scores[0])
    assert (found.own, found.members) == (None, 2)
    assert len(found.labels) == 3


def test_where_nobody_has_a_place_there_is_no_strip(region):
    rating = ranking(region)
    rating.scores.update(status=ScoreStatus.THIN, place=None, points=None, exact=None)
    assert strip_of(rating.scores.first()) is None


def test_many_strips_cost_one_query(region, django_assert_num_queries):
    rating = ranking(region, range(1, 9))
    scores = list(rating.scores.select_related("rating__methodology"))
    with django_assert_num_queries(1):
        assert len(strips(scores)) == 8


def test_labels_stand_on_lines_of_their_own_and_stay_inside(region):
    labels = strip_of(with_points(ranking(region, (1, 2, 3)), 0, 100, 100)[0]).labels
    assert len({label.line for label in labels}) == 4
    assert [label.anchor for label in labels] == ["start", "end", "end", "end"]


def test_the_drawing_is_told_in_words_and_says_what_its_mean_is_of(region):
    rating = ranking(region, (1, 2, 3))
    client = Client()
    client.force_login(analyst(region))
    html = html_of(client, rating.scores.first())
    drawing = re.search(r'<svg class="strip-plot".*?</svg>', html, re.S)[0]
    assert re.search(r'role="img"\s+aria-label="свой балл: [\d,]+; четверть ниже', drawing)
    assert "style=" not in drawing
    assert "Место в группе есть у 3 (страницы); их среднее" in text_of(html)


# --- where somebody stands --------------------------------------------------------------------------------------------


def test_a_card_shows_the_latest_rating_of_each_methodology(region):
    some_pages(region, [1, 2], OCTOBER.first, LAST)
    first, second = methodology(item("engagement_by_views")), methodology(item("regularity"))
    old, new, other = rate(region, first, OCTOBER), rate(region, first), rate(region, second)
    page = new.scores.first().page
    found = standings(Q(page=page), region, analyst(region))
    assert {each.score.rating_id for each in found} == {new.pk, other.pk}
    assert old.pk not in {each.score.rating_id for each in found}
    assert all(each.members == 2 for each in found)


def test_the_card_of_a_page_with_a_place_costs_no_more_than_a_card_may(region, django_assert_max_num_queries):
    page = ranking(region, range(1, 30)).scores.first().page
    client = Client()
    client.force_login(analyst(region))
    with django_assert_max_num_queries(20):
        assert "strip-plot" in client.get(reverse("page", args=[page.pk])).content.decode()


def test_the_cards_of_page_and_institution_tell_the_place(region):
    rating = ranking(region, (1, 2, 3))
    page = by_key(rating)[str(rating.scores.get(place=2).page_id)].page
    client = Client()
    client.force_login(analyst(region))
    for address in (reverse("page", args=[page.pk]), reverse("institution", args=[page.institution_id])):
        html = client.get(address).content.decode()
        assert "место 2 из 3 в группе" in text_of(html)
        assert html.count('<svg class="strip-plot"') == 1


def test_an_institution_sees_no_draft_on_its_card(region):
    rating = ranking(region, (1, 2, 3))
    page = rating.scores.first().page
    client = Client()
    client.force_login(institution_admin(page.institution))
    address = reverse("page", args=[page.pk])
    assert "strip-plot" not in client.get(address).content.decode()
    to(rating, RatingState.PRELIMINARY)
    assert "strip-plot" in client.get(address).content.decode()


# --- who improved -----------------------------------------------------------------------------------------------------


def test_those_who_improved_are_counted_among_those_with_points_in_both(region):
    some_pages(region, [1, 2, 3, 4], OCTOBER.first, LAST)
    rules = methodology(target("engagement_by_views", "0.05"))
    before = rate(region, rules, OCTOBER)
    with_points(before, 50, 50, 50, 50)
    some_pages(region, [5])
    now = rate(region, rules)
    kept = list(now.scores.filter(key__in=before.scores.values("key")).order_by("pk"))
    for score, points in zip(kept, (60, 60, 40, 50), strict=True):
        Score.objects.filter(pk=score.pk).update(points=points, exact=points, status=ScoreStatus.RANKED, place=1)
    Score.objects.filter(pk=kept[3].pk).update(points=None, exact=None, status=ScoreStatus.THIN, place=None)
    found = improvement(now, before)
    assert (found.better, found.worse, found.same, found.compared) == (2, 1, 0, 3)


def test_the_first_rating_has_nothing_to_be_compared_with(region):
    found = improvement(ranking(region), None)
    assert (found.compared, found.better) == (0, 0)
    assert found.mean is not None


def test_the_screens_of_rating_and_region_tell_how_many_improved(region):
    page = watched(page_in(region), OCTOBER.first, LAST, likes=3)
    rules = methodology(target("engagement_by_views", "0.05"))
    before, now = rate(region, rules, OCTOBER), rate(region, rules)
    before.scores.update(points=10, exact=10)
    assert now.scores.get().page == page
    client = Client()
    client.force_login(analyst(region))
    said = "С периода «октябрь 2024» прибавили 1 из 1"
    assert said in text_of(client.get(reverse("rating", args=[now.pk])).content.decode())
    overview = reverse("overview", args=[region.code])
    assert said in text_of(client.get(overview, {"day": LAST.isoformat()}).content.decode())


def test_another_version_of_the_rules_is_said_openly(region):
    some_pages(region, [1, 2], OCTOBER.first, LAST)
    rules = methodology(target("engagement_by_views", "0.05"), until=None)
    before = rate(region, rules, OCTOBER)
    later = methodology(target("engagement_by_views", "0.05"))
    now = rate(region, later)
    assert improvement(now, before).other_rules
    assert not improvement(now, None).other_rules
    assert DAY.days == 1
    assert FIRST < LAST
