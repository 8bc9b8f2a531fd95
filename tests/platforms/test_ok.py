"""Odnoklassniki: groups, short names, themes and refusals. The server plays what OK was seen to answer."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PageRef, PlatformError, PostKind
from monitoring.platforms.ok import Ok, signature

from .wire import Script, ScriptedServer, answers, back_to, calls, http

SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
GROUP = {"uid": "55", "name": "Школа", "shortname": "School5", "members_count": 812, "access_type": "OPEN"}


def topic(number: int, ms: int = 1_775_000_000_000, **fields: object) -> dict:
    return {"id": str(number), "created_ms": ms, "author_ref": "group:55", **fields}


@pytest.fixture
def ok(serve, settings) -> Iterator[Callable[..., tuple[Ok, ScriptedServer]]]:
    """Makes a client whose OK plays the scripts."""
    clients: list[Ok] = []
    settings.OK_APPLICATION_KEY, settings.OK_APPLICATION_SECRET = "KEY", "SECRET-A"
    settings.OK_ACCESS_TOKEN = "SECRET-B"

    def make(*scripts: Script) -> tuple[Ok, ScriptedServer]:
        server = serve(*scripts)
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "OK_API_URL": server.url}
        clients.append(Ok(Access(Ok.tokens())))
        return clients[-1], server

    yield make
    for client in clients:
        client.close()


def refuses(code: int) -> Script:
    return answers({"error_code": code, "error_msg": "PARAM : access_token=SECRET-B", "error_data": None})


class TestSignature:
    def test_it_is_made_as_documented(self):
        secret = hashlib.md5(b"tokensecret").hexdigest()
        expected = hashlib.md5(f"a=1b=2{secret}".encode()).hexdigest()
        assert signature({"b": "2", "a": "1"}, "token", "secret") == expected

    def test_every_call_is_signed_and_the_token_is_not_part_of_what_is_signed(self, ok):
        client, server = ok(answers([GROUP]))
        client.read_pages([PageRef(1, "", "55")])
        form = server.bodies[0]
        signed = {name: value for name, value in form.items() if name not in ("sig", "access_token")}
        assert form["sig"] == signature(signed, "SECRET-B", "SECRET-A")
        assert form["access_token"] == "SECRET-B"

    def test_without_the_whole_of_an_application_there_is_no_token(self, settings):
        settings.OK_APPLICATION_KEY = settings.OK_APPLICATION_SECRET = "x"
        settings.OK_ACCESS_TOKEN = ""
        assert Ok.tokens() == []


class TestPages:
    @pytest.mark.parametrize("answer", [[GROUP], {"groups": [GROUP]}], ids=["newer", "older"])
    def test_both_shapes_are_read(self, ok, answer):
        client, _ = ok(answers(answer))
        (reading,) = client.read_pages([PageRef(1, "", "55")])
        assert (reading.subscribers, reading.handle, reading.external_id) == (812, "school5", "55")

    def test_what_is_absent_is_unknown(self, ok):
        client, _ = ok(answers([GROUP]))
        (reading,) = client.read_pages([PageRef(1, "", "55")])
        assert (reading.has_avatar, reading.has_cover, reading.has_description) == (None, None, None)
        assert (reading.state_mark, reading.widgets, reading.pos_widget) == (None, None, None)

    def test_what_is_given_is_read(self, ok):
        given = {"photo_id": "9", "cover": {}, "description": "О школе", "gos_org": True}
        client, _ = ok(answers([GROUP | given]))
        (reading,) = client.read_pages([PageRef(1, "", "55")])
        assert (reading.has_avatar, reading.has_cover, reading.has_description) == (True, False, True)
        assert reading.state_mark is True

    def test_a_picture_that_other_groups_have_and_one_has_not_is_none(self, ok):
        client, _ = ok(answers([GROUP, {**GROUP, "uid": "56", "photo_id": "9"}]))
        readings = client.read_pages([PageRef(1, "", "55"), PageRef(2, "", "56")])
        assert [(r.has_avatar, r.has_cover) for r in readings] == [(False, None), (True, None)]

    def test_a_short_name_is_resolved_first(self, ok):
        info = answers({"objectId": 55, "objectIdStr": "55", "type": "GROUP"})
        client, server = ok(info, answers([GROUP]))
        assert client.read_pages([PageRef(1, "school5")])[0].subscribers == 812
        assert calls(client) == {"url.getInfo": 1, "group.getInfo": 1}
        assert server.bodies[0]["url"] == "https://ok.ru/school5"

    @pytest.mark.parametrize("handle", ["group55", "group/55"])
    def test_a_number_in_the_address_needs_no_resolving(self, ok, handle):
        client, _ = ok(answers([GROUP]))
        assert client.read_pages([PageRef(1, handle)])[0].subscribers == 812
        assert calls(client) == {"group.getInfo": 1}

    @pytest.mark.parametrize("kind", ["UNKNOWN", "PROFILE"])
    def test_what_is_no_group_is_not_found(self, ok, kind):
        client, _ = ok(answers({"objectIdStr": "55", "type": kind}))
        assert client.read_pages([PageRef(1, "someone")])[0].failure == Failure.NOT_FOUND

    def test_a_group_the_answer_skips_is_not_found(self, ok):
        client, _ = ok(answers([GROUP]))
        readings = client.read_pages([PageRef(1, "", "56"), PageRef(2, "", "55")])
        assert [r.failure for r in readings] == [Failure.NOT_FOUND, None]

    def test_a_bad_id_in_a_batch_is_found_by_halving(self, ok):
        client, _ = ok(refuses(160), answers([GROUP]), refuses(160))
        readings = client.read_pages([PageRef(1, "", "55"), PageRef(2, "", "56")])
        assert [r.failure for r in readings] == [None, Failure.NOT_FOUND]

    @pytest.mark.parametrize(("access", "closed"), [("OPEN", False), ("CLOSED", True), ("", False)])
    def test_a_closed_group_may_show_its_count(self, ok, access, closed):
        client, _ = ok(answers([GROUP | {"access_type": access}]))
        (reading,) = client.read_pages([PageRef(1, "", "55")])
        assert (reading.closed, reading.subscribers, reading.failure) == (closed, 812, None)

    @pytest.mark.parametrize(
        ("changes", "failure"),
        [
            ({"blocked": True}, Failure.BLOCKED),
            ({"access_type": "CLOSED", "members_count": None}, Failure.CLOSED),
        ],
    )
    def test_a_group_without_figures_says_why(self, ok, changes, failure):
        client, _ = ok(answers([GROUP | changes]))
        (reading,) = client.read_pages([PageRef(1, "", "55")])
        assert (reading.failure, reading.subscribers) == (failure, None)


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "failure", "waits"),
        [
            (7, Failure.THROTTLED, True),
            (8, Failure.THROTTLED, True),
            (11, Failure.THROTTLED, True),
            (9, Failure.NEEDS_PERSON, False),
            (10, Failure.NEEDS_PERSON, False),
            (101, Failure.TOKEN_DEAD, False),
            (102, Failure.TOKEN_DEAD, False),
            (104, Failure.TOKEN_DEAD, False),
            (3, Failure.BAD_ANSWER, False),
        ],
    )
    def test_a_whole_call_fails_as_the_code_says(self, ok, code, failure, waits):
        client, server = ok(refuses(code))
        with pytest.raises(PlatformError) as caught:
            client.read_pages([PageRef(1, "", "55"), PageRef(2, "", "56")])
        assert (caught.value.failure, caught.value.until is not None) == (failure, waits)
        assert len(server.requests) == 1

    def test_a_service_that_is_away_for_a_moment_is_asked_again(self, ok):
        client, _ = ok(refuses(2), answers([GROUP]))
        assert client.read_pages([PageRef(1, "", "55")])[0].subscribers == 812

    def test_no_error_holds_the_secrets(self, ok):
        client, _ = ok(refuses(102))
        with pytest.raises(PlatformError) as caught:
            client.read_pages([PageRef(1, "", "55")])
        assert "SECRET" not in repr(caught.value) + repr(Ok.tokens())

    @pytest.mark.parametrize("body", [b"<html>", b"5", b"null", b'{"groups":5}', b'{"error_code":"x"}'])
    def test_a_wrong_shape_is_a_bad_answer(self, ok, body):
        client, _ = ok(http(body))
        with pytest.raises(PlatformError) as caught:
            client.read_pages([PageRef(1, "", "55")])
        assert caught.value.failure == Failure.BAD_ANSWER


class TestWalls:
    def read(self, ok: Callable, *scripts: Script):
        client, server = ok(*scripts)
        return client.read_walls(back_to(SINCE, [PageRef(1, "", "55")]))[0], server

    def test_a_theme_and_its_counters(self, ok):
        counters = {
            "like_summary": {"count": 3},
            "reshare_summary": {"count": 1},
            "discussion_summary": {"comments_count": 2},
        }
        wall, _ = self.read(ok, answers({"media_topics": [topic(7, **counters)], "has_more": False}))
        (post,) = wall.posts
        assert (post.external_id, post.likes, post.comments, post.reposts) == ("7", 3, 2, 1)
        assert post.views is None

    def test_themes_of_visitors_are_left_out_and_shared_ones_are_reposts(self, ok):
        topics = [topic(7, media=[{"type": "topic"}]), topic(8, author_ref="user:1")]
        wall, _ = self.read(ok, answers({"media_topics": topics}))
        assert [(p.external_id, p.kind) for p in wall.posts] == [("7", PostKind.REPOST)]

    def test_older_themes_are_read_by_anchor_until_the_moment_asked_for(self, ok):
        first = {"media_topics": [topic(9)], "anchor": "A1", "has_more": True}
        second = {"media_topics": [topic(8, ms=1_600_000_000_000)], "anchor": "A2", "has_more": True}
        wall, server = self.read(ok, answers(first), answers(second))
        assert ([p.external_id for p in wall.posts], wall.complete_since) == (["9"], SINCE)
        assert [body.get("anchor") for body in server.bodies] == [None, "A1"]

    def test_a_group_without_themes_has_none(self, ok):
        wall, _ = self.read(ok, answers({}))
        assert (wall.posts, wall.complete_since, wall.failure) == ((), SINCE, None)

    @pytest.mark.parametrize(
        ("code", "failure"), [(10, Failure.CLOSED), (50, Failure.CLOSED), (160, Failure.NOT_FOUND)]
    )
    def test_a_wall_that_is_shut_is_the_pages_own_state(self, ok, code, failure):
        wall, _ = self.read(ok, refuses(code))
        assert wall.failure == failure


@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_can_be_signed(name, value):
    assert len(signature({name: value}, "t", "s")) == 32
