"""The screens of letters: choosing, looking, having sent, unsubscribing; the operator's outbox; the demo's mail box."""

import os
import subprocess
import sys

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from letters import capture, choices
from letters.models import Kind, Letter, LetterState, Unsubscription
from tests.factories import (
    InstitutionFactory,
    RegionFactory,
    UserFactory,
    analyst,
    institution_admin,
    official,
    operator,
)

from .conftest import MONDAY, answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(region):
    return analyst(region)


def browser(user=None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def kinds(user) -> set[str]:
    return {offer.kind for offer in choices.offers(user)}


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_everybody_is_offered_what_the_own_rights_give(region):
    school = InstitutionFactory(region=region)
    assert kinds(analyst(region)) == {Kind.ANALYST_DIGEST, Kind.EVENT}
    assert kinds(official(region)) == {Kind.OFFICIAL_DIGEST, Kind.EVENT}
    assert kinds(institution_admin(school)) == {Kind.ADMIN_DIGEST, Kind.AWARD, Kind.EVENT}
    assert kinds(UserFactory()) == set()


def test_what_is_not_ticked_comes_no_more_and_comes_again_when_it_is(user):
    client = browser(user)
    assert page(client, "account").count("checked") == 2
    client.post(reverse("letters_choose"), {"kind": [Kind.EVENT]})
    assert choices.unsubscribed(user) == {Kind.ANALYST_DIGEST}
    assert page(client, "account").count("checked") == 1
    client.post(reverse("letters_choose"), {"kind": [Kind.EVENT, Kind.ANALYST_DIGEST]})
    assert choices.unsubscribed(user) == set()


def test_kinds_that_are_not_offered_are_neither_ended_nor_brought_back(user):
    Unsubscription.objects.create(user=user, kind=Kind.AWARD, since=MONDAY)
    browser(user).post(reverse("letters_choose"), {"kind": [Kind.AWARD, Kind.APPEAL_ANSWER, "nonsense"]})
    assert choices.unsubscribed(user) == {Kind.AWARD, Kind.ANALYST_DIGEST, Kind.EVENT}


def test_a_choice_is_in_the_audit_trail_once(user):
    for _ in range(2):
        browser(user).post(reverse("letters_choose"), {"kind": [Kind.EVENT]})
    entry = AuditEntry.objects.get(action="letters.choose")
    assert (entry.actor, entry.before, entry.after) == (user.email, {"off": []}, {"off": ["analyst_digest"]})


# --- unsubscribing without a sign-in ----------------------------------------------------------------------------------


def off(user, kind: Kind = Kind.ANALYST_DIGEST) -> str:
    return reverse("unsubscribe", args=[choices.token_of(user, kind)])


def test_opening_the_link_asks_and_ends_nothing(user):
    html = browser().get(off(user)).content.decode()
    assert "Отписаться?" in html
    assert not Unsubscription.objects.exists()


def test_the_button_ends_that_kind_of_letters_alone_and_pressing_it_again_changes_nothing(user):
    for _ in range(2):
        assert "Вы отписались" in browser().post(off(user)).content.decode()
    assert choices.unsubscribed(user) == {Kind.ANALYST_DIGEST}
    entry = AuditEntry.objects.get(action="letters.unsubscribe")
    assert (entry.actor, entry.after) == (user.email, {"kind": "analyst_digest"})


def test_the_page_does_not_tell_whose_letters_they_are(user):
    html = browser().get(off(user)).content.decode()
    assert user.email not in html
    assert user.full_name not in html


def test_a_link_that_was_tampered_with_leads_nowhere(user):
    assert browser().post(off(user) + "x/").status_code == 404
    assert not Unsubscription.objects.exists()


def test_who_has_still_to_set_up_a_second_factor_unsubscribes_all_the_same(region):
    user = UserFactory(second_factor=False)
    user.grants.create(role="analyst", region=region)
    assert browser(user).post(off(user)).status_code == 200
    assert browser(user).get(reverse("digest", args=[region.code, Kind.ANALYST_DIGEST])).status_code == 302


# --- the own weekly letter --------------------------------------------------------------------------------------------


def digest(region, kind: Kind = Kind.ANALYST_DIGEST) -> str:
    return reverse("digest", args=[region.code, kind])


def test_the_letter_is_looked_at_before_it_is_sent(user, region):
    html = browser(user).get(digest(region)).content.decode()
    assert "Сбор данных за неделю с 21.10 по 27.10.2024" in html
    assert "Прислать мне сейчас" in html


def test_it_is_sent_on_demand_once_an_hour_and_that_is_audited(user, region, server, send):
    client = browser(user)
    texts = [client.post(digest(region), follow=True).content.decode() for _ in range(2)]
    assert "Письмо уйдёт" in texts[0]
    assert "В этом часе вы уже отправляли его" in texts[1]
    assert send() == 1
    assert server.received == [user.email]
    assert AuditEntry.objects.filter(action="letters.ask").count() == 1


def test_who_has_unsubscribed_is_not_sent_it(user, region):
    Unsubscription.objects.create(user=user, kind=Kind.ANALYST_DIGEST, since=MONDAY)
    client = browser(user)
    assert "Прислать мне сейчас" not in client.get(digest(region)).content.decode()
    client.post(digest(region))
    assert not Letter.objects.exists()


def test_where_there_is_nothing_to_tell_the_screen_says_so(region):
    html = browser(official(region)).get(digest(region, Kind.OFFICIAL_DIGEST)).content.decode()
    assert "Рассказать не о чем" in html


@pytest.mark.parametrize("kind", ["official_digest", "admin_digest", "award", "appeal_answer", "nonsense"])
def test_letters_that_one_does_not_get_are_not_there(user, region, kind):
    assert browser(user).get(reverse("digest", args=[region.code, kind])).status_code == 404


def test_a_region_without_the_right_is_not_there(user):
    assert browser(user).get(digest(RegionFactory())).status_code == 404


def test_the_twin_runs_and_loads_nothing(user, region):
    answer = browser(user).get(reverse("digest_twin", args=[region.code, Kind.ANALYST_DIGEST]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "unsafe" not in policy


# --- the operator's outbox --------------------------------------------------------------------------------------------


def test_the_operator_sees_what_waits_and_what_was_refused_with_the_reason(server, send):
    gone, late = answer(1), answer(2)
    server.recipients = {gone.email: "550 5.1.1 no such mailbox", late.email: "450 4.2.2 mailbox full"}
    send()
    html = page(browser(operator()), "networks")
    assert "Ждут отправки: 1. Отправлено за последние 90 дней: 0." in html
    assert gone.email in html
    assert "550 5.1.1 no such mailbox" in html
    assert "450 4.2.2 mailbox full" in html


def test_the_outbox_is_read_by_a_few_queries_however_much_is_in_it(django_assert_max_num_queries):
    for number in range(30):
        answer(number)
    Letter.objects.filter(pk__gt=Letter.objects.first().pk - 15).update(
        state=LetterState.REFUSED, reason="550", settled_at=MONDAY
    )
    client = browser(operator())
    with django_assert_max_num_queries(12):
        page(client, "networks")


# --- the demo's mail box ----------------------------------------------------------------------------------------------


@pytest.fixture
def box(settings, tmp_path):
    """Letters are captured as in the demo."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "letters.capture.CaptureBackend"


def captured(user, subject: str = "Тема", text: str = "Слова") -> str:
    """A letter to the user; returns its name."""
    message = EmailMultiAlternatives(subject, text, to=[user.email], connection=get_connection())
    message.attach_alternative(f"<p>{text}</p>", "text/html")
    message.send()
    return next(capture.letters_to(user)).name


def test_what_the_demo_sends_is_on_its_screen(box, user, send):
    answer(user=user)
    assert send() == 1
    html = page(browser(user), "mail")
    assert "Ответ на обращение" in html
    name = next(capture.letters_to(user)).name
    assert "Оценка пересчитана." in page(browser(user), "mail_letter", name)
    assert "Message-ID" in page(browser(user), "mail_letter", name)


def test_everybody_sees_the_own_letters_and_the_operator_all(box, user):
    other = UserFactory()
    mine, foreign = captured(user, "Моё"), captured(other, "Чужое")
    assert "Чужое" not in page(browser(user), "mail")
    for name in ("mail_letter", "mail_twin"):
        assert browser(user).get(reverse(name, args=[mine])).status_code == 200
        assert browser(user).get(reverse(name, args=[foreign])).status_code == 404
        assert browser(operator()).get(reverse(name, args=[foreign])).status_code == 200


def test_its_html_part_runs_and_loads_nothing(box, user):
    name = captured(user, text="<script>alert(1)</script>")
    policy = browser(user).get(reverse("mail_twin", args=[name]))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_outside_the_demo_there_is_no_mail_box(box, user, settings):
    name = captured(user)
    settings.DEMO_CLOCK = ""
    for address in (reverse("mail"), reverse("mail_letter", args=[name]), reverse("mail_twin", args=[name])):
        assert browser(user).get(address).status_code == 404


def test_the_demo_sends_nothing_out_of_the_machine():
    """Whatever EMAIL_URL says."""
    told = subprocess.run(
        [sys.executable, "-c", "from gospub import settings; print(settings.EMAIL_BACKEND)"],
        env=os.environ | {"GOSPUB_DEMO_CLOCK": "2024-10-26T20:00:00+10:00", "EMAIL_URL": "smtp://mail.example:25"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "letters.capture.CaptureBackend"
