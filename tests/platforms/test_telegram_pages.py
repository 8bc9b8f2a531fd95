"""t.me's pages: the landing page of a name and the feed of a channel."""

import base64
import contextlib
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.base import Failure, PageRef, PlatformError, PostKind
from monitoring.platforms.telegram_pages import read_feed, read_landing

PAGE = PageRef(1, "school5")


def landing(
    extra: str = '<div class="tgme_page_extra">2 410 subscribers</div>', head: str = "", rest: str = ""
) -> bytes:
    return (
        f"<html><head>{head}</head><body><div class=tgme_page>"
        f'<div class="tgme_page_title"><span dir="auto">Школа № 5</span></div>{extra}{rest}</div></body></html>'
    ).encode()


def message(
    post: str = "School5/7",
    date: str = "2026-10-01T17:00:00+00:00",
    inside: str = "",
    views: str = "1.2K",
    kind: str = "",
) -> str:
    shown = f'<span class="tgme_widget_message_views">{views}</span>' if views else ""
    return (
        '<div class="tgme_widget_message_wrap">'
        f'<div class="tgme_widget_message {kind}" data-post="{post}">{inside}{shown}'
        f'<a class="tgme_widget_message_date" href="#"><time datetime="{date}" class="time"></time></a></div></div>'
    )


def feed(*messages: str, more: str = "") -> bytes:
    return f'<section class="tgme_channel_history js-message_history">{more}{"".join(messages)}</section>'.encode()


class TestLanding:
    def test_the_count_is_exact(self):
        reading = read_landing(PAGE, landing())
        assert (reading.subscribers, reading.subscribers_step) == (2410, 1)
        assert (reading.title, reading.handle) == ("Школа № 5", "school5")

    @pytest.mark.parametrize("text", ["2\u00a0410 subscribers", "2,410 subscribers", "2 410 подписчиков"])
    def test_separators_and_language_do_not_matter(self, text):
        assert read_landing(PAGE, landing(f'<div class="tgme_page_extra">{text}</div>')).subscribers == 2410

    @pytest.mark.parametrize(
        "text", ["2 410 members, 37 online", "@someone", "12 345 monthly users"], ids=["group", "person", "bot"]
    )
    def test_what_is_no_channel_is_not_found(self, text):
        body = landing(f'<div class="tgme_page_extra">{text}</div>')
        assert read_landing(PAGE, body).failure == Failure.NOT_FOUND

    def test_a_free_name_is_not_found(self):
        body = b'<meta property="og:title" content="Telegram: Contact @school5"><a class="tgme_action_button_new">x</a>'
        reading = read_landing(PAGE, body)
        assert (reading.failure, reading.subscribers) == (Failure.NOT_FOUND, None)

    @pytest.mark.parametrize("body", [landing(extra=""), b"<html>Sign in</html>", b""], ids=["drift", "login", "empty"])
    def test_a_page_of_which_one_cannot_tell_is_a_bad_answer(self, body):
        with pytest.raises(PlatformError) as caught:
            read_landing(PAGE, body)
        assert caught.value.failure == Failure.BAD_ANSWER

    def test_the_logo_of_telegram_is_no_avatar(self):
        logo = '<meta property="og:image" content="https://telegram.org/img/t_logo_2x.png">'
        photo = '<img class="tgme_page_photo_image" src="https://cdn4.telesco.pe/file/x.jpg">'
        assert read_landing(PAGE, landing(head=logo)).has_avatar is False
        assert read_landing(PAGE, landing(head=logo, rest=photo)).has_avatar is True
        assert read_landing(PAGE, landing()).has_avatar is None

    def test_a_description_is_seen(self):
        assert read_landing(PAGE, landing(rest='<div class="tgme_page_description">О школе</div>')).has_description
        assert read_landing(PAGE, landing()).has_description is False


class TestFeed:
    def test_a_post_has_its_id_moment_and_rounded_views(self):
        (post,) = read_feed("school5", feed(message())).posts
        assert (post.external_id, post.views, post.views_step) == ("7", 1200, 100)
        assert post.published_at == dt.datetime(2026, 10, 1, 17, tzinfo=dt.UTC)
        assert (post.comments, post.reposts) == (None, None)

    @staticmethod
    def seen(view: object, post: str = "School5/7", kind: str = "") -> str:
        """A message whose data-view holds that value."""
        packed = base64.b64encode(json.dumps(view).encode()).decode().rstrip("=")
        return message(post, kind=kind).replace(" data-post", f' data-view="{packed}" data-post')

    def test_the_channels_number_is_read_as_bots_have_it(self):
        found = read_feed("school5", feed(self.seen({"c": -1769674427, "p": "7g", "t": 1, "h": "0"})))
        assert found.channel_id == "-1001769674427"

    def test_a_service_message_tells_it_and_another_channels_block_does_not(self):
        other = self.seen({"c": -5}, "other/9")
        service = self.seen({"c": -1769674427}, kind="service_message")
        assert read_feed("school5", feed(other, service)).channel_id == "-1001769674427"

    @pytest.mark.parametrize("view", [{"c": 5}, {"c": "-5"}, {"c": -(10**13)}, {"c": True}, {}, [], None, 7])
    def test_another_data_view_tells_nothing(self, view):
        assert read_feed("school5", feed(self.seen(view))).channel_id == ""

    @given(st.text(alphabet=st.characters(exclude_characters='"&<>', codec="utf-8")))
    def test_any_data_view_is_no_fault(self, view):
        with_view = message().replace(" data-post", f' data-view="{view}" data-post')
        assert len(read_feed("school5", feed(with_view)).posts) == 1

    def test_absent_views_are_unknown(self):
        assert read_feed("school5", feed(message(views=""))).posts[0].views is None

    def test_blocks_of_other_channels_are_left_out(self):
        posts = read_feed("school5", feed(message("other/9"), message("SCHOOL5/8"))).posts
        assert [post.external_id for post in posts] == ["8"]

    def test_service_messages_are_no_posts(self):
        found = read_feed("school5", feed(message("School5/1", kind="service_message")))
        assert (found.posts, found.oldest) == ((), dt.datetime(2026, 10, 1, 17, tzinfo=dt.UTC))

    def test_the_length_of_a_video_is_not_its_date(self):
        video = '<time class="message_video_duration" datetime="2001-01-01T00:00:00+00:00">0:15</time>'
        assert read_feed("school5", feed(message(inside=video))).posts[0].published_at.year == 2026

    def test_reactions_add_up_without_paid_ones_and_digits_in_emoji(self):
        reactions = (
            '<div class="tgme_widget_message_reactions">'
            '<span class="tgme_reaction"><i class="emoji"><b>1️⃣</b></i>1.2K</span>'
            '<span class="tgme_reaction tgme_reaction_paid"><i class="icon"></i>3</span>'
            '<span class="tgme_reaction"><tg-emoji emoji-id="519"></tg-emoji>57</span></div>'
        )
        assert read_feed("school5", feed(message(inside=reactions))).posts[0].likes == 1257

    def test_a_forwarded_message_is_a_repost(self):
        forwarded = '<div class="tgme_widget_message_forwarded_from">Forwarded from X</div>'
        assert read_feed("school5", feed(message(inside=forwarded))).posts[0].kind == PostKind.REPOST

    def test_the_way_to_older_messages(self):
        more = '<a class="tme_messages_more js-messages_more" href="/s/x?before=97" data-before="97"></a>'
        assert read_feed("school5", feed(message(), more=more)).before == 97
        assert read_feed("school5", feed(message())).before is None

    def test_an_empty_channel_is_an_answer_and_another_page_is_not(self):
        assert read_feed("school5", feed()).posts == ()
        with pytest.raises(PlatformError):
            read_feed("school5", b"<html>Sign in</html>")

    @pytest.mark.parametrize("date", ["", "yesterday", "2026-10-01T17:00:00", "0001-01-01T00:00:00+23:00"])
    def test_a_message_without_a_date_is_a_bad_answer(self, date):
        with pytest.raises(PlatformError):
            read_feed("school5", feed(message(date=date)))


@given(st.binary())
def test_any_bytes_give_a_reading_or_a_platform_error(body):
    for read in (lambda: read_landing(PAGE, body), lambda: read_feed("school5", body)):
        with contextlib.suppress(PlatformError):
            read()


@given(st.data())
def test_any_damage_to_a_page_gives_a_reading_or_a_platform_error(data):
    whole = data.draw(st.sampled_from([landing(), feed(message(), message("School5/8"))]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    body = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    for read in (lambda: read_landing(PAGE, body), lambda: read_feed("school5", body)):
        with contextlib.suppress(PlatformError):
            read()
