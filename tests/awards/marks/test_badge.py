"""Files of the badge: their sizes, what is on them, who gets them and until when."""

import re

import numpy as np
import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from awards.marks.issuing import withdraw
from awards.models import QualityMark
from awards.papers.badge import SIZES, Shape, drawn
from awards.papers.pdf import size_of
from monitoring.models import Page, PlatformCode
from tests.factories import PageFactory, institution_admin, official

from .pictures import pixels
from .worlds import NOW, mark_on

ADDRESS = "https://gospub.example/b/ACDEFGHJ/"
DEEP, DARK = (0x0B, 0x6B, 0x66), (0x08, 0x4E, 0x4A)


def url(mark: QualityMark, shape: str = "avatar", ending: str = "png") -> str:
    return reverse("mark_badge", args=[mark.pk, shape, ending])


def admin_of(mark: QualityMark) -> Client:
    client = Client()
    client.force_login(institution_admin(mark.page.institution))
    return client


def on(mark: QualityMark, platform: str) -> QualityMark:
    Page.objects.filter(pk=mark.page_id).update(platform=platform)
    return QualityMark.objects.get(pk=mark.pk)


@pytest.mark.parametrize(
    ("platform", "shape", "size"),
    [
        ("vk", "cover", (1920, 768)),
        ("vk", "avatar", (400, 400)),
        ("ok", "cover", (1944, 600)),
        ("ok", "avatar", (640, 640)),
        ("telegram", "avatar", (640, 640)),
        ("max", "avatar", (640, 640)),
        ("max", "seal", (800, 800)),
    ],
)
def test_a_file_has_the_size_of_its_place_in_the_network(mark, platform, shape, size):
    client, there = admin_of(mark), on(mark, platform)
    png, svg = (client.get(url(there, shape, ending)) for ending in ("png", "svg"))
    assert size_of(png.content) == size
    assert f'viewBox="0 0 {size[0]} {size[1]}"' in svg.content.decode()
    assert (png["Content-Type"], svg["Content-Type"]) == ("image/png", "image/svg+xml")
    assert png["Content-Disposition"].startswith("attachment; ")


def test_an_svg_needs_no_font_and_nothing_from_elsewhere(mark):
    for shape in SIZES[mark.page.platform]:
        svg = drawn(mark, shape, "svg", ADDRESS).decode()
        assert "<text" not in svg
        assert all(found.startswith("#") for found in re.findall(r'href="([^"]*)"', svg))
        assert "data:" not in svg


def test_an_svg_says_what_it_is_to_those_who_do_not_see_it(mark):
    svg = drawn(mark, Shape.SEAL, "svg", ADDRESS).decode()
    label = f"Знак качества 2024, {mark.contest.region.name}, {mark.code[:4]} {mark.code[4:]}"
    assert f'<svg role="img" aria-label="{label}"' in svg


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', '#read("/etc/hosts")', "*жирный* $x^2$ \\ [a]"])
def test_a_hostile_name_of_a_region_is_drawn_as_it_is_written(mark, name):
    mark.contest.region.name = name
    for shape in SIZES[mark.page.platform]:
        svg = drawn(mark, shape, "svg", ADDRESS).decode()
        assert "<script" not in svg
        assert escape(name) in svg.partition(">")[0]
    assert size_of(drawn(mark, Shape.AVATAR, "png", ADDRESS)) == (400, 400)


def test_the_qr_code_leads_to_the_public_address(mark):
    picture = pixels(admin_of(mark).get(url(mark)).content)
    address = f"http://testserver/b/{mark.code}/"
    assert np.array_equal(code_on(picture), np.array(segno.make(address, error="l", micro=False).matrix))
    assert not np.array_equal(code_on(picture), np.array(segno.make(ADDRESS, error="l", micro=False).matrix))


def code_on(picture: np.ndarray) -> np.ndarray:
    """The modules of the QR code: its finder patterns reach both of its sides, its upper one stands above all else
    that is so dark."""
    dark = picture[:, :, 1] < 90
    rows, columns = np.nonzero(dark)
    top, left, right = rows.min(), columns.min(), columns.max() + 1
    finder = int(np.argmin(dark[top, left:]))  # seven modules wide
    count = round((right - left) * 7 / finder)
    centres = ((np.arange(count) + 0.5) * (right - left) / count).astype(int)
    return (picture[top + centres][:, left + centres][:, :, 1] < 170).astype(int)


def test_nothing_of_an_avatar_is_lost_where_a_network_cuts_its_corners_off(mark):
    mark.contest.region.name = "Ханты-Мансийский автономный округ — Югра"
    picture = pixels(drawn(mark, Shape.AVATAR, "png", ADDRESS))
    y, x = np.mgrid[:400, :400] + 0.5
    outside = np.hypot(x - 200, y - 200) > 190
    assert (picture[outside][:, :3] == DEEP).all()
    assert (picture[:, :, :3] == DARK).all(axis=2).any()


def test_the_seal_has_no_background(mark):
    picture = pixels(drawn(mark, Shape.SEAL, "png", ADDRESS), rows=40)
    assert [picture[0, x, 3] for x in (0, 799)] == [0, 0]
    assert picture[39, 400, 3] == 255


# --- to whom, until when ----------------------------------------------------------------------------------------------


def test_the_files_are_for_those_who_see_the_page(mark):
    other = mark_on(PageFactory(institution__region=mark.contest.region), "FGHJKMNP")
    assert admin_of(mark).get(url(mark)).status_code == 200
    assert admin_of(other).get(url(mark)).status_code == 404
    assert Client().get(url(mark)).status_code == 302


@pytest.mark.parametrize(("clock", "status"), [("2026-01-19T23:00", 200), ("2026-01-20T01:00", 404)])
def test_a_mark_that_is_over_has_no_files(mark, settings, clock, status):
    settings.DEMO_CLOCK = f"{clock}:00+10:00"
    assert admin_of(mark).get(url(mark)).status_code == status


def test_a_mark_that_was_withdrawn_has_no_files(mark):
    client = admin_of(mark)
    assert client.get(url(mark)).status_code == 200
    withdraw(mark, "Страница передана другому учреждению", user=mark.contest.created_by, now=NOW)
    assert client.get(url(mark)).status_code == 404


@pytest.mark.parametrize(("shape", "ending"), [("banner", "png"), ("avatar", "gif"), ("cover", "pdf")])
def test_what_is_not_drawn_is_not_found(mark, shape, ending):
    assert admin_of(mark).get(url(mark, shape, ending)).status_code == 404


def test_a_network_without_covers_has_no_cover(mark):
    client = admin_of(mark)
    assert client.get(url(on(mark, PlatformCode.TELEGRAM), "cover")).status_code == 404


# --- where they are offered -------------------------------------------------------------------------------------------


def test_lists_and_cards_lead_to_the_files_and_to_the_public_address(mark):
    page, region = mark.page, mark.contest.region
    client = Client()
    client.force_login(official(region))
    for name, args in (
        ("quality_marks", [region.code]),
        ("institution", [page.institution_id]),
        ("page", [page.pk]),
    ):
        html = client.get(reverse(name, args=args)).content.decode()
        assert f'href="{reverse("badge", args=[mark.code])}"' in html, name
        for shape in ("cover", "avatar", "seal"):
            assert f'href="{url(mark, shape)}"' in html, name
            assert f'href="{url(mark, shape, "svg")}"' in html, name


def test_a_mark_that_is_over_is_listed_without_files(mark, settings):
    settings.DEMO_CLOCK = "2027-01-01T12:00:00+10:00"
    html = admin_of(mark).get(reverse("page", args=[mark.page_id])).content.decode()
    assert reverse("badge", args=[mark.code]) in html
    assert url(mark) not in html
