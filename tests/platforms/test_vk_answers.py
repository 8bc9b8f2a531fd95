"""VK's answers: communities, ПОС buttons, marks and posts."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.base import Content, Failure, PageReading, PageRef, PlatformError, PostKind, PosWidget
from monitoring.platforms.batches import WallSoFar
from monitoring.platforms.vk_answers import add_posts, pos_widget, read_page, state_mark

OGRN = "1052800036706"
SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
GROUP = {
    "id": 5,
    "name": "Школа № 5",
    "screen_name": "School5",
    "is_closed": 0,
    "type": "page",
    "members_count": 816,
    "photo_50": "https://sun67-1.userapi.com/s/v1/ig2/a.jpg?size=50x50",
    "description": "О школе",
    "cover": {"enabled": 1, "images": []},
    "menu": {"items": [{"title": "Решаем вместе", "url": f"https://pos.gosuslugi.ru/form/?utm_campaign={OGRN}"}]},
    "is_government_organization": True,
}
POST = {"id": 7, "date": 1_775_000_000, "owner_id": -5, "views": {"count": 9}, "likes": {"count": 0}}


def read(menus_given: bool = True, **changes: object) -> PageReading:
    """The group with fields changed; a field set to None is left out."""
    group = {name: value for name, value in {**GROUP, **changes}.items() if value is not None}
    return read_page(PageRef(1, "school5", "5", ogrn=OGRN), group, menus_given, lambda handle, number: None)


def wall_of(*posts: dict, count: int = 1, key: str = "5") -> WallSoFar:
    wall = WallSoFar(1, SINCE, SINCE)
    add_posts(wall, {"count": count, "items": list(posts)}, key)
    return wall


class TestPage:
    def test_all_that_the_answer_tells(self):
        reading = read()
        assert (reading.subscribers, reading.handle, reading.external_id) == (816, "school5", "5")
        assert (reading.has_avatar, reading.has_cover, reading.has_description) == (True, True, True)
        assert (reading.state_mark, reading.pos_widget, reading.widgets) == (True, PosWidget.RIGHT, 1)

    def test_what_is_absent_is_unknown_and_not_zero(self):
        absent = ("members_count", "photo_50", "description", "cover", "is_government_organization")
        reading = read(**dict.fromkeys(absent))
        assert (reading.subscribers, reading.has_avatar, reading.has_cover) == (None, None, None)
        assert (reading.has_description, reading.state_mark) == (None, None)

    @pytest.mark.parametrize(
        "stub", ["https://vk.com/images/community_50.png?ava=1", "https://vk.com/images/camera_50.png"]
    )
    def test_a_picture_of_vk_is_no_avatar(self, stub):
        assert read(photo_50=stub).has_avatar is False

    def test_an_empty_description_is_none_and_a_cover_may_be_off(self):
        reading = read(description="  ", cover={"enabled": 0})
        assert (reading.has_description, reading.has_cover) == (False, False)

    def test_site_and_contacts_have_fields_of_their_own(self):
        reading = read(site="https://school5.example", contacts=[{"desc": "Приёмная", "email": "a@school5.example"}])
        assert (reading.has_site, reading.has_contacts) == (True, True)
        assert (read().has_site, read().has_contacts) == (False, False)
        assert (read(description=None, site="x").has_site, read(description=None).has_contacts) == (None, None)

    @pytest.mark.parametrize("odd", [5, ["x"], {"a": 1}, [None]])
    def test_odd_sites_and_contacts_fail_no_page(self, odd):
        assert (read(site=odd, contacts=odd).failure, read(site=odd, contacts=odd).has_contacts) == (None, False)

    def test_more_than_two_widgets_count_as_two(self):
        assert read(menu={"items": [{"url": "a"}, {"url": "b"}, {"title": "c"}]}).widgets == 2

    def test_a_page_without_a_menu_has_no_widgets(self):
        assert (read(menu=None).widgets, read(menu=None).pos_widget) == (0, PosWidget.ABSENT)

    def test_where_no_page_of_the_answer_has_a_menu_nothing_is_known_of_widgets(self):
        reading = read(menu=None, menus_given=False)
        assert (reading.widgets, reading.pos_widget) == (None, None)

    def test_a_closed_page_without_a_menu_hides_it(self):
        assert read(menu=None, is_closed=1).widgets is None

    @pytest.mark.parametrize("kind", [1, 2])
    def test_a_closed_page_still_has_its_count(self, kind):
        reading = read(is_closed=kind)
        assert (reading.closed, reading.subscribers, reading.failure) == (True, 816, None)
        assert not read(is_closed=0).closed

    def test_a_closed_page_without_a_count_is_closed(self):
        assert read(is_closed=1, members_count=None).failure == Failure.CLOSED

    @pytest.mark.parametrize(
        ("changes", "failure"),
        [
            ({"deactivated": "deleted"}, Failure.DELETED),
            ({"deactivated": "banned"}, Failure.BLOCKED),
            ({"type": "profile"}, Failure.NOT_FOUND),
        ],
    )
    def test_a_page_that_is_gone_has_no_figures(self, changes, failure):
        reading = read(**changes)
        assert (reading.failure, reading.subscribers) == (failure, None)

    @pytest.mark.parametrize("name", ["club5", "public5", "event5"])
    def test_a_page_without_a_short_name_is_called_by_its_number(self, name):
        assert read(screen_name=name).handle == "club5"

    @pytest.mark.parametrize("count", [-1, 10**18, 10**30, 8.5, [816], {}, True, "many", "0x10", "1e3"])
    def test_a_count_that_cannot_be_is_no_number_and_no_failure_of_the_page(self, count):
        reading = read(members_count=count)
        assert (reading.failure, reading.subscribers) == (None, None)
        assert reading.subscribers_raw == str(count)

    def test_a_rounded_count_says_so(self):
        reading = read(members_count="12,3K")
        assert (reading.subscribers, reading.subscribers_step) == (12300, 100)


class TestPosWidget:
    @pytest.mark.parametrize(
        "link",
        [
            f"https://pos.gosuslugi.ru/form/?opaId=1&utm_source=vk&utm_medium=10&utm_campaign={OGRN}",
            f"https://pos.gosuslugi.ru/form/?opaId=1&utm_source=vk&utm_mediu%20m=10&utm_campaign={OGRN}",
            f"https://pos.gosuslugi.ru/form/?opaId=%20222775&utm_campaign=%20{OGRN}",
            f"https://pos.gosuslugi.ru/og/org-activities?reg%20code=10&utm%20campaign={OGRN[:3]}%20{OGRN[3:]}",
            f"pos.gosuslugi.ru/form/?utm_campaign={OGRN}",
        ],
    )
    def test_the_own_ogrn_is_right_however_the_link_is_broken(self, link):
        assert pos_widget([link], OGRN) == PosWidget.RIGHT

    def test_another_ogrn_or_none_is_wrong(self):
        assert pos_widget(["https://pos.gosuslugi.ru/form/?utm_campaign=1072801009148"], OGRN) == PosWidget.WRONG
        assert pos_widget(["https://pos.gosuslugi.ru/f"], OGRN) == PosWidget.WRONG

    def test_digits_around_the_own_ogrn_make_another_number(self):
        assert pos_widget([f"https://pos.gosuslugi.ru/form/?utm_campaign=9{OGRN}"], OGRN) == PosWidget.WRONG

    def test_one_right_link_is_enough(self):
        links = ["https://pos.gosuslugi.ru/f", f"https://pos.gosuslugi.ru/form/?utm_campaign={OGRN}"]
        assert pos_widget(links, OGRN) == PosWidget.RIGHT

    def test_without_a_known_ogrn_it_is_only_present(self):
        assert pos_widget(["https://pos.gosuslugi.ru/f"], "") == PosWidget.PRESENT

    @pytest.mark.parametrize(
        "link", ["https://vk.com/app1", f"https://evil.example/?pos.gosuslugi.ru={OGRN}", "http://[", ""]
    )
    def test_a_link_elsewhere_is_none(self, link):
        assert pos_widget([link], OGRN) == PosWidget.ABSENT


class TestStateMark:
    def test_the_badge_is_a_class_in_the_page(self):
        assert state_mark(b'<i class="GovernmentCommunityBadge GovernmentCommunityBadge--tooltip">', 5) is True

    def test_words_of_the_page_are_no_badge(self):
        assert state_mark(b"<p>GovernmentCommunityBadge</p><a href=/wall-66171801>", 66171801) is False

    def test_a_page_of_something_else_tells_nothing(self):
        assert state_mark(b"<html>Sign in</html>", 66171801) is None


class TestWall:
    def test_a_post_and_its_counters(self):
        (post,) = wall_of(POST).reading().posts
        assert (post.external_id, post.views, post.likes, post.comments) == ("7", 9, 0, None)

    def test_a_repost_and_an_advertisement(self):
        (post,) = wall_of({**POST, "copy_history": [{"id": 1}], "marked_as_ads": 1}).reading().posts
        assert (post.kind, post.advertisement) == (PostKind.REPOST, True)

    def test_deleted_and_postponed_posts_are_left_out(self):
        assert wall_of({**POST, "is_deleted": True}, {**POST, "post_type": "postpone"}).reading().posts == ()

    def test_an_old_pinned_post_does_not_end_the_reading(self):
        old = {**POST, "id": 1, "date": 1_500_000_000, "is_pinned": 1}
        wall = wall_of(old, POST, count=500)
        assert wall.wants_more
        assert [post.external_id for post in wall.reading().posts] == ["7"]

    def test_an_old_post_ends_it(self):
        wall = wall_of(POST, {**POST, "id": 1, "date": 1_500_000_000}, count=500)
        assert not wall.wants_more
        assert wall.reading().complete_since == SINCE

    def test_a_wall_cut_short_says_from_when_it_is_complete(self):
        reading = wall_of(POST, count=500).reading()
        assert reading.complete_since == reading.posts[0].published_at + dt.timedelta(seconds=1)

    def test_a_wall_that_repeats_itself_is_not_read_for_ever(self):
        wall = wall_of(POST, count=500)
        add_posts(wall, {"count": 500, "items": [POST]}, "5")
        assert not wall.wants_more
        assert wall.reading().complete_since > SINCE

    def test_a_persons_wall_is_no_page(self):
        with pytest.raises(PlatformError) as caught:
            wall_of({**POST, "owner_id": 5}, key="school5")
        assert caught.value.failure == Failure.NOT_FOUND

    @pytest.mark.parametrize("date", [-1, 10**12, "today", 1.5, None])
    def test_a_date_that_cannot_be_is_a_bad_answer(self, date):
        with pytest.raises(PlatformError):
            wall_of({**POST, "date": date})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn, whole: dict) -> dict:
    """The object with some of its fields replaced by anything, at any depth."""
    copy = msgspec.json.decode(msgspec.json.encode(whole))
    for _ in range(draw(st.integers(1, 3))):
        place = copy
        while True:
            key = draw(st.sampled_from(sorted(place))) if isinstance(place, dict) else 0
            if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
                place = place[key]
            else:
                place[key] = draw(json_values)
                break
            if not isinstance(place, dict | list) or not place:
                break
    return copy


@given(mutated(GROUP))
def test_any_group_gives_a_reading(group):
    reading = read_page(PageRef(1, "school5", "5", ogrn=OGRN), group, True, lambda handle, number: None)
    assert reading.subscribers is None or 0 <= reading.subscribers <= 2_147_483_647


@given(mutated({"count": 1, "items": [POST]}))
def test_any_wall_gives_a_reading_or_a_platform_error(answer):
    wall = WallSoFar(1, SINCE, SINCE)
    try:
        add_posts(wall, answer, "5")
    except PlatformError:
        return
    wall.reading()


@pytest.mark.parametrize(
    ("attached", "known"),
    [
        ({}, None),
        ({"attachments": []}, 0),
        ({"attachments": [{"type": "photo"}, {"type": "photo"}, {"type": "poll"}]}, Content.PICTURE),
        ({"attachments": [{"type": "video"}, {"type": "link"}]}, Content.VIDEO | Content.LINK),
        ({"attachments": "photo"}, None),
        ({"attachments": [None, {"type": ["photo"]}, {}]}, 0),
    ],
)
def test_what_a_post_holds_beside_its_text(attached, known):
    (post,) = wall_of({**POST, **attached}).reading().posts
    assert post.content == known
