"""The region overview: figures from the roll-ups, changes only where there is something to compare."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.dashboards.queries.comparison import Figures, Span, account_changes, audience_changes
from monitoring.models import Dimension, EventKind, GroupDay, PageEvent, Region
from monitoring.rollups import roll_up
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    analyst,
    collected,
    institution_admin,
)

from .conftest import DAY

YEAR_AGO = dt.date(2023, 10, 26)


def group(region: Region, day: dt.date, subscribers: int | None, pages: int = 10, measured: int | None = None, **of):
    """A row of the roll-up: all networks together unless `dimension` and `key` say otherwise."""
    return GroupDay.objects.create(
        **{"region": region, "dimension": Dimension.ALL, "key": "", **of},
        day=day,
        pages=pages,
        measured=pages if measured is None else measured,
        subscribers=subscribers,
    )


def text_of(response) -> str:
    """The page as it is read: no tags, ordinary single spaces."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


def test_it_shows_the_audience_and_the_growth_against_the_year_before(analyst_client, region):
    group(region, YEAR_AGO, 827_391, pages=1700)
    group(region, DAY, 1_093_477, pages=1643)
    text = text_of(analyst_client.get(reverse("overview", args=[region.code])))
    assert "1 093 477" in text
    assert "+266 086" in text
    assert "+32,2 %" in text
    assert "1 643" in text
    assert "\u221257" in text


def test_the_default_day_is_the_latest_with_figures_and_none_of_the_future(analyst_client, region):
    group(region, dt.date(2024, 10, 24), 111_111)
    group(region, dt.date(2024, 10, 27), 999_999)
    text = text_of(analyst_client.get(reverse("overview", args=[region.code])))
    assert "111 111" in text
    assert "24 октября 2024" in text
    assert "999 999" not in text


def test_the_day_is_in_the_address(analyst_client, region):
    group(region, dt.date(2024, 10, 24), 111_111)
    group(region, DAY, 222_222)
    url = reverse("overview", args=[region.code])
    assert "111 111" in text_of(analyst_client.get(f"{url}?day=2024-10-24"))
    assert "222 222" in text_of(analyst_client.get(f"{url}?day=not-a-day"))


def test_a_day_without_figures_says_so_and_shows_no_number(analyst_client, region):
    group(region, DAY, 222_222)
    text = text_of(analyst_client.get(reverse("overview", args=[region.code]) + "?day=2024-10-20"))
    assert "нет данных за 20.10.2024" in text


def test_a_region_without_any_figures_says_what_to_do(analyst_client, region):
    text = text_of(analyst_client.get(reverse("overview", args=[region.code])))
    assert "Ещё ничего не собрано" in text


def test_regions_do_not_mix(analyst_client, region):
    group(RegionFactory(), DAY, 777_777)
    group(region, DAY, 222_222)
    text = text_of(analyst_client.get(reverse("overview", args=[region.code])))
    assert "777 777" not in text


def test_another_region_is_not_found(region):
    client = Client()
    client.force_login(analyst(RegionFactory()))
    assert client.get(reverse("overview", args=[region.code])).status_code == 404


def test_an_institution_admin_has_no_overview(region):
    client = Client()
    client.force_login(institution_admin(InstitutionFactory(region=region)))
    assert client.get(reverse("overview", args=[region.code])).status_code == 404


def test_the_chart_has_a_gap_where_too_little_was_measured(analyst_client, region):
    for days, measured in ((2, 10), (1, 6), (0, 10)):
        day = DAY - dt.timedelta(days=days)
        group(region, day, 100, measured=measured)
        group(region, day, 100, measured=measured, dimension=Dimension.PLATFORM, key="vk")
    html = analyst_client.get(reverse("overview", args=[region.code])).content.decode()
    data = json.loads(re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', html)[1])
    assert data["series"][0]["points"] == [["2024-10-24", 100], ["2024-10-25", None], ["2024-10-26", 100]]


def test_municipalities_are_listed_with_a_link_to_their_pages(analyst_client, region):
    place = MunicipalityFactory(region=region, name="Район <имени> Лазо")
    group(region, DAY, 100)
    group(region, DAY, 60, dimension=Dimension.MUNICIPALITY, key=str(place.pk))
    html = analyst_client.get(reverse("overview", args=[region.code])).content.decode()
    assert f"?municipality={place.pk}" in html
    assert "Район &lt;имени&gt; Лазо" in html


def test_it_reads_little_however_many_pages_there_are(analyst_client, region, django_assert_max_num_queries):
    institution = InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region))
    for _ in range(40):
        collected(PageFactory(institution=institution), DAY)
    roll_up(region, DAY)
    with django_assert_max_num_queries(21):
        assert analyst_client.get(reverse("overview", args=[region.code])).status_code == 200


# --- comparison ---------------------------------------------------------------------------------


def full(subscribers: int) -> Figures:
    return Figures(pages=100, measured=100, subscribers=subscribers)


def test_a_change_names_the_day_it_compares_with():
    history = {DAY: full(120), dt.date(2024, 9, 24): full(100)}
    month = audience_changes(history, DAY)[1]
    assert (month.span, month.against, month.value, month.ratio) == (Span.MONTH, dt.date(2024, 9, 24), 20, 0.2)


def test_a_day_too_far_back_is_not_compared_with():
    history = {DAY: full(120), dt.date(2024, 9, 22): full(100)}
    month = audience_changes(history, DAY)[1]
    assert (month.value, month.missing) == (None, "нет данных за 26.09.2024")


@pytest.mark.parametrize(("measured", "missing"), [(94, "собрано только 94,0"), (95, "")])
def test_a_day_measured_below_95_percent_is_not_compared_with(measured, missing):
    history = {DAY: full(120), dt.date(2024, 10, 25): Figures(100, measured, 100)}
    day = audience_changes(history, DAY)[0]
    assert day.missing.startswith(missing)
    assert (day.value is None) == bool(missing)


def test_a_poorly_measured_present_day_is_not_compared_either():
    history = {DAY: Figures(100, 62, 100), dt.date(2024, 10, 25): full(120)}
    day = audience_changes(history, DAY)[0]
    assert day.missing.replace("\u00a0", " ") == "собрано только 62,0 % за 26.10.2024"


def test_growth_from_nothing_has_no_percent():
    history = {DAY: full(120), dt.date(2024, 10, 25): full(0)}
    day = audience_changes(history, DAY)[0]
    assert (day.value, day.ratio) == (120, None)


def test_accounts_are_compared_even_where_their_audience_was_not_measured():
    history = {DAY: Figures(1643, 0, None), YEAR_AGO: full(5)}
    assert account_changes(history, DAY)[2].value == 1543


def test_the_29th_of_february_is_compared_with_the_28th():
    leap = dt.date(2024, 2, 29)
    history = {leap: full(120), dt.date(2023, 2, 28): full(100)}
    assert audience_changes(history, leap)[2].against == dt.date(2023, 2, 28)


def test_it_lists_what_happened_lately_and_leaves_silences_to_their_count(analyst_client, region):
    page = PageFactory(institution=InstitutionFactory(region=region))
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.RENAMED, old="school_old", new="school_new")
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.SILENT, old="2024-10-01")
    group(region, DAY, 100, pages=1)
    text = text_of(analyst_client.get(reverse("overview", args=[region.code])))
    assert "school_new" in text
    assert str(EventKind.SILENT.label) not in text
