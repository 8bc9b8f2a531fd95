"""The screen of ratings: what is shown to whom."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.models import PageClass, PageProfile, Slot, SlotStatus
from ratings.computing import compute, store_preset
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    analyst,
    collected,
    institution_admin,
    operator,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)


@pytest.fixture
def region():
    store_preset("amur")
    return RegionFactory()


@pytest.fixture
def show(client, region):
    """The screen's text as the region's analyst sees it."""
    client.force_login(analyst(region))

    def get(query: str = "", **headers: str) -> str:
        response = client.get(reverse("ratings", args=[region.code]) + query, headers=headers)
        assert response.status_code == 200
        return response.content.decode().replace("\xa0", " ")

    return get


def page_of(region, title="", **fields):
    return PageFactory(institution__region=region, title=title, **fields)


def rate(region, day=DAY):
    return compute(region, day, "amur", NOW)


def rows(text: str) -> list[str]:
    """Rows of the table of scores as plain text."""
    body = text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    seen = re.sub(r'<span class="net-mark".*?</span>', "", body, flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in seen.split("</tr>")[:-1]]


def test_the_best_page_comes_first_with_place_points_and_zone(region, show):
    collected(page_of(region, "Средняя школа"), DAY, has_cover=False, has_avatar=False, has_description=False)
    collected(page_of(region, "Лучшая школа"), DAY)
    rate(region)
    first, second = rows(show())
    assert first.startswith("Лучшая школа 1 100,00")
    assert second.startswith("Средняя школа 2 75,00")


def test_unknown_and_not_applicable_and_zero_look_different(region, show):
    collected(page_of(region, "Визитка", page_class=PageClass.CARD), DAY, has_avatar=False)
    rate(region)
    text = show()
    cells = rows(text)[0]
    assert "—" in cells
    assert cells.count("no data") + cells.count("нет данных") == 2  # component and reach
    assert " 0 " in cells


def test_a_page_that_was_never_measured_is_listed_last_without_points(region, show):
    unread = page_of(region, "Новая страница")
    Slot.objects.create(page=unread, day=DAY, status=SlotStatus.FAILED, reason="unreachable")
    collected(page_of(region, "Плохая страница"), DAY, posts=0)
    rate(region)
    found = rows(show())
    assert found[0].startswith("Плохая страница 1")
    assert found[1].startswith("Новая страница")
    assert "0,00" not in found[1]


def test_zones_are_counted_and_filter_the_table(region, show):
    collected(page_of(region, "Зелёная"), DAY)
    collected(page_of(region, "Красная"), DAY, posts=0)
    rate(region)
    assert [row.split()[0] for row in rows(show("?zone=red"))] == ["Красная"]
    assert [row.split()[0] for row in rows(show("?zone=green"))] == ["Зелёная"]


def test_counts_of_zones_do_not_depend_on_the_zone_chosen(region, client):
    collected(page_of(region), DAY)
    collected(page_of(region), DAY, posts=0)
    rate(region)
    client.force_login(analyst(region))
    response = client.get(reverse("ratings", args=[region.code]) + "?zone=red")
    assert [(tile.zone, tile.pages, tile.current) for tile in response.context["tiles"]] == [
        ("green", 1, False),
        ("yellow", 0, False),
        ("red", 1, True),
        ("none", 0, False),
    ]


def test_pages_of_a_municipality_and_of_its_settlements(region, show):
    district = MunicipalityFactory(region=region)
    settlement = MunicipalityFactory(region=region, parent=district)
    collected(page_of(region, "Сельская", institution__municipality=settlement), DAY)
    collected(page_of(region, "Чужая"), DAY)
    rate(region)
    assert [row.split()[0] for row in rows(show(f"?municipality={district.pk}"))] == ["Сельская"]


def test_the_latest_rating_is_shown_unless_a_day_is_asked_for(region, show):
    page = collected(page_of(region, posts_known_to=NOW), DAY)
    later = DAY + dt.timedelta(days=1)
    Slot.objects.create(page=page, day=later, status=SlotStatus.OK)
    PageProfile.objects.create(page=page, since=later, has_avatar=False)
    rate(region)
    rate(region, later)
    assert " 0,00" in rows(show())[0]
    assert "100,00" in rows(show("?day=2024-10-26"))[0]


def test_a_day_without_a_rating_says_so(region, show):
    collected(page_of(region), DAY)
    rate(region)
    assert "<tbody>" not in show("?day=2023-01-01")


def test_a_region_without_any_rating_says_so(show):
    assert "<tbody>" not in show()


@pytest.mark.parametrize(
    "query", ["?day=yesterday&zone=blue&municipality=x&page=-5&sort=points;drop", "?page=999&q=%00"]
)
def test_nonsense_in_the_address_does_no_harm(region, show, query):
    collected(page_of(region), DAY)
    rate(region)
    show(query)


def test_fifty_pages_are_shown_at_a_time(region, show):
    institution = InstitutionFactory(region=region)
    for _ in range(51):
        collected(PageFactory(institution=institution), DAY)
    rate(region)
    assert len(rows(show())) == 50
    assert len(rows(show("?page=2"))) == 1


def test_htmx_gets_the_same_table_as_the_full_page(region, show):
    collected(page_of(region, "Школа"), DAY)
    rate(region)
    fragment = show(**{"HX-Request": "true"})
    assert "<html" not in fragment
    assert rows(fragment) == rows(show())


def test_text_from_the_network_stays_text(region, show):
    collected(page_of(region, "<script>alert(1)</script>"), DAY)
    rate(region)
    assert "<script>alert" not in show()


def test_an_institution_admin_sees_the_own_rows_only(region, client):
    own = collected(page_of(region, "Своя"), DAY, posts=0)
    collected(page_of(region, "Чужая"), DAY)
    rate(region)
    client.force_login(institution_admin(own.institution))
    response = client.get(reverse("ratings", args=[region.code]))
    assert [row.split()[0] for row in rows(response.content.decode())] == ["Своя"]
    assert sum(tile.pages for tile in response.context["tiles"]) == 1


def test_another_region_is_not_found(region, client):
    client.force_login(analyst(RegionFactory()))
    assert client.get(reverse("ratings", args=[region.code])).status_code == 404


def test_the_method_is_explained_on_the_screen(region, show):
    collected(page_of(region), DAY)
    rate(region)
    text = show()
    assert "89.99" in text or "89,99" in text
    assert "30 %" in text
    assert "70 %" in text


def test_the_number_of_queries_does_not_grow_with_the_rows(region, client):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse("ratings", args=[region.code])).status_code == 200
        return len(captured)

    client.force_login(operator())
    collected(page_of(region), DAY)
    rate(region)
    queries()
    few = queries()
    for _ in range(30):
        collected(page_of(region, institution__municipality=MunicipalityFactory(region=region)), DAY)
    rate(region)
    assert queries() == few
    assert few <= 22
