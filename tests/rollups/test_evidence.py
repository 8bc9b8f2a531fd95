"""Signs of gaming: found at their limits and not below, one card for each spell, nothing decided is touched."""

import datetime as dt
from itertools import count

import pytest

from monitoring.evidence import explain, find_evidence
from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, Page, PageDay, Post, Provenance, Region
from monitoring.rollups import close_day
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, institution_admin

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 10, 26)  # a Saturday
NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)
ONE = dt.timedelta(days=1)
MONDAY = dt.date(2024, 10, 14)
numbers = count(1)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def page(region) -> Page:
    return PageFactory(institution=InstitutionFactory(region=region))


def measure(page: Page, day: dt.date, subscribers: int, **fields: object) -> None:
    PageDay.objects.create(page=page, day=day, subscribers=subscribers, **fields)


def post(page: Page, day: dt.date, **fields: object) -> Post:
    """At noon of the region's day."""
    at = dt.datetime.combine(day, dt.time(2), dt.UTC)
    return Post.objects.create(
        page=page, external_id=str(next(numbers)), published_at=at, day=day, read_at=at, **fields
    )


def find(region: Region, day: dt.date = DAY) -> int:
    return find_evidence(region, day, NOW)


def kinds() -> list[str]:
    return list(EvidenceCard.objects.order_by("first_day", "kind").values_list("kind", flat=True))


def days(card: EvidenceCard) -> tuple[dt.date, dt.date]:
    card.refresh_from_db()
    return card.first_day, card.last_day


# --- a jump without views ---------------------------------------------------------------------------

JUMP = DAY - 14 * ONE


def jump(
    page: Page,
    before: int = 1000,
    after: int = 1200,
    *,
    on: dt.date = JUMP,
    views: tuple[int, int] = (100, 100),
    posts: tuple[int, int] = (2, 2),
    gap: int = 1,
    **measured: object,
) -> None:
    """The audience grows on that day; so many posts with so many views before and after it."""
    measure(page, on - gap * ONE, before)
    measure(page, on, after, **measured)
    for n in range(posts[0]):
        post(page, on - (n + 1) * ONE, views_7=views[0], views=10 * views[0])
    for n in range(posts[1]):
        post(page, on + (n + 1) * ONE, views_7=views[1], views=10 * views[1])


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


def week(
    page: Page,
    *,
    views: int = 3000,
    likes: int | None = 0,
    posts: int = 2,
    usual: int = 25,
    habit: int = 5,
    subscribers: int | None = 1000,
    monday: dt.date = MONDAY,
) -> None:
    """A week of so many posts with so many views each, after `habit` posts of 10 000 views with `usual` likes."""
    if subscribers:
        measure(page, monday, subscribers)
    for n in range(posts):
        post(page, monday + n * ONE, views=views, likes=likes)
    for n in range(habit):
        post(page, monday - (n + 1) * ONE, views=10_000, likes=usual)


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


def with_reach(page: Page, reach: int | None, views: int, likes: int | None = 100) -> None:
    page.weekly_reach = reach
    page.save()
    week(page, views=views, likes=likes, habit=0)


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


def same(page: Page, posts: int = 5, first: dt.date = DAY - 6 * ONE, last: dt.date = DAY, text: int = 7, **fields):
    """So many posts with one text, the last of them on the last day."""
    return [post(page, first if n < posts - 1 else last, text_hash=text, **fields) for n in range(posts)]


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


def handed_on(page: Page, copies: int = 5, own: int = 5, day: dt.date = DAY) -> None:
    for _ in range(copies):
        post(page, day, kind=Post.Kind.COPY)
    for _ in range(own):
        post(page, day)


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


# --- cards ------------------------------------------------------------------------------------------


def everything(page: Page) -> None:
    """One sign of each kind."""
    jump(page, on=DAY - 20 * ONE)
    week(page, habit=0, subscribers=None)
    Page.objects.filter(pk=page.pk).update(weekly_reach=100)
    handed_on(page, copies=30)
    same(page)


def test_finding_again_changes_nothing(region, page):
    everything(page)
    assert find(region) == 4
    assert set(kinds()) == set(EvidenceKind.values)
    before = list(EvidenceCard.objects.order_by("pk").values())
    assert find(region) == 0
    assert list(EvidenceCard.objects.order_by("pk").values()) == before


def test_a_spell_that_continues_prolongs_its_open_card(region, page):
    handed_on(page)
    find(region)
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    assert find(region, DAY + ONE) == 0
    card = EvidenceCard.objects.get()
    assert days(card) == (DAY - 29 * ONE, DAY + ONE)
    assert card.facts == {"posts": 15, "copies": 10}
    assert card.found_at == NOW


def test_the_end_of_the_window_cuts_no_card_short(region, page):
    same(page, posts=9, first=DAY - 3 * ONE, last=DAY)
    find(region)
    find(region, DAY + 28 * ONE)
    card = EvidenceCard.objects.get()
    assert (days(card), card.size) == ((DAY - 3 * ONE, DAY), 9)


def test_an_earlier_day_closed_once_more_takes_nothing_back(region, page):
    handed_on(page)
    find(region)
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    find(region, DAY + ONE)
    find(region)
    assert EvidenceCard.objects.get().facts["posts"] == 15


@pytest.mark.parametrize("decision", [EvidenceDecision.JUSTIFIED, EvidenceDecision.GAMING])
def test_a_decision_is_kept_and_its_spell_is_not_put_up_again(region, page, decision):
    handed_on(page)
    find(region)
    EvidenceCard.objects.update(decision=decision, note="Решено", decided_at=NOW)
    before = list(EvidenceCard.objects.values())
    handed_on(page, copies=5, own=0, day=DAY + ONE)
    assert find(region, DAY + ONE) == 0
    assert list(EvidenceCard.objects.values()) == before


def test_a_month_after_a_decision_the_same_sign_is_a_new_card(region, page):
    handed_on(page)
    find(region)
    EvidenceCard.objects.update(decision=EvidenceDecision.JUSTIFIED, decided_at=NOW)
    handed_on(page, day=DAY + 30 * ONE)
    assert [find(region, DAY + 29 * ONE), find(region, DAY + 30 * ONE)] == [0, 1]


def test_an_explanation_is_kept_while_the_card_moves_on(region, page):
    handed_on(page)
    find(region)
    explain(EvidenceCard.objects.get(), user=institution_admin(page.institution), text="Так велели", now=NOW)
    handed_on(page, day=DAY + ONE)
    find(region, DAY + ONE)
    card = EvidenceCard.objects.get()
    assert (card.explanation, card.last_day) == ("Так велели", DAY + ONE)


def test_open_cards_are_asked_for_by_a_span_of_days(region, page):
    handed_on(page)
    find(region)
    of_page = EvidenceCard.objects.open().filter(page=page)
    first = DAY - 29 * ONE
    spans = [(DAY, DAY + ONE), (first - ONE, first), (DAY + ONE, DAY + ONE), (first - ONE, first - ONE)]
    assert [of_page.touching(*span).exists() for span in spans] == [True, True, False, False]
    EvidenceCard.objects.update(decision=EvidenceDecision.GAMING)
    assert not of_page.touching(DAY, DAY).exists()


def test_another_regions_pages_are_let_alone(region, page):
    handed_on(page)
    assert find(RegionFactory()) == 0


def test_closing_a_day_finds_signs(region, page):
    handed_on(page)
    close_day(region, DAY)
    assert EvidenceCard.objects.get().found_at == dt.datetime(2024, 10, 26, 14, tzinfo=dt.UTC)
    close_day(RegionFactory(), DAY, NOW)


@pytest.mark.parametrize("pages", [1, 12])
def test_the_number_of_queries_does_not_depend_on_the_pages(region, pages, django_assert_max_num_queries):
    for _ in range(pages):
        everything(PageFactory(institution=InstitutionFactory(region=region)))
    with django_assert_max_num_queries(13):
        find(region)
    handed_on(Page.objects.first(), day=DAY + ONE)
    with django_assert_max_num_queries(13):
        find(region, DAY + ONE)
