"""Sums of a span of days: what counts, what counts in neither, and that months with ragged ends add up to the span."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring import rollups
from monitoring.models import Exemption, Page, PageDay, PageMonth, Post, Slot, SlotStatus
from monitoring.rollups.sums import WEEK_COLUMNS, page_sums
from ratings.quantities import ENDS, Span, page_facts, read_sums
from tests.factories import PageFactory, RegionFactory, watched

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
# Monday 28 October to Sunday 1 December 2024: whole weeks around November.
MONDAY, SUNDAY = dt.date(2024, 10, 28), dt.date(2024, 12, 1)
NOVEMBER = dt.date(2024, 11, 1), dt.date(2024, 11, 30)
AUDIENCES = ("aged_audience", "viewed_audience")


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def page(region) -> Page:
    """A page that posts every second day, watched over the five weeks."""
    return watched(PageFactory(institution__region=region), MONDAY, SUNDAY)


def sums(page: Page, first: dt.date, last: dt.date) -> dict:
    return page_sums(page.institution.region, first, last)[page.pk]


# --- weeks and days ---------------------------------------------------------------------------------------------------


def test_a_week_belongs_to_the_span_that_holds_its_thursday(page):
    assert sums(page, *NOVEMBER)["weeks"] == 4  # of 4, 11, 18, 25 November; the Thursday of 28 October is 31 October
    assert sums(page, dt.date(2024, 10, 31), dt.date(2024, 10, 31))["weeks"] == 1
    assert sums(page, dt.date(2024, 11, 1), dt.date(2024, 11, 3))["weeks"] == 0


def test_a_week_counts_the_posts_of_all_its_seven_days_also_those_outside_the_span(page):
    thursday = dt.date(2024, 10, 31)
    found = sums(page, thursday, thursday)
    assert [found[f"weeks_{n}"] for n in range(1, 8)] == [1, 1, 1, 1, 0, 0, 0]  # posts on 28, 30 October, 1, 3 November


def test_more_than_seven_posts_are_in_every_column_of_weeks(page):
    PageDay.objects.filter(page=page, day=dt.date(2024, 11, 5)).update(posts=20)
    found = sums(page, dt.date(2024, 11, 4), dt.date(2024, 11, 10))
    assert [found[name] for name in WEEK_COLUMNS] == [1] * 8


@pytest.mark.parametrize("edge", ["posts_known_from", "posts_known_to"])
def test_a_week_with_an_unknown_day_counts_in_neither(page, edge):
    unknown = {"posts_known_from": dt.date(2024, 11, 5), "posts_known_to": dt.datetime(2024, 11, 30, 9, tzinfo=dt.UTC)}
    Page.objects.update(**{edge: unknown[edge]})
    found = sums(page, *NOVEMBER)
    assert (found["weeks"], found["weeks_3"]) == (3, 3)


def test_the_last_known_moment_is_a_local_day(page):
    # 15:00 of 30 November in UTC is 1 December in Vladivostok: the week of 25 November is known to its end.
    Page.objects.update(posts_known_to=dt.datetime(2024, 11, 30, 15, tzinfo=dt.UTC))
    assert sums(page, *NOVEMBER)["weeks"] == 4


def test_a_page_whose_wall_was_never_read_has_no_weeks_and_no_number_of_posts(region):
    page = PageFactory(institution__region=region)
    Slot.objects.create(page=page, day=NOVEMBER[0], status=SlotStatus.OK)
    PageDay.objects.create(page=page, day=NOVEMBER[0], subscribers=5)
    found = sums(page, *NOVEMBER)
    assert (found["weeks"], found["posts_days"], found["posts"]) == (0, 0, None)


def test_a_wall_that_was_read_and_held_nothing_has_zero_posts(region):
    page = watched(PageFactory(institution__region=region), *NOVEMBER, every=0)
    found = sums(page, *NOVEMBER)
    assert (found["posts"], found["own_posts"], found["posts_days"], found["active_days"]) == (0, 0, 30, 0)


def test_days_with_posts_are_counted_once_however_many_posts_they_hold(page):
    before = sums(page, *NOVEMBER)["active_days"]
    PageDay.objects.filter(page=page, day=dt.date(2024, 11, 1)).update(posts=9)
    found = sums(page, *NOVEMBER)
    assert (found["active_days"], found["posts"]) == (before, before + 8)


def test_days_under_an_exemption_count_in_neither(page):
    Exemption.objects.create(
        institution=page.institution, ground="Ремонт", since=dt.date(2024, 11, 9), until=dt.date(2024, 11, 10)
    )
    free = sums(page, *NOVEMBER)
    assert (free["posts_days"], free["weeks"]) == (28, 3)
    assert free["active_days"] == 14  # there was a post on the 9th


@pytest.mark.parametrize(("platform", "weeks"), [("", 0), ("vk", 0), ("ok", 4)])
def test_an_exemption_covers_its_network_or_all_of_them(page, platform, weeks):
    Exemption.objects.create(institution=page.institution, platform=platform, ground="Закрыто", since=MONDAY)
    assert sums(page, *NOVEMBER)["weeks"] == weeks


def test_an_exemption_of_another_institution_frees_nobody_else(page):
    other = PageFactory(institution__region=page.institution.region)
    Exemption.objects.create(institution=other.institution, ground="Закрыто", since=MONDAY)
    assert sums(page, *NOVEMBER)["weeks"] == 4


# --- posts ------------------------------------------------------------------------------------------------------------


def test_posts_belong_to_their_local_day(region):
    page = watched(PageFactory(institution__region=region), *NOVEMBER, every=0)
    moment = dt.datetime(2024, 11, 30, 15, tzinfo=dt.UTC)  # 1 December in Vladivostok
    Post.objects.create(
        page=page, external_id="1", published_at=moment, day=dt.date(2024, 12, 1), read_at=moment, aged_at=moment
    )
    assert sums(page, *NOVEMBER)["aged_posts"] == 0
    assert sums(page, dt.date(2024, 12, 1), dt.date(2024, 12, 1))["aged_posts"] == 1


def test_posts_that_were_not_read_at_seven_days_do_not_count(page):
    Post.objects.filter(day=dt.date(2024, 11, 1)).update(aged_at=None)
    found = sums(page, *NOVEMBER)
    assert (found["aged_posts"], found["aged_interactions"], found["aged_views"]) == (14, 56, 1400)


def test_posts_without_views_are_aged_but_not_viewed(page):
    Post.objects.filter(day=dt.date(2024, 11, 1)).update(views_7=None, comments_7=1, reposts_7=2)
    found = sums(page, *NOVEMBER)
    assert (found["aged_posts"], found["aged_interactions"]) == (15, 63)
    assert (found["viewed_posts"], found["viewed_interactions"], found["aged_views"]) == (14, 56, 1400)


def test_the_audience_of_posts_is_their_number_times_the_mean_subscribers(region):
    page = watched(PageFactory(institution__region=region), *NOVEMBER, subscribers=100, grows=1)
    found = sums(page, *NOVEMBER)
    assert found["aged_audience"] == 1718  # 15 posts × 114.5, half up
    assert found["subscriber_days"] == sum(range(100, 130))


# --- days owed --------------------------------------------------------------------------------------------------------


def test_days_owed_gone_and_excused_are_told_apart(region):
    reasons = ["deleted", "not_found", "blocked", "unreachable", "missed", "quarantine", "closed"]
    failed = {NOVEMBER[0] + n * DAY: reason for n, reason in enumerate(reasons)}
    page = watched(PageFactory(institution__region=region), *NOVEMBER, failed=failed)
    found = sums(page, *NOVEMBER)
    assert (found["days_owed"], found["days_gone"], found["days_excused"], found["days_measured"]) == (30, 3, 3, 23)


def test_the_ends_are_the_first_and_the_last_measured_audience(region):
    failed = dict.fromkeys((NOVEMBER[0], NOVEMBER[1]), "unreachable")
    page = watched(PageFactory(institution__region=region), *NOVEMBER, grows=1, failed=failed)
    found = sums(page, *NOVEMBER)
    assert (found["subscribers_first"], found["subscribers_last"]) == (101, 128)


def test_a_page_that_owed_nothing_is_absent(page):
    other = PageFactory(institution__region=page.institution.region)
    assert other.pk not in page_sums(page.institution.region, *NOVEMBER)


# --- months and spans -------------------------------------------------------------------------------------------------


def test_a_stored_month_is_the_sums_of_its_days(page):
    rollups.sum_up(page.institution.region, MONDAY, SUNDAY)
    for month, last in ((dt.date(2024, 10, 1), dt.date(2024, 10, 31)), NOVEMBER):
        stored = PageMonth.objects.filter(page=page, month=month).values().get()
        assert {name: stored[name] for name in sums(page, month, last)} == sums(page, month, last)


def test_a_month_in_which_nothing_could_be_read_is_stored_all_the_same(region):
    page = PageFactory(institution__region=region)
    Slot.objects.create(page=page, day=NOVEMBER[0], status=SlotStatus.FAILED, reason="unreachable")
    rollups.sum_up(region, *NOVEMBER)
    stored = PageMonth.objects.get(page=page)
    assert (stored.days_owed, stored.days_excused, stored.days_measured) == (1, 1, 0)


def added(pieces: list[dict]) -> dict:
    """Sums of several spans put together as they may be."""
    result = {}
    for name in pieces[0]:
        known = [piece[name] for piece in pieces if piece[name] is not None]
        result[name] = sum(known) if known else None
        if name in ENDS and known:
            result[name] = known[0 if name == ENDS[0] else -1]
    return result


ANY_DAY = st.integers(0, 120).map(lambda n: dt.date(2024, 1, 5) + n * DAY)


@pytest.fixture
def ragged(region) -> Page:
    """A page with failures and an exemption over the 29th of February and beyond."""
    first, last = dt.date(2024, 1, 5), dt.date(2024, 5, 5)
    failed = {first + n * DAY: ("unreachable", "deleted", "closed")[n % 3] for n in range(0, 120, 7)}
    page = watched(PageFactory(institution__region=region), first, last, every=3, grows=3, failed=failed)
    Exemption.objects.create(
        institution=page.institution, ground="Ремонт", since=dt.date(2024, 3, 29), until=dt.date(2024, 4, 2)
    )
    rollups.sum_up(region, first, last)
    return page


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ANY_DAY, last=ANY_DAY, cut=ANY_DAY)
def test_the_sums_of_two_parts_are_those_of_the_whole(ragged, first, last, cut):
    first, cut, last = sorted((first, cut, last))
    if cut == last:
        return
    parts = [sums(ragged, first, cut), sums(ragged, cut + DAY, last)]
    whole = sums(ragged, first, last)
    assert {k: v for k, v in added(parts).items() if k not in AUDIENCES} == {
        k: v for k, v in whole.items() if k not in AUDIENCES
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ANY_DAY, last=ANY_DAY)
def test_a_span_is_read_as_its_months_and_ragged_ends(ragged, first, last):
    first, last = sorted((first, last))
    region = ragged.institution.region
    pieces, day = [], first
    while day <= last:
        end = min(last, rollups.month_end(day.replace(day=1)))
        pieces.append((day, end))
        day = end + DAY
    if not any(a.day == 1 and rollups.month_end(a) == b for a, b in pieces):
        pieces = [(first, last)]  # no whole month inside: the days are summed at once
    expected = added([sums(ragged, *piece) for piece in pieces])
    [facts] = page_facts(region, (), first, last)
    found = read_sums(region, Span(first, last, [facts]), expected)
    assert {name: int(column[0]) for name, column in found.items() if expected[name] is not None} == {
        name: value for name, value in expected.items() if value is not None
    }
