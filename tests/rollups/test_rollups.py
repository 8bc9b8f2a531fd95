"""Roll-ups say what the facts say, and can be made anew from them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from monitoring import rollups
from monitoring.models import (
    Dimension,
    GroupDay,
    GroupMonth,
    Page,
    PageDay,
    PageMonth,
    PageState,
    Post,
    Region,
    Slot,
    SlotStatus,
)
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, SectorFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


def page_in(region: Region, platform: str = "vk", **institution) -> Page:
    return PageFactory(institution=InstitutionFactory(region=region, **institution), platform=platform)


def measured(page: Page, subscribers: int | None, day: dt.date = DAY, **figures) -> None:
    PageDay.objects.create(page=page, day=day, subscribers=subscribers, **figures)
    Slot.objects.create(page=page, day=day, status=SlotStatus.OK)


def failed(page: Page, reason: str, day: dt.date = DAY) -> None:
    Slot.objects.create(page=page, day=day, status=SlotStatus.FAILED, reason=reason)


def whole(region: Region, day: dt.date = DAY) -> GroupDay:
    return GroupDay.objects.get(region=region, dimension=Dimension.ALL, day=day)


class TestGroupDay:
    def test_it_sums_the_measured_pages(self, region):
        measured(page_in(region), 100, posts=2, views=50, likes=3, comments=1)
        measured(page_in(region, "ok"), 11)
        rollups.roll_up(region, DAY)
        group = whole(region)
        assert (group.pages, group.measured, group.subscribers) == (2, 2, 111)
        assert (group.posts, group.views, group.interactions) == (2, 50, 4)

    def test_a_page_that_failed_is_an_account_without_a_number(self, region):
        measured(page_in(region), 100)
        failed(page_in(region), "unreachable")
        rollups.roll_up(region, DAY)
        assert (whole(region).pages, whole(region).measured) == (2, 1)

    def test_a_deleted_page_is_no_account(self, region):
        measured(page_in(region), 100)
        failed(page_in(region), "deleted")
        rollups.roll_up(region, DAY)
        assert whole(region).pages == 1

    def test_nothing_measured_is_no_data_and_not_zero(self, region):
        failed(page_in(region), "unreachable")
        rollups.roll_up(region, DAY)
        assert whole(region).subscribers is None

    def test_regions_do_not_mix(self, region):
        other = RegionFactory()
        measured(page_in(region), 100)
        measured(page_in(other), 7)
        rollups.roll_up(region, DAY)
        rollups.roll_up(other, DAY)
        assert (whole(region).subscribers, whole(other).subscribers) == (100, 7)

    def test_sectors_are_counted_under_the_widest_one(self, region):
        culture = SectorFactory(name="Культура")
        libraries = SectorFactory(name="Библиотеки", parent=culture)
        district = MunicipalityFactory(region=region)
        measured(page_in(region, sector=libraries, municipality=district), 40)
        rollups.roll_up(region, DAY)
        groups = GroupDay.objects.filter(subscribers=40).values_list("dimension", "key")
        assert (Dimension.SECTOR, str(culture.pk)) in groups
        assert (Dimension.MUNICIPALITY, str(district.pk)) in groups

    def test_a_group_that_lost_its_pages_goes_away(self, region):
        page = page_in(region, "vk")
        measured(page, 100)
        rollups.roll_up(region, DAY)
        Page.objects.update(platform="ok")
        rollups.roll_up(region, DAY)
        keys = GroupDay.objects.filter(dimension=Dimension.PLATFORM).values_list("key", flat=True)
        assert list(keys) == ["ok"]


class TestPageState:
    def test_changes_compare_with_a_day_a_month_and_a_year_ago(self, region):
        page = page_in(region)
        for day, subscribers in [
            (dt.date(2023, 10, 26), 80),
            (dt.date(2024, 9, 26), 95),
            (dt.date(2024, 10, 25), 99),
            (DAY, 100),
        ]:
            measured(page, subscribers, day)
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.change_day, state.change_month, state.change_year) == (1, 5, 20)

    def test_nothing_to_compare_with_is_no_data(self, region):
        measured(page_in(region), 100)
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.change_day, state.change_month, state.change_year) == (None, None, None)

    def test_a_page_never_measured_has_no_number(self, region):
        failed(page_in(region), "closed")
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.subscribers, state.measured_on, state.slot_reason) == (None, None, "closed")

    def test_a_page_that_failed_today_keeps_its_last_value_and_its_date(self, region):
        page = page_in(region)
        measured(page, 90, DAY - dt.timedelta(days=1))
        rollups.roll_up(region, DAY - dt.timedelta(days=1))
        failed(page, "unreachable")
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.subscribers, state.measured_on) == (90, DAY - dt.timedelta(days=1))

    def test_a_number_that_the_next_day_bore_out_stands_in_the_sparkline(self, region):
        page, yesterday = page_in(region), DAY - dt.timedelta(days=1)
        measured(page, None, yesterday)
        rollups.roll_up(region, yesterday)
        PageDay.objects.update(subscribers=90)
        measured(page, 95)
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.sparkline, state.change_day) == ([["2024-10-25", 90], ["2024-10-26", 95]], 5)

    def test_posts_are_unknown_where_the_wall_was_not_read(self, region):
        measured(page_in(region), 100)
        rollups.roll_up(region, DAY)
        assert PageState.objects.get().posts_7 is None

    def test_posts_of_seven_and_thirty_local_days(self, region):
        page = page_in(region)
        known_to = dt.datetime(2024, 10, 26, 20, tzinfo=ZoneInfo(region.time_zone))
        Page.objects.update(posts_known_from=dt.date(2024, 9, 1), posts_known_to=known_to)
        measured(page, 100, posts=1)
        PageDay.objects.create(page=page, day=dt.date(2024, 10, 20), posts=2, views=7)
        PageDay.objects.create(page=page, day=dt.date(2024, 10, 19), posts=4)
        PageDay.objects.create(page=page, day=dt.date(2024, 9, 26), posts=8)
        rollups.roll_up(region, DAY)
        state = PageState.objects.get()
        assert (state.posts_7, state.posts_30, state.views_30) == (3, 7, 7)

    def test_the_last_post_is_the_latest_of_all(self, region):
        page = page_in(region)
        measured(page, 100)
        at = dt.datetime(2024, 8, 1, tzinfo=dt.UTC)
        for number, days in enumerate([0, 5, 2]):
            moment = at + dt.timedelta(days=days)
            Post.objects.create(page=page, external_id=str(number), published_at=moment, day=moment.date(), read_at=at)
        rollups.roll_up(region, DAY)
        assert PageState.objects.get().last_post_at == at + dt.timedelta(days=5)


class TestMonths:
    def test_a_month_holds_its_first_and_last_audience_and_its_posts(self, region):
        page = page_in(region)
        measured(page, 90, dt.date(2024, 10, 3), posts=1, views=10)
        measured(page, 100, posts=2, views=20)
        rollups.roll_up(region, DAY)
        month = PageMonth.objects.get(month=dt.date(2024, 10, 1))
        assert (month.subscribers_first, month.subscribers_last, month.days_measured) == (90, 100, 2)
        assert (month.posts, month.views) == (3, 30)

    def test_a_group_month_has_the_audience_of_its_last_collected_day(self, region):
        page = page_in(region)
        measured(page, 90, dt.date(2024, 10, 3), posts=1)
        measured(page, 100, posts=2)
        rollups.roll_up(region, DAY)
        group = GroupMonth.objects.get(dimension=Dimension.ALL)
        assert (group.subscribers, group.pages, group.posts) == (100, 1, 3)


def test_the_rebuilt_rollups_equal_those_kept_day_by_day(region):
    pages = [page_in(region, platform) for platform in ("vk", "ok", "telegram")]
    for offset in range(5):
        day = DAY + dt.timedelta(days=offset)
        for number, page in enumerate(pages):
            if offset == number:
                failed(page, "unreachable", day)
            else:
                measured(page, 100 * number + offset, day, posts=number)
        rollups.roll_up(region, day)

    def everything():
        return [list(model.objects.order_by(*order).values(*fields)) for model, order, fields in tables]

    tables = [
        (model, order, [f.name for f in model._meta.fields if f.name != "id"])
        for model, order in [
            (PageState, ["page"]),
            (PageMonth, ["month", "page"]),
            (GroupDay, ["day", "dimension", "key"]),
            (GroupMonth, ["month", "dimension", "key"]),
        ]
    ]
    kept = everything()
    rollups.rebuild(region)
    assert everything() == kept
