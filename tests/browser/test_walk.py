"""The main job as a person does it: sign in, import a spreadsheet, collect, look at the region, open a page."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.formats import number_format
from playwright.sync_api import expect

from monitoring.models import Page
from monitoring.simulator.demo import DEMO_MOMENT, TODAY, ZARECHNAYA, demo_registry, demo_world
from monitoring.simulator.registry import write_registry
from tests.factories import RegionFactory, analyst, one_time_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_import_collect_overview_page_card(tab, live_server, simulator, settings, tmp_path):
    settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
    plan = ZARECHNAYA
    region = RegionFactory(code=plan.code, name=plan.name, oktmo=plan.oktmo, time_zone=plan.zone)
    user = analyst(region)
    sheet = tmp_path / "Реестр госпабликов.xlsx"
    write_registry(sheet, demo_registry(plan.code, TODAY))

    tab.goto(live_server.url)
    tab.get_by_label("E-mail:").fill(user.email)
    tab.get_by_label("Пароль:").fill("password-for-tests")
    tab.get_by_role("button", name="Войти", exact=True).click()
    tab.locator("input[name=code]").fill(one_time_code())
    tab.locator("input[name=code]").press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Что ждёт вас сегодня")

    tab.get_by_role("link", name="Реестр", exact=True).click()
    tab.locator("input[type=file]").set_input_files(sheet)
    tab.get_by_role("button", name="Проверить файл").click()
    tab.get_by_role("button", name="Применить").click()
    assert Page.objects.filter(institution__region=region).count() == 120

    tab.get_by_role("link", name="Страницы", exact=True).click()
    expect(tab.get_by_role("main")).to_contain_text("ещё не измерено")

    call_command("collect", region=region.code, stdout=StringIO())

    world = demo_world(plan.code)
    people = {p.handle_on(TODAY): world.audience.subscribers(p, TODAY) or 0 for p in world.pages if p.exists(TODAY)}
    tab.get_by_role("link", name="Регион", exact=True).click()
    expect(tab.get_by_role("main")).to_contain_text(number_format(sum(people.values()), force_grouping=True))

    largest = max((handle for handle in people if handle.endswith("_gos")), key=people.__getitem__)
    tab.get_by_role("link", name="Страницы", exact=True).click()
    tab.get_by_role("main").get_by_role("searchbox").fill(largest)
    page = Page.objects.get(handle=largest)
    tab.locator(f'main a[href="/pages/{page.pk}/"]').first.click()
    expect(tab.get_by_role("main")).to_contain_text(number_format(people[largest], force_grouping=True))
    expect(tab.get_by_role("heading", level=1)).to_contain_text(page.title)
