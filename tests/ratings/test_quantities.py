"""What is read of pages over spans of days, source by source; what is not known stays unknown."""

import datetime as dt

import numpy as np
import pytest

from monitoring import rollups
from monitoring.models import Exemption, Level, Obligation, Page, PageProfile, Post, Slot
from monitoring.platforms.base import Gives, PosWidget
from ratings.quantities import Span, page_facts, read_parts
from ratings.rules import Measure
from tests.factories import InstitutionFactory, MunicipalityFactory, RegionFactory, watched

from .worlds import DAY, FIRST, LAST, one_day, page_in

pytestmark = pytest.mark.django_db


def parts_of(page: Page, *indicators: str, first: dt.date = FIRST, last: dt.date = LAST):
    """What the indicators need of the page over the span."""
    region = page.institution.region
    [facts] = [each for each in page_facts(region, (), first, last) if each.pk == page.pk]
    measures = [Measure(name, name) for name in indicators]
    return read_parts(region, [Span(first, last, [facts])], measures)


def read(page: Page, indicator: str, *names: str, **span: dt.date) -> list[float | None]:
    parts = parts_of(page, indicator, **span)
    return [None if np.isnan(value := parts[name][0]) else float(value) for name in names]


# --- how pages looked -------------------------------------------------------------------------------------------------


def test_a_profile_counts_by_days_from_its_day_on_until_the_next(region):
    page = watched(page_in(region), FIRST, LAST, profile={"has_avatar": False})
    PageProfile.objects.create(page=page, since=FIRST + 20 * DAY, has_avatar=True)
    assert read(page, "avatar", "has_avatar", "has_avatar_days") == [10, 30]


def test_the_profile_before_the_span_holds_until_it_changes(region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.update(since=FIRST - 200 * DAY)
    assert read(page, "avatar", "has_avatar", "has_avatar_days") == [30, 30]


def test_days_before_the_first_profile_are_not_known(region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.update(since=FIRST + 25 * DAY)
    assert read(page, "avatar", "has_avatar", "has_avatar_days") == [5, 5]


def test_a_feature_that_was_not_told_is_known_on_no_day(region):
    page = watched(page_in(region), FIRST, LAST, profile={"state_mark": None, "pos_widget": None})
    assert read(page, "state_mark", "state_mark_days", "has_cover_days", "pos_right_days") == [0, 30, 0]


def test_the_end_is_the_last_day_alone(region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.create(page=page, since=LAST, has_avatar=False)
    PageProfile.objects.create(page=page, since=LAST + DAY, has_avatar=True)
    assert read(page, "avatar", "has_avatar_end", "has_avatar_days_end", "has_avatar") == [0, 1, 29]


def test_a_page_that_was_archived_before_the_end_is_not_known_at_the_end(region):
    page = watched(page_in(region, archived_on=LAST - DAY), FIRST, LAST - DAY)
    assert read(page, "avatar", "has_avatar_days_end", "has_avatar_days") == [0, 29]


@pytest.mark.parametrize(
    ("widget", "right", "level"),
    [(PosWidget.ABSENT, 0, 0), (PosWidget.WRONG, 0, 1), (PosWidget.PRESENT, 1, 2), (PosWidget.RIGHT, 1, 3)],
)
def test_a_pos_widget_is_right_where_its_number_is_or_cannot_be_checked(region, widget, right, level):
    page = watched(page_in(region), FIRST, LAST, profile={"pos_widget": widget.value})
    assert read(page, "pos_widget", "pos_right_end", "pos_level_end") == [right, level]


# --- exemptions -------------------------------------------------------------------------------------------------------


def exempt(page: Page, first: dt.date, last: dt.date | None = None, platform: str = "") -> None:
    Exemption.objects.create(institution=page.institution, platform=platform, ground="Ремонт", since=first, until=last)


@pytest.mark.parametrize(
    ("first", "last", "days", "weeks"),
    [
        (FIRST, LAST, 1, 1),
        (FIRST - 90 * DAY, None, 1, 1),
        (dt.date(2024, 11, 4), LAST, 0, 1),  # all four weeks that belong to November
        (dt.date(2024, 11, 10), dt.date(2024, 11, 25), 0, 1),  # a day of each is enough: such a week counts in neither
        (dt.date(2024, 11, 11), LAST, 0, 0),
        (FIRST, LAST - DAY, 0, 1),
        (LAST + 8 * DAY, None, 0, 0),
    ],
)
def test_an_exemption_frees_of_the_norm_where_it_touches_every_week_and_of_days_where_it_covers_them(
    region, first, last, days, weeks
):
    page = watched(page_in(region), FIRST, LAST)
    exempt(page, first, last)
    assert read(page, "regularity", "exempt_days", "exempt_weeks") == [days, weeks]


def test_days_before_a_page_came_into_the_registry_need_no_exemption(region):
    page = watched(page_in(region, added_on=FIRST + 14 * DAY), FIRST + 14 * DAY, LAST)
    exempt(page, FIRST + 14 * DAY)
    assert read(page, "regularity", "exempt_days", "exempt_weeks") == [1, 1]


def test_an_exemption_of_another_network_frees_nobody(region):
    page = watched(page_in(region), FIRST, LAST)
    exempt(page, FIRST, platform="ok")
    assert read(page, "regularity", "exempt_days", "exempt_weeks") == [0, 0]


@pytest.mark.parametrize(("until", "free"), [(LAST - 6 * DAY, 1), (LAST - 7 * DAY, 0), (None, 1)])
def test_an_exemption_frees_of_recent_posts_where_it_covers_one_of_their_days(region, until, free):
    page = watched(page_in(region), FIRST, LAST)
    exempt(page, FIRST, until)
    assert read(page, "posts_in_week", "exempt_lately") == [free]


# --- recent posts, the registry ---------------------------------------------------------------------------------------


def test_recent_posts_are_those_of_the_last_seven_days_of_the_span(region):
    page = watched(page_in(region), FIRST, LAST, every=0)
    one_day(page, LAST - 6 * DAY, posts=2)
    one_day(page, LAST - 7 * DAY, posts=50)
    one_day(page, LAST + DAY, posts=50)
    assert read(page, "posts_in_week", "recent_posts") == [2]


def test_a_week_without_posts_that_was_read_is_zero(region):
    assert read(watched(page_in(region), FIRST, LAST, every=0), "posts_in_week", "recent_posts") == [0]


@pytest.mark.parametrize(
    "gap",
    [
        {"posts_known_from": LAST - 5 * DAY},
        {"posts_known_to": dt.datetime(2024, 11, 29, 13, 59, tzinfo=dt.UTC)},  # 29 November, 23:59 in Vladivostok
        {"posts_known_from": None},
        {"posts_known_to": None},
    ],
)
def test_recent_posts_are_unknown_where_a_day_of_the_week_was_not_read(region, gap):
    page = watched(page_in(region), FIRST, LAST)
    Page.objects.update(**gap)
    assert read(page, "posts_in_week", "recent_posts") == [None]


def test_recent_posts_are_known_from_the_first_minute_of_the_last_day_on(region):
    page = watched(page_in(region), FIRST, LAST)
    Page.objects.update(posts_known_to=dt.datetime(2024, 11, 29, 14, 1, tzinfo=dt.UTC))
    assert read(page, "posts_in_week", "recent_posts") != [None]


@pytest.mark.parametrize("value", [True, False, None])
def test_what_people_wrote_by_hand_is_unknown_until_they_did(region, value):
    page = watched(page_in(region, connected_to_component=value, weekly_reach=value and 40), FIRST, LAST)
    assert read(page, "component", "component") == [None if value is None else float(value)]
    reach = read(page, "weekly_reach", "weekly_reach")
    assert reach == ([40] if value else [None] if value is None else [0])


# --- adults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settlement", "district", "region_adults", "expected"),
    [(300, 5000, 90000, 300), (None, 5000, 90000, 5000), (None, None, 90000, None), (0, 5000, 90000, 5000)],
)
def test_adults_are_those_of_the_settlement_else_of_its_district(db, settlement, district, region_adults, expected):
    region = RegionFactory(adult_population=region_adults)
    upper = MunicipalityFactory(region=region, adult_population=district)
    place = MunicipalityFactory(region=region, parent=upper, adult_population=settlement)
    page = watched(page_in(region, institution=InstitutionFactory(region=region, municipality=place)), FIRST, LAST)
    assert read(page, "audience_by_adults", "adults") == [expected]


def test_an_institution_of_no_municipality_speaks_to_the_adults_of_the_region(db):
    region = RegionFactory(adult_population=90000)
    assert read(watched(page_in(region), FIRST, LAST), "audience_by_adults", "adults") == [90000]


# --- obligatory networks ----------------------------------------------------------------------------------------------


@pytest.fixture
def obliged(region) -> Page:
    """A page of a municipal body that owes VK and Odnoklassniki, and keeps VK."""
    for platform in ("vk", "ok"):
        Obligation.objects.create(platform=platform, since=dt.date(2022, 1, 1), basis="8-ФЗ")
    return watched(page_in(region), FIRST, LAST)


def due(page: Page) -> list[float | None]:
    return read(page, "presence", "networks_present", "networks_due")


def test_networks_that_are_kept_are_counted_of_those_that_are_due(obliged):
    assert due(obliged) == [1, 2]
    watched(page_in(obliged.institution.region, institution=obliged.institution, platform="ok"), FIRST, LAST)
    assert due(obliged) == [2, 2]


def test_a_page_that_is_gone_on_the_last_day_is_not_kept(obliged):
    Slot.objects.filter(page=obliged, day=LAST).update(status="failed", reason="deleted")
    assert due(obliged) == [0, 2]


def test_a_page_that_could_not_be_read_on_the_last_day_is_kept(obliged):
    Slot.objects.filter(page=obliged, day=LAST).update(status="failed", reason="unreachable")
    assert due(obliged) == [1, 2]


def test_a_network_that_owed_no_reading_on_the_last_day_is_kept_all_the_same(obliged):
    Slot.objects.filter(page=obliged, day=LAST).delete()  # the operator has switched the network off
    assert due(obliged) == [1, 2]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"level": Level.MINISTRY}, 2),
        ({"level": Level.MUNICIPAL}, 3),
        ({"since": LAST + DAY}, 2),
        ({"since": LAST}, 3),
        ({"until": LAST - DAY}, 2),
        ({"until": LAST}, 3),
    ],
)
def test_an_obligation_holds_for_its_level_and_its_days(obliged, fields, expected):
    given = {"platform": "max", "since": dt.date(2024, 1, 1), "basis": "8-ФЗ"} | fields
    Obligation.objects.create(**given)
    assert due(obliged)[1] == expected


def test_an_obligation_of_another_region_binds_nobody_here(obliged):
    Obligation.objects.create(platform="max", region=RegionFactory(), since=FIRST, basis="закон края")
    assert due(obliged)[1] == 2


@pytest.mark.parametrize(
    ("platform", "since", "until", "expected"),
    [("ok", FIRST, None, 1), ("", FIRST, None, 0), ("", FIRST, LAST - DAY, 2), ("ok", LAST + DAY, None, 2)],
)
def test_an_exemption_takes_its_networks_off_on_its_days(obliged, platform, since, until, expected):
    Exemption.objects.create(
        institution=obliged.institution, platform=platform, ground="Закон", since=since, until=until
    )
    assert due(obliged)[1] == expected


# --- answers, audience, what networks can tell ------------------------------------------------------------------------


def test_minutes_to_the_answers_are_those_of_the_posts_of_the_span(region):
    page = watched(page_in(region), FIRST, LAST)
    Post.objects.filter(day=FIRST).update(answered_comments=2, answer_minutes=[10, 50])
    Post.objects.filter(day=FIRST + 2 * DAY).update(answered_comments=1, answer_minutes=[90])
    assert parts_of(page, "answer_hours").answers == [[10, 50, 90]]
    assert parts_of(page, "answer_hours", first=FIRST + DAY).answers == [[90]]
    assert parts_of(page, "answer_hours", first=FIRST + 3 * DAY).answers == [[]]


def test_a_page_that_was_never_measured_has_no_subscribers_and_not_zero(region):
    failed = {FIRST + n * DAY: "unreachable" for n in range(30)}
    page = watched(page_in(region), FIRST, LAST, failed=failed)
    rollups.sum_up(region, FIRST, LAST)
    assert read(page, "growth", "subscribers_first", "subscribers_last", "days_measured") == [None, None, 0]


def test_what_a_network_cannot_tell_is_told_apart(region):
    vk, max_page = (watched(page_in(region, platform=platform), FIRST, LAST) for platform in ("vk", "max"))
    assert parts_of(vk, "widgets").gives[Gives.MENU][0]
    assert not parts_of(max_page, "widgets").gives[Gives.MENU][0]


def test_no_span_gives_no_rows(region):
    assert len(read_parts(region, [], [Measure("growth", "growth"), Measure("answer_hours", "answer_hours")])) == 0
