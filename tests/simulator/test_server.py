"""The simulator over HTTP: shapes, errors, limits and quirks of the four networks."""

import datetime as dt
import json

import httpx
import pytest
from vk_api import VkApi, VkRequestsPool, vk_request_one_param_pool

from monitoring.simulator.demo import DEMO_MOMENT, KHABAROVSK, TODAY, ZARECHNAYA, demo_world
from monitoring.simulator.ok import signature
from monitoring.simulator.world import Page


@pytest.fixture
def ask(simulator):
    """GET or POST to the simulator; JSON where it is JSON, else the response."""

    def request(path: str, values: dict | None = None, **options) -> object:
        method = "POST" if values is not None else "GET"
        answer = httpx.request(method, simulator.url + path, data=values, trust_env=False, **options)
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else answer

    return request


def page_of(platform: str, code: str = KHABAROVSK.code, **wanted) -> Page:
    """A living page of the network."""
    return next(p for p in demo_world(code).pages if p.platform == platform and p.exists(TODAY) and not p.hidden)


class TestVk:
    def groups(self, ask, ids, token="sim-vk-service", fields="members_count"):
        values = {"group_ids": ",".join(ids), "fields": fields, "access_token": token, "v": "5.199"}
        return ask("/method/groups.getById", values)

    def test_a_group_is_known_by_its_id_and_by_its_name(self, ask):
        page = page_of("vk")
        for key in (page.external_id, page.handle):
            [group] = self.groups(ask, [key])["response"]["groups"]
            assert (group["id"], group["screen_name"]) == (int(page.external_id), page.handle)

    def test_unknown_ids_are_skipped_and_absent_fields_are_absent(self, ask):
        answer = self.groups(ask, [page_of("vk").external_id, "999"], fields="")
        assert len(answer["response"]["groups"]) == 1
        assert "members_count" not in answer["response"]["groups"][0]

    def test_a_gone_group_has_no_counts(self, ask):
        gone = next(p for p in demo_world(KHABAROVSK.code).pages if p.platform == "vk" and p.died and p.died < TODAY)
        [group] = self.groups(ask, [gone.external_id])["response"]["groups"]
        assert group["deactivated"] in ("deleted", "banned")
        assert "members_count" not in group

    def test_a_wrong_token_is_error_5_and_is_not_repeated_in_the_answer(self, ask):
        answer = self.groups(ask, ["1"], token="stolen-token")
        assert answer["error"]["error_code"] == 5
        assert "stolen-token" not in json.dumps(answer)

    def test_the_old_shape_is_a_bare_list(self, ask, simulator):
        simulator.set_faults(["vk_old_shape"])
        assert isinstance(self.groups(ask, [page_of("vk").external_id])["response"], list)

    @pytest.mark.parametrize("code", [1, 6, 9, 14, 29])
    def test_errors_come_by_their_codes(self, ask, simulator, code):
        simulator.set_faults([f"vk_error_{code}"] if code != 1 else ["vk_error_10"])
        assert self.groups(ask, ["1"])["error"]["error_code"] == (code if code != 1 else 10)

    def test_a_fault_may_strike_so_many_times_only(self, ask, simulator):
        simulator.set_faults(["vk_error_6*2"])
        codes = [self.groups(ask, ["1"]).get("error", {}).get("error_code") for _ in range(3)]
        assert codes == [6, 6, None]


class TestExecute:
    """The forms that the pools of vk_api emit."""

    @pytest.fixture
    def session(self, simulator):
        session = VkApi(token="sim-vk-user", api_version="5.199")
        session.RPS_DELAY = 0
        session.http.trust_env = False
        session.http.mount("https://", Redirected(simulator.url))
        return session

    def ids(self) -> list[str]:
        return [p.external_id for p in demo_world(ZARECHNAYA.code).pages if p.platform == "vk" and p.exists(TODAY)][:5]

    def test_one_method_with_many_values(self, session):
        with VkRequestsPool(session) as pool:
            results = [pool.method("wall.get", {"owner_id": f"-{key}", "count": 2}) for key in self.ids()]
        assert all(result.ok and "items" in result.result for result in results)

    def test_many_methods(self, session):
        with VkRequestsPool(session) as pool:
            wall = pool.method("wall.get", {"owner_id": f"-{self.ids()[0]}", "count": 2})
            groups = pool.method("groups.getById", {"group_ids": ",".join(self.ids())})
        assert "items" in wall.result
        assert len(groups.result["groups"]) == 5

    def test_one_parameter_that_changes(self, session):
        owners = [f"-{key}" for key in self.ids()]
        results, errors = vk_request_one_param_pool(
            session, "wall.get", key="owner_id", values=owners, default_values={"count": 2}
        )
        assert (set(results), errors) == (set(owners), {})

    def test_an_inner_failure_is_false_with_an_entry_among_the_errors(self, session, simulator):
        simulator.set_faults(["vk_execute_errors"])
        with VkRequestsPool(session) as pool:
            results = [pool.method("wall.get", {"owner_id": f"-{key}"}) for key in self.ids()]
        assert [result.ok for result in results] == [True, False, True, True, False]


class Redirected:
    """Transport of requests that sends every call to the simulator."""

    def __init__(self, address: str) -> None:
        from requests.adapters import HTTPAdapter

        self.address, self.inner = address, HTTPAdapter()

    def send(self, request, **options):
        request.url = self.address + request.path_url
        return self.inner.send(request, **options)

    def close(self) -> None:
        self.inner.close()


class TestOk:
    def call(self, ask, method: str, secret: str | None = None, **values):
        values = {"application_key": "sim-ok-key", "format": "json", "method": method, **values}
        return ask("/fb.do", values | {"sig": secret or signature(values)})

    def test_members_are_counted(self, ask):
        page = page_of("ok")
        [group] = self.call(ask, "group.getInfo", uids=page.external_id, fields="members_count")
        assert group["members_count"] == demo_world(KHABAROVSK.code).audience.subscribers(page, TODAY)

    def test_a_wrong_signature_is_error_104(self, ask):
        assert self.call(ask, "group.getInfo", secret="0" * 32, uids="1")["error_code"] == 104

    def test_topics_go_on_behind_their_anchor(self, ask):
        page = next(p for p in demo_world(KHABAROVSK.code).pages if p.platform == "ok" and p.chance("diligence") < 0.1)
        first = self.call(ask, "mediatopic.getTopics", gid=page.external_id, count="5")
        second = self.call(ask, "mediatopic.getTopics", gid=page.external_id, count="5", anchor=first["anchor"])
        assert not {t["id"] for t in first["media_topics"]} & {t["id"] for t in second["media_topics"]}

    def test_a_closed_group_shows_neither_members_nor_topics(self, ask):
        hidden = next(p for p in demo_world(KHABAROVSK.code).pages if p.hidden)
        assert "members_count" not in self.call(ask, "group.getInfo", uids=hidden.external_id)[0]
        assert self.call(ask, "mediatopic.getTopics", gid=hidden.external_id)["error_code"] == 10


class TestTelegram:
    def test_the_landing_page_has_the_exact_count(self, ask):
        page = page_of("telegram")
        people = demo_world(KHABAROVSK.code).audience.subscribers(page, TODAY)
        assert f"{people:,} subscriber".replace(",", " ") in ask(f"/{page.handle}").text

    def test_an_unknown_name_is_a_page_without_a_counter(self, ask):
        answer = ask("/nobody_here")
        assert (answer.status_code, "subscriber" in answer.text) == (200, False)

    def test_a_feed_without_preview_redirects(self, ask):
        answer = ask("/s/nobody_here")
        assert (answer.status_code, answer.headers["location"]) == (302, "https://t.me/nobody_here")

    def test_a_bot_looks_names_up(self, ask):
        page = page_of("telegram")
        answer = ask(f"/bot1000001:sim-telegram/getChatMemberCount?chat_id=@{page.handle}")
        assert answer["result"] == demo_world(KHABAROVSK.code).audience.subscribers(page, TODAY)


class TestMax:
    def test_the_page_has_the_count(self, ask):
        page = page_of("max", ZARECHNAYA.code)
        people = demo_world(ZARECHNAYA.code).audience.subscribers(page, TODAY)
        assert f":{people}," in ask(f"/{page.handle}").text

    def test_a_channel_is_not_known_by_its_link(self, ask):
        page = page_of("max", ZARECHNAYA.code)
        answer = ask(f"/chats/{page.handle}", headers={"Authorization": "sim-max"})
        assert answer["code"] == "method.not.found"

    def test_a_token_in_the_query_is_not_accepted(self, ask):
        assert ask("/me?access_token=sim-max")["code"] == "verify.token"


class TestControl:
    def test_the_clock_can_be_set_and_stands_still(self, ask, simulator):
        page = page_of("vk")
        earlier = DEMO_MOMENT - dt.timedelta(days=300)
        simulator.set_clock(earlier)
        [group] = TestVk().groups(ask, [page.external_id])["response"]["groups"]
        assert group["members_count"] == demo_world(KHABAROVSK.code).audience.subscribers(page, earlier.date())

    def test_calls_are_counted_by_method(self, ask, simulator):
        TestVk().groups(ask, ["1"])
        assert simulator.calls() == {"vk:groups.getById": 1}


class TestLimits:
    def test_the_fourth_call_of_a_second_is_error_6(self, start_simulator):
        url = start_simulator("--pages", "5", "--rate", "documented").url
        codes = []
        with httpx.Client(trust_env=False) as client:
            for _ in range(4):
                values = {"group_ids": "1", "access_token": "sim-vk-user"}
                answer = client.post(f"{url}/method/groups.getById", data=values).json()
                codes.append(answer.get("error", {}).get("error_code"))
        assert codes == [None, None, None, 6]

    def test_without_limits_it_is_answered(self, start_simulator):
        url = start_simulator("--pages", "5", "--rate", "none").url
        values = {"group_ids": "1", "access_token": "sim-vk-user"}
        with httpx.Client(trust_env=False) as client:
            answers = [client.post(f"{url}/method/groups.getById", data=values).json() for _ in range(8)]
        assert not any("error" in answer for answer in answers)
