"""MAX as the simulator plays it: the public page and the Bot API."""

import pytest

from tests.simulator.conftest import NOW


class TestPage:
    def test_the_count_stands_under_a_bare_or_a_quoted_key(self, small):
        bare, quoted = small.page("max", "no_bot"), small.page("max", "quoted")
        assert f",participantsCount:{small.people(bare)}," in small.get(f"/{bare.handle}").text
        assert f',"participantsCount":{small.people(quoted)},' in small.get(f"/{quoted.handle}").text

    @pytest.mark.parametrize("path", ["/nobody_here", "/join/token"])
    def test_an_unknown_name_is_a_page_that_says_so(self, small, path):
        answer = small.get(path)
        assert (answer.status_code, "Не нашли чат" in answer.text) == (
            (200, True) if path[1:5] != "join" else (404, False)
        )

    def test_a_name_behind_an_at_sign_is_unknown(self, small):
        assert "Не нашли чат" in small.get(f"/@{small.page('max').handle}").text

    def test_a_deleted_channel_is_not_found(self, small):
        body = small.get(f"/{small.page('max', 'deleted').handle}").text
        assert "Не нашли чат по этой ссылке" in body
        assert "participantsCount" not in body

    def test_the_markup_may_change(self, small):
        small.running.set_faults(["max_drift"])
        assert "participantsCount" not in small.get(f"/{small.page('max').handle}").text


class TestBot:
    def test_a_channel_that_let_us_in_tells_members_and_messages(self, small):
        page = small.page("max", "bot")
        chat = small.max(f"/chats/{page.external_id}").json()
        assert (chat["type"], chat["participants_count"]) == ("channel", small.people(page))
        assert chat["messages_count"] == small.world.wall.count(page, NOW)
        assert chat["link"] == f"https://max.ru/{page.handle}"

    def test_messages_come_newest_first_in_either_order_of_the_bounds(self, small):
        page = small.page("max", "bot")
        newest = small.max("/messages", chat_id=page.external_id, count=100).json()["messages"]
        moments = [message["timestamp"] for message in newest]
        assert moments == sorted(moments, reverse=True)
        assert all(message["body"] is None or message["body"]["mid"] for message in newest)
        late, early = moments[2], moments[5]
        for bounds in ({"from": late, "to": early}, {"from": early, "to": late}):
            found = small.max("/messages", chat_id=page.external_id, **bounds).json()["messages"]
            assert [message["timestamp"] for message in found] == moments[2:6]

    def test_only_administrators_read_messages(self, small):
        page = small.page("max", "bot_no_admin")
        assert small.max(f"/chats/{page.external_id}").status_code == 200
        answer = small.max("/messages", chat_id=page.external_id)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.denied")
        assert small.max(f"/chats/{page.external_id}/members/me").json()["is_admin"] is False

    def test_foreign_and_unknown_channels_are_refused(self, small):
        assert small.max(f"/chats/{small.page('max', 'no_bot').external_id}").json()["code"] == "chat.denied"
        assert small.max("/chats/-5").json()["code"] == "chat.not.found"

    @pytest.mark.parametrize("path", ["/chats", "/chats/some_gos", "/chats/-5/nothing"])
    def test_channels_are_neither_listed_nor_known_by_their_link(self, small, path):
        answer = small.max(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "method.not.found")

    def test_the_token_stands_in_the_header_without_bearer(self, small):
        assert small.max("/me").json()["is_bot"] is True
        for answer in (small.max("/me", token="Bearer sim-max"), small.get("/me?access_token=sim-max")):
            assert (answer.status_code, answer.json()["code"]) == (401, "verify.token")

    @pytest.mark.parametrize(("fault", "status"), [("max_429", 429), ("max_token", 401), ("max_text_error", 500)])
    def test_faults_by_name(self, small, fault, status):
        small.running.set_faults([fault])
        assert small.max("/me").status_code == status
