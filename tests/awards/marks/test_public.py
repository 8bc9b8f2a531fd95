"""The public address of a mark: what it says to anybody, how a code may be typed, and what it keeps to itself."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from awards.marks.issuing import withdraw
from awards.marks.public import MOST_MISSES
from gospub.accounts.models import Role
from monitoring.models import Page, PageStatus
from tests.factories import PersonFactory, UserFactory, official, steward

from .worlds import NOW

WHY = "Страница передана другому учреждению"


def asked(code: str, **options: str):
    return Client(**options).get(f"/b/{code}/")


def text_of(response) -> str:
    main = re.search(r"<main.*</main>", response.content.decode(), re.S)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ")


def test_a_mark_in_force_is_real_and_whose(mark):
    response = asked(mark.code)
    text = text_of(response)
    assert response.status_code == 200
    assert "Знак настоящий и действует." in text
    for part in (mark.title, "ВКонтакте", mark.page.url, mark.page.institution.name, mark.contest.region.name, "2024"):
        assert part in text, part
    assert "Выдан 20.01.2025" in text
    assert "Действует до 19.01.2026" in text
    assert f'href="{mark.page.url}"' in response.content.decode()


def test_a_mark_that_is_over_says_since_when(mark, settings):
    settings.DEMO_CLOCK = "2026-01-20T12:00:00+10:00"
    text = text_of(asked(mark.code))
    assert "срок истёк: с 20.01.2026 он не действует" in text
    assert "и действует." not in text


def test_a_mark_that_was_withdrawn_says_since_when_but_not_by_whom_or_why(mark):
    user = official(mark.contest.region)
    withdraw(mark, WHY, user=user, now=NOW)
    response = asked(mark.code)
    assert "Знак отозван 20.01.2025" in text_of(response)
    assert WHY not in response.content.decode()
    assert not {user.email, user.full_name} & set(re.findall(r"[^<>\s][^<>]*", response.content.decode()))


def test_a_mark_whose_address_leads_to_somebody_else_says_so(mark):
    assert "на другое сообщество" not in text_of(asked(mark.code))
    Page.objects.filter(pk=mark.page_id).update(status=PageStatus.REPLACED)
    assert "на другое сообщество" in text_of(asked(mark.code))


def test_a_code_that_nobody_has_is_clearly_none(mark):
    response = asked("ACDEFGHJ")
    assert response.status_code == 404
    assert "Знака качества с кодом ACDEFGHJ не выдавали." in text_of(response)
    assert "public" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("code", ["<script>alert(1)</script>", "a%00b", "%F0%9F%98%80", "x" * 4000, "' OR 1=1 --"])
def test_a_hostile_code_is_none_either(mark, code):
    response = asked(code.replace("</", "<%2F"))
    assert response.status_code == 404
    assert "<script>alert" not in response.content.decode()


# --- how a code may be typed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["ACEHKM34", "acehkm34", "ACEH KM34", "aceh-km34", " ACEH–KM34. ", "АСЕНКМ34", "асенкмзч", "АCEHкM3Ч"],
)
def test_a_code_is_understood_however_it_is_typed(mark, typed):
    assert text_of(asked(typed)).count(mark.title) == 1


def test_a_code_may_be_typed_into_a_form(mark):
    html = Client().get(reverse("badge_check")).content.decode()
    assert 'name="code"' in html
    response = Client().get(reverse("badge_check"), {"code": "aceh km34"}, follow=True)
    assert response.redirect_chain == [("/b/ACEHKM34/", 302)]
    assert "Знак настоящий" in text_of(response)


def test_a_form_without_a_code_is_shown_again(mark):
    assert 'name="code"' in Client().get(reverse("badge_check"), {"code": " ? "}).content.decode()


# --- the same for everybody -------------------------------------------------------------------------------------------


def test_any_cache_may_keep_the_answer_for_five_minutes(mark):
    response = asked(mark.code)
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


def test_neither_cookies_nor_a_sign_in_change_a_letter_of_it(mark):
    plain = asked(mark.code).content
    client = Client()
    client.cookies.load({"theme": "dark", "django_language": "en"})
    client.force_login(official(mark.contest.region))
    client.post(reverse("mark_withdraw", args=[mark.pk]), {"reason": "нет"})  # leaves a message for the next screen
    response = client.get(f"/b/{mark.code}/", headers={"HX-Request": "true"})
    assert response.content == plain
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Content-Language"] == "ru"
    assert "at least ten characters" in client.get("/", follow=True).content.decode()


def test_nothing_of_the_installation_is_on_it(mark):
    html = asked(mark.code).content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert {link for link in re.findall(r'href="(/[^"]*)"', html) if not link.startswith("/static/")} == {"/"}


def test_nobody_is_named_on_it(mark):
    person = PersonFactory(region=mark.contest.region)
    steward(mark.page, person, mark.issued_on)
    assert person.name not in asked(mark.code).content.decode()


def test_it_is_open_to_an_analyst_without_a_second_factor(mark):
    user, client = UserFactory(second_factor=False), Client()
    user.grants.create(role=Role.ANALYST, region=mark.contest.region)
    client.force_login(user)
    assert client.get("/").url == reverse("account")
    assert client.get(f"/b/{mark.code}/").status_code == 200


# --- guessing ---------------------------------------------------------------------------------------------------------


def test_who_guesses_is_kept_off_and_nobody_else(mark):
    guesser = Client(REMOTE_ADDR="192.0.2.7")
    for number in range(MOST_MISSES):
        assert guesser.get(f"/b/GUESS{number}/").status_code == 404
    refused = guesser.get(f"/b/{mark.code}/")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "600"
    assert mark.title not in refused.content.decode()
    assert asked(mark.code, REMOTE_ADDR="192.0.2.8").status_code == 200


def test_a_hall_that_checks_real_marks_is_not_kept_off(mark):
    client = Client(REMOTE_ADDR="192.0.2.9")
    assert {client.get(f"/b/{mark.code}/").status_code for _ in range(MOST_MISSES + 5)} == {200}
