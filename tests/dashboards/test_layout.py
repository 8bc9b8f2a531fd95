"""What every screen has: sign-in, menu, theme, language, errors, security headers."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import Role
from tests.factories import (
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    UserFactory,
    analyst,
    curator,
    institution_admin,
    one_time_code,
    operator,
)

from .test_overview import text_of


def test_a_stranger_is_led_to_the_sign_in(db):
    response = Client().get("/")
    assert response.url == "/account/login/?next=/"
    assert "Войти" in text_of(Client().get(response.url))


def test_signing_in_leads_home_and_home_to_the_analysts_desk(region):
    user = analyst(region)
    client = Client()
    response = client.post(
        reverse("account_login"), {"login": user.email, "password": "password-for-tests"}, follow=True
    )
    response = client.post(response.redirect_chain[-1][0], {"code": one_time_code()}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("region_desk", args=[region.code])


def test_a_wrong_password_says_nothing_of_who_exists(db):
    known, unknown = UserFactory().email, "nobody@example.org"
    answers = [
        text_of(Client().post(reverse("account_login"), {"login": email, "password": "x"})).replace(email, "")
        for email in (known, unknown)
    ]
    assert answers[0] == answers[1]
    assert "Ошибка:" in answers[0]


def test_an_institution_admin_is_led_to_the_own_desk(region):
    institution = InstitutionFactory(region=region)
    client = Client()
    client.force_login(institution_admin(institution))
    assert client.get("/").url == reverse("desk", args=[institution.pk])


def test_an_admin_of_several_institutions_chooses(region):
    first, second = InstitutionFactory(region=region), InstitutionFactory(region=region)
    user = institution_admin(first)
    user.grants.create(role=Role.INSTITUTION_ADMIN, region=region, institution=second)
    client = Client()
    client.force_login(user)
    assert client.get("/").url == reverse("desks")


def test_a_curator_is_led_to_the_first_institution(region):
    institution = InstitutionFactory(region=region, founder="Минкульт")
    client = Client()
    client.force_login(curator(region, "Минкульт"))
    assert client.get("/").url == reverse("institution", args=[institution.pk])


def test_someone_without_any_right_gets_a_kind_word(db):
    client = Client()
    client.force_login(UserFactory())
    assert "Вам ещё не открыт ни один регион" in text_of(client.get("/"))


def test_the_choice_of_regions_leads_to_what_the_user_may_open(region):
    elsewhere = RegionFactory()
    mine, other = InstitutionFactory(region=region), InstitutionFactory(region=elsewhere)
    user = institution_admin(mine)
    user.grants.create(role=Role.INSTITUTION_ADMIN, region=elsewhere, institution=other)
    client = Client()
    client.force_login(user)
    offered = choice_of_regions(client, reverse("desk", args=[mine.pk]))
    assert offered == {reverse("pages", args=[each.code]) for each in (region, elsewhere)}
    assert all(client.get(address).status_code == 200 for address in offered)


def test_who_sees_whole_regions_chooses_between_their_overviews(region):
    elsewhere, client = RegionFactory(), Client()
    client.force_login(operator())
    offered = choice_of_regions(client, reverse("overview", args=[region.code]))
    assert offered == {reverse("overview", args=[each.code]) for each in (region, elsewhere)}


def choice_of_regions(client, url) -> set[str]:
    menu = re.search(r'<details class="menu side-region">.*?</details>', client.get(url).content.decode(), re.S)[0]
    return set(re.findall(r'<a href="([^"]+)"', menu))


def menu(client, url) -> list[str]:
    html = client.get(url).content.decode()
    nav = re.search(r'<nav class="side-nav".*?</nav>', html, re.S)[0]
    return re.findall(r"<span>([^<]+)</span>", nav)


def test_the_menu_has_what_the_user_may_open(analyst_client, region):
    page = PageFactory(institution=InstitutionFactory(region=region))
    client = Client()
    client.force_login(institution_admin(page.institution))
    assert menu(analyst_client, reverse("pages", args=[region.code])) == [
        "Рабочий стол",
        "Регион",
        "Страницы",
        "Учреждения",
        "Администраторы страниц",
        "Рейтинги",
        "Награды",
        "Обучение и форум",
        "Присутствие и закон",
        "Факты для прессы",
        "Виды и отчёты",
        "События",
        "Сомнительные числа",
        "Признаки накрутки",
        "Апелляции",
        "Сбор",
        "Реестр",
        "Открытая часть",
        "Доступ",
        "Ключи открытых данных",
    ]
    own = [
        "Сегодня",
        "Страницы",
        "Учреждения",
        "Рейтинги",
        "Награды",
        "Обучение и форум",
        "Виды и отчёты",
        "События",
        "Признаки накрутки",
        "Апелляции",
    ]
    assert menu(client, reverse("page", args=[page.pk])) == own


def test_the_menu_marks_where_one_is(analyst_client, region):
    html = analyst_client.get(reverse("pages", args=[region.code])).content.decode()
    assert re.search(r'href="/regions/[^/]+/pages/"\s+aria-current="page"', html)


def test_several_regions_can_be_switched(region):
    client = Client()
    client.force_login(operator())
    other = RegionFactory(name="Второй край")
    html = client.get(reverse("overview", args=[region.code])).content.decode()
    assert reverse("overview", args=[other.code]) in html


@pytest.mark.parametrize(("theme", "attribute"), [("dark", 'data-bs-theme="dark"'), ("auto", "<html")])
def test_the_theme_is_kept_in_a_cookie(analyst_client, region, theme, attribute):
    response = analyst_client.post(reverse("theme"), {"theme": theme, "next": f"/regions/{region.code}/"}, follow=True)
    assert response.redirect_chain[-1][0] == f"/regions/{region.code}/"
    assert attribute in response.content.decode()
    assert ("data-bs-theme" in response.content.decode().split(">")[1]) == (theme == "dark")


def test_the_theme_never_leads_to_a_foreign_site(db):
    response = Client().post(reverse("theme"), {"theme": "dark", "next": "https://evil.example/"})
    assert response.url == "/"


def test_a_hostile_theme_cookie_is_ignored(analyst_client, region):
    analyst_client.cookies["theme"] = "x onload=1"
    assert "onload" not in analyst_client.get(reverse("overview", args=[region.code])).content.decode()


def test_the_language_can_be_switched(analyst_client, region):
    url = reverse("pages", args=[region.code])
    response = analyst_client.post(reverse("set_language"), {"language": "en", "next": url}, follow=True)
    html = response.content.decode()
    assert '<html lang="en"' in html
    assert "Institutions" in html


def test_russian_comes_first_whatever_the_browser_prefers(analyst_client, region):
    headers = {"Accept-Language": "en-US,en"}
    assert (
        '<html lang="ru"' in analyst_client.get(reverse("pages", args=[region.code]), headers=headers).content.decode()
    )


def test_a_language_that_there_is_not_is_ignored(analyst_client, region):
    analyst_client.cookies["django_language"] = "xx"
    assert '<html lang="ru"' in analyst_client.get(reverse("pages", args=[region.code])).content.decode()


def test_the_demo_says_that_it_is_one(analyst_client, region, settings):
    url = reverse("overview", args=[region.code])
    assert "Демонстрация" in text_of(analyst_client.get(url))
    settings.DEMO_CLOCK = ""
    assert "Демонстрация" not in text_of(analyst_client.get(url))


def test_a_missing_page_is_told_in_the_layout(analyst_client):
    response = analyst_client.get("/regions/RU-NONE/")
    assert response.status_code == 404
    assert "Здесь ничего нет" in text_of(response)


def test_our_own_fault_is_told_without_a_trace(region, settings):
    client = Client(raise_request_exception=False)
    client.force_login(analyst(region))
    settings.DEMO_CLOCK = "not a moment"
    response = client.get(reverse("overview", args=[region.code]))
    assert response.status_code == 500
    assert "Что-то сломалось" in text_of(response)
    assert "not a moment" not in response.content.decode()


def test_a_form_from_a_stale_page_is_told_so(region):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("theme"), {"theme": "dark"})
    assert response.status_code == 403
    assert "Форма устарела" in text_of(response)


def test_nothing_inline_and_nothing_foreign_is_in_a_page(analyst_client, region):
    PageFactory(institution=InstitutionFactory(region=region))
    for url in (reverse("overview", args=[region.code]), reverse("pages", args=[region.code])):
        response = analyst_client.get(url)
        html = response.content.decode()
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
        assert not re.search(r'(?:src|<link[^>]*href)="https?:', html)


@pytest.mark.parametrize("name", ["account_reset_password", "account_reset_password_done", "account_signup"])
def test_the_other_account_pages_have_the_layout(db, name):
    html = Client().get(reverse(name)).content.decode()
    assert "gospub.css" in html
    assert '<main class="main"' in html


def test_the_script_stays_small():
    from django.conf import settings

    assert (settings.BASE_DIR / "static/js/gospub.js").stat().st_size < 5 * 1024
