"""What one batch of readings leaves in the base."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.collection import batch, claims
from monitoring.collection.ingest import Ingest
from monitoring.collection.posts import Walls
from monitoring.models import (
    EventKind,
    Page,
    PageDay,
    PageEvent,
    PageProfile,
    PageState,
    PageStatus,
    Post,
    Slot,
    SlotReason,
)
from monitoring.platforms.base import Failure, PageReading, PostReading, PosWidget, WallReading
from tests.factories import PageFactory

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Vladivostok")
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 20, tzinfo=ZONE)
SINCE = dt.datetime(2024, 9, 26, tzinfo=ZONE)


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="school5", external_id="5", status=PageStatus.OPEN)


def store(
    page: Page, reading: PageReading | None = None, wall: WallReading | None = None, day=DAY, now=NOW
) -> dict[int, SlotReason]:
    page = Page.objects.select_related("state").get(pk=page.pk)
    return Ingest({page.pk: page}, day, now, ZONE).store(
        {page.pk: reading} if reading else {}, {page.pk: wall} if wall else {}
    )


def reading(page: Page, **given) -> PageReading:
    return PageReading(**{"page_id": page.pk, "external_id": "5", "handle": "school5", "subscribers": 816, **given})


def wall(page: Page, *posts: PostReading) -> WallReading:
    return WallReading(page_id=page.pk, posts=posts, complete_since=SINCE)


def post(number: int, at: dt.datetime, **counters) -> PostReading:
    return PostReading(external_id=str(number), published_at=at, **counters)


class TestAudience:
    def test_it_stands_under_the_local_day_with_the_hash_of_the_answer(self, page):
        store(page, reading(page, answer_hash="ab" * 32))
        row = PageDay.objects.get()
        assert (row.day, row.subscribers, row.subscribers_provenance) == (DAY, 816, "measured")
        assert row.collected_at == NOW
        assert row.answer_hash == "ab" * 32

    def test_a_hidden_counter_is_no_row_at_all(self, page):
        store(page, reading(page, subscribers=None))
        assert not PageDay.objects.exists()

    def test_a_rounded_number_says_so(self, page):
        store(page, reading(page, subscribers=12300, subscribers_step=100))
        row = PageDay.objects.get()
        assert (row.subscribers_provenance, row.subscribers_step) == ("rounded", 100)

    def test_a_second_reading_of_the_day_takes_the_place_of_the_first(self, page):
        store(page, reading(page))
        store(page, reading(page, subscribers=820))
        assert PageDay.objects.get().subscribers == 820

    def test_a_gone_page_leaves_no_number(self, page):
        store(page, reading(page, subscribers=None, failure=Failure.DELETED))
        assert not PageDay.objects.exists()
        assert Page.objects.get().status == PageStatus.DELETED


class TestPosts:
    def test_they_are_summed_under_their_own_local_day(self, page):
        late = dt.datetime(2024, 10, 24, 14, 30, tzinfo=dt.UTC)  # 00:30 of the 25th in Vladivostok
        store(page, reading(page), wall(page, post(1, late, views=100, likes=3), post(2, NOW, views=50, likes=0)))
        days = {row.day: row for row in PageDay.objects.all()}
        assert (days[dt.date(2024, 10, 25)].posts, days[dt.date(2024, 10, 25)].views) == (1, 100)
        assert (days[DAY].posts, days[DAY].likes) == (1, 0)
        assert days[dt.date(2024, 10, 25)].subscribers is None

    def test_a_read_wall_without_posts_is_zero_posts(self, page):
        store(page, reading(page), wall(page))
        assert PageDay.objects.get().posts == 0

    def test_an_unread_wall_is_no_data(self, page):
        store(page, reading(page), WallReading(page_id=page.pk, failure=Failure.CLOSED))
        assert PageDay.objects.get().posts is None
        assert Page.objects.get().posts_known_to is None

    def test_a_counter_that_no_post_gave_stays_unknown(self, page):
        store(page, reading(page), wall(page, post(1, NOW, likes=4)))
        row = PageDay.objects.get()
        assert (row.views, row.likes) == (None, 4)

    def test_the_same_wall_twice_changes_nothing(self, page):
        again = wall(page, post(1, NOW, views=10), post(1, NOW, views=10))
        store(page, reading(page), again)
        before = (list(Post.objects.values()), list(PageDay.objects.values()))
        store(page, reading(page), again)
        assert (list(Post.objects.values()), list(PageDay.objects.values())) == before
        assert Post.objects.count() == 1

    def test_counters_are_refreshed(self, page):
        store(page, reading(page), wall(page, post(1, NOW, views=10)))
        store(page, reading(page), wall(page, post(1, NOW, views=25)))
        assert (Post.objects.get().views, PageDay.objects.get().views) == (25, 25)

    def test_rounded_views_are_marked(self, page):
        store(page, reading(page), wall(page, post(1, NOW, views=1200, views_step=100)))
        assert PageDay.objects.get().views_provenance == "rounded"

    def test_reposts_are_told_from_own_posts(self, page):
        store(page, reading(page), wall(page, post(1, NOW), post(2, NOW, kind="repost")))
        row = PageDay.objects.get()
        assert (row.posts, row.own_posts) == (2, 1)

    def test_what_was_found_to_be_a_copy_remains_one_and_is_no_own_post(self, page):
        store(page, reading(page), wall(page, post(1, NOW, views=10), post(2, NOW)))
        Post.objects.filter(external_id="1").update(kind=Post.Kind.COPY)
        store(page, reading(page), wall(page, post(1, NOW, views=25), post(2, NOW)))
        assert Post.objects.get(external_id="1").kind == Post.Kind.COPY
        assert (PageDay.objects.get().posts, PageDay.objects.get().own_posts) == (2, 1)

    def test_a_counter_that_is_no_sane_number_leaves_the_post_and_the_others(self, page):
        store(page, reading(page), wall(page, post(1, NOW, views=None, likes=3)))
        assert (Post.objects.get().views, Post.objects.get().likes) == (None, 3)


class TestCoverage:
    def test_it_starts_with_the_first_wholly_read_day(self, page):
        store(page, reading(page), wall(page))
        known = Page.objects.get()
        assert (known.posts_known_from, known.posts_known_to) == (dt.date(2024, 9, 26), NOW)

    def test_it_grows_while_readings_overlap(self, page):
        store(page, reading(page), wall(page))
        tomorrow = NOW + dt.timedelta(days=1)
        store(page, reading(page), wall(page), day=DAY + dt.timedelta(days=1), now=tomorrow)
        known = Page.objects.get()
        assert (known.posts_known_from, known.posts_known_to) == (dt.date(2024, 9, 26), tomorrow)

    def test_a_gap_starts_it_anew(self, page):
        Page.objects.update(posts_known_from=dt.date(2024, 1, 1), posts_known_to=SINCE - dt.timedelta(days=3))
        store(page, reading(page), wall(page))
        assert Page.objects.get().posts_known_from == dt.date(2024, 9, 26)


class TestProfile:
    def test_a_row_is_written_only_when_something_changed(self, page):
        store(page, reading(page, has_avatar=True, state_mark=True))
        store(page, reading(page, has_avatar=True, state_mark=True), day=DAY + dt.timedelta(days=1))
        assert PageProfile.objects.count() == 1

    def test_what_is_not_given_stays_as_it_was(self, page):
        store(page, reading(page, state_mark=True))
        store(page, reading(page, has_cover=True), day=DAY + dt.timedelta(days=1))
        latest = PageProfile.objects.latest("since")
        assert (latest.state_mark, latest.has_cover) == (True, True)

    def test_what_the_description_says_is_kept_as_three_answers(self, page):
        said = {"has_site": True, "has_contacts": False, "names_institution": True}
        store(page, reading(page, **said))
        store(page, reading(page, has_contacts=True), day=DAY + dt.timedelta(days=1))
        latest = PageProfile.objects.latest("since")
        assert (latest.has_site, latest.has_contacts, latest.names_institution) == (True, True, True)
        assert PageProfile.objects.count() == 2

    def test_a_lost_mark_is_an_event(self, page):
        store(page, reading(page, state_mark=True))
        store(page, reading(page, state_mark=False), day=DAY + dt.timedelta(days=1))
        assert PageEvent.objects.get().kind == EventKind.MARK_LOST

    def test_a_put_up_widget_is_an_event(self, page):
        store(page, reading(page, pos_widget=PosWidget.ABSENT))
        store(page, reading(page, pos_widget=PosWidget.RIGHT), day=DAY + dt.timedelta(days=1))
        assert PageEvent.objects.get().kind == EventKind.WIDGET_GAINED


class TestIdentity:
    def test_a_renamed_page_stays_the_same_page(self, page):
        store(page, reading(page, handle="school_five"))
        assert Page.objects.get().handle == "school_five"
        event = PageEvent.objects.get()
        assert (event.kind, event.old, event.new) == (EventKind.RENAMED, "school5", "school_five")

    def test_the_first_answer_is_no_renaming(self):
        page = PageFactory(handle="club5", external_id="5")
        store(page, reading(page))
        assert Page.objects.get().handle == "school5"
        assert not PageEvent.objects.exists()

    def test_one_page_under_two_spellings_is_one_page(self, page):
        twin = PageFactory(handle="club5", external_id="")
        assert store(twin, reading(twin)) == {twin.pk: SlotReason.DUPLICATE}
        assert not PageDay.objects.exists()

    def test_deleted_and_back_again_are_events(self, page):
        store(page, reading(page, subscribers=None, failure=Failure.DELETED))
        store(page, reading(page), day=DAY + dt.timedelta(days=1))
        assert list(PageEvent.objects.order_by("day").values_list("kind", flat=True)) == ["deleted", "reopened"]

    def test_closed_to_all_but_members_and_open_again_are_events_and_its_count_goes_on(self, page):
        store(page, reading(page, closed=True))
        assert Page.objects.get().status == PageStatus.CLOSED
        store(page, reading(page), day=DAY + dt.timedelta(days=1))
        assert list(PageEvent.objects.order_by("day").values_list("kind", flat=True)) == ["closed", "reopened"]
        assert PageDay.objects.filter(subscribers=816).count() == 2

    def test_another_community_under_the_address_leaves_nothing_of_its_own(self, page):
        other = reading(page, external_id="77", title="Магазин", subscribers=90_000, has_avatar=True)
        reasons = store(page, other, wall(page, post(1, NOW, views=9)))
        assert reasons == {page.pk: SlotReason.REPLACED}
        assert not any(model.objects.exists() for model in (PageDay, PageProfile, Post))
        known = Page.objects.get()
        assert (known.status, known.external_id, known.title) == (PageStatus.REPLACED, "5", "")
        event = PageEvent.objects.get()
        assert (event.kind, event.old, event.new) == (EventKind.REPLACED, "5", "Магазин (77)")

    def test_a_channel_whose_id_only_its_wall_tells_is_known_by_it_from_then_on(self):
        channel = PageFactory(platform="telegram", handle="school_tg")
        landing = PageReading(channel.pk, handle="school_tg", subscribers=816)
        store(channel, landing, WallReading(channel.pk, (post(1, NOW),), SINCE, external_id="-1001"))
        assert Page.objects.get().external_id == "-1001"
        stranger = WallReading(channel.pk, (post(2, NOW),), SINCE, external_id="-1002")
        assert store(channel, landing, stranger) == {channel.pk: SlotReason.REPLACED}
        assert Post.objects.get().external_id == "1"

    def test_with_ids_not_compared_its_figures_would_be_mixed_in(self, page, monkeypatch):
        monkeypatch.setattr(Ingest, "_is_replaced", lambda self, reading: False)
        store(page, reading(page, external_id="77", subscribers=90_000))
        assert PageDay.objects.get().subscribers == 90_000

    def test_two_pages_that_changed_addresses_are_both_replaced_and_not_the_same_one(self, page):
        other = PageFactory(handle="school7", external_id="7", status=PageStatus.OPEN)
        pages = {each.pk: each for each in Page.objects.select_related("state")}
        readings = {page.pk: reading(page, external_id="7"), other.pk: reading(other, handle="school7")}
        reasons = Ingest(pages, DAY, NOW, ZONE).store(readings, {})
        assert set(reasons.values()) == {SlotReason.REPLACED}
        assert not PageDay.objects.exists()

    def test_a_community_that_took_an_address_is_no_twin_of_its_own_page(self, page):
        own = PageFactory(handle="club77", external_id="")
        pages = {each.pk: each for each in Page.objects.select_related("state")}
        readings = {page.pk: reading(page, external_id="77"), own.pk: reading(own, external_id="77", handle="club77")}
        assert Ingest(pages, DAY, NOW, ZONE).store(readings, {}) == {page.pk: SlotReason.REPLACED}
        assert PageDay.objects.get().page == own

    def test_it_is_told_once_however_long_it_lasts(self, page):
        for days in range(3):
            store(page, reading(page, external_id="77"), day=DAY + dt.timedelta(days=days))
        assert PageEvent.objects.count() == 1


class TestLate:
    """A worker was held up between the network's answer and the base; meanwhile the next day was read."""

    TODAY, TOMORROW = NOW, NOW + dt.timedelta(days=1)

    @pytest.fixture
    def read_tomorrow(self, page) -> Page:
        new = reading(page, subscribers=900, title="Новое имя", handle="school_new", has_avatar=False)
        walls = wall(page, post(1, NOW, views=500))
        store(page, new, walls, day=DAY + dt.timedelta(days=1), now=self.TOMORROW)
        return Page.objects.get()

    def test_the_late_number_stands_under_its_own_day(self, page, read_tomorrow):
        store(page, reading(page, subscribers=816))
        assert dict(PageDay.objects.filter(subscribers__gt=0).values_list("day", "subscribers")) == {
            DAY: 816,
            DAY + dt.timedelta(days=1): 900,
        }

    def test_nothing_newer_is_overwritten(self, page, read_tomorrow):
        late = reading(page, subscribers=816, title="Старое имя", has_avatar=True)
        store(page, late, wall(page, post(1, NOW, views=100)))
        known = Page.objects.get()
        assert (known.title, known.handle, known.posts_known_to) == ("Новое имя", "school_new", self.TOMORROW)
        assert Post.objects.get().views == 500
        assert PageProfile.objects.get().has_avatar is False

    def test_what_another_worker_stored_after_the_pages_were_loaded_counts(self, page):
        Slot.objects.create(page=page, day=DAY)
        (today,) = batch._days(claims.claim("vk", 1, NOW))
        store(page, reading(page, title="Новое имя"), wall(page, post(1, NOW, views=500)), now=self.TOMORROW)
        walls = {page.pk: wall(page, post(1, NOW, views=100))}
        batch._store(today, {page.pk: reading(page, title="Старое имя")}, walls, NOW)
        known = Page.objects.get()
        assert (known.title, known.seen_at, known.posts_known_to) == ("Новое имя", self.TOMORROW, self.TOMORROW)
        assert Post.objects.get().views == 500

    def test_a_doubtful_number_is_kept_apart_when_it_comes_late_too(self, page, read_tomorrow):
        PageState.objects.create(page=page, subscribers=900, measured_on=DAY + dt.timedelta(days=1))
        assert store(page, reading(page, subscribers=90_000)) == {page.pk: SlotReason.SUSPECT}
        assert not PageDay.objects.filter(subscribers=90_000).exists()

    def test_sums_of_days_stay_as_the_newer_wall_had_them(self, page, read_tomorrow):
        store(page, reading(page), wall(page, post(1, NOW, views=100)))
        assert PageDay.objects.get(day=DAY).views == 500

    def test_another_community_met_late_changes_nothing(self, page, read_tomorrow):
        assert store(page, reading(page, external_id="77")) == {page.pk: SlotReason.REPLACED}
        assert Page.objects.get().status == PageStatus.OPEN

    def test_with_moments_not_compared_it_would_be(self, page, read_tomorrow, monkeypatch):
        monkeypatch.setattr(Ingest, "_is_late", lambda self, reading: False)
        monkeypatch.setattr(Walls, "_is_late", lambda self, page_id: False)
        store(page, reading(page, title="Старое имя"), wall(page, post(1, NOW, views=100)))
        known = Page.objects.get()
        assert (known.title, known.posts_known_to, Post.objects.get().views) == ("Старое имя", NOW, 100)

    def test_of_two_readings_of_a_day_the_later_one_stays(self, page):
        store(page, reading(page, subscribers=820), now=NOW + dt.timedelta(hours=1))
        store(page, reading(page, subscribers=816), now=NOW)
        assert PageDay.objects.get().subscribers == 820


class TestSevenDays:
    PUBLISHED = dt.datetime(2024, 10, 1, 12, tzinfo=dt.UTC)

    def read_at_ages(self, page: Page, *days: float) -> Post:
        """Readings of one post; its views are its age in hours."""
        for age in days:
            now = self.PUBLISHED + dt.timedelta(days=age)
            store(page, reading(page), wall(page, post(1, self.PUBLISHED, views=round(age * 24))), now=now)
        return Post.objects.get()

    def test_the_counters_of_that_age_stay_when_the_latest_grow(self, page):
        found = self.read_at_ages(page, 5, 6.1, 7.1, 8.1, 10.5)
        assert (found.views, found.views_7) == (252, 170)

    def test_a_post_not_read_near_that_age_has_none(self, page):
        found = self.read_at_ages(page, 5, 11)
        assert (found.views_7, found.aged_at) == (None, None)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
    @given(st.lists(st.floats(0.1, 15), min_size=1, max_size=6, unique=True))
    def test_the_reading_nearest_to_it_wins_whatever_their_number(self, page, ages):
        Post.objects.all().delete()
        Page.objects.update(seen_at=None, posts_known_to=None)
        found = self.read_at_ages(page, *ages)
        near = [age for age in ages if 6 <= age <= 10]
        expected = min(near, key=lambda age: abs(age - 7), default=None)
        assert found.views_7 == (None if expected is None else round(expected * 24))


class TestOldPosts:
    """Most of a night's writing would go into posts that hardly move."""

    OLD, YOUNG = NOW - dt.timedelta(days=20), NOW - dt.timedelta(days=3)

    def views_after(self, page: Page, days: int) -> list[int]:
        """Views of an old and a young post, read on so many days that follow each other; each day brings one more."""
        for after in range(days):
            posts = (post(1, self.OLD, views=after), post(2, self.YOUNG, views=after))
            later = dt.timedelta(days=after)
            store(page, reading(page), wall(page, *posts), day=DAY + later, now=NOW + later)
        return list(Post.objects.order_by("external_id").values_list("views", flat=True))

    def test_young_posts_are_refreshed_every_day(self, page):
        assert self.views_after(page, 3)[1] == 2

    def test_older_ones_at_least_every_fifth(self, page):
        seen = [self.views_after(page, days)[0] for days in (1, 5, 6)]
        assert seen[0] == 0
        assert seen[1] > 0 or seen[2] == 5

    def test_what_was_never_read_is_taken_whole(self, page):
        Page.objects.update(posts_known_to=NOW - dt.timedelta(days=25))
        assert self.views_after(page, 1) == [0, 0]
