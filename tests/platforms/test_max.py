"""MAX: the public page, and a bot that an institution let in. The server plays max.ru and the Bot API."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PageRef, PlatformError, PostKind
from monitoring.platforms.max import Max

from .test_max_page import BARE
from .wire import Script, ScriptedServer, answers, back_to, http

SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PAGE = PageRef(1, "school5_gos", "-75")
CHAT = {
    "chat_id": -75,
    "type": "channel",
    "title": "Школа",
    "participants_count": 900,
    "messages_count": 44,
    "icon": None,
    "description": None,
    "link": "https://max.ru/School5_gos",
}


def sent(number: int, ms: int = 1_775_000_000_000, **fields: object) -> dict:
    return {"timestamp": ms, "body": {"mid": f"mid.{number}"}, "stat": {"views": 10}, **fields}


@pytest.fixture
def max_(serve, settings) -> Iterator[Callable[..., tuple[Max, ScriptedServer]]]:
    """Makes a client whose MAX plays the scripts."""
    clients: list[Max] = []

    def make(*scripts: Script, bots: tuple[str, ...] = ("SECRET",)) -> tuple[Max, ScriptedServer]:
        server = serve(*scripts)
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "MAX_WEB_URL": server.url, "MAX_API_URL": server.url}
        settings.MAX_BOT_TOKENS = list(bots)
        clients.append(Max(Access(Max.tokens())))
        return clients[-1], server

    yield make
    for client in clients:
        client.close()


def refuses(status: str, code: str = "chat.denied") -> Script:
    return http(f'{{"code":"{code}","message":"no"}}'.encode(), status)


class TestPages:
    def test_without_a_bot_the_public_page_is_read(self, max_):
        client, server = max_(http(BARE), bots=())
        assert client.read_pages([PAGE])[0].subscribers == 812
        assert server.requests == ["GET /school5_gos HTTP/1.1"]

    def test_a_bot_tells_the_number_of_posts_as_well(self, max_):
        client, server = max_(answers(CHAT))
        (reading,) = client.read_pages([PAGE])
        assert (reading.subscribers, reading.posts_total, reading.handle) == (900, 44, "school5_gos")
        assert (reading.has_avatar, reading.has_description, reading.state_mark) == (False, False, None)
        assert server.requests == ["GET /chats/-75 HTTP/1.1"]

    def test_the_token_goes_in_a_header_without_bearer(self, max_):
        client, server = max_(answers(CHAT))
        client.read_pages([PAGE])
        assert server.headers[0]["authorization"] == "SECRET"

    @pytest.mark.parametrize(
        "refusal",
        [refuses("403 Forbidden"), refuses("404 Not Found", "chat.not.found"), http(b"plain text", "400 Bad Request")],
        ids=["403", "404", "plain text"],
    )
    def test_where_the_bot_cannot_tell_the_public_page_is_read(self, max_, refusal):
        client, _ = max_(refusal, http(BARE))
        assert client.read_pages([PAGE])[0].subscribers == 812

    def test_a_revoked_bot_is_asked_once(self, max_):
        client, server = max_(refuses("401 Unauthorized", "verify.token"), http(BARE))
        client.read_pages([PAGE, PageRef(2, "other_gos", "-76")])
        assert len(server.requests) == 3

    def test_an_outage_of_the_bot_api_is_met_once_and_walls_stay_due(self, max_):
        away = http(b"", "502 Bad Gateway")
        client, server = max_(away, http(BARE))
        readings = client.read_pages([PAGE, PageRef(2, "other_gos", "-76")])
        assert [r.subscribers for r in readings] == [812, 812]
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.UNREACHABLE
        assert len(server.requests) == 3

    def test_a_channel_known_by_number_only_is_closed_without_a_bot(self, max_):
        client, server = max_(http(BARE), bots=())
        assert client.read_pages([PageRef(1, "-75")])[0].failure == Failure.CLOSED
        assert server.requests == []

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (http(b"", "502 Bad Gateway"), Failure.UNREACHABLE),
            (refuses("401 Unauthorized", "verify.token"), Failure.UNREACHABLE),
            (refuses("403 Forbidden"), Failure.CLOSED),
        ],
        ids=["outage", "dead token", "not in the chat"],
    )
    def test_a_channel_known_by_number_only_is_closed_where_no_bot_is_in_it(self, max_, answer, failure):
        client, _ = max_(answer)
        assert client.read_pages([PageRef(1, "-75")])[0].failure == failure

    def test_whose_turn_does_not_come_is_not_closed(self, max_, monkeypatch):
        client, server = max_()

        def interrupted(*_: object, **__: object) -> None:
            raise PlatformError(Failure.INTERRUPTED)

        monkeypatch.setattr(client.access, "ask", interrupted)
        with pytest.raises(PlatformError, match="interrupted"):
            client.read_pages([PageRef(1, "-75")])
        assert server.requests == []

    def test_a_dead_bot_stops_no_public_page(self, max_):
        client, _ = max_(refuses("401 Unauthorized", "verify.token"), http(BARE))
        readings = client.read_pages([PageRef(1, "-75"), PageRef(2, "other_gos")])
        assert [(r.failure, r.subscribers) for r in readings] == [(Failure.UNREACHABLE, None), (None, 812)]

    @pytest.mark.parametrize("handle", ["join/abc", "id7701234567_bot", "u/abc", ""])
    def test_what_cannot_be_a_channel_is_not_asked_for(self, max_, handle):
        client, server = max_(http(BARE), bots=())
        assert client.read_pages([PageRef(1, handle)])[0].failure == Failure.NOT_FOUND
        assert server.requests == []


class TestWalls:
    def test_without_a_bot_posts_are_unknown(self, max_):
        client, server = max_(http(BARE), bots=())
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.CLOSED
        assert server.requests == []

    def test_a_bot_that_is_no_administrator_cannot_read_them(self, max_):
        client, _ = max_(refuses("403 Forbidden"))
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.CLOSED

    def test_a_message_and_its_views(self, max_):
        forward = {"timestamp": 1_775_000_000_500, "body": None, "link": {"type": "forward"}}
        client, _ = max_(answers({"messages": [forward, sent(7)]}), answers({"messages": []}))
        (wall,) = client.read_walls(back_to(SINCE, [PAGE]))
        assert [(p.external_id, p.kind, p.views) for p in wall.posts] == [
            ("at1775000000500", PostKind.REPOST, None),
            ("mid.7", PostKind.OWN, 10),
        ]
        assert wall.complete_since == SINCE

    def test_older_messages_are_read_until_the_moment_asked_for(self, max_):
        newer, older = answers({"messages": [sent(9)]}), answers({"messages": [sent(8, ms=1_700_000_000_000)]})
        client, server = max_(newer, older)
        (wall,) = client.read_walls(back_to(SINCE, [PAGE]))
        assert ([p.external_id for p in wall.posts], wall.complete_since) == (["mid.9"], SINCE)
        assert "from=1774999999999" in server.requests[1]

    def test_the_other_order_of_the_bounds_is_tried_where_one_brings_nothing(self, max_):
        empty, older = answers({"messages": []}), answers({"messages": [sent(8, ms=1_700_000_000_000)]})
        client, server = max_(answers({"messages": [sent(9)]}), empty, older)
        assert len(client.read_walls(back_to(SINCE, [PAGE]))[0].posts) == 1
        assert "to=1774999999999" in server.requests[2]

    @pytest.mark.parametrize("body", [b"{}", b"[]", b'{"messages":[{}]}', b'{"messages":[{"timestamp":-1}]}', b"no"])
    def test_a_wrong_shape_is_a_bad_answer(self, max_, body):
        client, _ = max_(http(body))
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.BAD_ANSWER
