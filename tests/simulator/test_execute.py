"""VK's execute: the forms that vk_api's pools and our own client send, and nothing else."""

import json

import pytest
from requests.adapters import HTTPAdapter
from vk_api import VkApi, VkRequestsPool, vk_request_one_param_pool

from monitoring.simulator.vk_execute import CompileError, InnerCall, inner_calls, project

CALL = 'API.wall.get({"owner_id":-5,"count":3})'


class Redirected(HTTPAdapter):
    """Sends what the library would send to VK to the simulator."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request, **options):
        request.url = self.address + request.path_url
        return super().send(request, **options)


@pytest.fixture
def session(small) -> VkApi:
    session = VkApi(token="sim-vk-user", api_version="5.199")
    session.RPS_DELAY = 0
    session.http.trust_env = False
    session.http.mount("https://", Redirected(small.running.url))
    return session


@pytest.fixture
def owners(small) -> list[str]:
    quirks = ("", "daily", "pinned", "wall_off", "silent")
    return [f"-{small.page('vk', quirk).external_id}" for quirk in quirks]


class TestPools:
    def test_one_method_for_many_values(self, session, owners):
        with VkRequestsPool(session) as pool:
            results = [pool.method("wall.get", {"owner_id": owner, "count": 2}) for owner in owners]
        assert [result.ok for result in results] == [True, True, True, False, True]
        assert results[3].error["error_code"] == 15

    def test_many_methods(self, session, owners):
        with VkRequestsPool(session) as pool:
            wall = pool.method("wall.get", {"owner_id": owners[0], "count": 2})
            groups = pool.method("groups.getById", {"group_ids": owners[1][1:], "fields": "members_count"})
        assert len(wall.result["items"]) == 2
        assert groups.result["groups"][0]["members_count"] > 0

    def test_one_parameter_going_through_values(self, session, owners):
        results, errors = vk_request_one_param_pool(
            session, "wall.get", key="owner_id", values=owners, default_values={"count": 2}
        )
        assert set(results) == set(owners) - {owners[3]}
        assert {owner: error["error_code"] for owner, error in errors.items()} == {owners[3]: 15}

    def test_a_page_of_thirty_goes_in_two_requests(self, session, owners, small):
        with VkRequestsPool(session) as pool:
            results = [pool.method("wall.get", {"owner_id": owners[0], "count": 1}) for _ in range(30)]
        assert all(result.ok for result in results)
        assert small.running.calls() == {"vk:execute": 2, "vk:execute:wall.get": 30}


class TestAnswers:
    def test_each_call_has_its_place_and_a_failed_one_is_false(self, small, owners):
        calls = ",".join(f'API.wall.get({{"owner_id":{owner},"count":1}})' for owner in owners)
        answer = small.vk("execute", code=f"return [{calls}];")
        assert [result is not False for result in answer["response"]] == [True, True, True, False, True]
        assert [error["error_code"] for error in answer["execute_errors"]] == [15]

    def test_the_answer_is_that_of_the_method_itself(self, small, owners):
        inner = small.vk("execute", code=f'return [API.wall.get({{"owner_id":{owners[1]},"count":5}})];')["response"]
        assert inner == [small.vk("wall.get", owner_id=owners[1], count=5)["response"]]

    def test_fields_may_be_projected(self, small, owners):
        code = f'return [API.wall.get({{"owner_id":{owners[1]},"count":3}}).items@.date];'
        items = small.vk("wall.get", owner_id=owners[1], count=3)["response"]["items"]
        assert small.vk("execute", code=code)["response"] == [[post["date"] for post in items]]

    def test_over_25_calls_are_a_runtime_error(self, small):
        answer = small.vk("execute", code=f"return [{','.join([CALL] * 26)}];")
        assert answer["error"]["error_code"] == 13

    def test_other_code_does_not_compile(self, small):
        assert small.vk("execute", code="return 1;")["error"]["error_code"] == 12

    def test_a_community_may_execute_but_not_read_walls(self, small, owners):
        code = f'return [API.wall.get({{"owner_id":{owners[0]}}})];'
        answer = small.vk("execute", token="sim-vk-community", code=code)
        assert (answer["response"], answer["execute_errors"][0]["error_code"]) == ([False], 27)


class TestFaults:
    def test_a_service_token_may_be_refused(self, small):
        small.running.set_faults(["vk_service_execute_forbidden"])
        code = f"return [{CALL}];"
        assert small.vk("execute", token="sim-vk-service", code=code)["error"]["error_code"] == 28
        assert "response" in small.vk("execute", code=code)

    def test_some_inner_calls_fail_and_their_errors_may_be_too_few(self, small, owners):
        call = f'API.wall.get({{"owner_id":{owners[0]}}})'
        code = f"return [{','.join([call] * 6)}];"
        small.running.set_faults(["vk_execute_errors"])
        answer = small.vk("execute", code=code)
        assert [result is False for result in answer["response"]] == [False, True, False] * 2
        assert len(answer["execute_errors"]) == 2
        small.running.set_faults(["vk_execute_errors", "vk_execute_fewer_errors"])
        assert len(small.vk("execute", code=code)["execute_errors"]) == 1

    def test_a_large_batch_may_be_too_big_and_a_small_one_not(self, small):
        small.running.set_faults(["vk_execute_too_big"])
        assert small.vk("execute", code=f"return [{','.join([CALL] * 6)}];")["error"]["error_code"] == 13
        assert "response" in small.vk("execute", code=f"return [{','.join([CALL] * 5)}];")


class TestParser:
    def test_values_become_text_as_in_a_form(self):
        assert inner_calls('return [API.a.b({"n": 5, "on": true, "s": "x;)]"})];') == [
            InnerCall("a.b", {"n": "5", "on": "1", "s": "x;)]"})
        ]

    def test_spaces_and_no_values_are_taken(self):
        assert inner_calls("return [ API.a.b( {} ) , API.c.d() ]") == [InnerCall("a.b", {}), InnerCall("c.d", {})]

    @pytest.mark.parametrize(
        "code",
        ["", "return [", "return [1];", "return [API.a.b({)];", "return [API.a.b({}) API.a.b({})];", "var values = 5",
         "var values = [1],i = 0,result = [];while(i < 9) {}", "var def_values = {},values = [1]; return 5;"],
    )  # fmt: skip
    def test_whatever_else_is_a_compile_error(self, code):
        with pytest.raises(CompileError):
            inner_calls(code)

    def test_a_projection_of_nothing_is_null(self):
        assert project(False, ((False, "items"), (True, "id"))) == []
        assert project({"count": 5}, ((False, "items"),)) is None
        assert json.dumps(project({"items": [{"id": 1}, {}]}, ((False, "items"), (True, "id")))) == "[1, null]"
