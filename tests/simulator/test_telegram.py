"""Telegram as the simulator plays it: pages and bots."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitoring.simulator.telegram_pages import message_id, short, spaced
from tests.simulator.conftest import NOW


def landing(small, quirk: str = "") -> LexborHTMLParser:
    return LexborHTMLParser(small.get(f"/{small.page('telegram', quirk).handle}").text)


def feed(small, quirk: str, query: str = "") -> LexborHTMLParser:
    return LexborHTMLParser(small.get(f"/s/{small.page('telegram', quirk).handle}{query}").text)


def posts(tree: LexborHTMLParser) -> list[str]:
    """Numbers of the messages, service messages and foreign blocks left out."""
    nodes = tree.css(".tgme_widget_message:not(.service_message)")
    return [n.attributes["data-post"].split("/")[1] for n in nodes if "Another" not in n.attributes["data-post"]]


class TestLanding:
    def test_the_count_is_exact_its_digits_in_groups(self, small):
        extra = landing(small, "large").css_first(".tgme_page_extra").text()
        assert extra == f"{spaced(small.people(small.page('telegram', 'large')))} subscribers"
        assert " " in extra.removesuffix(" subscribers")

    def test_names_have_letter_case_and_addresses_have_not(self, small):
        mixed = next(p for p in small.world.pages if p.platform == "telegram" and p.looks.mixed_case and not p.died)
        assert mixed.handle.title() in small.get(f"/{mixed.handle.upper()}").text

    def test_an_unknown_name_is_a_person_who_may_be_written_to(self, small):
        answer = small.get("/nobody_here")
        assert answer.status_code == 200
        assert "Telegram: Contact @nobody_here" in answer.text
        assert "Не нашли чат по этой ссылке" in answer.text
        assert "tgme_page_title" not in answer.text
        assert "GovernmentCommunityBadge" not in answer.text

    @pytest.mark.parametrize("quirk", ["deleted"])
    def test_a_deleted_channel_is_an_unknown_name(self, small, quirk):
        assert landing(small, quirk).css_first(".tgme_page_extra") is None

    def test_the_old_name_of_a_renamed_channel_is_free(self, small):
        page = small.page("telegram", "renamed")
        assert "Telegram: Contact @" in small.get(f"/{page.old_handle}").text
        assert "subscribers" in small.get(f"/{page.handle}").text

    def test_a_group_has_members(self, small):
        assert re.search(r"members, \d+ online", landing(small, "group").css_first(".tgme_page_extra").text())

    def test_a_bare_channel_has_the_logo_and_no_description(self, small):
        tree = landing(small, "bare")
        assert tree.css_first(".tgme_page_description") is None
        assert "telegram.org/img" in tree.css_first('meta[property="og:image"]').attributes["content"]

    def test_the_way_to_the_feed_is_shown_where_there_is_one(self, small):
        assert landing(small, "daily").css_first("a.tgme_page_context_link")
        assert landing(small, "no_preview").css_first("a.tgme_page_context_link") is None


class TestFeed:
    def test_twenty_messages_oldest_first(self, small):
        numbers = [int(number) for number in posts(feed(small, "daily"))]
        assert len(numbers) == 20
        assert numbers == sorted(numbers)

    def test_pages_go_back_to_the_first_message(self, small):
        numbers, query = [], ""
        while True:
            tree = feed(small, "daily", query)
            numbers = posts(tree) + numbers
            more = tree.css_first("a.tme_messages_more[data-before]")
            if not more:
                break
            query = f"?before={more.attributes['data-before']}"
        assert len(numbers) == len(set(numbers)) == small.world.wall.count(small.page("telegram", "daily"), NOW)
        assert numbers == sorted(numbers, key=int)

    def test_after_leads_forward(self, small):
        first = message_id(0)
        assert posts(feed(small, "daily", f"?after={first}"))[0] == str(message_id(1))

    def test_the_counters_of_the_header_are_rounded_and_in_any_order(self, small):
        people = small.people(small.page("telegram", "large"))
        counters = {
            node.css_first(".counter_type").text(): node.css_first(".counter_value").text()
            for node in feed(small, "large").css(".tgme_channel_info_counter")
        }
        assert counters["subscribers"] == short(people)
        assert counters["subscribers"].endswith("K")

    def test_there_are_albums_service_messages_foreign_blocks_replies_and_reactions(self, small):
        body = "".join(
            small.get(f"/s/{small.page('telegram', 'daily').handle}?before={n}").text for n in (9999, 600, 60)
        )
        for sign in (
            "grouped_media_wrap", "service_message", 'data-post="Another_channel/77"', "js-message_reply_text",
            "tgme_reaction", "<tg-emoji", "message_video_duration", "tgme_widget_message_forwarded_from",
        ):  # fmt: skip
            assert sign in body, sign

    def test_views_from_a_thousand_on_are_rounded(self, small):
        shown = [node.text() for node in feed(small, "large").css(".tgme_widget_message_views")]
        assert any(text.endswith("K") for text in shown)

    def test_a_silent_channel_is_an_empty_feed(self, small):
        assert feed(small, "silent").css_first(".tme_no_messages_found")

    @pytest.mark.parametrize("quirk", ["no_preview", "group", "deleted"])
    def test_without_a_preview_it_leads_to_the_landing_page(self, small, quirk):
        name = small.page("telegram", quirk).handle
        answer = small.get(f"/s/{name}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"https://t.me/{name}")


class TestBots:
    def test_the_count_by_name_and_by_number(self, small):
        page = small.page("telegram")
        for chat in (f"@{page.handle}", f"-100{page.external_id}"):
            for method in ("getChatMemberCount", "getchatmemberscount"):
                assert small.bot(method, chat_id=chat).json() == {"ok": True, "result": small.people(page)}

    def test_a_renamed_channel_is_the_same_number_with_another_name(self, small):
        page = small.page("telegram", "renamed")
        chat = small.bot("getChat", chat_id=f"-100{page.external_id}").json()["result"]
        assert (chat["type"], chat["username"].lower()) == ("channel", page.handle)

    def test_parameters_may_come_as_json(self, small):
        page = small.page("telegram")
        url = f"{small.running.url}/bot1000001:sim-telegram/getChat"
        assert small.client.post(url, json={"chat_id": f"@{page.handle}"}).json()["result"]["id"] < 0

    @pytest.mark.parametrize(
        ("chat", "status", "text"),
        [("", 400, "Bad Request: chat_id is empty"), ("@nobody_here", 400, "Bad Request: chat not found"),
         ("-1005", 400, "Bad Request: chat not found")],
    )  # fmt: skip
    def test_what_is_wrong_with_a_chat(self, small, chat, status, text):
        answer = small.bot("getChat", chat_id=chat)
        assert (answer.status_code, answer.json()["description"]) == (status, text)

    @pytest.mark.parametrize(
        ("token", "text"),
        [("5:other", "Unauthorized"), ("malformed", "Unauthorized: invalid token specified")],
    )
    def test_a_foreign_token_is_401(self, small, token, text):
        answer = small.bot("getMe", token=token)
        assert (answer.status_code, answer.json()["description"]) == (401, text)

    def test_a_429_says_when_to_come_back_twice(self, small):
        small.running.set_faults(["tg_bot_429"])
        answer = small.bot("getChat", chat_id="@x")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "37")
        assert answer.json()["parameters"] == {"retry_after": 37}


class TestFaults:
    def test_refusals_with_and_without_a_header(self, small):
        small.running.set_faults(["tg_429*1", "tg_429_no_header"])
        path = f"/{small.page('telegram').handle}"
        assert [small.get(path).headers.get("Retry-After") for _ in range(2)] == ["30", None]

    def test_changed_markup_a_closed_door_and_a_form_to_sign_in(self, small):
        path = f"/{small.page('telegram').handle}"
        small.running.set_faults(["tg_no_counter"])
        assert "tgme_page_extra" not in small.get(path).text
        small.running.set_faults(["tg_403"])
        assert small.get(path).status_code == 403
        small.running.set_faults(["tg_captcha"])
        assert "login_form" in small.get(f"/s{path}").text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1K"),
        (1234, "1.23K"),
        (12_345, "12.3K"),
        (194_999, "194K"),
        (10_500_000, "10.5M"),
    ],
)
def test_numbers_are_shortened_to_three_digits(number, text):
    assert short(number) == text
