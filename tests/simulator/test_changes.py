"""What happens to pages while the simulator runs."""

import base64
import datetime as dt
import json
import re

import httpx
import pytest

from monitoring.simulator.demo import DEMO_MOMENT


def group(small, key: str) -> dict | None:
    answer = small.vk("groups.getById", group_ids=key, fields="members_count")["response"]["groups"]
    return answer[0] if answer else None


def channel_numbers(small, handle: str) -> set[int]:
    """The channel that each of the feed's own messages says it belongs to."""
    views = re.findall(rf'data-post="{handle}/\d+" data-view="(\w+)"', small.get(f"/s/{handle}").text, re.IGNORECASE)
    return {json.loads(base64.b64decode(view + "=="))["c"] for view in views}


def test_a_renamed_page_keeps_its_number_and_the_old_name_is_free(small):
    page = small.page("vk")
    small.running.change_page("vk", page.handle, "renamed", "Quite_New")
    assert group(small, "quite_new")["id"] == int(page.external_id)
    assert group(small, page.external_id)["screen_name"] == "quite_new"
    assert group(small, page.handle) is None


def test_messages_of_a_renamed_channel_carry_the_new_name_and_the_same_channel(small):
    page = small.page("telegram", "daily")
    before = channel_numbers(small, page.handle)
    small.running.change_page("telegram", page.handle, "renamed", "quite_new_tg")
    assert channel_numbers(small, "quite_new_tg") == before == {-int(page.external_id)}


@pytest.mark.parametrize("change", ["deleted", "banned"])
def test_a_page_of_vk_is_deactivated_and_comes_back(small, change):
    page = small.page("vk")
    small.running.change_page("vk", page.external_id, change)
    assert group(small, page.external_id)["deactivated"] == change
    small.running.change_page("vk", page.external_id, "reopened")
    assert group(small, page.external_id)["members_count"] == small.people(page)


def test_a_closed_page_shows_no_wall_and_a_closed_channel_is_unknown(small):
    page, channel = small.page("vk"), small.page("telegram")
    small.running.change_page("vk", page.handle, "closed")
    small.running.change_page("telegram", channel.handle, "closed")
    assert group(small, page.handle)["is_closed"] == 1
    assert small.vk("wall.get", owner_id=f"-{page.external_id}")["error"]["error_code"] == 15
    assert "tgme_page_extra" not in small.get(f"/{channel.handle}").text


def test_a_name_taken_over_is_another_community_with_another_count(small):
    page = small.page("vk")
    small.running.change_page("vk", page.handle, "taken_over")
    other, same = group(small, page.handle), group(small, page.external_id)
    assert (other["screen_name"], same["screen_name"]) == (page.handle, f"club{page.external_id}")
    assert other["id"] != same["id"] == int(page.external_id)
    assert other["name"] != same["name"]
    assert other["members_count"] != same["members_count"]
    assert "response" in small.vk("wall.get", owner_id=f"-{other['id']}")


def test_a_name_taken_over_again_and_again_is_a_community_of_its_own_each_time(small):
    page, others = small.page("vk"), [p.external_id for p in small.world.pages if p.platform == "vk"]
    found = []
    for _ in range(3):
        small.running.change_page("vk", page.handle, "taken_over")
        found.append(group(small, page.handle)["id"])
    assert len({*map(int, others), *found}) == len(others) + 3
    same = small.ok("group.getInfo", uids=small.page("ok").external_id, fields="members_count")[0]
    assert same["members_count"] == small.people(small.page("ok"))


def test_nobody_gets_a_name_that_another_page_has(small):
    page, other = small.page("vk"), small.page("vk", "daily")
    with pytest.raises(httpx.HTTPStatusError):
        small.running.change_page("vk", page.handle, "renamed", other.handle)
    assert group(small, page.handle)["id"] == int(page.external_id)


def test_a_channel_taken_over_says_so_by_its_number(small):
    page = small.page("telegram", "daily")
    title = small.get(f"/{page.handle}").text.partition("tgme_page_title")[2][:80]
    small.running.change_page("telegram", page.handle, "taken_over")
    assert small.get(f"/{page.handle}").text.partition("tgme_page_title")[2][:80] != title
    assert channel_numbers(small, page.handle).isdisjoint({-int(page.external_id)})


def test_a_channel_of_max_taken_over_has_another_number(small):
    page = small.page("max")
    small.running.change_page("max", page.handle, "taken_over")
    numbers = re.findall(r"https://web.max.ru/(-\d+)", small.get(f"/{page.handle}").text)
    assert len(numbers) == 1
    assert numbers != [page.external_id]


def test_the_count_is_what_was_said_until_it_is_made_up_again(small):
    page = small.page("ok")

    def count() -> int:
        return small.ok("group.getInfo", uids=page.external_id, fields="members_count")[0]["members_count"]

    small.running.change_page("ok", page.external_id, "subscribers", 7)
    small.running.set_clock(DEMO_MOMENT + dt.timedelta(days=1))
    assert count() == 7
    small.running.set_clock(DEMO_MOMENT)
    small.running.change_page("ok", page.external_id, "subscribers", None)
    assert count() == small.people(page)


def test_a_reset_undoes_everything(small):
    page = small.page("vk")
    before = group(small, page.handle)
    small.running.change_page("vk", page.handle, "taken_over")
    small.running.reset()
    assert group(small, page.handle) == before


@pytest.mark.parametrize(
    "given", [("nobody_here", "deleted", None), ("sim0_gos", "melted", None), ("sim0_gos", "subscribers", "many")]
)
def test_what_makes_no_sense_is_refused(small, given):
    page, change, value = given
    with pytest.raises(httpx.HTTPStatusError):
        small.running.change_page("vk", page, change, value)
