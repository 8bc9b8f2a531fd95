"""A16, A17, A19, A25 – A29: forms sent by others, the end of a session, signing in as somebody else."""

import re
import statistics
import time
from collections.abc import Callable

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gospub.accounts import resetting
from gospub.accounts.models import User
from tests.factories import InstitutionFactory, UserFactory, institution_admin
from tests.matrix import WRITE, signed_in
from tests.permission_world import Role, World
from tests.permissions import TABLE

from .payloads import REDIRECTS

PASSWORD = "password-for-tests"
# The link of a letter is what allows it, and mail programs press it without a form (RFC 8058).
POSTS = [name for name, rule in TABLE.items() if "POST" in rule.takes and name != "unsubscribe"]


@pytest.fixture
def user(db) -> User:
    return UserFactory(second_factor=False)


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: object):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


# --- forms of others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OFFICIAL, Role.ADMIN, Role.OPERATOR])
def test_a16_no_form_is_taken_without_its_token(here: World, role: Role):
    client = Client(enforce_csrf_checks=True)
    client.force_login(here.users[role])
    other = Client(enforce_csrf_checks=True)
    other.get(reverse("account_login"))
    foreign = other.cookies["csrftoken"].value
    for name in POSTS:
        address = reverse(name, args=TABLE[name].args(here.here))
        for sent, headers in (
            ({}, {}),
            ({}, {"HX-Request": "true"}),
            ({"csrfmiddlewaretoken": foreign}, {}),
            ({}, {"X-CSRFToken": foreign}),
            ({}, {"Origin": "https://evil.example"}),
        ):
            with CaptureQueriesContext(connection) as asked:
                assert client.post(address, sent, headers=headers).status_code == 403, name
            assert not [each["sql"] for each in asked if WRITE.match(each["sql"])], name


def test_a16_a_token_does_not_serve_from_another_origin(here: World):
    client = Client(enforce_csrf_checks=True)
    client.force_login(here.users[Role.ANALYST])
    client.get(reverse("road_map", args=[here.here.region.code]))
    token = client.cookies["csrftoken"].value
    address, sent = reverse("theme"), {"theme": "dark", "csrfmiddlewaretoken": token}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent, headers={"Origin": "https://evil.example"}).status_code == 403
    secure = {"secure": True, "headers": {"Referer": "https://evil.example/"}}
    assert client.post(address, sent, **secure).status_code == 403


def test_a16_twin_without_the_check_the_form_is_taken(here: World):
    client = signed_in(here, Role.ANALYST)
    assert (
        client.post(reverse("theme"), {"theme": "dark"}, headers={"Origin": "https://evil.example"}).status_code == 302
    )


def test_a17_after_the_session_a_card_is_no_sign_in_form(here: World):
    client = signed_in(here, Role.ANALYST)
    address = reverse("pages", args=[here.here.region.code])
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    client.session.flush()
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith(reverse("account_login"))
    assert answer.content == b""


def test_a19_nobody_is_led_out_of_the_house(here: World, user: User):
    analyst = signed_in(here, Role.ANALYST)
    evidence, login = reverse("evidence_decide", args=[here.here.evidence.pk]), reverse("account_login")
    for target in REDIRECTS:
        answers = [
            sign_in(Client(), user.email, next=target),
            Client().post(f"{login}?next=/", {"login": user.email, "password": PASSWORD, "next": target}),
            Client().post(reverse("theme"), {"theme": "dark", "next": target}),
            Client().post(reverse("set_language"), {"language": "en", "next": target}),
            Client().post(reverse("set_language"), {"language": "en"}, headers={"Referer": target.strip()}),
            analyst.post(evidence, {"decision": "confirmed", "note": "Так", "next": target}),
            signed_in(here, Role.ADMIN).post(reverse("account_logout"), {"next": target}),
        ]
        for answer in answers:
            place = answer.headers.get("Location", "/")
            assert place.startswith("/"), (target, place)
            assert not place.startswith(("//", "/\\", "/\t", "/\n")), (target, place)
            assert "\n" not in place, target


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a25_a_session_from_before_the_sign_in_is_another_one_after_it(user: User):
    client = Client()
    client.get(reverse("account_login"))
    client.cookies[settings.SESSION_COOKIE_NAME] = fixed = "a" * 32
    sign_in(client, user.email)
    assert client.session.session_key != fixed
    assert Client(headers={"Cookie": f"sessionid={fixed}"}).get(reverse("account")).status_code == 302


def test_a25_sessions_end_with_the_password_and_with_the_account(user: User):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, user.email)
    new = {"oldpassword": PASSWORD, "password1": "a-new-long-phrase", "password2": "a-new-long-phrase"}
    here.post(reverse("account_change_password"), new)
    assert there.get(reverse("account")).status_code == 302
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert here.get(reverse("account")).status_code == 302


def test_a25_cookies_are_for_this_site_alone(user: User):
    client = Client()
    cookie = sign_in(client, user.email).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a26_who_guesses_is_stopped_before_a_password_is_hashed(user: User):
    answers = [sign_in(Client(), user.email, "wrong").status_code for _number in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), user.email).status_code == 302  # and nobody is locked out


class Cheaper(PBKDF2PasswordHasher):
    """A tenth of the product's work, so that whatever else differs weighs ten times as much."""

    iterations = PBKDF2PasswordHasher.iterations // 10


def tells_apart(known: Callable[[], object], unknown: Callable[[], object], tries: int = 200) -> bool:
    """Whether the medians of that many tries differ by a tenth. Turn by turn and in changing order, so that a busy
    machine slows both; what differs in truth differs in each of three rounds."""
    for _round in range(3):
        took: dict[Callable, list[float]] = {known: [], unknown: []}
        for number in range(tries):
            for ask in (known, unknown) if number % 2 else (unknown, known):
                begun = time.perf_counter()
                ask()
                took[ask].append(time.perf_counter() - begun)
        one, other = (statistics.median(each) for each in took.values())
        if max(one, other) < 1.1 * min(one, other):
            return False
    return True


@pytest.fixture
def guessing(user: User, settings) -> tuple[Callable[[], object], Callable[[], object]]:
    """A wrong password for somebody who has an account, and for somebody who has none."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Cheaper"]
    settings.ACCOUNT_RATE_LIMITS = False
    user.set_password(PASSWORD)
    user.save()
    return (lambda: sign_in(Client(), user.email, "wrong")), (lambda: sign_in(Client(), "no@example.org", "wrong"))


def test_a27_the_sign_in_takes_as_long_for_whoever_has_no_account(guessing):
    assert not tells_apart(*guessing)


def test_a27_twin_without_the_work_of_a_hash_for_everybody_the_time_tells(guessing, monkeypatch):
    monkeypatch.setattr(AuthenticationBackend, "_mitigate_timing_attack", lambda *_: None)
    assert tells_apart(*guessing, tries=20)


class Pondering(EmailBackend):
    """A mail server that takes its time over a letter to somebody who is there."""

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        time.sleep(0.03 * any("no@example.org" not in message.to for message in messages))
        return super().send_messages(messages)


@pytest.fixture
def forgetting(user: User, settings) -> tuple[Callable[[], object], Callable[[], object]]:
    """A reset for somebody who has an account, and for somebody who has none."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.EMAIL_BACKEND = f"{__name__}.Pondering"
    address = reverse("account_reset_password")
    return (
        lambda: Client().post(address, {"email": user.email}),
        lambda: Client().post(address, {"email": "no@example.org"}),
    )


def test_a27_a_reset_takes_as_long_for_whoever_has_no_account(forgetting, monkeypatch):
    monkeypatch.setattr(resetting, "STEP", resetting.STEP / 2)
    assert not tells_apart(*forgetting, tries=100)


def test_a27_twin_without_the_wait_the_time_of_a_reset_tells(forgetting, monkeypatch):
    monkeypatch.setattr(resetting, "STEP", 1e-6)
    assert tells_apart(*forgetting, tries=20)


def test_a27_nobody_is_told_in_words_who_has_an_account(user: User):
    texts = [
        Client().post(reverse("account_login"), {"login": email, "password": "wrong"}).content.decode()
        for email in (user.email, "nobody@example.org")
    ]
    assert said_of(texts[0], user.email) == said_of(texts[1], "nobody@example.org")
    resets = [
        Client().post(reverse("account_reset_password"), {"email": email}) for email in (user.email, "no@example.org")
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in resets}) == 1


def said_of(html: str, email: str) -> str:
    return re.sub(r'value="\w{64}"', "", html.replace(email, ""))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
def test_a28_a_reset_leads_nowhere_else_and_serves_once(user: User, headers: dict[str, str]):
    Client().post(reverse("account_reset_password"), {"email": user.email}, headers=headers)
    assert "evil" not in "".join(letter.body for letter in mail.outbox)
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    link = mail.outbox[-1].body.partition("http://testserver")[2].split()[0]
    client, new = Client(), {"password1": "a-new-long-phrase", "password2": "a-new-long-phrase"}
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert link.strip("/").rpartition("-")[2] not in address  # no Referer has the key
    client.post(address, new)
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_a29_an_invitation_serves_once_and_its_own_address_alone(here: World):
    address = reverse("invitation", args=[here.here.token])
    assert signed_in(here, Role.ADMIN).post(address).status_code == 404  # somebody else who is signed in
    given = {"full_name": "Вымышленная Анна", "password": "a-long-made-up-phrase", "email": "evil@example.org"}
    assert Client().post(address, given).status_code == 302
    assert User.objects.filter(email=here.here.invitation.email).exists()
    assert not User.objects.filter(email="evil@example.org").exists()
    assert Client().post(address, given).status_code == 404


def test_a29_an_admin_invites_nobody(db):
    client = Client()
    client.force_login(institution_admin(InstitutionFactory()))
    assert client.get(reverse("invitation_send")).status_code == 404
