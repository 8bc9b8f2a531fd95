"""Telegram: the two public pages, and the bot as a second source. The server plays t.me and the Bot API."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PageRef, PlatformError
from monitoring.platforms.telegram import Telegram

from .test_telegram_pages import feed, landing, message
from .wire import Script, ScriptedServer, answers, back_to, calls, http

SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PAGE = PageRef(1, "school5")
CHAT = answers({"ok": True, "result": {"id": -1005, "type": "channel", "title": "Школа", "username": "School5"}})
COUNT = answers({"ok": True, "result": 2411})
NOT_THERE = http(b"<html>Sign in</html>")


@pytest.fixture
def telegram(serve, settings) -> Iterator[Callable[..., tuple[Telegram, ScriptedServer]]]:
    """Makes a client whose Telegram plays the scripts."""
    clients: list[Telegram] = []

    def make(*scripts: Script, bots: tuple[str, ...] = ()) -> tuple[Telegram, ScriptedServer]:
        server = serve(*scripts)
        urls = {"TELEGRAM_WEB_URL": server.url, "TELEGRAM_BOT_URL": server.url}
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, **urls}
        settings.TELEGRAM_BOT_TOKENS = list(bots)
        clients.append(Telegram(Access(Telegram.tokens())))
        return clients[-1], server

    yield make
    for client in clients:
        client.close()


class TestPages:
    def test_one_request_a_page(self, telegram):
        client, server = telegram(http(landing()))
        assert client.read_pages([PAGE])[0].subscribers == 2410
        assert server.requests == ["GET /school5 HTTP/1.1"]

    def test_a_page_that_cannot_be_read_leaves_the_others_alone(self, telegram):
        client, _ = telegram(http(landing()), NOT_THERE, http(landing()))
        readings = client.read_pages([PAGE, PageRef(2, "broken"), PageRef(3, "other")])
        assert [r.failure for r in readings] == [None, Failure.BAD_ANSWER, None]

    def test_a_refusal_stops_the_batch_and_says_until_when(self, telegram):
        client, server = telegram(http(landing()), http(b"", "429 Too Many Requests", "Retry-After: 30"))
        readings = client.read_pages([PAGE, PageRef(2, "b"), PageRef(3, "c")])
        assert [r.failure for r in readings] == [None, Failure.THROTTLED, Failure.THROTTLED]
        assert (readings[2].until is not None, len(server.requests)) == (True, 2)

    def test_three_faults_in_a_row_end_the_batch(self, telegram):
        client, server = telegram(http(b"", "502 Bad Gateway"))
        with pytest.raises(PlatformError) as caught:
            client.read_pages([PageRef(i, f"page{i}") for i in range(1, 21)])
        assert (caught.value.failure, len(server.requests)) == (Failure.UNREACHABLE, 3)

    @pytest.mark.parametrize("handle", ["+invite", "joinchat/x", "c/5", "ab cd", ""])
    def test_what_cannot_be_a_channel_is_not_asked_for(self, telegram, handle):
        client, server = telegram(http(landing()))
        assert client.read_pages([PageRef(1, handle)])[0].failure == Failure.NOT_FOUND
        assert server.requests == []


class TestBot:
    def test_it_gives_the_count_where_the_page_does_not(self, telegram):
        client, server = telegram(NOT_THERE, CHAT, COUNT, bots=("5:SECRET",))
        (reading,) = client.read_pages([PAGE])
        assert (reading.subscribers, reading.external_id, reading.handle) == (2411, "-1005", "school5")
        assert server.bodies[1]["chat_id"] == "@school5"

    def test_it_is_asked_by_the_id_where_that_is_known(self, telegram):
        client, server = telegram(NOT_THERE, CHAT, COUNT, bots=("5:SECRET",))
        client.read_pages([PageRef(1, "school5", "-1005")])
        assert server.bodies[1]["chat_id"] == "-1005"

    def test_a_revoked_bot_is_asked_once(self, telegram):
        revoked = http(b'{"ok":false,"error_code":401,"description":"Unauthorized"}', "401 Unauthorized")
        client, server = telegram(NOT_THERE, revoked, NOT_THERE, bots=("5:SECRET",))
        readings = client.read_pages([PAGE, PageRef(2, "other")])
        assert [r.failure for r in readings] == [Failure.BAD_ANSWER] * 2
        assert len(server.requests) == 3

    def test_a_chat_it_does_not_know_leaves_the_failure_of_the_page(self, telegram):
        unknown = http(b'{"ok":false,"error_code":400,"description":"chat not found"}', "400 Bad Request")
        client, _ = telegram(NOT_THERE, unknown, bots=("5:SECRET",))
        assert client.read_pages([PAGE])[0].failure == Failure.BAD_ANSWER

    def test_it_stands_in_while_the_site_refuses(self, telegram):
        refuses = http(b"", "429 Too Many Requests")
        client, _ = telegram(refuses, CHAT, COUNT, CHAT, COUNT, bots=("5:SECRET",))
        readings = client.read_pages([PAGE, PageRef(2, "school5")])
        assert [r.subscribers for r in readings] == [2411, 2411]
        assert calls(client)["page"] == 1


class TestWalls:
    def test_older_pages_are_read_until_the_moment_asked_for(self, telegram):
        more = '<a class="tme_messages_more" data-before="{}"></a>'
        newer = feed(message("school5/20"), more=more.format(20))
        older = feed(message("school5/10", date="2025-12-31T10:00:00+00:00"), more=more.format(10))
        client, server = telegram(http(newer), http(older))
        (wall,) = client.read_walls(back_to(SINCE, [PAGE]))
        assert ([p.external_id for p in wall.posts], wall.complete_since) == (["20"], SINCE)
        assert server.requests == ["GET /s/school5 HTTP/1.1", "GET /s/school5?before=20 HTTP/1.1"]

    def test_a_feed_that_leads_nowhere_older_is_not_read_for_ever(self, telegram):
        same = feed(message("school5/20"), more='<a class="tme_messages_more" data-before="20"></a>')
        client, server = telegram(http(same))
        (wall,) = client.read_walls(back_to(SINCE, [PAGE]))
        assert (len(wall.posts), len(server.requests)) == (1, 2)

    def test_no_preview_means_a_closed_wall(self, telegram):
        client, _ = telegram(http(b"", "302 Found", "Location: https://t.me/School5"))
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.CLOSED

    def test_a_redirect_elsewhere_is_a_bad_answer(self, telegram):
        client, _ = telegram(http(b"", "302 Found", "Location: https://t.me/login"))
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].failure == Failure.BAD_ANSWER

    def test_without_any_reactions_likes_are_unknown(self, telegram):
        client, _ = telegram(http(feed(message("school5/20"))))
        assert client.read_walls(back_to(SINCE, [PAGE]))[0].posts[0].likes is None

    def test_beside_a_post_with_reactions_one_without_has_none_of_them(self, telegram):
        liked = message("school5/21", inside='<span class="tgme_reaction">5</span>')
        client, _ = telegram(http(feed(message("school5/20"), liked)))
        assert [p.likes for p in client.read_walls(back_to(SINCE, [PAGE]))[0].posts] == [0, 5]
