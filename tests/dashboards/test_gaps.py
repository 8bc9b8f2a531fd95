"""The ledger of gaps: shares by month, network and measure; what is excused counts against nobody."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.dashboards.queries.gaps import Cell, Measure, ledger
from monitoring.models import Dimension, GapExcuse, GroupDay, PageState, PageStatus, SlotReason
from monitoring.rollups import sum_up
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, auditor, official, watched

from .conftest import DAY
from .test_overview import text_of

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2024, 9, 1), dt.date(2024, 9, 30)
SEPTEMBER = 1  # the month before the present one


def page(region, failed=(), platform="vk", reason=SlotReason.UNREACHABLE, **options):
    """Watched all September; `failed`: days of the month on which it was not read."""
    found = PageFactory(institution=InstitutionFactory(region=region), platform=platform, status=PageStatus.OPEN)
    return watched(found, FIRST, LAST, failed={FIRST.replace(day=day): reason for day in failed}, **options)


def cell(region, measure=Measure.SUBSCRIBERS, platform="vk", month=SEPTEMBER) -> Cell | None:
    sum_up(region, FIRST, LAST)
    found = ledger(region, DAY, NOW).rows
    return next(row.cells[month] for row in found if (row.platform, row.measure) == (platform, measure))


def excuse(region, first=10, last=12, **of) -> GapExcuse:
    return GapExcuse.objects.create(
        region=region,
        first=FIRST.replace(day=first),
        last=FIRST.replace(day=last),
        reason="Сбой у сети",
        declared_at=NOW,
        **of,
    )


# --- what is collected ------------------------------------------------------------------------------------------------


def test_readings_are_counted_of_those_owed(region):
    page(region, failed=(10, 11, 12))
    page(region)
    assert (cell(region).known, cell(region).owed) == (57, 60)
    assert cell(region).share == 0.95
    assert cell(region).enough


def test_a_page_that_was_gone_owed_nothing(region):
    page(region, failed=(10, 11, 12), reason=SlotReason.NOT_FOUND)
    assert cell(region).share == 1


def test_what_a_network_does_not_give_is_no_gap(region):
    page(region, platform="telegram")
    page(region, platform="max")
    assert cell(region, Measure.ANSWERS, "telegram") is None
    assert cell(region, Measure.COUNTERS, "max") is None
    assert cell(region, Measure.VIEWS, "max").share == 1


def test_views_are_counted_of_the_posts_and_not_before_they_are_old_enough(region):
    page(region, every=3)
    page(region, every=3, views=None)
    assert (cell(region, Measure.VIEWS).known, cell(region, Measure.VIEWS).owed) == (10, 20)
    assert cell(region, Measure.COUNTERS).share == 1
    assert cell(region, Measure.VIEWS, month=0).early


def test_a_month_in_which_nothing_was_owed_has_no_share(region):
    page(region)
    assert cell(region, month=5).share is None


def test_answers_are_counted_by_days_with_posts(region):
    page(region, every=2)
    sum_up(region, FIRST, LAST)
    early = GroupDay.objects.filter(region=region, dimension=Dimension.PLATFORM, posts__gt=0, day__day__lte=10)
    early.update(people_comments=3)
    found = ledger(region, DAY, NOW).rows
    read = next(row.cells[SEPTEMBER] for row in found if (row.platform, row.measure) == ("vk", Measure.ANSWERS))
    assert (read.known, read.owed) == (5, 15)


def test_freshness_counts_existing_pages_by_network(region):
    for measured, status in ((DAY, "open"), (DAY - dt.timedelta(days=9), "open"), (None, "deleted")):
        found = PageFactory(institution=InstitutionFactory(region=region), status=status)
        PageState.objects.create(page=found, measured_on=measured)
    [vk] = ledger(region, DAY, NOW).freshness
    assert (vk.pages, vk.latest, vk.fresh, vk.posts_fresh) == (2, DAY, 1, 0)


# --- what is excused --------------------------------------------------------------------------------------------------


def test_an_excused_gap_leaves_what_the_share_is_counted_of(region):
    page(region, failed=(10, 11, 12, 20))
    excuse(region)
    assert (cell(region).known, cell(region).owed, cell(region).excused) == (26, 30, 3)
    assert cell(region).share == pytest.approx(26 / 27)


def test_an_excuse_of_one_network_or_page_covers_no_other(region):
    lost = page(region, failed=(10, 11, 12))
    page(region, failed=(10, 11, 12))
    page(region, failed=(10, 11, 12), platform="ok")
    excuse(region, platform="vk", page=lost)
    assert (cell(region).excused, cell(region, platform="ok").excused) == (3, 0)
    excuse(region, platform="ok")
    assert (cell(region).excused, cell(region, platform="ok").excused) == (3, 3)


def test_an_excuse_never_makes_more_than_everything(region):
    page(region, failed=(10,))
    excuse(region, 1, 30)
    assert cell(region).share == 1


def test_an_official_excuses_a_gap_and_takes_it_back_and_both_are_in_the_audit_trail(region):
    client = Client()
    client.force_login(official(region))
    url = reverse("gaps", args=[region.code])
    said = {"first": "2024-09-10", "last": "2024-09-12", "platform": "vk", "reason": "Сеть была недоступна, акт № 5"}
    assert client.post(url, said).status_code == 302
    kept = GapExcuse.objects.get()
    assert (kept.platform, kept.first, kept.last, kept.page) == ("vk", said_day(10), said_day(12), None)
    assert "Сеть была недоступна" in text_of(client.get(url))
    client.post(url, {"remove": str(kept.pk)})
    assert not GapExcuse.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["gap.excuse", "gap.unexcuse"]


def said_day(day: int) -> dt.date:
    return FIRST.replace(day=day)


def test_a_page_is_named_by_its_address(region, analyst_client):
    found = page(region, platform="ok")
    said = {"first": "2024-09-10", "last": "2024-09-10", "address": found.url, "reason": "Страница была взломана"}
    assert analyst_client.post(reverse("gaps", args=[region.code]), said).status_code == 302
    kept = GapExcuse.objects.get()
    assert (kept.page, kept.platform) == (found, "ok")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "Так"},
        {"last": "2024-09-01"},
        {"last": "2024-10-27"},
        {"first": "2023-01-01"},
        {"address": "https://vk.com/nobody_here"},
        {"address": "два слова"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(region, analyst_client, wrong):
    said = {"first": "2024-09-10", "last": "2024-09-12", "reason": "Сеть была недоступна"} | wrong
    response = analyst_client.post(reverse("gaps", args=[region.code]), said)
    assert response.status_code == 422
    assert "Ошибка:" in text_of(response)
    assert not GapExcuse.objects.exists()


def test_a_page_of_another_region_is_not_found(region, analyst_client):
    foreign = page(RegionFactory())
    said = {"first": "2024-09-10", "last": "2024-09-12", "address": foreign.url, "reason": "Сеть была недоступна"}
    assert analyst_client.post(reverse("gaps", args=[region.code]), said).status_code == 422


def test_an_auditor_sees_the_ledger_and_may_excuse_nothing(region):
    client = Client()
    client.force_login(auditor(region))
    url = reverse("gaps", args=[region.code])
    assert "Признать уважительным" not in text_of(client.get(url))
    assert client.post(url, {"first": "2024-09-10"}).status_code == 403


def test_an_excuse_of_another_region_cannot_be_taken_back(region, analyst_client):
    foreign = excuse(RegionFactory())
    assert analyst_client.post(reverse("gaps", args=[region.code]), {"remove": str(foreign.pk)}).status_code == 404
    assert GapExcuse.objects.exists()


# --- screen and file --------------------------------------------------------------------------------------------------


def test_the_screen_tells_shares_days_with_gaps_and_excuses(region, analyst_client):
    page(region, failed=(30,))
    sum_up(region, FIRST, LAST)
    excuse(region)
    text = text_of(analyst_client.get(reverse("gaps", args=[region.code])))
    assert "96,6 %" in text
    assert "30.09.2024" in text
    assert "10.09.2024 – 12.09.2024" in text


def test_the_file_has_a_row_for_each_month_network_and_measure(region, analyst_client):
    page(region)
    sum_up(region, FIRST, LAST)
    url = reverse("gaps_export", args=[region.code, "csv"])
    lines = b"".join(analyst_client.get(url).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 12 * 5 * 2
    assert any(line.startswith("01.09.2024;ВКонтакте;Подписчики") and ";100,0;30;30;0" in line for line in lines)
    assert analyst_client.get(reverse("gaps_export", args=[region.code, "xlsx"])).status_code == 200


@pytest.mark.parametrize("pages", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    region, analyst_client, django_assert_max_num_queries, pages
):
    for _number in range(pages):
        page(region, failed=(10,))
        excuse(region)
    sum_up(region, FIRST, LAST)
    with django_assert_max_num_queries(16):
        analyst_client.get(reverse("gaps", args=[region.code]))
