"""The search box, the menu of files, pictures of charts and paper, in a real browser."""

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import analyst, curator, operator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_suggestions_are_walked_by_arrows_and_closed_by_escape(visit, world):
    screen = visit()
    screen.open(world.addresses["overview"])
    screen.tab.keyboard.press("/")
    box = screen.tab.get_by_label("Поиск по всему")
    expect(box).to_be_focused()
    box.press_sequentially("irjkf")
    first = screen.tab.locator("#suggestions a").first
    expect(first).to_be_visible()
    expect(screen.tab.locator("#suggestions")).to_contain_text("Найдено по запросу «школа»")
    screen.tab.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    assert screen.violations() == []
    screen.tab.keyboard.press("Escape")
    expect(box).to_be_focused()
    assert screen.tab.locator("#suggestions a").count() == 0


def test_enter_leads_to_the_whole_screen(visit, world):
    screen = visit(width=360)
    screen.open(world.addresses["overview"])
    box = screen.tab.get_by_label("Поиск по всему")
    box.fill("школа")
    box.press("Enter")
    expect(screen.tab.get_by_role("heading", level=1)).to_have_text("Поиск")
    assert screen.tab.locator(".list a").count() > 0


LANDINGS = {
    "operator": lambda institution: operator(),
    "analyst": lambda institution: analyst(institution.region),
    "curator": lambda institution: curator(institution.region, institution.founder),
}


def test_a_newcomer_finds_an_institution_in_three_clicks_from_where_the_sign_in_leads(visit, world):
    """By what is read on the screen alone, once by the search box and once by the menu; ten seconds are enough."""
    name, found = "Межпоселенческая центральная", f"**/institutions/{world.institution.pk}/"
    world.institution.refresh_from_db()
    for role, user in LANDINGS.items():
        screen = visit(user=user(world.institution))
        tab, clicks = screen.tab, []

        def click(target: Locator, clicks: list[str] = clicks) -> None:
            target.click(timeout=10_000)
            clicks.append(str(target))

        tab.goto(screen.base)
        click(tab.get_by_placeholder("Поиск по всему"))
        tab.keyboard.type(name)
        click(tab.locator("#suggestions").get_by_role("link", name=name).first)
        tab.wait_for_url(found, timeout=10_000)
        assert len(clicks) <= 3, role

        tab.goto(screen.base)
        clicks.clear()
        click(tab.locator(".side").get_by_role("link", name="Учреждения"))
        click(tab.get_by_label("Поиск учреждения"))
        tab.keyboard.type(name)
        tab.wait_for_url("**q=**")
        click(tab.locator("#results tbody").get_by_role("link", name=name).first)
        tab.wait_for_url(found, timeout=10_000)
        assert len(clicks) <= 3, role


def test_the_menu_of_files_follows_the_filter(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    screen.tab.get_by_label("Сеть").select_option("vk")
    screen.tab.wait_for_url("**platform=vk**")
    expect(screen.tab.locator(".chips")).to_contain_text("ВКонтакте")
    hrefs = screen.tab.locator("a[data-query]").evaluate_all("links => links.map(link => link.href)")
    assert all("platform" in href and "vk" in href for href in hrefs), hrefs


@pytest.mark.parametrize(("kind", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_a_chart_is_saved_as_a_picture_by_keyboard(visit, world, tmp_path, kind, begins):
    screen = visit()
    screen.open(world.addresses["overview"])
    button = screen.tab.get_by_role("button", name=f"Картинка графика, {kind}")
    with screen.tab.expect_download() as saved:
        button.focus()
        screen.tab.keyboard.press("Enter")
    saved.value.save_as(tmp_path / "chart")
    content = (tmp_path / "chart").read_bytes()
    assert content.startswith(begins)
    assert len(content) > 2000
    assert screen.problems == []


@pytest.mark.parametrize("name", ["pages", "dynamics", "overview", "coverage"])
def test_paper_has_no_menu_and_cuts_no_table(visit, world, name):
    screen = visit(width=1440)
    screen.open(world.addresses[name])
    screen.tab.emulate_media(media="print")
    expect(screen.tab.locator(".side")).to_be_hidden()
    expect(screen.tab.locator(".print-only")).to_be_visible()
    clipped = screen.tab.locator(".table-box").evaluate_all(
        "boxes => boxes.filter(box => getComputedStyle(box).overflowX !== 'visible').length"
    )
    assert clipped == 0
