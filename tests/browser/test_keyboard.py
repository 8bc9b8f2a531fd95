"""By keyboard alone: every screen is walked by Tab, whole tasks are done, a swap never takes the focus away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from appeals.models import Appeal, AppealState
from monitoring.models import Suspect, SuspectState
from tests.factories import institution_admin

from .appeals import another_value
from .conftest import Screen
from .keyboard import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FREE = ["/account/login/", "/account/password/reset/", "/invitations/gone/", "/api/", "/b/"]
WIDE = ["pages", "institutions", "growth", "rating that is contested", "quality marks", "audit", "fact sheet"]
WIDE += ["checklists", "draft of a list"]
STYLE = """rules => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
}"""
CARELESS = {
    "looks as without the focus": (STYLE, "main a { outline: none !important; box-shadow: none !important }"),
    "out of sight": (STYLE, "main a { position: fixed !important; left: -900px }"),
    "the focus is on the body": ("tag => document.addEventListener(tag, event => event.target.blur())", "focusin"),
    "comes to": ("selector => { document.querySelector(selector).tabIndex = 1 }", "main a"),
}
TEXT = "Обложка была на странице весь месяц"


def on_the_keyboard(screen: Screen) -> Hands:
    """Colours and outlines are there at once, so that they can be compared."""
    screen.tab.emulate_media(reduced_motion="reduce")
    return Hands(screen.tab)


def walked(screen: Screen, addresses: list[str]) -> dict[str, list[str]]:
    """What is wrong with the way by Tab over the link to the content and on through it, by address."""
    hands, wrong = on_the_keyboard(screen), {}
    for address in addresses:
        screen.tab.goto(screen.base + address, wait_until="domcontentloaded")
        if hands.on("body"):  # the screen has not put the focus into its only field by itself
            hands.press("Tab")
            found = [] if hands.on(".skip-link") else ["the first stop is not the link to the content"]
            hands.press("Enter")
            found += [] if hands.on("main") else ["that link does not lead to the content"]
        else:
            found = [] if hands.on("main *") else ["the focus begins outside of the content"]
        if found := found + hands.walk():
            wrong[address] = found
    return wrong


@pytest.mark.parametrize("part", [0, 1])
def test_every_screen_is_walked_by_tab(visit, world, part):
    assert walked(visit(), list(world.addresses.values())[part::2]) == {}


def test_in_a_narrow_window_no_column_covers_what_has_the_focus(visit, world):
    assert walked(visit(width=360), [world.addresses[name] for name in WIDE]) == {}


def test_the_screens_of_institutions_and_strangers_are_walked_by_tab(visit, world):
    score = another_value(world.screens)
    desk = f"/institutions/{score.page.institution_id}/desk/"
    own = [desk, f"/scores/{score.pk}/", f"/scores/{score.pk}/cover/appeal/", f"/pages/{score.page_id}/"]
    assert walked(visit(user=institution_admin(score.page.institution)), own) == {}
    stranger = visit()
    stranger.tab.context.clear_cookies()
    assert walked(stranger, [*FREE, world.invitation]) == {}


def test_screens_are_walked_from_their_very_top(visit, world):
    screen = visit()
    for name in ("overview", "public region"):
        screen.tab.goto(screen.base + world.addresses[name])
        assert on_the_keyboard(screen).walk(200) == []


def test_twin_a_screen_without_care_for_the_keyboard_is_found(visit, world):
    screen = visit()
    for said, (script, argument) in CARELESS.items():
        screen.tab.goto(screen.base + world.addresses["years"])
        screen.tab.evaluate(script, argument)
        assert any(found.startswith(said) for found in on_the_keyboard(screen).walk()), said


def test_an_institution_is_found_and_its_page_card_is_opened(visit, world):
    screen = visit()
    screen.open(world.addresses["analyst's desk"])
    hands = Hands(screen.tab)
    hands.press("/")
    hands.type("межпоселенческая центральная")
    found = screen.tab.locator(f"#suggestions a[href='/institutions/{world.institution.pk}/']")
    expect(found).to_be_visible()
    assert hands.on("#find")
    for _suggestion in range(10):
        if found.evaluate("element => element === document.activeElement"):
            break
        hands.press("ArrowDown")
    hands.press("Enter")
    screen.tab.wait_for_url(f"**/institutions/{world.institution.pk}/")
    hands.reach(screen.tab.locator(f"main a[href='/pages/{world.page.pk}/']").first)
    hands.press("Enter")
    screen.tab.wait_for_url(f"**/pages/{world.page.pk}/")
    expect(screen.tab.get_by_role("heading", level=1)).to_contain_text("Межпоселенческая")


def test_the_list_of_pages_is_filtered_and_taken_as_a_file(visit, world, tmp_path):
    screen = visit()
    screen.open(world.addresses["pages"])
    hands = Hands(screen.tab)
    hands.press("/")
    hands.type("страница 1")
    expect(screen.tab.locator("#live")).to_contain_text("Найдено")
    assert hands.on("#filter-q")
    network = screen.tab.get_by_label("Соцсеть")
    hands.reach(network)
    hands.press("ArrowDown")
    screen.tab.wait_for_url("**platform=**")
    expect(screen.tab.locator("tbody [title='ВКонтакте']").first).to_be_visible()
    expect(screen.tab.locator("tbody [title='Одноклассники']")).to_have_count(0)
    expect(network).to_be_focused()
    hands.reach(screen.tab.locator("#results").get_by_role("link", name="CSV"))
    with screen.tab.expect_download() as saved:
        hands.press("Enter")
    saved.value.save_as(tmp_path / "pages.csv")
    rows = Path(tmp_path / "pages.csv").read_text("utf-8-sig").strip().splitlines()
    assert len(rows) - 1 == screen.tab.locator("#results tbody tr").count()


def test_a_doubtful_number_is_confirmed_with_a_reason(visit, world):
    screen = visit()
    screen.open(world.addresses["suspects"])
    hands, row = Hands(screen.tab), screen.tab.locator(".suspect", has_text="24000")
    hands.reach(row.get_by_label("Примечание"))
    hands.type("Конкурс с призами, сверено")
    hands.reach(row.get_by_role("button", name="Подтвердить"), bound=1)
    hands.press("Enter")
    expect(row.locator(".suspect-decided")).to_be_focused()
    assert Suspect.objects.get(raw="24000", state=SuspectState.CONFIRMED).note == "Конкурс с призами, сверено"


def test_a_score_is_opened_and_one_of_its_indicators(visit, world):
    screen = visit()
    screen.open(world.addresses["rating"])
    hands = Hands(screen.tab)
    score = screen.tab.locator("main tbody th a").first
    name = score.inner_text()
    hands.reach(score)
    hands.press("Enter")
    screen.tab.wait_for_url("**/scores/*/")
    expect(screen.tab.get_by_role("heading", level=1)).to_contain_text(name)
    indicator = screen.tab.locator(".waterfall th a").first
    name = indicator.inner_text()
    hands.reach(indicator)
    hands.press("Enter")
    screen.tab.wait_for_url(re.compile(r"/scores/\d+/\w+/$"))
    expect(screen.tab.get_by_role("heading", level=1)).to_contain_text(name)


def test_an_appeal_is_written_kept_and_sent(visit, world):
    score = another_value(world.screens)
    screen = visit(user=institution_admin(score.page.institution))
    screen.open(f"/scores/{score.pk}/")
    hands = Hands(screen.tab)
    hands.reach(screen.tab.locator(f"a[href='/scores/{score.pk}/cover/appeal/']"))
    hands.press("Enter")
    field = screen.tab.get_by_label("Что неверно и почему")
    expect(field).to_be_visible()
    hands.reach(field)
    hands.type(TEXT)
    expect(screen.tab.locator("#kept")).to_contain_text("Черновик сохранён")
    expect(field).to_be_focused()
    screen.tab.reload()
    expect(field).to_have_value(TEXT)
    hands.reach(screen.tab.get_by_role("button", name="Подать апелляцию"))
    hands.press("Enter")
    screen.tab.wait_for_url(re.compile(r"/appeals/\d+/"))
    assert Appeal.objects.get(score=score, state=AppealState.FILED).text == TEXT


def test_the_last_screen_of_a_table_keeps_the_focus_in_the_table(visit, world):
    """The link that led there is gone with the swap."""
    screen = visit()
    screen.open(world.addresses["pages"])
    hands = Hands(screen.tab)
    hands.reach(screen.tab.locator("#paging-next"), bound=400)
    hands.press("Enter")
    expect(screen.tab.locator("#paging-previous")).to_be_visible()
    expect(screen.tab.locator("#results")).to_be_focused()


def test_what_refreshes_itself_leaves_the_focus_on_its_link(visit, world):
    screen = visit()
    screen.open(world.addresses["collection"])
    link = screen.tab.locator("#progress a[href]").last
    Hands(screen.tab).reach(link)
    screen.tab.evaluate("document.activeElement.dataset.before = ''")
    expect(screen.tab.locator("[data-before]")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_menu_closes_when_the_focus_leaves_it(visit, world):
    screen = visit()
    screen.open(world.addresses["overview"])
    hands, menu = Hands(screen.tab), screen.tab.locator("details.tools")
    hands.reach(menu.locator("summary"))
    hands.press("Enter")
    last = menu.locator("a").last
    expect(last).to_be_visible()
    hands.reach(last)
    hands.press("Tab")
    expect(last).to_be_hidden()
