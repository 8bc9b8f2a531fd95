"""Signing in: guessing is stopped before a password is hashed, nobody is told who exists, sessions end when told to."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry, User
from tests.factories import InstitutionFactory, UserFactory, institution_admin

pytestmark = pytest.mark.django_db
PASSWORD = "password-for-tests"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class CountingHasher(PBKDF2PasswordHasher):
    """Real hashes, cheap ones, and how many of them were asked for."""

    iterations = 1
    asked = 0

    def encode(self, *args, **options):
        type(self).asked += 1
        return super().encode(*args, **options)


@pytest.fixture(autouse=True)
def _counted(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.asked = 0


@pytest.fixture
def user():
    return UserFactory(second_factor=False)


def attempt(email: str, password: str = "wrong", address: str = HERE, client: Client | None = None) -> int:
    data = {"login": email, "password": password}
    return (client or Client()).post(reverse("account_login"), data, REMOTE_ADDR=address).status_code


# --- guessing ---------------------------------------------------------------------------------------------------------


def test_after_ten_wrong_passwords_nothing_is_hashed_any_more(user):
    assert [attempt(user.email) for _ in range(10)] == [200] * 10
    before = CountingHasher.asked
    assert before >= 10
    assert [attempt(user.email), attempt(user.email, PASSWORD)] == [429, 429]
    assert CountingHasher.asked == before


def test_twin_without_the_limit_the_eleventh_is_hashed(user, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    for _ in range(10):
        attempt(user.email)
    before = CountingHasher.asked
    attempt(user.email)
    assert CountingHasher.asked > before


def test_the_page_says_in_russian_how_long_to_wait(user):
    for _ in range(10):
        attempt(user.email)
    response = Client().post(reverse("account_login"), {"login": user.email, "password": "x"}, REMOTE_ADDR=HERE)
    assert "Подождите десять минут" in response.content.decode()


def test_one_who_guesses_locks_out_nobody_elsewhere(user):
    for _ in range(12):
        attempt(user.email, address=ELSEWHERE)
    assert attempt(user.email, PASSWORD) == 302


def test_one_address_tries_fifty_accounts_and_no_more(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "100/m/ip"}  # another limit, of the form
    assert [attempt(f"user{n}@example.org") for n in range(50)] == [200] * 50
    before = CountingHasher.asked
    assert attempt("user50@example.org") == 429
    assert CountingHasher.asked == before


def test_the_tries_are_still_known_when_much_else_was_remembered(user):
    for _ in range(10):
        attempt(user.email)
    for number in range(400):  # by default 300 are kept, and then a third of them by chance
        cache.set(f"other-{number}", number)
    assert attempt(user.email) == 429


def test_the_right_password_costs_no_try(user):
    for _ in range(12):
        assert attempt(user.email, PASSWORD) == 302


def test_behind_a_proxy_of_ours_the_address_is_the_visitors(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"203.0.113.9, {ELSEWHERE}"}
    Client().post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, **forged)
    assert UserSession.objects.get(user=user).ip == ELSEWHERE


# --- who exists -------------------------------------------------------------------------------------------------------


def test_an_unknown_address_costs_a_hash_as_well(user):
    asked = []
    for email in (user.email, "nobody@example.org"):
        CountingHasher.asked = 0
        attempt(email)
        asked.append(CountingHasher.asked)
    assert asked == [1, 1]


def test_a_reset_says_the_same_of_every_address(user):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email}) for email in (user.email, "no@example.org")
    ]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


def test_a_reset_link_sets_a_new_password_once_and_ends_the_sessions(user):
    signed_in = Client()
    attempt(user.email, PASSWORD, client=signed_in)
    Client().post(reverse("account_reset_password"), {"email": user.email})
    link = mail.outbox[-1].body.partition("http://testserver")[2].split()[0]
    client = Client()
    form = client.get(link, follow=True)
    assert link.strip("/").rpartition("-")[2] not in form.redirect_chain[-1][0]  # no Referer has the key
    assert form["Referrer-Policy"] == "same-origin"
    new = {"password1": "a-new-long-phrase", "password2": "a-new-long-phrase"}
    client.post(form.redirect_chain[-1][0], new)
    user.refresh_from_db()
    assert user.check_password("a-new-long-phrase")
    assert signed_in.get("/account/").url.startswith(reverse("account_login"))
    assert AuditEntry.objects.last().action == "password.reset"
    assert "Set-Cookie" not in Client().get(link)
    again = Client().get(link, follow=True)
    assert "password1" not in again.content.decode()


@pytest.mark.parametrize("headers", [{"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}])
def test_a_letter_never_leads_to_another_host(user, headers):
    answer = Client().post(reverse("account_reset_password"), {"email": user.email}, **headers)
    assert "evil" not in "".join(letter.body for letter in mail.outbox)
    assert (answer.status_code, len(mail.outbox)) == ((400, 0) if "HTTP_HOST" in headers else (302, 1))


def test_a_letter_to_an_address_without_an_account_asks_nobody_to_sign_up():
    """Both are written to, so that the answer takes as long."""
    Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["nobody@example.org"], "Госпаб: Неизвестный аккаунт")
    assert "по приглашению" in letter.body
    assert "signup" not in letter.body


@pytest.mark.parametrize("known", [True, False])
def test_a_mail_server_that_is_down_is_told_without_who_exists(user, settings, known):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    data = {"email": user.email if known else "nobody@example.org"}
    answer = Client().post(reverse("account_reset_password"), data, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(reverse("account_reset_password"), 302)])
    assert "Почтовый сервер сейчас не принимает письмо" in answer.content.decode()


def test_somebody_who_was_switched_off_is_told_so_after_the_right_password_alone(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    for password, told in (("wrong", False), (PASSWORD, True)):
        answer = Client().post(reverse("account_login"), {"login": user.email, "password": password}, follow=True)
        assert answer.status_code == 200
        assert ("отключена" in answer.content.decode()) == told


def test_a_new_password_ends_the_other_sessions_and_is_in_the_audit_trail(user):
    here, there = Client(), Client()
    for client in (here, there):
        attempt(user.email, PASSWORD, client=client)
    new = {"oldpassword": PASSWORD, "password1": "a-new-long-phrase", "password2": "a-new-long-phrase"}
    here.post(reverse("account_change_password"), new)
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).url.startswith(reverse("account_login"))
    assert AuditEntry.objects.last().action == "password.change"


# --- sessions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(user) -> tuple[Client, Client]:
    clients = Client(), Client()
    for client, address in zip(clients, (HERE, ELSEWHERE), strict=True):
        attempt(user.email, PASSWORD, address, client)
    return clients


def test_the_account_lists_where_one_is_signed_in(two):
    html = two[0].get(reverse("account")).content.decode()
    assert HERE in html
    assert ELSEWHERE in html


def test_a_session_ends_now(two):
    session = UserSession.objects.get(ip=ELSEWHERE)
    two[0].post(reverse("session_end", args=[session.pk]))
    assert two[1].get(reverse("account")).url.startswith(reverse("account_login"))
    assert two[0].get(reverse("account")).status_code == 200
    assert AuditEntry.objects.filter(action="session.end").count() == 1


def test_nobody_ends_another_ones_session(two):
    other = Client()
    other.force_login(UserFactory())
    for session in UserSession.objects.all():
        assert other.post(reverse("session_end", args=[session.pk])).status_code == 404
    assert two[1].get(reverse("account")).status_code == 200


def test_sessions_that_have_run_out_are_forgotten(two, user):
    two[1].session.flush()
    html = two[0].get(reverse("account")).content.decode()
    assert ELSEWHERE not in html
    assert UserSession.objects.filter(user=user).count() == 1


def test_a_sign_in_gives_the_session_a_new_key(user):
    client = Client()
    client.get(reverse("account_login"))
    before = client.session.session_key
    attempt(user.email, PASSWORD, client=client)
    assert client.session.session_key != before


def test_a_sign_in_is_in_the_audit_trail_with_its_address():
    user = institution_admin(InstitutionFactory())
    user.authenticator_set.all().delete()
    attempt(user.email, PASSWORD, ELSEWHERE)
    entry = AuditEntry.objects.get(action="sign_in")
    assert (entry.actor, entry.address) == (user.email, ELSEWHERE)
