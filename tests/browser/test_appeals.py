"""Appeals in a real browser: drafts that keep themselves and survive the end of a sign-in, effects that follow."""

import re

import pytest
from playwright.sync_api import expect

from appeals.models import Appeal
from tests.factories import institution_admin

from .access import session_of
from .appeals import another_value

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Обложка была на странице весь месяц"


@pytest.fixture
def contesting(visit, world):
    """The form of an appeal, open for the institution's admin: (screen, address, user)."""
    score = another_value(world.screens)
    user = institution_admin(score.page.institution)
    screen, address = visit(user=user), f"/scores/{score.pk}/cover/appeal/"
    screen.open(address)
    return screen, address, user


def test_the_form_is_accessible_and_fits(visit, world, contesting):
    _screen, address, user = contesting
    for width in (320, 360, 1440):
        screen = visit(width=width, user=user)
        screen.open(address)
        assert (screen.sideways(), screen.violations(), screen.problems) == (0, [], [])


def test_what_is_typed_is_kept_by_itself(contesting):
    screen, address, _user = contesting
    screen.tab.get_by_label("Что неверно и почему").press_sequentially(TEXT)
    expect(screen.tab.locator("#kept")).to_contain_text("Черновик сохранён")
    screen.open(address)
    expect(screen.tab.get_by_label("Что неверно и почему")).to_have_value(TEXT)
    assert Appeal.objects.get(state="draft").text == TEXT


def test_the_end_of_the_sign_in_takes_nothing_from_the_screen(contesting):
    screen, address, user = contesting
    field = screen.tab.get_by_label("Что неверно и почему")
    field.press_sequentially(TEXT)
    expect(screen.tab.locator("#kept")).to_contain_text("Черновик сохранён")
    screen.tab.context.clear_cookies(name="sessionid")
    field.press_sequentially(" и дальше")
    expect(screen.tab.locator("#kept")).to_contain_text("Вход завершён")
    assert screen.tab.url.endswith(address)
    expect(field).to_have_value(f"{TEXT} и дальше")
    # signed in again in another window: with a new session the token of forms is a new one, too
    new = {"sessionid": session_of(user), "csrftoken": "b" * 32}
    screen.tab.context.add_cookies([{"name": name, "value": new[name], "url": screen.base} for name in new])
    field.press_sequentially(", и после")
    expect(screen.tab.locator("#kept")).to_contain_text("Черновик сохранён")
    screen.tab.get_by_role("button", name="Подать апелляцию").click()
    screen.tab.wait_for_url(re.compile(r"/appeals/\d+/"))
    assert Appeal.objects.get(author=user).text == f"{TEXT} и дальше, и после"


def test_without_javascript_the_draft_is_kept_by_a_button(visit, world):
    score = another_value(world.screens)
    screen = visit(javascript=False, user=institution_admin(score.page.institution))
    screen.open(f"/scores/{score.pk}/cover/appeal/")
    screen.tab.get_by_label("Что неверно и почему").fill("Обложка")
    screen.tab.get_by_role("button", name="Сохранить черновик").click()
    expect(screen.tab.get_by_label("Что неверно и почему")).to_have_value("Обложка")
    assert Appeal.objects.get(state="draft").text == "Обложка"


def test_the_effect_follows_the_numbers_and_is_what_is_accepted(visit, world):
    screen = visit()
    screen.open(world.screens["appeal"])
    before = screen.tab.locator("#effect .facts").inner_text()
    field = screen.tab.get_by_role("textbox", name=re.compile("Числитель")).last
    field.fill("0,5")
    field.press("Tab")
    expect(screen.tab.locator("#effect .facts")).not_to_have_text(before)
    screen.tab.get_by_label("Ответ учреждению").fill("Снимок подтверждает половину дня")
    screen.tab.get_by_role("button", name="Удовлетворить").click()
    expect(screen.tab.get_by_text("Апелляция удовлетворена")).to_be_visible()
    assert Appeal.objects.get(state="accepted").corrections.get().numerator == 0.5
    assert screen.problems == []
