"""A rating of a day from what lies in the base."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monitoring.models import PageClass, PageDay, PageProfile, PlatformCode, Slot, SlotStatus
from monitoring.models.measures import SlotReason
from ratings.computing import NothingToRateError, compute, store_preset
from ratings.models import Methodology, Rating, Score
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, collected

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)


@pytest.fixture
def region():
    store_preset("amur")
    return RegionFactory()


def page_of(region, **fields):
    return PageFactory(institution__region=region, **fields)


def rated(region, day=DAY) -> dict[int, Score]:
    return {score.page_id: score for score in compute(region, day, "amur", NOW).scores.all()}


def item(score: Score, indicator: str) -> dict:
    return next(each for each in score.items if each["indicator"] == indicator)


def test_what_was_collected_becomes_points_zone_and_place(region):
    best = collected(page_of(region, connected_to_component=True, weekly_reach=80), DAY)
    worse = collected(page_of(region, connected_to_component=False, weekly_reach=80), DAY, state_mark=False)
    scores = rated(region)
    assert (scores[best.pk].points, scores[best.pk].zone, scores[best.pk].place) == (100, "green", 1)
    assert (scores[worse.pk].points, scores[worse.pk].zone, scores[worse.pk].place) == (80, "yellow", 2)


def test_items_tell_value_points_and_their_maximum(region):
    page = collected(page_of(region, weekly_reach=55), DAY)
    assert item(rated(region)[page.pk], "weekly_reach") == {
        "indicator": "weekly_reach",
        "state": "known",
        "value": 0.55,
        "points": 7,
        "max": 10,
    }


def test_unknown_items_are_told_apart_from_zero_and_their_weight_is_spread(region):
    page = collected(page_of(region), DAY, has_cover=False)
    score = rated(region)[page.pk]
    assert (item(score, "component")["state"], item(score, "component")["points"]) == ("unknown", None)
    assert (item(score, "cover")["state"], item(score, "cover")["points"]) == ("known", 0)
    assert score.points == Decimal("87.50")  # 70 of 80


def test_a_business_card_is_rated_without_activity(region):
    page = collected(page_of(region, page_class=PageClass.CARD), DAY, posts=0)
    score = rated(region)[page.pk]
    assert item(score, "posts_in_week")["state"] == "not_applicable"
    assert score.points == 100


def test_a_page_that_was_never_measured_has_no_points_and_no_place(region):
    collected(page_of(region), DAY)
    unread = page_of(region)
    Slot.objects.create(page=unread, day=DAY, status=SlotStatus.FAILED, reason=SlotReason.UNREACHABLE)
    score = rated(region)[unread.pk]
    assert (score.points, score.place, score.zone, score.items) == (None, None, "", [])


def test_a_page_measured_only_later_was_never_measured_that_day(region):
    page = collected(page_of(region), DAY + dt.timedelta(days=1))
    Slot.objects.create(page=page, day=DAY, status=SlotStatus.FAILED, reason=SlotReason.THROTTLED)
    assert rated(region)[page.pk].points is None


@pytest.mark.parametrize("reason", ["not_found", "deleted", "blocked", "duplicate"])
def test_a_page_that_was_gone_that_day_is_not_rated(region, reason):
    collected(page_of(region), DAY)
    gone = collected(page_of(region), DAY)
    Slot.objects.filter(page=gone).update(status=SlotStatus.FAILED, reason=reason)
    assert gone.pk not in rated(region)


def test_an_outage_of_the_network_takes_no_page_out_of_the_rating(region):
    page = collected(page_of(region), DAY - dt.timedelta(days=1))
    Slot.objects.create(page=page, day=DAY, status=SlotStatus.FAILED, reason=SlotReason.UNREACHABLE)
    score = rated(region)[page.pk]
    assert item(score, "posts_in_week")["state"] == "unknown"
    assert score.points == 100


def test_only_vk_pages_of_the_region_are_rated(region):
    page = collected(page_of(region), DAY)
    collected(page_of(region, platform=PlatformCode.TELEGRAM), DAY)
    collected(page_of(RegionFactory()), DAY)
    assert set(rated(region)) == {page.pk}


def test_the_profile_of_that_day_counts_and_no_later_one(region):
    page = collected(page_of(region), DAY)
    PageProfile.objects.create(page=page, since=DAY + dt.timedelta(days=1), has_avatar=False)
    PageProfile.objects.create(page=page, since=DAY - dt.timedelta(days=9), has_avatar=False)
    assert item(rated(region)[page.pk], "avatar")["value"] == 1


def test_posts_of_seven_local_days_count_and_older_ones_do_not(region):
    page = collected(page_of(region), DAY, posts=1)
    PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=6), posts=1)
    PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=7), posts=5)
    PageDay.objects.create(page=page, day=DAY + dt.timedelta(days=1), posts=5)
    assert item(rated(region)[page.pk], "posts_in_week")["value"] == 2


def test_no_page_days_within_a_wall_that_was_read_are_no_posts(region):
    page = collected(page_of(region), DAY)
    PageDay.objects.all().delete()
    assert item(rated(region)[page.pk], "posts_in_week")["value"] == 0


@pytest.mark.parametrize(
    "gap",
    [
        {"posts_known_from": DAY - dt.timedelta(days=5)},
        {"posts_known_to": dt.datetime(2024, 10, 25, 13, 59, tzinfo=dt.UTC)},  # 25 October, 23:59 in Vladivostok
        {"posts_known_from": None, "posts_known_to": None},
    ],
)
def test_posts_are_unknown_where_the_wall_was_not_read_over_all_seven_days(region, gap):
    page = collected(page_of(region), DAY)
    type(page).objects.filter(pk=page.pk).update(**gap)
    assert item(rated(region)[page.pk], "posts_in_week")["state"] == "unknown"


def test_posts_are_known_from_the_first_of_the_seven_days_to_the_start_of_the_last(region):
    page = collected(page_of(region), DAY)
    page.posts_known_from = DAY - dt.timedelta(days=6)
    page.posts_known_to = dt.datetime(2024, 10, 25, 14, 1, tzinfo=dt.UTC)  # 26 October, 0:01 in Vladivostok
    page.save()
    assert item(rated(region)[page.pk], "posts_in_week")["state"] == "known"


def test_the_same_day_again_rewrites_the_same_rows(region):
    page = collected(page_of(region), DAY)
    gone = collected(page_of(region), DAY)
    before = rated(region)
    PageProfile.objects.filter(page=page).update(state_mark=False)
    Slot.objects.filter(page=gone).update(status=SlotStatus.FAILED, reason=SlotReason.DELETED)
    after = rated(region)
    assert Rating.objects.count() == 1
    assert after[page.pk].pk == before[page.pk].pk
    assert after[page.pk].points < before[page.pk].points
    assert gone.pk not in after


def test_another_day_is_another_rating(region):
    page = collected(page_of(region), DAY)
    Slot.objects.create(page=page, day=DAY + dt.timedelta(days=1), status=SlotStatus.OK)
    rated(region)
    rated(region, DAY + dt.timedelta(days=1))
    assert Rating.objects.count() == 2


def test_a_day_that_owed_nothing_cannot_be_rated(region):
    with pytest.raises(NothingToRateError):
        compute(region, DAY, "amur", NOW)


def test_the_version_in_force_on_the_day_counts(region):
    old = Methodology.objects.get(slug="amur")
    data = {"slug": "amur", "name": "A", "data": old.data}
    Methodology.objects.create(version="next", since=DAY, **data)
    Methodology.objects.create(version="over", since=dt.date(2024, 1, 1), until=DAY - dt.timedelta(days=1), **data)
    in_force = [Methodology.objects.in_force("amur", DAY + dt.timedelta(days=back)).version for back in (-400, -1, 0)]
    assert in_force == ["2024", "over", "next"]


def test_a_version_that_is_stored_is_never_overwritten_by_its_file(region):
    Methodology.objects.update(data={"kept": True})
    store_preset("amur")
    assert Methodology.objects.get().data == {"kept": True}


def make_pages(region, count: int) -> None:
    institution = InstitutionFactory(region=region)
    for _ in range(count):
        collected(PageFactory(institution=institution), DAY)


def test_the_number_of_queries_does_not_grow_with_the_pages(region, django_assert_max_num_queries):
    make_pages(region, 60)
    with django_assert_max_num_queries(16):
        compute(region, DAY, "amur", NOW)


def test_the_command_rates_and_sums_up_by_zone(region):
    collected(page_of(region), DAY)
    out = StringIO()
    call_command("rate", "--region", region.code, "--day", "2024-10-26", stdout=out)
    assert Score.objects.get().points == 100
    assert region.name in out.getvalue()


def test_the_command_may_run_twice(region):
    collected(page_of(region), DAY)
    for _ in range(2):
        call_command("rate", region=region.code, day=DAY, verbosity=0)
    assert (Rating.objects.count(), Score.objects.count()) == (1, 1)


def test_the_command_says_what_is_wrong(region):
    with pytest.raises(CommandError, match="RU-NOWHERE"):
        call_command("rate", region="RU-NOWHERE", day=DAY)
    with pytest.raises(CommandError, match=region.name):
        call_command("rate", region=region.code, day=DAY)
