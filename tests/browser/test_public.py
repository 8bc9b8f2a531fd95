"""The public part as a stranger meets it: dark by the system's wish, without JavaScript, printed."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPEN = ("/public/", "/official/", "/p/", "/r/")


@pytest.mark.parametrize("width", [320, 360, 1440])
def test_every_screen_is_accessible_in_the_dark_and_fits(visit, world, width):
    screen = visit(width=width)
    screen.tab.context.clear_cookies()
    screen.tab.emulate_media(color_scheme="dark")
    wrong = {}
    for address in ["/api/", *(each for each in world.addresses.values() if each.startswith(OPEN))]:
        screen.open(address)
        assert screen.tab.locator("h1").count() == 1
        if screen.sideways() > 0 or screen.violations() or screen.problems:
            wrong[address] = (screen.sideways(), screen.violations(), screen.problems)
    assert not wrong


def test_a_stranger_checks_a_page_and_comes_to_its_card_without_javascript(visit, world):
    screen = visit(javascript=False)
    screen.tab.context.clear_cookies()
    screen.open("/")
    screen.tab.get_by_label("Адрес или короткое имя страницы").fill("Чужая школа")
    screen.tab.get_by_role("button", name="Проверить").click()
    expect(screen.tab.get_by_text("Это не адрес страницы.")).to_be_visible()
    screen.tab.get_by_label("Адрес или короткое имя страницы").fill(world.addresses["official page"].partition("=")[2])
    screen.tab.get_by_role("button", name="Проверить").click()
    expect(screen.tab.get_by_text("Официальная страница, в реестре с")).to_be_visible()
    screen.tab.get_by_role("link", name="Карточка страницы").click()
    expect(screen.tab.get_by_role("heading", level=1)).to_have_text("Ёлкинский музей")


def test_on_paper_there_is_no_menu(visit, world):
    screen = visit()
    screen.open(world.addresses["public rating"])
    screen.tab.emulate_media(media="print")
    expect(screen.tab.locator(".open-nav")).to_be_hidden()
    expect(screen.tab.locator("main table")).to_be_visible()
