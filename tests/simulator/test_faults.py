"""Faults aimed at a page, a token or a share of the requests; odd counts and odd shapes."""

import json
import re

import httpx
import pytest

from monitoring.simulator.counts import COUNTS
from monitoring.simulator.faults import Faults, UnknownFaultError
from monitoring.simulator.telegram_pages import FIRST_NUMBER, NUMBERS_A_POST


def groups(small, ids: list[str], token: str = "sim-vk-user") -> list[dict]:
    answer = small.vk("groups.getById", token=token, group_ids=",".join(ids), fields="members_count")
    return answer["response"]["groups"]


class TestShareOfRequests:
    def test_one_percent_is_one_request_of_each_hundred(self):
        faults = Faults(["vk:http_500%1"])
        struck = [bool(faults.strike("vk", "wall.get").whole) for _ in range(1000)]
        assert [sum(struck[start : start + 100]) for start in range(0, 1000, 100)] == [1] * 10
        assert len({place % 100 for place, hit in enumerate(struck) if hit}) > 3
        assert not any(faults.strike("ok", "group.getInfo").whole for _ in range(200))

    def test_the_seed_says_which(self):
        def struck(seed: int) -> list[bool]:
            faults = Faults(["empty%30"], seed)
            return [bool(faults.strike("vk", "wall.get").whole) for _ in range(1000)]

        assert struck(1) == struck(1) != struck(2)
        assert 280 <= sum(struck(1)) <= 300

    @pytest.mark.parametrize("entry", ["http_500%", "http_500%200", "http_500@", "http_500*2@x", "vk_error_5="])
    def test_what_cannot_be_read_is_refused(self, entry):
        with pytest.raises(UnknownFaultError):
            Faults([entry])


class TestOneToken:
    def test_others_go_on(self, small):
        small.running.set_faults(["vk_error_5=sim-vk-user-2"])
        codes = [small.vk("groups.getById", token=f"sim-vk-user-{n}", group_ids="1").get("error") for n in (1, 2, 3)]
        assert [code and code["error_code"] for code in codes] == [None, 5, None]


class TestOnePage:
    def test_a_batch_fails_where_the_page_is_in_it(self, small):
        page, other = small.page("vk"), small.page("vk", "daily")
        small.running.set_faults([f"vk_error_15@{page.handle}"])
        assert small.vk("groups.getById", group_ids=f"{other.external_id},{page.external_id}")["error"]
        assert small.vk("wall.get", owner_id=f"-{page.external_id}")["error"]["error_code"] == 15
        assert "response" in small.vk("wall.get", owner_id=f"-{other.external_id}")

    def test_inside_execute_its_own_call_fails(self, small):
        owners = [small.page("vk", quirk).external_id for quirk in ("daily", "", "pinned")]
        small.running.set_faults([f"vk_error_10@{owners[1]}"])
        calls = ",".join(f'API.wall.get({{"owner_id":-{owner}}})' for owner in owners)
        answer = small.vk("execute", code=f"return [{calls}];")
        assert [result is False for result in answer["response"]] == [False, True, False]
        assert [error["error_code"] for error in answer["execute_errors"]] == [10]

    def test_on_the_other_networks(self, small):
        ok, telegram, max_page = small.page("ok"), small.page("telegram"), small.page("max", "bot")
        aims = [f"ok_service@{ok.external_id}", f"tg_403@{telegram.handle}", f"max_429@{max_page.external_id}"]
        small.running.set_faults(aims)
        assert small.ok("mediatopic.getTopics", gid=ok.external_id)["error_code"] == 2
        assert "media_topics" in small.ok("mediatopic.getTopics", gid=small.page("ok", "daily").external_id)
        addresses = [telegram.handle, f"s/{telegram.handle}", small.page("telegram", "daily").handle]
        assert [small.get(f"/{address}").status_code for address in addresses] == [403, 403, 200]
        assert small.get(f"/{max_page.handle}").status_code == 429
        assert small.max(f"/chats/{max_page.external_id}").status_code == 429
        assert small.get(f"/{small.page('max').handle}").status_code == 200

    def test_by_its_number_it_is_found_after_a_renaming(self, small):
        page = small.page("telegram")
        small.running.change_page("telegram", page.handle, "renamed", "another_name_tg")
        small.running.set_faults([f"tg_403@{page.external_id}"])
        assert small.get("/another_name_tg").status_code == 403


class TestCounts:
    def test_there_are_thirty_kinds(self):
        assert len(COUNTS) == 30

    @pytest.mark.parametrize("kind", COUNTS)
    def test_each_comes_raw_from_every_network(self, small, kind):
        small.running.set_faults([f"count_{kind}"])
        shown = {
            "vk": groups(small, [small.page("vk").external_id])[0],
            "ok": small.ok("group.getInfo", uids=small.page("ok").external_id, fields="members_count")[0],
            "max": small.max(f"/chats/{small.page('max', 'bot').external_id}").json(),
        }
        names = {"vk": "members_count", "ok": "members_count", "max": "participants_count"}
        for network, answer in shown.items():
            if kind == "missing":
                assert names[network] not in answer
            else:
                assert json.dumps(answer[names[network]]) == json.dumps(COUNTS[kind][1])

    @pytest.mark.parametrize("kind", COUNTS)
    def test_each_stands_on_the_pages_of_telegram_or_is_not_there(self, small, kind):
        small.running.set_faults([f"count_{kind}"])
        page, channel = small.page("telegram"), small.page("telegram", "daily")
        answers = [
            small.get(f"/{page.handle}"),
            small.get(f"/s/{channel.handle}"),
            small.get(f"/{small.page('max').handle}"),
        ]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert ("subscribers" in answers[0].text) == ("subscribers" in answers[1].text) == (kind != "missing")
        assert ("participantsCount" in answers[2].text) == (kind != "missing")

    def test_pages_of_telegram_and_max_carry_it_as_text(self, small):
        small.running.set_faults(["count_string_cyrillic"])
        assert "12,3 тыс. subscribers</div>" in small.get(f"/{small.page('telegram').handle}").text
        assert re.search(r'participantsCount"?:"12,3 тыс\."', small.get(f"/{small.page('max', 'quoted').handle}").text)

    def test_aimed_at_a_page_it_leaves_the_rest_of_the_batch_alone(self, small):
        page, other = small.page("vk"), small.page("vk", "daily")
        small.running.set_faults([f"count_huge_1e18@{page.handle}"])
        found = {group["id"]: group["members_count"] for group in groups(small, [page.handle, other.handle])}
        assert found == {int(page.external_id): 10**18, int(other.external_id): small.people(other)}

    def test_views_of_one_wall(self, small):
        page = small.page("vk", "daily")
        small.running.set_faults([f"views_negative@{page.handle}"])
        items = small.vk("wall.get", owner_id=f"-{page.external_id}", count=20)["response"]["items"]
        assert {post["views"]["count"] for post in items if "views" in post} == {-5}
        other = small.vk("wall.get", owner_id=f"-{small.page('vk').external_id}")["response"]["items"]
        assert all(post["views"]["count"] > 0 for post in other if "views" in post)


class TestShapes:
    @pytest.fixture
    def ids(self, small) -> list[str]:
        return [page.external_id for page in small.world.accounts(small.today) if page.platform == "vk"][:40]

    def test_in_another_order_each_time(self, small, ids):
        small.running.set_faults(["shuffled"])
        first, second = ([group["id"] for group in groups(small, ids)] for _ in range(2))
        assert sorted(first) == sorted(second) == sorted(map(int, ids))
        assert first != second

    def test_every_tenth_is_missing_or_all_are_there_twice(self, small, ids):
        small.running.set_faults(["missing_items"])
        assert len(groups(small, ids)) == 36
        small.running.set_faults(["duplicate_items"])
        assert sorted(group["id"] for group in groups(small, ids)) == sorted(2 * [int(key) for key in ids])

    @pytest.mark.parametrize(("fault", "expected"), [("missing_items", 18), ("duplicate_items", 40), ("shuffled", 20)])
    def test_posts_are_lists_too_on_every_network(self, small, fault, expected):
        vk, ok, telegram = (small.page(network, "daily") for network in ("vk", "ok", "telegram"))
        channel = small.page("max", "bot")
        small.running.set_faults([fault])
        feed = small.get(f"/s/{telegram.handle}").text
        numbers = map(int, re.findall(rf'data-post="{telegram.handle}/(\d+)"', feed, re.IGNORECASE))
        assert len(small.vk("wall.get", owner_id=f"-{vk.external_id}", count=20)["response"]["items"]) == expected
        assert len(small.ok("mediatopic.getTopics", gid=ok.external_id, count="20")["media_topics"]) == expected
        assert len(small.max("/messages", chat_id=channel.external_id, count=20).json()["messages"]) == expected
        assert sum((number - FIRST_NUMBER) % NUMBERS_A_POST == 0 for number in numbers) == expected

    def test_a_wrong_charset_cannot_be_decoded(self, small):
        small.running.set_faults(["wrong_charset"])
        answer = small.get(f"/{small.page('telegram').handle}")
        assert answer.headers["Content-Type"].endswith("utf-8")
        with pytest.raises(UnicodeDecodeError):
            answer.content.decode()

    def test_a_huge_answer_has_no_length_and_goes_on_and_on(self, small):
        small.running.set_faults([f"huge_answer@{small.page('telegram').handle}"])
        with small.client.stream("GET", f"{small.running.url}/{small.page('telegram').handle}") as answer:
            assert "Content-Length" not in answer.headers
            read = 0
            for part in answer.iter_raw():
                read += len(part)
                if read > 20 * 2**20:
                    break
        assert read > 20 * 2**20
        assert len(small.get(f"/{small.page('telegram', 'daily').handle}").content) < 100_000

    def test_wait_thirty_seconds_say_all_networks(self, small):
        small.running.set_faults(["retry_after"])
        answers = [httpx.get(f"{small.running.url}{path}", trust_env=False) for path in ("/fb.do", "/method/x", "/me")]
        assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(429, "30")] * 3
