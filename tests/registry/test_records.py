"""What the registry said of a page, and since when."""

import datetime as dt

import pytest
from django.urls import reverse

from gospub import clock
from monitoring.models import Page, PageRecord
from monitoring.registry.records import keep_records, records_on
from tests.factories import PageFactory, operator

DAY = dt.date(2024, 10, 26)
LATER = dt.date(2024, 11, 5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory(connected_to_component=None, weekly_reach=None)


def on(page: Page, day: dt.date) -> PageRecord:
    return records_on(page.institution.region, day)[page.pk]


def test_a_record_holds_from_its_day_until_the_next(page):
    keep_records([page], DAY)
    page.page_class, page.weekly_reach = "card", 300
    keep_records([page], LATER)
    assert (on(page, LATER - dt.timedelta(days=1)).page_class, on(page, LATER).page_class) == ("active", "card")
    assert (on(page, DAY).weekly_reach, on(page, LATER).weekly_reach) == (None, 300)


def test_what_did_not_change_makes_no_record(page):
    assert (keep_records([page], DAY), keep_records([page], LATER)) == (1, 0)


def test_not_said_is_not_the_same_as_no(page):
    keep_records([page], DAY)
    page.connected_to_component = False
    assert keep_records([page], LATER) == 1
    assert (on(page, DAY).connected_to_component, on(page, LATER).connected_to_component) == (None, False)


def test_the_same_day_again_overwrites_its_record(page):
    keep_records([page], DAY)
    page.page_class = "flagship"
    keep_records([page], DAY)
    assert list(PageRecord.objects.values_list("since", "page_class")) == [(DAY, "flagship")]


def test_before_its_first_record_a_page_was_what_that_one_says(page):
    keep_records([page], LATER)
    assert on(page, DAY).since == LATER


def test_many_pages_cost_as_many_queries_as_one(django_assert_num_queries):
    pages = PageFactory.create_batch(30)
    with django_assert_num_queries(2):
        keep_records(pages, DAY)


def test_an_edit_in_the_admin_keeps_a_record(page, client):
    client.force_login(operator())
    form = {name: getattr(page, name) for name in ("handle", "platform", "external_id", "title")}
    form |= {"institution": page.institution_id, "page_class": "card", "added_on": "2024-01-01", "weekly_reach": "5"}
    form |= {"stewardships-TOTAL_FORMS": "0", "stewardships-INITIAL_FORMS": "0"}
    response = client.post(reverse("admin:monitoring_page_change", args=[page.pk]), form)
    assert response.status_code == 302
    today = clock.local_day(clock.now(), page.institution.region.time_zone)
    assert list(PageRecord.objects.values_list("since", "page_class", "weekly_reach")) == [(today, "card", 5)]
