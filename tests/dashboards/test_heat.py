"""The heat map: municipalities × widest sectors, sums of the pages as they stand, cells that lead to their pages."""

import datetime as dt

import pytest
from django.urls import reverse

from monitoring.dashboards.queries.heat import Shown, heat_map
from monitoring.models import Page, PageState, PageStatus
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, SectorFactory

from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def page(region, place=None, sector=None, platform="vk", **state: object) -> Page:
    institution = InstitutionFactory(region=region, municipality=place, sector=sector)
    made = PageFactory(institution=institution, platform=platform, status=PageStatus.OPEN)
    PageState.objects.create(page=made, **state)
    return made


def values(region, shown, platform="") -> list[list[float | None]]:
    return [
        [cell.value for cell in cells] for _key, _name, cells, _total in heat_map(region, NOW, shown, platform).rows
    ]


def test_a_narrow_sector_counts_in_its_widest(region):
    place, culture = MunicipalityFactory(region=region), SectorFactory(name="Культура")
    page(region, place, culture, subscribers=10)
    page(region, place, SectorFactory(name="Библиотеки", parent=culture), subscribers=5)
    assert values(region, Shown.SUBSCRIBERS) == [[15]]


def test_growth_is_of_the_pages_that_have_an_earlier_value_alone(region):
    page(region, subscribers=110, change_year=10)
    page(region, subscribers=900, change_year=None)
    assert values(region, Shown.GROWTH_YEAR) == [[pytest.approx(0.1)]]
    assert values(region, Shown.GROWTH_MONTH) == [[None]]


def test_silence_is_a_share_of_the_pages_whose_posts_are_known(region):
    page(region, last_post_at=NOW - dt.timedelta(days=31))
    page(region, last_post_at=NOW - dt.timedelta(days=1))
    page(region, last_post_at=None)
    assert values(region, Shown.SILENT) == [[0.5]]


def test_no_pages_no_data_and_zero_are_three_different_things(region, analyst_client):
    first, second = (MunicipalityFactory(region=region, name=name) for name in ("А", "Б"))
    page(region, first, SectorFactory(name="Культура"), subscribers=0)
    page(region, second, SectorFactory(name="Спорт"), subscribers=None)
    rows = heat_map(region, NOW, Shown.SUBSCRIBERS).rows
    assert [[(cell.value, cell.empty) for cell in cells] for _key, _name, cells, _total in rows] == [
        [(0, False), (None, True)],
        [(None, True), (None, False)],
    ]
    text = text_of(analyst_client.get(reverse("heat_map", args=[region.code])))
    assert "А 0 0 —" in text
    assert "Б нет данных — нет данных" in text


def test_a_cell_leads_to_its_pages_and_keeps_the_network(region, analyst_client):
    place, sector = MunicipalityFactory(region=region), SectorFactory(name="Культура")
    page(region, place, sector, subscribers=10)
    page(region, place, sector, platform="ok", subscribers=7)
    html = analyst_client.get(reverse("heat_map", args=[region.code]), {"platform": "ok"}).content.decode()
    assert f"?municipality={place.pk}&amp;sector={sector.pk}&amp;platform=ok" in html
    assert values(region, Shown.SUBSCRIBERS, "ok") == [[7]]


def test_regions_do_not_mix(region):
    page(RegionFactory(), subscribers=10)
    assert values(region, Shown.PAGES) == []


@pytest.mark.parametrize("pages", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_pages(
    region, analyst_client, django_assert_max_num_queries, pages
):
    for _number in range(pages):
        page(region, MunicipalityFactory(region=region), subscribers=1)
    with django_assert_max_num_queries(16):
        analyst_client.get(reverse("heat_map", args=[region.code]))
