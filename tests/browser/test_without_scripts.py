"""With JavaScript off: whatever is on a screen works, and the main jobs are done by links and forms alone."""

import re

import pytest
from playwright.sync_api import expect

from appeals.models import Appeal, AppealState
from tests.factories import institution_admin, one_time_code

from .appeals import another_value

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Обложка была на странице весь месяц"

# Buttons and fields that nothing would be done with: in no form, or in one that nothing sends. Of what the server
# answers, before any script has touched it.
DEAD = """async (addresses) => {
  const dead = {};
  for (const address of addresses) {
    const answer = await (await fetch(address)).text();
    const screen = new DOMParser().parseFromString(answer, "text/html");
    const found = [...screen.querySelectorAll("button, input:not([type=hidden]), select, textarea")]
      .filter((each) => !each.disabled && !each.closest("[hidden]"))
      .filter((each) => {
        if (!each.form || each.type === "button") return true;
        const parts = [...each.form.elements].filter((one) => one.type !== "hidden");
        // Enter sends a form of one line by itself.
        return !parts.some((one) => one.type === "submit") && !(parts.length === 1 && each.type === "search");
      });
    if (found.length) dead[address] = found.map((each) => each.outerHTML.slice(0, 160));
  }
  return dead;
}"""


@pytest.fixture
def screen(visit, world):
    return visit(javascript=False)


def test_no_button_or_field_waits_for_a_script(visit, world):
    screen = visit()
    screen.open("/account/")
    tab = screen.tab
    assert tab.evaluate(DEAD, list(world.addresses.values())) == {}
    tab.context.clear_cookies()
    assert tab.evaluate(DEAD, ["/account/login/", "/account/password/reset/", world.invitation]) == {}


def test_somebody_signs_in(screen, world):
    screen.tab.context.clear_cookies()
    user = institution_admin(world.institution)
    screen.open(world.addresses["institution"])
    expect(screen.tab.locator("#passkey_login")).to_be_hidden()  # a script asks for the key
    screen.tab.get_by_label("E-mail:").fill(user.email)
    screen.tab.get_by_label("Пароль:").fill("wrong")
    screen.tab.get_by_role("button", name="Войти", exact=True).click()
    expect(screen.tab.get_by_role("alert")).to_be_visible()
    screen.tab.get_by_label("Пароль:").fill("password-for-tests")
    screen.tab.get_by_role("button", name="Войти", exact=True).click()
    screen.tab.locator("input[name=code]").fill(one_time_code())
    screen.tab.locator("input[name=code]").press("Enter")
    screen.tab.wait_for_url(f"**{world.addresses['institution']}")


def test_the_list_of_pages_leads_to_an_institution_and_to_a_page_card(screen, world):
    screen.open(world.addresses["pages"])
    screen.tab.get_by_label("Поиск страницы").fill("межпоселенческая центральная")
    screen.tab.get_by_label("Соцсеть").select_option("vk")
    screen.tab.get_by_role("button", name="Найти").click()
    expect(screen.tab.locator(".found")).to_have_text("Найдена 1 страница")
    expect(screen.tab.locator(".chips")).to_contain_text("ВКонтакте")
    screen.tab.locator("tbody .cell-institution a").click()
    screen.tab.wait_for_url(f"**/institutions/{world.institution.pk}/")
    screen.tab.locator(f"main a[href='/pages/{world.page.pk}/']").first.click()
    expect(screen.tab.get_by_role("heading", level=1)).to_contain_text("Межпоселенческая")
    screen.tab.go_back()
    screen.tab.go_back()
    expect(screen.tab.locator(".found")).to_have_text("Найдена 1 страница")


def test_the_overview_shows_another_day(screen, world):
    screen.open(world.addresses["overview"])
    screen.tab.get_by_label("День", exact=True).fill("2024-10-24")
    screen.tab.get_by_role("button", name="Показать").click()
    expect(screen.tab.locator(".as-of").first).to_contain_text("24 октября 2024")
    screen.tab.get_by_role("link", name="Предыдущий день с данными").click()
    expect(screen.tab.locator(".as-of").first).to_contain_text("22 октября 2024")
    screen.open(world.addresses["dynamics"])
    expect(screen.tab.locator("h1")).to_be_visible()


def test_the_search_box_leads_to_what_is_found(screen, world):
    screen.open(world.addresses["overview"])
    screen.tab.get_by_label("Поиск по всему").fill("межпоселенческая центральная")
    screen.tab.get_by_label("Поиск по всему").press("Enter")
    screen.tab.locator(f".list a[href='/institutions/{world.institution.pk}/']").click()
    expect(screen.tab.get_by_role("heading", level=1)).to_contain_text("Межпоселенческая")


def test_a_stranger_looks_for_a_page_in_the_public_rating(screen, world):
    screen.tab.context.clear_cookies()
    screen.open(world.addresses["public rating"])
    rows = screen.tab.locator("tbody tr")
    before, name = rows.count(), rows.first.get_by_role("link").first.inner_text()
    screen.tab.get_by_role("searchbox").fill(name)
    screen.tab.get_by_role("button", name="Найти").click()
    screen.tab.wait_for_url("**q=**")
    expect(rows.first).to_contain_text(name)
    assert 0 < rows.count() < before


def test_an_appeal_is_kept_as_a_draft_and_sent(visit, world):
    score = another_value(world.screens)
    screen = visit(javascript=False, user=institution_admin(score.page.institution))
    screen.open(f"/scores/{score.pk}/")
    screen.tab.locator(f"a[href='/scores/{score.pk}/cover/appeal/']").click()
    screen.tab.get_by_label("Что неверно и почему").fill(TEXT)
    screen.tab.get_by_role("button", name="Сохранить черновик").click()
    expect(screen.tab.get_by_label("Что неверно и почему")).to_have_value(TEXT)
    screen.tab.get_by_role("button", name="Подать апелляцию").click()
    screen.tab.wait_for_url(re.compile(r"/appeals/\d+/"))
    assert Appeal.objects.get(score=score, state=AppealState.FILED).text == TEXT
