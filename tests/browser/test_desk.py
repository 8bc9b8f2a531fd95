"""The desk of an institution's admin and the public address of the badge in a real browser."""

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from awards.models import QualityMark
from awards.papers.pdf import size_of
from tests.awards.marks.worlds import bare_contest, mark_on
from tests.factories import institution_admin

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VALID = {"issued_on": dt.date(2024, 2, 1), "valid_until": dt.date(2025, 1, 31)}


@pytest.fixture
def mark(world) -> QualityMark:
    """In force, of a page that is not gone; a contest takes applications."""
    bare_contest(world.region, title="Премия", by_application=True, applications_until=dt.date(2024, 11, 30))
    page = world.institution.pages.get(platform="ok")
    return mark_on(page, **VALID)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1440])
def test_the_desk_is_accessible_fits_the_window_and_breaks_nothing(visit, world, mark, width, theme):
    screen = visit(width=width, theme=theme, user=institution_admin(world.institution))
    screen.open("/")
    assert screen.tab.url.endswith(f"/institutions/{world.institution.pk}/desk/")
    assert (screen.sideways(), screen.violations(), screen.problems) == (0, [], [])
    assert screen.tab.locator("h1").count() == 1


def test_no_english_word_is_left_on_the_desk(visit, world, mark):
    screen = visit(user=institution_admin(world.institution))
    screen.open("/")
    screen.tab.evaluate("document.querySelectorAll('main code').forEach(quoted => quoted.remove())")
    known = {"UTC", "PDF", "PNG", "SVG", "VK", "Telegram", "MAX", "V", "O", "T", "M", "I", "II", "III"}
    words = set(re.findall(r"[A-Za-z]+", screen.tab.inner_text("main")))
    assert {word for word in words - known if not word.startswith("school")} == set()


def test_the_badge_is_downloaded_from_the_desk(visit, world, mark, tmp_path):
    screen = visit(user=institution_admin(world.institution))
    screen.open("/")
    files = screen.tab.locator(".badge-files li").filter(has_text="1944 × 600")
    with screen.tab.expect_download() as download:
        files.get_by_role("link", name="PNG").click()
    path = Path(tmp_path / "badge.png")
    download.value.save_as(path)
    assert size_of(path.read_bytes()) == (1944, 600)
    assert download.value.suggested_filename == f"quality-mark-2024-{mark.code.lower()}-cover.png"


@pytest.mark.parametrize("width", [320, 360, 1440])
def test_what_the_badge_leads_to_fits_and_is_accessible(visit, mark, width):
    screen = visit(width=width)
    screen.tab.context.clear_cookies()
    for address in (f"/b/{mark.code}/", "/b/ACDEFGHJ/", "/b/"):
        screen.open(address)
        assert (screen.sideways(), screen.violations()) == (0, [])
        assert screen.tab.locator("h1").count() == 1


def test_a_code_is_checked_by_hand(visit, mark):
    screen = visit(width=360, javascript=False)
    screen.tab.context.clear_cookies()
    screen.open("/b/")
    screen.tab.get_by_label("Код на знаке").fill("aceh km34")
    screen.tab.get_by_role("button", name="Проверить").click()
    expect(screen.tab.get_by_text("Знак настоящий и действует.")).to_be_visible()
