"""Every screen in a real browser: accessible, never wider than the window, silent, the same without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# Names, codes, units and kinds of files that are the same in Russian; periods, cells and hashes of ratings.
NOT_ENGLISH = {"VK", "Telegram", "MAX", "XLSX", "CSV", "DOCX", "PDF", "PNG", "SVG", "QR", "UTC", "RFC", "Excel", "Word"}
NOT_ENGLISH |= {"wall", "get", "docx", "title", "JSON", "JPEG", "methodology", "school", "sha", "docs", "best", "admin"}
NOT_ENGLISH |= {"V", "O", "T", "M", "I", "II", "III", "Q", "W", "n", "a", "md", "HyperLogLog", "theta"}
NOT_ENGLISH |= {"https", "vk", "com", "ok", "ru", "nobody", "knows", "gp", "manage", "py", "verify", "bundle"}
QUOTED = "document.querySelectorAll('main code, .agent, .letter-text a').forEach(quoted => quoted.remove())"
WIDTHS = (1440, 768, 360)  # pixels; 320 is 1280 at a zoom of 400 %, where nothing may be wider than the window


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screens_are_accessible_fit_every_window_and_break_nothing(visit, world, theme, part):
    screen = visit(theme=theme)
    wrong = []
    for name, address in list(world.addresses.items())[part::2]:
        screen.resize(WIDTHS[0])
        screen.open(address)
        for width in WIDTHS:
            screen.resize(width)
            wrong += [f"{name} at {width}: {found}" for found in screen.violations()]
            wrong += [f"{name} at {width}: wider by {screen.sideways()}"] * (screen.sideways() > 0)
        screen.resize(320)
        wrong += [f"{name} at 320: wider by {screen.sideways()}"] * (screen.sideways() > 0)
        wrong += [f"{name}: {found}" for found in screen.problems]
        screen.problems.clear()
        wrong += [f"{name}: {screen.tab.locator('h1').count()} headings"] * (screen.tab.locator("h1").count() != 1)
        wrong += [f"{name}: English {word}" for word in english(screen)]
    assert wrong == []


def english(screen: Screen) -> set[str]:
    """Words of the screen in Latin letters, but for addresses, hashes and what is written so in Russian too."""
    screen.tab.evaluate(QUOTED)
    text = re.sub(r"\S+@\S+", "", screen.tab.inner_text("main") or "")
    words = set(re.findall(r"[A-Za-z]+", text)) - NOT_ENGLISH
    return {word for word in words if not re.fullmatch(r"(?:[ab]{2})+|school\d*|[a-f]+", word)}


@pytest.mark.parametrize("width", [360, 1440])
def test_what_strangers_see_fits_and_is_accessible(visit, world, width):
    screen = visit(width=width)
    screen.tab.context.clear_cookies()
    for address in ("/account/login/", "/account/password/reset/", world.invitation, "/invitations/gone/"):
        screen.open(address)
        assert (screen.sideways(), screen.violations()) == (0, [])


def test_search_swaps_the_table_keeps_the_focus_and_writes_the_address(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    field = screen.tab.get_by_label("Поиск страницы")
    field.click()
    field.press_sequentially("елкинский", delay=20)
    expect(screen.tab.locator("#results tbody tr")).to_have_count(1)
    expect(screen.tab.locator("#live")).to_have_text("Найдена 1 страница")
    expect(field).to_be_focused()
    assert "q=" in screen.tab.url
    screen.tab.reload()
    expect(screen.tab.locator("#results tbody tr")).to_have_count(1)
    assert screen.problems == []


def test_going_back_brings_the_table_of_before(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    screen.tab.get_by_label("Соцсеть").select_option("vk")
    expect(screen.tab.locator(".found")).to_have_text("Найдено 15 страниц")
    screen.tab.go_back()
    expect(screen.tab.locator(".found")).to_have_text("Найдено 57 страниц")


def test_sorting_stays_when_a_filter_is_chosen(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    screen.tab.locator("#sort-subscribers").click()
    expect(screen.tab.locator("th[aria-sort=ascending]")).to_contain_text("Подписчики")
    screen.tab.get_by_label("Соцсеть").select_option("vk")
    expect(screen.tab.locator(".found")).to_have_text("Найдено 15 страниц")
    expect(screen.tab.locator("th[aria-sort=ascending]")).to_contain_text("Подписчики")


def test_an_answer_that_fails_is_told_with_a_way_to_try_again(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    screen.tab.route("**/pages/?*", lambda route: route.fulfill(status=500, body="broken"))
    screen.tab.get_by_label("Соцсеть").select_option("vk")
    expect(screen.tab.get_by_role("alert")).to_contain_text("Не удалось обновить.")
    expect(screen.tab.get_by_role("button", name="Повторить")).to_be_visible()


def test_the_charts_are_drawn_and_hovering_them_breaks_no_rule(visit, world):
    screen = visit()
    for name in ("overview", "page"):
        screen.open(world.addresses[name])
        chart = screen.tab.locator("[data-chart] svg")
        expect(chart).to_be_visible()
        box = chart.bounding_box()
        for step in range(10):
            screen.tab.mouse.move(box["x"] + 60 + step * 60, box["y"] + box["height"] / 2)
        expect(chart).to_contain_text(re.compile("202[34]"))
    assert screen.problems == []


def test_the_table_of_a_chart_is_one_click_away(visit, world):
    screen = visit()
    screen.open(world.addresses["overview"])
    screen.tab.get_by_text("То же таблицей").click()
    expect(screen.tab.get_by_role("row", name=re.compile("26.10.2024"))).to_be_visible()


def test_the_tables_work_without_javascript(visit, world):
    screen = visit(javascript=False)
    screen.open(world.addresses["pages"])
    screen.tab.get_by_label("Соцсеть").select_option("ok")
    screen.tab.get_by_role("button", name="Найти").click()
    expect(screen.tab.locator(".found")).to_have_text("Найдено 14 страниц")
    screen.tab.locator("#sort-title").click()
    expect(screen.tab.locator("tbody tr").first).to_contain_text("Ёлкинский музей")


def test_the_status_of_the_collection_refreshes_itself_and_can_be_paused(visit, world):
    screen = visit()
    screen.open(world.addresses["collection"])
    with screen.tab.expect_response(lambda response: "HX-Request" in response.headers.get("vary", ""), timeout=6000):
        pass
    expect(screen.tab.get_by_text("осталась 1 страница")).to_be_visible()
    screen.tab.get_by_role("link", name="Приостановить обновление").click()
    expect(screen.tab.get_by_role("link", name="Возобновить обновление")).to_be_visible()
    assert screen.tab.locator("[hx-trigger^=every]").count() == 0


def test_a_screen_can_be_walked_by_keyboard(visit, world):
    screen = visit()
    screen.open(world.addresses["pages"])
    screen.tab.keyboard.press("Tab")
    expect(screen.tab.get_by_role("link", name="К содержанию")).to_be_focused()
    screen.tab.keyboard.press("Enter")
    screen.tab.keyboard.press("/")
    expect(screen.tab.get_by_label("Поиск страницы")).to_be_focused()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(visit, world):
    screen = visit()
    screen.open(world.addresses["overview"])
    summary = screen.tab.locator(".side-user > summary")
    summary.click()
    expect(screen.tab.get_by_role("button", name="Выйти")).to_be_visible()
    screen.tab.keyboard.press("Escape")
    expect(screen.tab.get_by_role("button", name="Выйти")).to_be_hidden()
    expect(summary).to_be_focused()


def test_nothing_jumps_while_a_screen_loads(visit, world):
    screen = visit()
    screen.open(world.addresses["overview"])
    shift = screen.tab.evaluate("""() => new Promise(resolve => {
        let total = 0;
        new PerformanceObserver(list => { for (const entry of list.getEntries()) total += entry.value; })
            .observe({type: "layout-shift", buffered: true});
        setTimeout(() => resolve(total), 300);
    })""")
    assert shift <= 0.05


def test_a_decision_swaps_its_row_and_keeps_the_focus_beside_it(visit, world):
    screen = visit()
    screen.open(world.addresses["suspects"])
    row = screen.tab.locator(".suspect", has_text="24000")
    row.get_by_label("Примечание").fill("Накрутка")
    row.get_by_role("button", name="Отклонить").click()
    expect(row).to_contain_text("отклонено")
    expect(row).to_contain_text("Накрутка")
    expect(row.locator(".suspect-decided")).to_be_focused()
    expect(screen.tab.locator("#live")).to_have_text("Число отклонено.")
    assert (screen.sideways(), screen.violations(), screen.problems) == (0, [], [])


def test_a_decision_works_without_javascript(visit, world):
    screen = visit(javascript=False)
    screen.open(world.addresses["suspects"])
    screen.tab.locator(".suspect", has_text="24000").get_by_role("button", name="Подтвердить").click()
    expect(screen.tab.get_by_text("Число подтверждено.")).to_be_visible()


def test_a_network_is_paused_and_every_screen_says_so(visit, world):
    screen = visit(javascript=False)
    screen.open(world.addresses["networks"])
    screen.tab.get_by_role("button", name="Приостановить ВКонтакте").click()
    expect(screen.tab.get_by_text("ВКонтакте: сбор приостановлен.")).to_be_visible()
    screen.open(world.addresses["pages"])
    expect(screen.tab.get_by_text("ВКонтакте: сбор приостановлен оператором.")).to_be_visible()


def test_a_doubtful_number_far_off_is_drawn_at_the_edge_with_its_value(visit, world):
    screen = visit()
    screen.open(world.addresses["page"])
    expect(screen.tab.locator("[data-chart] svg")).to_contain_text(re.compile(r"24.000"))
