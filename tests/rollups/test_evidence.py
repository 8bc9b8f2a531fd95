"""Signs of gaming: found at their limits and not below."""

import pytest

from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, Page, Post, Provenance, Region
from tests.factories import InstitutionFactory, PageFactory, RegionFactory

from .gaming import DAY, JUMP, MONDAY, NOW, ONE, days, find, handed_on, jump, measure, post, same, week, with_reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def page(region) -> Page:
    return PageFactory(institution=InstitutionFactory(region=region))


# --- a jump without views ---------------------------------------------------------------------------


def test_a_jump_after_which_a_post_is_seen_no_more_is_a_sign(region, page):
    jump(page, views=(100, 100))
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.kind, days(card), card.size) == (EvidenceKind.JUMP_WITHOUT_VIEWS, (JUMP, JUMP), 0.2)
    assert card.facts == {
        "since": (JUMP - ONE).isoformat(),
        "before": 1000,
        "after": 1200,
        "posts_before": 2,
        "views_before": 200,
        "posts_after": 2,
        "views_after": 200,
    }
    assert (card.found_at, card.decision) == (NOW, EvidenceDecision.OPEN)


@pytest.mark.parametrize(
    "world",
    [
        {"before": 1000, "after": 1199},  # less than a fifth
        {"before": 200, "after": 299},  # less than a hundred people
        {"views": (100, 101)},
        {"posts": (1, 2)},
        {"posts": (2, 1)},
        {"gap": 4},
        {"on": JUMP + ONE},  # the posts after it are too young
        {"on": DAY - 31 * ONE},
        {"subscribers_step": 2, "subscribers_provenance": Provenance.ROUNDED},
        {"subscribers_provenance": Provenance.ESTIMATED},
    ],
)
def test_a_smaller_younger_older_or_seen_jump_is_none(region, page, world):
    jump(page, **world)
    assert find(region) == 0


@pytest.mark.parametrize("world", [{"before": 500, "after": 600}, {"gap": 3}, {"on": DAY - 30 * ONE}])
def test_a_jump_at_the_limits_is_a_sign(region, page, world):
    jump(page, **world)
    assert find(region) == 1


def test_a_loss_is_no_jump(region, page):
    jump(page, 1200, 1000)
    assert find(region) == 0


def test_posts_without_views_say_nothing_of_a_jump(region, page):
    jump(page)
    Post.objects.filter(day__gt=JUMP).update(views=None, views_7=None)
    assert find(region) == 0


def test_where_there_are_no_counters_at_seven_days_the_latest_count(region, page):
    jump(page, views=(100, 100))
    Post.objects.filter(day__gt=JUMP).update(views_7=None)
    assert find(region) == 0


def test_jumps_on_days_that_follow_are_one_card(region, page):
    jump(page, 1000, 1200, on=JUMP - ONE)
    measure(page, JUMP, 1500)
    post(page, JUMP + 5 * ONE, views=100, views_7=100)
    post(page, JUMP + 6 * ONE, views=100, views_7=100)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (days(card), card.facts["before"], card.facts["after"]) == ((JUMP - ONE, JUMP), 1000, 1500)


# --- views without reach ----------------------------------------------------------------------------


def test_a_week_seen_far_beyond_the_audience_and_liked_by_nobody_is_a_sign(region, page):
    week(page, views=3000, likes=1)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.kind, card.size) == (EvidenceKind.VIEWS_WITHOUT_REACH, 3)
    assert days(card) == (MONDAY, MONDAY + 6 * ONE)
    assert card.facts == {
        "week": "2024-10-14",
        "posts": 2,
        "views": 6000,
        "interactions": 2,
        "subscribers": 1000,
        "usual": 0.0025,
        "reach": None,
    }


@pytest.mark.parametrize(
    "world",
    [
        {"views": 2999},  # less than three times the subscribers
        {"views": 4000, "likes": 2},  # one in two thousand reacts
        {"usual": 24},  # its readers have never reacted much
        {"habit": 4},
        {"posts": 1},
        {"subscribers": None},
        {"likes": None},
        {"monday": MONDAY + 7 * ONE},  # the week is not over
        {"monday": MONDAY - 21 * ONE},
    ],
)
def test_a_week_just_below_the_limits_is_none(region, page, world):
    week(page, **world)
    assert find(region) == 0


def test_more_views_than_the_weekly_reach_allows_are_a_sign(region, page):
    with_reach(page, 1000, 2000, likes=None)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.size, card.facts["reach"], card.facts["interactions"]) == (2, 1000, None)


@pytest.mark.parametrize("reach", [1001, 0, None])
def test_views_within_the_reach_or_without_one_are_none(region, page, reach):
    with_reach(page, reach, 2000)
    assert find(region) == 0


def test_a_reach_beyond_all_people_breaks_nothing(region, page):
    with_reach(page, 2_147_483_647, 2_147_483_647)
    assert find(region) == 0


def test_weeks_that_follow_are_one_card(region, page):
    for monday in (MONDAY - 7 * ONE, MONDAY):
        week(page, monday=monday, habit=0)
    for n in range(30):
        post(page, MONDAY - (8 + n % 20) * ONE, views=10_000, likes=25)
    assert find(region) == 1
    assert days(EvidenceCard.objects.get()) == (MONDAY - 7 * ONE, MONDAY + 6 * ONE)


# --- equal posts ------------------------------------------------------------------------------------


def test_five_equal_posts_in_seven_days_are_a_sign(region, page):
    posts = same(page)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.kind, card.size, days(card)) == (EvidenceKind.EQUAL_POSTS, 5, (DAY - 6 * ONE, DAY))
    assert card.facts == {"posts": 5, "texts": 1, "hashes": [7], "ids": [each.external_id for each in posts]}


@pytest.mark.parametrize(
    "world",
    [
        {"posts": 4},
        {"first": DAY - 7 * ONE},
        {"text": None},
        {"kind": Post.Kind.REPOST},
        {"first": DAY - 30 * ONE, "last": DAY - 30 * ONE},
    ],
)
def test_fewer_rarer_short_or_old_equal_posts_are_none(region, page, world):
    same(page, **world)
    assert find(region) == 0


def test_the_same_text_on_many_pages_is_no_burst_of_one(region):
    for _ in range(5):
        same(PageFactory(institution=InstitutionFactory(region=region)), posts=1)
    assert find(region) == 0


def test_different_texts_of_the_same_days_are_one_card(region, page):
    same(page, text=7)
    same(page, text=8)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.size, card.facts["texts"]) == (10, 2)


def test_bursts_weeks_apart_are_two_cards(region, page):
    same(page, first=DAY - 20 * ONE, last=DAY - 20 * ONE)
    same(page)
    assert find(region) == 2


# --- mass-distributed posts -------------------------------------------------------------------------


def test_a_page_that_mostly_hands_on_is_a_sign(region, page):
    handed_on(page)
    assert find(region) == 1
    card = EvidenceCard.objects.get()
    assert (card.kind, card.size, card.facts) == (EvidenceKind.MASS_POSTS, 0.5, {"posts": 10, "copies": 5})
    assert days(card) == (DAY - 29 * ONE, DAY)


@pytest.mark.parametrize(
    "world", [{"copies": 5, "own": 6}, {"copies": 9, "own": 0}, {"copies": 10, "day": DAY - 30 * ONE}]
)
def test_a_lesser_share_or_too_few_posts_are_none(region, page, world):
    handed_on(page, **world)
    assert find(region) == 0
