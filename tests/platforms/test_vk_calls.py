"""Calls of VK: batches, refusals, errors inside and outside of execute. The server plays what VK was seen to answer."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest

from gospub import clock
from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PageRef, PlatformError, Token
from monitoring.platforms.vk import Vk

from .wire import Script, ScriptedServer, answers, back_to, calls, http

SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
USER = Token("user", "user-SECRET")
WALL = {"count": 1, "items": [{"id": 7, "date": 1_775_000_000}]}


@pytest.fixture
def vk(serve, settings) -> Iterator[Callable[..., tuple[Vk, ScriptedServer]]]:
    """Makes a client whose VK plays the scripts."""
    clients: list[Vk] = []

    def make(*scripts: Script, token: Token = USER) -> tuple[Vk, ScriptedServer]:
        server = serve(*scripts)
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "VK_API_URL": server.url, "VK_WEB_URL": server.url}
        clients.append(Vk(Access([token, Token("public", aside=True)])))
        return clients[-1], server

    yield make
    for client in clients:
        client.close()


def refuses(code: int) -> Script:
    request = [{"key": "access_token", "value": "user-SECRET"}]
    return answers({"error": {"error_code": code, "error_msg": "no", "request_params": request}})


def groups(*ids: int) -> Script:
    return answers({"response": {"groups": [{"id": i, "screen_name": f"name{i}", "members_count": i} for i in ids]}})


def pages(*ids: int) -> list[PageRef]:
    return [PageRef(i, f"name{i}", str(i), check_mark=False) for i in ids]


class TestPages:
    def test_many_pages_are_one_request(self, vk):
        client, server = vk(groups(1, 2, 3))
        assert len(client.read_pages(pages(1, 2, 3))) == 3
        assert server.requests == ["POST /method/groups.getById HTTP/1.1"]
        assert server.bodies[0]["group_ids"] == "1,2,3"
        assert (server.bodies[0]["v"], calls(client)) == ("5.199", {"groups.getById": 1})

    def test_pages_are_matched_by_id_and_not_by_order(self, vk):
        client, _ = vk(groups(3, 1, 2))
        assert {r.page_id: r.subscribers for r in client.read_pages(pages(1, 2, 3))} == {1: 1, 2: 2, 3: 3}

    def test_the_older_shape_is_read_too(self, vk):
        client, _ = vk(answers({"response": [{"id": 1, "members_count": 9}]}))
        assert client.read_pages(pages(1))[0].subscribers == 9

    def test_a_page_the_answer_skips_is_not_found(self, vk):
        client, _ = vk(groups(1))
        assert [r.failure for r in client.read_pages(pages(1, 2))] == [None, Failure.NOT_FOUND]

    def test_a_short_name_is_matched_in_any_letter_case(self, vk):
        client, _ = vk(answers({"response": [{"id": 1, "screen_name": "School5", "members_count": 9}]}))
        assert client.read_pages([PageRef(1, "school5", check_mark=False)])[0].external_id == "1"

    def test_an_old_address_that_another_page_took_is_not_mixed_up(self, vk):
        client, _ = vk(answers({"response": [{"id": 99, "screen_name": "name1", "members_count": 9}]}))
        assert client.read_pages(pages(1))[0].failure == Failure.NOT_FOUND

    @pytest.mark.parametrize("handle", ["a,b", "école", "", "a b", "123"])
    def test_what_cannot_be_an_address_is_not_asked_for(self, vk, handle):
        client, server = vk(groups())
        assert client.read_pages([PageRef(1, handle)])[0].failure == Failure.NOT_FOUND
        assert server.requests == []

    def test_a_bad_address_in_a_batch_is_found_by_halving(self, vk):
        client, server = vk(refuses(125), groups(1, 2), refuses(125), groups(3), refuses(100))
        assert [r.failure for r in client.read_pages(pages(1, 2, 3, 4))] == [None, None, None, Failure.NOT_FOUND]
        assert [body["group_ids"] for body in server.bodies] == ["1,2,3,4", "1,2", "3,4", "3", "4"]

    def test_the_mark_is_read_from_the_page_where_the_answer_does_not_tell(self, vk):
        client, server = vk(groups(66171801), http(b'<i class="GovernmentCommunityBadge"></i>'))
        assert client.read_pages([PageRef(1, "x", "66171801")])[0].state_mark is True
        assert server.requests[1] == "GET /name66171801 HTTP/1.1"

    def test_a_site_that_refuses_leaves_the_mark_unknown_and_is_not_asked_on(self, vk):
        client, server = vk(groups(1, 2), http(b"", "403 Forbidden"))
        readings = client.read_pages([PageRef(1, "x", "1"), PageRef(2, "y", "2")])
        assert [(r.failure, r.state_mark) for r in readings] == [(None, None), (None, None)]
        assert len(server.requests) == 2


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "failure"),
        [
            (5, Failure.TOKEN_DEAD),
            (27, Failure.TOKEN_DEAD),
            (28, Failure.TOKEN_DEAD),
            (9, Failure.THROTTLED),
            (29, Failure.THROTTLED),
            (14, Failure.NEEDS_PERSON),
            (17, Failure.NEEDS_PERSON),
            (15, Failure.NEEDS_PERSON),
            (3, Failure.BAD_ANSWER),
            (77, Failure.BAD_ANSWER),
        ],
    )
    def test_a_whole_call_fails_as_the_code_says(self, vk, code, failure):
        client, server = vk(refuses(code))
        with pytest.raises(PlatformError) as caught:
            client.read_pages(pages(1, 2))
        assert (caught.value.failure, len(server.requests)) == (failure, 1)

    def test_a_spent_quota_lasts_until_the_networks_next_day(self, vk):
        client, _ = vk(refuses(29))
        with pytest.raises(PlatformError) as caught:
            client.read_pages(pages(1))
        assert clock.now() < caught.value.until <= clock.now() + dt.timedelta(days=1)
        assert caught.value.until.astimezone(dt.UTC).hour == 21

    def test_too_many_a_second_is_waited_out(self, vk):
        client, _ = vk(refuses(6), groups(1))
        assert client.read_pages(pages(1))[0].subscribers == 1
        assert calls(client) == {"groups.getById": 2}

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>",
            b"[]",
            b"5",
            b"null",
            b"{}",
            b'{"error":5}',
            b'{"error":{"error_code":"6"}}',
            b'{"response":null}',
            b'{"response":{"groups":{}}}',
        ],
    )
    def test_a_wrong_shape_is_a_bad_answer(self, vk, body):
        client, _ = vk(http(body))
        with pytest.raises(PlatformError) as caught:
            client.read_pages(pages(1))
        assert caught.value.failure == Failure.BAD_ANSWER

    @pytest.mark.parametrize("script", [refuses(5), http(b"", "500 Error"), http(b"<html>")])
    def test_no_error_holds_the_token(self, vk, script, caplog):
        client, _ = vk(script)
        with pytest.raises(PlatformError) as caught:
            client.read_pages(pages(1))
        chain, error = [], caught.value
        while error:
            chain.append(f"{error!r} {vars(error)}")
            error = error.__context__
        assert "SECRET" not in "".join(chain) + caplog.text


def walls(*results: object, errors: list[dict] | None = None) -> Script:
    return answers({"response": list(results)} | ({"execute_errors": errors} if errors else {}))


class TestWalls:
    def test_twenty_five_walls_are_one_request_and_each_counts(self, vk):
        client, _ = vk(walls(*[WALL] * 25), walls(*[WALL] * 2))
        assert len(client.read_walls(back_to(SINCE, pages(*range(1, 28))))) == 27
        assert calls(client) == {"execute": 2, "wall.get": 27}

    def test_an_error_inside_belongs_to_its_page(self, vk):
        client, _ = vk(walls(WALL, False, WALL, False, errors=[{"error_code": 15}, {"error_code": 18}]))
        failures = [wall.failure for wall in client.read_walls(back_to(SINCE, pages(1, 2, 3, 4)))]
        assert failures == [None, Failure.CLOSED, None, Failure.DELETED]

    def test_errors_that_cannot_be_told_apart_are_asked_for_alone(self, vk):
        inside = walls(False, WALL, False, errors=[{"error_code": 15}])
        client, _ = vk(inside, refuses(15), answers({"response": WALL}))
        readings = client.read_walls(back_to(SINCE, pages(1, 2, 3)))
        assert [wall.failure for wall in readings] == [Failure.CLOSED, None, None]
        assert calls(client) == {"execute": 1, "wall.get": 5}

    @pytest.mark.parametrize("code", [12, 13, 36])
    def test_a_batch_too_big_is_halved_and_stays_so(self, vk, code):
        client, server = vk(refuses(code), walls(WALL, WALL))
        assert [w.failure for w in client.read_walls(back_to(SINCE, pages(1, 2, 3, 4)))] == [None] * 4
        assert [body["code"].count("API.wall.get") for body in server.bodies] == [4, 2, 2]

    def test_a_spent_quota_stops_the_batch_and_keeps_what_was_read(self, vk):
        client, server = vk(walls(*[WALL] * 25), refuses(29))
        readings = client.read_walls(back_to(SINCE, pages(*range(1, 76))))
        assert [w.failure for w in readings] == [None] * 25 + [Failure.THROTTLED] * 50
        assert (readings[-1].until is not None, len(server.requests)) == (True, 2)

    def test_a_refusal_before_anything_was_read_fails_the_call(self, vk):
        client, server = vk(refuses(29))
        with pytest.raises(PlatformError) as caught:
            client.read_walls(back_to(SINCE, pages(*range(1, 76))))
        assert (caught.value.failure, len(server.requests)) == (Failure.THROTTLED, 1)

    def test_a_long_wall_is_read_back_to_the_moment_asked_for(self, vk):
        first = {"count": 90, "items": [{"id": 500 - i, "date": 1_775_000_000 - i} for i in range(40)]}
        second = {"count": 90, "items": [{"id": 400 - i, "date": 1_774_900_000 - i} for i in range(50)]}
        client, server = vk(walls(first, WALL), answers({"response": second}))
        long, short = client.read_walls(back_to(SINCE, pages(1, 2)))
        assert (len(long.posts), len(short.posts), long.complete_since) == (90, 1, SINCE)
        asked = re.search(r'"count":(\d+)', server.bodies[0]["code"])
        assert server.bodies[1]["offset"] == asked[1]

    def test_a_service_token_that_execute_refuses_reads_one_wall_a_call(self, vk):
        token = Token("service", "service-1")
        client, _ = vk(refuses(28), answers({"response": WALL}), token=token)
        assert len(client.read_walls(back_to(SINCE, pages(1, 2)))) == 2
        assert calls(client) == {"execute": 1, "wall.get": 4}
        again, _ = vk(answers({"response": WALL}), token=token)
        again.read_walls(back_to(SINCE, pages(1, 2)))
        assert calls(again) == {"wall.get": 2}

    def test_a_service_token_that_execute_takes_reads_in_batches(self, vk):
        client, server = vk(walls(WALL, WALL), token=Token("service", "service-2"))
        assert [w.failure for w in client.read_walls(back_to(SINCE, pages(1, 2)))] == [None, None]
        assert len(server.requests) == 1

    def test_a_community_token_may_call_twenty_times_a_second(self, settings):
        settings.VK_TOKENS = ["community:c", "user:u", "service:s", "s2"]
        paces = [(token.kind, round(3 * token.pace)) for token in Vk.tokens()[:4]]
        assert paces == [("community", 20), ("user", 3), ("service", 3), ("service", 3)]

    def test_a_community_token_cannot_read_walls(self, vk):
        client, server = vk(answers({}), token=Token("community", "c"))
        with pytest.raises(PlatformError) as caught:
            client.read_walls(back_to(SINCE, pages(1)))
        assert (caught.value.failure, Vk.daily_limits(Token("community", "c"))["wall.get"]) == (Failure.NEEDS_PERSON, 0)
        assert server.requests == []


@pytest.mark.parametrize(("kind", "size"), [("user", 500), ("service", 100)])
def test_a_batch_fills_the_requests_that_the_token_may_send(kind, size):
    assert Vk.batch_size([Token(kind, "x")]) == size
