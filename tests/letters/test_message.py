"""A letter as it arrives: plain text with an HTML twin, headers that programs understand, nothing foreign."""

import datetime as dt
import hashlib
import re
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import Client

from letters import choices, operators
from letters.digests import due
from letters.models import Kind
from letters.outbox import post
from letters.templatetags.letters import twin
from monitoring.collection.operators import tell
from monitoring.models import EventKind, PageEvent
from tests.factories import InstitutionFactory, PageFactory, UserFactory, analyst, institution_admin, operator

from .conftest import MONDAY, WEEK, answer

pytestmark = pytest.mark.django_db
HOSTILE = '<img src="https://evil.example/x.png"><script>alert(1)</script> https://evil.example/go'


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


class Addresses(HTMLParser):
    """Tags of a text, and every address that they name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.found = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("href", "src", "action", "background", "srcset")]


@pytest.fixture
def digest(server, send, region, settings) -> EmailMessage:
    """The letter to the admin of a school whose page has a hostile title."""
    settings.PUBLIC_URL = "https://gospub.example.ru"
    school = InstitutionFactory(region=region, name=f"Школа {HOSTILE}")
    page = PageFactory(institution=school, title=HOSTILE)
    PageEvent.objects.create(page=page, day=WEEK, kind=EventKind.RENAMED, old=HOSTILE, new="b")
    institution_admin(school)
    due.put_in(MONDAY)
    send()
    return server.last()


def test_it_has_a_text_and_a_twin_that_say_the_same(digest):
    assert digest.get_content_type() == "multipart/alternative"
    for words in ("Записи", "Что произошло", "Отписаться", "ваши страницы со всеми показателями"):
        assert words.lower() in text_of(digest).lower()
        assert words in html_of(digest)


def test_what_others_wrote_stays_words(digest):
    found = Addresses(html_of(digest))
    assert not found.tags & {"img", "script", "iframe", "link", "object"}
    assert {re.match(r"https://[^/]+", address)[0] for address in found.found} == {"https://gospub.example.ru"}


def test_it_is_read_without_images_and_loads_nothing(digest):
    assert "url(" not in html_of(digest)
    assert "@import" not in html_of(digest)


def test_the_subject_names_nobody_and_no_institution(digest):
    assert digest["Subject"].strip() == "Ваши страницы за неделю с 21.10 по 27.10.2024"


def test_the_sender_is_the_one_of_the_settings(server, send, settings):
    settings.DEFAULT_FROM_EMAIL = "Госпаблик <mail@gospub.example.ru>"
    answer()
    send()
    assert server.last()["From"] == "Госпаблик <mail@gospub.example.ru>"


def test_mail_programs_end_it_with_one_click(digest):
    """RFC 8058: they post to the address without cookies, without a form's token and without opening it."""
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = digest["List-Unsubscribe"].strip(" <>")
    assert address.startswith("https://gospub.example.ru/letters/off/")
    assert address in text_of(digest)
    client = Client(enforce_csrf_checks=True)
    path = address.removeprefix("https://gospub.example.ru")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert due.put_in(MONDAY + dt.timedelta(days=7)) == 0


@pytest.mark.parametrize("kind", [Kind.APPEAL_ANSWER, Kind.OPERATOR])
def test_answers_and_messages_to_operators_cannot_be_ended(server, send, kind):
    post("one", kind, UserFactory(), subject="Ответ", text="Принято.", now=MONDAY)
    send()
    message = server.last()
    assert message["List-Unsubscribe"] is None
    assert "Отписаться" not in text_of(message) + html_of(message)


def test_a_programs_own_answer_is_not_wanted(digest):
    assert digest["Auto-Submitted"] == "auto-generated"


def test_the_message_id_tells_nothing_of_the_reader_and_is_of_our_host(digest):
    assert re.fullmatch(r"<[0-9a-f]{32}@gospub\.example\.ru>", digest["Message-ID"])


def test_lines_of_a_posted_text_stay_and_only_our_own_addresses_become_links(settings):
    settings.PUBLIC_URL = "https://gospub.example.ru"
    html = twin(
        "Здравствуйте!\n\nПервая\n<b>вторая</b>\n \nСм. https://gospub.example.ru/appeals/5/. "
        "И https://gospub.example.ru.evil.example/ тоже"
    )
    assert html.count("<p>") == 3
    assert "Первая<br>\n&lt;b&gt;вторая" in html
    assert '<a href="https://gospub.example.ru/appeals/5/">https://gospub.example.ru/appeals/5/</a>.' in html
    assert html.count("<a ") == 1


def test_a_subject_of_several_lines_becomes_one(server, send):
    answer(subject="Ответ\r\nBcc: everybody@example.org")
    send()
    assert server.last()["Subject"] == "Ответ Bcc: everybody@example.org"
    assert server.last()["Bcc"] is None


def test_the_style_of_the_twin_is_the_one_that_the_screens_let_through(digest):
    style = re.search(r"<style>(.*?)</style>", html_of(digest).replace("\r\n", "\n"), re.DOTALL)[1]
    css = render_to_string("mail/style.css")
    assert hashlib.sha256(style.encode()).digest() == hashlib.sha256(css.encode()).digest()


def test_each_operator_is_told_by_a_letter_of_the_own(server, send):
    people = {operator().email, operator().email}
    tell("vk:dead", "ВКонтакте: ключ", "Замените ключ.", MONDAY)
    assert [operators.pass_on(MONDAY), operators.pass_on(MONDAY)] == [1, 0]
    send()
    assert set(server.received) == people
    assert len(server.letters) == 2


def test_a_message_waits_until_there_is_an_operator(server, send):
    tell("vk:dead", "ВКонтакте: ключ", "Замените ключ.", MONDAY)
    assert operators.pass_on(MONDAY) == 0
    operator()
    assert operators.pass_on(MONDAY) == 1


# --- the token --------------------------------------------------------------------------------------------------------


def test_a_token_is_of_one_user_and_kind_and_cannot_be_made_up(region):
    user = analyst(region)
    token = choices.token_of(user, Kind.ANALYST_DIGEST)
    assert choices.read_token(token) == (user, Kind.ANALYST_DIGEST)
    assert choices.read_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert choices.read_token("nothing") is None
    assert choices.read_token(choices.token_of(user, Kind.APPEAL_ANSWER)) is None
    user.delete()
    assert choices.read_token(token) is None
