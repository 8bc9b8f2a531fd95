"""VK as the simulator plays it: shapes, errors and quirks."""

import json

import pytest

from tests.simulator.conftest import NOW, Small

FIELDS = "members_count,activity,description,status,verified,site,contacts,cover,city,menu,counters,wall"


def group(small: Small, quirk: str, fields: str = FIELDS) -> dict:
    answer = small.vk("groups.getById", group_ids=small.page("vk", quirk).external_id, fields=fields)
    return answer["response"]["groups"][0]


def wall(small: Small, quirk: str, **values: object) -> dict:
    return small.vk("wall.get", owner_id=f"-{small.page('vk', quirk).external_id}", **values)


def links(small: Small, quirk: str) -> list[str]:
    return [item["url"] for item in group(small, quirk)["menu"]["items"]]


class TestGroups:
    def test_a_group_is_known_by_its_number_and_by_its_name_in_any_case(self, small):
        page = small.page("vk")
        for key in (page.external_id, page.handle.upper(), f"club{page.external_id}"):
            found = small.vk("groups.getById", group_ids=key, fields="members_count")["response"]["groups"]
            assert [(g["id"], g["members_count"]) for g in found] == [(int(page.external_id), small.people(page))]

    def test_fields_that_were_not_asked_for_are_absent(self, small):
        assert set(group(small, "", "")) == {
            "id", "name", "screen_name", "is_closed", "type", "photo_50", "photo_100", "photo_200",
        }  # fmt: skip

    def test_unknown_ones_are_skipped(self, small):
        answer = small.vk("groups.getById", group_ids="nobody_here,4999")
        assert answer["response"] == {"groups": [], "profiles": []}

    def test_no_order_is_kept_and_nobody_comes_twice(self, small):
        ids = [page.external_id for page in small.world.pages if page.platform == "vk"]
        found = small.vk("groups.getById", group_ids=",".join(ids + ids[:3]))["response"]["groups"]
        answered = [str(group["id"]) for group in found]
        assert sorted(answered) == sorted(set(answered))
        assert answered != ids

    def test_over_five_hundred_is_error_100(self, small):
        answer = small.vk("groups.getById", group_ids=",".join(map(str, range(1, 502))))
        assert answer["error"]["error_code"] == 100

    @pytest.mark.parametrize(("ids", "code"), [("so me", 100), ("", 100), ("0", 125)])
    def test_one_bad_address_spoils_the_call(self, small, ids, code):
        page = small.page("vk")
        assert small.vk("groups.getById", group_ids=f"{page.handle},{ids}")["error"]["error_code"] == code

    def test_before_version_5_139_it_is_a_bare_list(self, small):
        answer = small.vk("groups.getById", group_ids=small.page("vk").handle, v="5.131")
        assert isinstance(answer["response"], list)

    @pytest.mark.parametrize("quirk", ["deleted", "banned"])
    def test_a_gone_group_says_how_and_has_no_count(self, small, quirk):
        found = group(small, quirk)
        assert found["deactivated"] == quirk
        assert "members_count" not in found

    def test_a_private_group_hides_its_count_and_a_closed_one_does_not(self, small):
        assert "members_count" not in group(small, "private")
        assert (group(small, "private")["is_closed"], group(small, "closed")["is_closed"]) == (2, 1)
        assert group(small, "closed")["members_count"] == small.people(small.page("vk", "closed"))

    def test_a_bare_page_has_stock_pictures_and_no_description(self, small):
        found = group(small, "bare")
        assert "/images/community_50" in found["photo_50"]
        assert (found["description"], found["cover"]) == ("", {"enabled": 0})

    def test_a_renamed_page_keeps_its_number_and_a_stranger_takes_its_name(self, small):
        renamed, hijacker = small.page("vk", "renamed"), small.page("vk", "hijacker")
        found = small.vk("groups.getById", group_ids=f"{renamed.external_id},{renamed.old_handle}")["response"]
        names = {group["id"]: group["screen_name"] for group in found["groups"]}
        assert names == {
            int(renamed.external_id): renamed.handle,
            int(hijacker.external_id): renamed.old_handle,
        }


class TestMenuAndMark:
    def test_a_right_widget_carries_the_ogrn_of_its_institution(self, small):
        assert f"utm_campaign={small.page('vk').institution.ogrn}" in links(small, "")[0]

    def test_wrong_and_broken_widgets_as_real_pages_have_them(self, small):
        ogrn = small.page("vk", "wrong_widget").institution.ogrn
        assert ogrn not in links(small, "wrong_widget")[0]
        assert "utm_mediu%20m" in links(small, "broken_widget")[0]
        assert "utm_campaign=%20" in links(small, "broken_widget")[1]
        assert "utm_campaign" not in links(small, "bare_widget")[0]

    def test_a_page_without_a_menu_has_no_such_field(self, small):
        assert "menu" not in group(small, "no_menu")

    def test_the_mark_is_a_field_that_must_be_asked_for_and_may_be_absent(self, small):
        field = "is_government_organization"
        assert group(small, "", field)[field] is True
        assert group(small, "no_mark", field)[field] is False
        assert field not in group(small, "mark_not_told", field)

    @pytest.mark.parametrize(("quirk", "marked"), [("", True), ("mark_not_told", True), ("no_mark", False)])
    def test_the_page_itself_shows_the_mark(self, small, quirk, marked):
        page = small.page("vk", quirk)
        body = small.get(f"/{page.handle}").text
        assert ("GovernmentCommunityBadge" in body) is marked
        assert page.external_id in body


class TestWalls:
    def test_the_newest_come_first_and_nothing_is_of_tomorrow(self, small):
        items = wall(small, "daily", count=50)["response"]["items"]
        dates = [post["date"] for post in items]
        assert len(items) == 50
        assert dates == sorted(dates, reverse=True)
        assert dates[0] <= NOW

    def test_pieces_fit_together(self, small):
        whole = wall(small, "daily", count=60)["response"]["items"]
        pieces = [wall(small, "daily", count=20, offset=offset)["response"]["items"] for offset in (0, 20, 40)]
        assert [post for piece in pieces for post in piece] == whole

    @pytest.mark.parametrize("quirk", ["daily", "pinned", "silent"])
    def test_all_pieces_together_are_as_many_as_the_count_says(self, small, quirk):
        ids, offset = [], 0
        while items := wall(small, quirk, count=100, offset=offset)["response"]["items"]:
            ids += [post["id"] for post in items]
            offset += 100
        assert len(ids) == len(set(ids)) == wall(small, quirk)["response"]["count"]

    def test_an_old_pinned_post_stands_first_and_has_no_views(self, small):
        pinned, *others = wall(small, "pinned", count=10)["response"]["items"]
        assert (pinned["is_pinned"], "views" in pinned) == (1, False)
        assert pinned["date"] < min(post["date"] for post in others)

    def test_some_are_reposts_some_advertise_and_some_tell_no_views(self, small):
        posts = [
            post
            for quirk in ("daily", "pinned", "")
            for offset in (0, 100, 200)
            for post in wall(small, quirk, count=100, offset=offset)["response"]["items"]
        ]
        assert any(post.get("copy_history") for post in posts)
        assert any(post["marked_as_ads"] for post in posts)
        assert any("views" not in post and not post.get("is_pinned") for post in posts)

    def test_a_wall_is_also_known_by_its_name(self, small):
        page = small.page("vk")
        by_name = small.vk("wall.get", domain=page.handle, count=2)
        assert by_name == wall(small, "", count=2)

    @pytest.mark.parametrize(
        ("quirk", "code"), [("wall_off", 15), ("closed", 15), ("private", 203), ("deleted", 18), ("banned", 19)]
    )
    def test_a_wall_that_cannot_be_read_says_why(self, small, quirk, code):
        assert wall(small, quirk)["error"]["error_code"] == code

    def test_unknown_walls_and_too_large_pieces_are_error_100(self, small):
        assert small.vk("wall.get", owner_id="-4999")["error"]["error_code"] == 100
        assert wall(small, "", count=101)["error"]["error_code"] == 100
        assert wall(small, "", count="many")["error"]["error_code"] == 100

    def test_posts_are_found_by_their_numbers(self, small):
        owner = small.page("vk", "daily").external_id
        items = wall(small, "daily", count=3)["response"]["items"]
        keys = ",".join(f"-{owner}_{post['id']}" for post in items)
        assert small.vk("wall.getById", posts=f"{keys},-{owner}_1")["response"]["items"] == items


class TestTokens:
    def test_a_foreign_token_is_error_5_and_does_not_come_back(self, small):
        answer = small.vk("groups.getById", token="stolen-token", group_ids="1")
        assert answer["error"]["error_code"] == 5
        assert "stolen-token" not in json.dumps(answer)

    def test_any_ending_makes_a_token_of_its_own(self, small):
        assert "response" in small.vk("groups.getById", token="sim-vk-service-17", group_ids="1")

    def test_walls_are_closed_to_communities(self, small):
        answer = small.vk("wall.get", token="sim-vk-community", owner_id=f"-{small.page('vk').external_id}")
        assert answer["error"]["error_code"] == 27

    def test_the_token_may_stand_in_the_header(self, small):
        url = f"{small.running.url}/method/groups.getById"
        answer = small.client.post(url, data={"group_ids": "1", "v": "5.199"}, headers={"Authorization": "Bearer x"})
        assert answer.json()["error"]["error_code"] == 5
        header = {"Authorization": "Bearer sim-vk-user"}
        assert "response" in small.client.post(url, data={"group_ids": "1", "v": "5.199"}, headers=header).json()


class TestOtherMethods:
    def test_names_are_resolved(self, small):
        page = small.page("vk")
        found = small.vk("utils.resolveScreenName", screen_name=page.handle)["response"]
        assert found == {"type": "group", "object_id": int(page.external_id)}
        assert small.vk("utils.resolveScreenName", screen_name="nobody_here")["response"] == []

    def test_members_are_as_many_as_the_count_says(self, small):
        page = small.page("vk")
        found = small.vk("groups.getMembers", group_id=page.external_id, count=1)["response"]
        assert (found["count"], len(found["items"])) == (small.people(page), 1)

    def test_statistics_are_for_managers_only_and_other_methods_are_unknown(self, small):
        assert small.vk("stats.get", group_id="1")["error"]["error_code"] == 7
        assert small.vk("friends.get")["error"]["error_code"] == 3
