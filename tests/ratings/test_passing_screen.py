"""Passing a rating over the screen, and what each state shows to whom."""

import pytest
from django.test import Client
from django.urls import reverse

from ratings.lifecycle import PassageError, let_pass, obstacles
from ratings.models import Rating, RatingState
from tests.factories import RegionFactory, SuspectFactory, analyst, institution_admin, official, operator

from .worlds import FIRST, NOW, TODAY, ranking, to

pytestmark = pytest.mark.django_db
REASON = "Комиссия так решила"


# --- over the screen --------------------------------------------------------------------------------------------------


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(user, rating: Rating, **data: str) -> int:
    return client_of(user).post(reverse("rating_pass", args=[rating.pk]), data).status_code


@pytest.mark.parametrize("role", [analyst, official])
def test_analysts_and_officials_let_pass(region, role):
    rating = ranking(region)
    assert post(role(region), rating) == 302
    assert Rating.objects.get().state == RatingState.PRELIMINARY


def test_the_operator_lets_pass(region):
    rating = ranking(region)
    assert post(operator(), rating) == 302
    assert Rating.objects.get().state == RatingState.PRELIMINARY


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("state", RatingState.values)
def test_an_institution_admin_lets_nothing_pass(region, opened, state):
    rating = to(ranking(region, open=opened), state)
    assert post(institution_admin(rating.scores.first().page.institution), rating, reason=REASON) == 404
    assert Rating.objects.get().state == state


def test_nor_does_the_analyst_of_another_region(region):
    rating = ranking(region)
    assert post(analyst(RegionFactory()), rating, reason=REASON) == 404


def test_a_second_click_passes_nothing_more(region):
    rating, user = ranking(region), official(region)
    for _ in range(2):
        post(user, rating, state="draft", reason=REASON)
    assert Rating.objects.get().state == RatingState.PRELIMINARY


def test_the_screen_lists_the_obstacles_and_asks_for_a_reason(region):
    rating = ranking(region)
    url = reverse("rating", args=[rating.pk])
    client = client_of(official(region))
    assert 'name="reason"' not in client.get(url).content.decode()
    SuspectFactory(page=rating.scores.first().page, day=FIRST)
    html = client.get(url).content.decode()
    assert 'name="reason"' in html
    assert obstacles(rating, TODAY)[0].text in html


def test_with_a_grave_obstacle_there_is_nothing_to_press(region):
    rating = ranking(region, eligibility={"posts": 1000})
    html = client_of(official(region)).get(reverse("rating", args=[rating.pk])).content.decode()
    assert reverse("rating_pass", args=[rating.pk]) not in html


def test_a_refusal_is_told(region):
    rating = ranking(region)
    SuspectFactory(page=rating.scores.first().page, day=FIRST)
    client = client_of(official(region))
    response = client.post(reverse("rating_pass", args=[rating.pk]), {"reason": "коротко"}, follow=True)
    with pytest.raises(PassageError) as error:
        let_pass(rating, official(region), "коротко", NOW, TODAY)
    assert str(error.value) in response.content.decode()


def test_a_reason_that_no_base_can_hold_does_not_break_the_screen(region):
    rating = ranking(region)
    assert post(official(region), rating, reason=f"{REASON}\0") == 302


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "opened", "status"),
    [("draft", False, 404), ("draft", True, 200), ("preliminary", False, 200), ("final", False, 200)],
)
def test_an_institution_admin_sees_what_was_passed_and_working_figures(region, state, opened, status):
    rating = to(ranking(region, open=opened), state)
    score = rating.scores.first()
    client = client_of(institution_admin(score.page.institution))
    assert client.get(reverse("rating", args=[rating.pk])).status_code == status
    assert client.get(reverse("score", args=[score.pk])).status_code == status
    listed = client.get(reverse("ratings", args=[region.code])).content.decode()
    assert (reverse("rating", args=[rating.pk]) in listed) == (status == 200)


def test_an_institution_admin_sees_the_own_scores_alone(region):
    rating = to(ranking(region), RatingState.FINAL)
    own, other = rating.scores.order_by("pk")[:2]
    client = client_of(institution_admin(own.page.institution))
    html = client.get(reverse("rating", args=[rating.pk])).content.decode()
    assert reverse("score", args=[own.pk]) in html
    assert reverse("score", args=[other.pk]) not in html
    assert client.get(reverse("score", args=[other.pk])).status_code == 404
    assert client.get(reverse("score_inputs", args=[other.pk, "engagement_by_views"])).status_code == 404
    exported = b"".join(client.get(reverse("rating_export", args=[rating.pk, "csv"])).streaming_content).decode()
    assert (own.page.title in exported, other.page.title in exported) == (True, False)


def test_a_foreign_rating_is_not_found(region):
    rating = to(ranking(region), RatingState.FINAL)
    score = rating.scores.first()
    client = client_of(analyst(RegionFactory()))
    for name, *args in (
        ("rating", rating.pk),
        ("rating_export", rating.pk, "csv"),
        ("rating_firmness", rating.pk),
        ("rating_changes", rating.pk),
        ("rating_bundle", rating.pk),
        ("score", score.pk),
        ("score_inputs", score.pk, "engagement_by_views"),
        ("ratings", region.code),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, name
