"""Ranking by growth: like for like, absolute and relative, one step down at a time with everything kept."""

import pytest
from django.urls import reverse

from monitoring.dashboards.queries.growth import Span, Step, growth, sorted_rows
from tests.factories import MunicipalityFactory, RegionFactory

from .test_heat import page
from .test_overview import text_of


def found(region, step, span=Span.YEAR, **within):
    return {row.name: row for row in growth(region, step, span, within)}


def test_growth_is_that_of_the_pages_measured_then_and_now(region):
    grown = page(region, subscribers=110, change_year=10)
    page(region, subscribers=900, change_year=None)
    rows = sorted_rows(growth(region, Step.INSTITUTION, Span.YEAR, {}), "-change")
    assert [(row.change, row.same, row.subscribers) for row in rows] == [(10, 1, 110), (None, 0, 900)]
    assert rows[0].name == grown.institution.name
    assert rows[0].ratio == pytest.approx(0.1)


def test_the_widest_gain_and_the_fastest_are_two_different_orders(region):
    wide = page(region, subscribers=1100, change_month=100).institution.name
    fast = page(region, subscribers=60, change_month=30).institution.name
    rows = growth(region, Step.INSTITUTION, Span.MONTH, {})
    assert [row.name for row in sorted_rows(rows, "-change")] == [wide, fast]
    assert [row.name for row in sorted_rows(rows, "-ratio")] == [fast, wide]


def test_rows_without_data_come_last_both_ways(region):
    page(region, subscribers=900, change_year=None)
    page(region, subscribers=110, change_year=10)
    rows = growth(region, Step.INSTITUTION, Span.YEAR, {})
    assert [[row.change for row in sorted_rows(rows, sort)] for sort in ("change", "-change")] == [[10, None]] * 2


def test_each_step_lies_within_the_one_above(region):
    place = MunicipalityFactory(region=region, name="Лазо")
    inside = page(region, place, subscribers=110, change_year=10)
    page(region, MunicipalityFactory(region=region), subscribers=5, change_year=1)
    assert found(region, Step.MUNICIPALITY)["Лазо"].change == 10
    assert list(found(region, Step.INSTITUTION, municipality=str(place.pk))) == [inside.institution.name]
    assert list(found(region, Step.PAGE, institution=str(inside.institution_id))) == [inside.handle]
    assert found(region, Step.PAGE, institution="no number") == {}


def test_a_link_down_keeps_span_and_network(region, analyst_client):
    place = MunicipalityFactory(region=region)
    page(region, place, subscribers=110, change_month=10)
    url = reverse("growth", args=[region.code])
    html = analyst_client.get(url, {"span": "month", "platform": "vk"}).content.decode()
    assert f"?span=month&amp;platform=vk&amp;step=founder&amp;municipality={place.pk}" in html


def test_what_lies_above_is_named_and_can_be_taken_away(region, analyst_client):
    place = MunicipalityFactory(region=region, name="Лазо <район>")
    page(region, place, subscribers=110, change_year=10)
    query = {"step": "institution", "municipality": str(place.pk)}
    response = analyst_client.get(reverse("growth", args=[region.code]), query)
    assert "Лазо &lt;район&gt;" in response.content.decode()
    assert 'href="?step=institution"' in response.content.decode()
    assert "+10" in text_of(response)


def test_regions_do_not_mix(region):
    foreign = page(RegionFactory(), subscribers=110, change_year=10)
    assert found(region, Step.INSTITUTION) == {}
    assert found(region, Step.INSTITUTION, municipality=str(foreign.pk)) == {}


@pytest.mark.parametrize("pages", [1, 60])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    region, analyst_client, django_assert_max_num_queries, pages
):
    for _number in range(pages):
        page(region, subscribers=10, change_year=1)
    with django_assert_max_num_queries(14):
        analyst_client.get(reverse("growth", args=[region.code]), {"step": "page"})
