"""Two days side by side: what came, left and grew adds up to the change."""

import datetime as dt

import pytest
from django.urls import reverse

from monitoring.dashboards.queries.years import years
from monitoring.models import Page, PageDay, Slot, SlotReason, SlotStatus
from monitoring.rollups import roll_up
from tests.factories import InstitutionFactory, PageFactory, RegionFactory

from .conftest import DAY
from .test_overview import text_of

THEN = dt.date(2023, 10, 26)


def page(region, then: int | None = None, now: int | None = None, **fields) -> Page:
    """A page with that audience on the two days; None = it was not there."""
    made = PageFactory(institution=InstitutionFactory(region=region), **fields)
    for day, subscribers in ((THEN, then), (DAY, now)):
        if subscribers is not None:
            Slot.objects.create(page=made, day=day, status=SlotStatus.OK)
            PageDay.objects.create(page=made, day=day, subscribers=subscribers)
    return made


def failed(of: Page, day: dt.date, reason: str) -> None:
    Slot.objects.create(page=of, day=day, status=SlotStatus.FAILED, reason=reason)


def test_grown_came_left_and_unmeasured_add_up_to_the_plain_change(region):
    page(region, 100, 130)
    page(region, None, 50)
    page(region, 40, None)
    failed(page(region, 70, None), DAY, SlotReason.CLOSED)
    whole = years(region, THEN, DAY).rows[0]
    assert (whole.grown, whole.came, whole.left, whole.unmeasured) == (30, 50, -40, -70)
    assert whole.change == 30 + 50 - 40 - 70 == whole.now - whole.then
    assert (whole.accounts_then, whole.accounts_now) == (3, 3)
    assert whole.grown_ratio == pytest.approx(0.3)


def test_a_page_that_was_deleted_has_left_and_one_that_could_not_be_read_has_not(region):
    gone, unread = page(region, 40), page(region, 60)
    failed(gone, DAY, SlotReason.DELETED)
    failed(unread, DAY, SlotReason.CLOSED)
    assert [found for found, _audience in years(region, THEN, DAY).left] == [gone]


def test_each_network_stands_for_itself_and_all_together_first(region):
    page(region, 100, 110, platform="vk")
    page(region, 10, 30, platform="telegram")
    rows = years(region, THEN, DAY).rows
    assert [(row.network, row.change) for row in rows] == [("", 30), ("vk", 10), ("telegram", 20)]


def test_a_day_on_which_nothing_was_measured_is_no_data_and_not_zero(region):
    failed(page(region, None, 100), THEN, SlotReason.CLOSED)
    whole = years(region, THEN, DAY).rows[0]
    assert (whole.then, whole.change) == (None, None)


def test_without_dates_it_is_the_latest_day_against_the_year_before(region, analyst_client):
    page(region, 1000, 1234, handle="grew")
    for day in (THEN, DAY):
        roll_up(region, day)
    text = text_of(analyst_client.get(reverse("years", args=[region.code])))
    assert "+234" in text
    assert "26.10.2023" in text


def test_without_an_earlier_day_it_says_so(region, analyst_client):
    page(region, None, 100)
    roll_up(region, DAY)
    text = text_of(analyst_client.get(reverse("years", args=[region.code])))
    assert "Нет более раннего дня для сравнения" in text


def test_regions_do_not_mix(region):
    page(RegionFactory(), 100, 200)
    assert years(region, THEN, DAY).rows[0].accounts_now == 0


@pytest.mark.parametrize("pages", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_pages(
    region, analyst_client, django_assert_max_num_queries, pages
):
    for _number in range(pages):
        page(region, 100, None)
        page(region, None, 100)
    for day in (THEN, DAY):
        roll_up(region, day)
    with django_assert_max_num_queries(16):
        analyst_client.get(reverse("years", args=[region.code]))
