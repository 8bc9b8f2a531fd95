"""The weekly letter to analysts: what broke, what waits, how much was read, seven days against seven."""

import datetime as dt

import pytest

from letters.digests import analyst as analysts
from letters.digests.parts import Digest
from monitoring.models import (
    AccessPause,
    Dimension,
    EventKind,
    GroupDay,
    Network,
    NetworkState,
    PageEvent,
    PageState,
    Slot,
)
from tests.appeals.worlds import filed, preliminary, score_of
from tests.factories import EvidenceFactory, PageFactory, RegionFactory, SuspectFactory, analyst

from .conftest import MONDAY, WEEK

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SUNDAY = WEEK + 6 * DAY


@pytest.fixture
def user(region):
    return analyst(region)


def digest(user, region) -> Digest:
    return analysts.write(user, region, WEEK, MONDAY)


def part(found: Digest, title: str) -> list[str]:
    return [line.text for each in found.parts if each.title == title for line in each.lines]


def figures(found: Digest) -> dict[str, tuple[str, str]]:
    return {figure.label: (figure.value, figure.note) for figure in found.figures}


def page(region, measured_on: dt.date | None = SUNDAY, **fields):
    found = PageFactory(institution__region=region, **fields)
    PageState.objects.create(page=found, measured_on=measured_on)
    return found


def collected(region, days: list[dt.date], read: int, failed: int = 0, posts: int = 0) -> None:
    """Days on which so many pages were read and so many were not."""
    pages = [PageFactory(institution__region=region) for _ in range(read + failed)]
    for on in days:
        for number, each in enumerate(pages):
            Slot.objects.create(page=each, day=on, status="ok" if number < read else "failed")
        GroupDay.objects.create(region=region, dimension=Dimension.ALL, key="", day=on, posts=posts)
    PageState.objects.bulk_create(PageState(page=each, measured_on=SUNDAY) for each in pages)


THIS, BEFORE = ([monday + n * DAY for n in range(7)] for monday in (WEEK, WEEK - 7 * DAY))


# --- how much was read ------------------------------------------------------------------------------------------------


def test_a_week_in_order_says_so_in_one_line_and_with_its_figures(user, region):
    collected(region, THIS, read=10, posts=4)
    collected(region, BEFORE, read=9, failed=1, posts=3)
    found = digest(user, region)
    assert found.lead == f"{region}. Всё в порядке: ничего не сломалось, решений от вас ничего не ждёт."
    assert not any(each.lines for each in found.parts)
    assert figures(found) == {
        "Собрано вчера": ("10 из 10", "неделей раньше: 9 из 10"),
        "Данные за неделю": ("100\u00a0%", "от всех положенных чтений; неделей раньше: 90,0\u00a0%"),
        "Записи за неделю": ("28", "неделей раньше: 21"),
    }


def test_what_was_not_collected_is_no_data_and_no_zero(user, region):
    found = digest(user, region)
    assert figures(found)["Собрано вчера"] == ("нет данных", "неделей раньше: нет данных")
    assert figures(found)["Данные за неделю"][0] == "нет данных"


def test_a_week_that_was_not_collected_as_a_whole_is_not_compared_by_its_posts(user, region):
    collected(region, THIS, read=1, posts=4)
    collected(region, BEFORE[1:], read=1, posts=3)
    assert figures(digest(user, region))["Записи за неделю"] == ("28", "неделей раньше: нет данных")


def test_pages_that_are_gone_owe_no_reading(user, region):
    collected(region, THIS, read=1, failed=1)
    Slot.objects.filter(status="failed").update(reason="deleted")
    assert figures(digest(user, region))["Собрано вчера"][0] == "1 из 1"


# --- what broke -------------------------------------------------------------------------------------------------------


def test_networks_that_are_paused_and_tokens_that_need_somebody_are_named(user, region):
    Network.objects.create(platform="max", state=NetworkState.PAUSED, since=MONDAY - DAY)
    AccessPause.objects.create(platform="vk", token="3f9a", reason="token_dead", since=MONDAY - DAY)
    broken = part(digest(user, region), "Что сломалось")
    assert any("MAX" in text and "приостановлен" in text for text in broken)
    assert any("3f9a" in text for text in broken)


def test_pages_that_were_not_read_yesterday_are_counted_by_reason_without_those_that_are_gone_or_closed(user, region):
    for reason, count in (("unreachable", 2), ("bad_answer", 1), ("deleted", 3), ("closed", 1)):
        for _ in range(count):
            Slot.objects.create(page=page(region), day=SUNDAY, status="failed", reason=reason)
    assert part(digest(user, region), "Что сломалось") == [
        "2 страницы не прочитаны 27.10.2024: соцсеть не ответила.",
        "1 страница не прочитана 27.10.2024: ответ соцсети не удалось понять.",
    ]


def test_pages_without_a_fresh_number_are_counted_but_for_new_and_dead_ones(user, region):
    page(region, measured_on=SUNDAY - 3 * DAY)
    page(region, measured_on=SUNDAY - 4 * DAY)
    page(region, measured_on=None)
    PageFactory(institution__region=region)  # never rolled up
    page(region, measured_on=None, added_on=SUNDAY)
    page(region, measured_on=None, status="deleted")
    page(region, measured_on=None, status="closed")
    page(region, measured_on=None, archived_on=WEEK)
    assert part(digest(user, region), "Что сломалось") == ["У 3 страниц нет числа новее 24.10.2024."]


# --- what waits and what happened -------------------------------------------------------------------------------------


def test_what_waits_for_a_decision_is_counted_with_its_oldest_day(user, region):
    mine = page(region)
    SuspectFactory(page=mine, day=SUNDAY)
    SuspectFactory(page=mine, day=WEEK)
    EvidenceFactory(page=mine, first_day=WEEK, last_day=WEEK)
    EvidenceFactory(page=mine, first_day=SUNDAY, last_day=SUNDAY, explanation="Так велели")
    found = digest(user, region)
    assert part(found, "Что ждёт решения") == [
        "2 сомнительных числа, самое раннее — от 21.10.2024",
        "2 признака накрутки, самый ранний — от 21.10.2024; с объяснением администратора: 1",
    ]
    assert "Всё в порядке" not in found.lead


def test_appeals_that_wait_are_counted_and_decided_ones_are_not(user, region):
    rating = preliminary(region)
    first, _second = (filed(score_of(rating, title)) for title in ("П00", "П01"))
    waiting = "2 апелляции, самая ранняя — от 20.01.2025"
    assert part(digest(user, region), "Что ждёт решения") == [waiting]
    type(first).objects.update(state="rejected", decided_at=MONDAY)
    assert part(digest(user, region), "Что ждёт решения") == []


def test_three_grave_events_are_told_and_no_milestones(user, region):
    mine = page(region, title="Музей")
    PageEvent.objects.create(page=mine, day=SUNDAY, kind=EventKind.MILESTONE, old="990", new="1000")
    PageEvent.objects.create(page=mine, day=SUNDAY, kind=EventKind.DELETED)
    assert part(digest(user, region), "Что произошло") == ["27.10.2024. ВКонтакте, Музей: удалена"]


def test_nothing_of_another_region_is_in_it(user, region):
    other = page(RegionFactory(name="Чужой край"), measured_on=None, title="Чужая")
    filed(score_of(preliminary(other.institution.region)))
    SuspectFactory(page=other)
    EvidenceFactory(page=other)
    Slot.objects.create(page=other, day=SUNDAY, status="failed", reason="unreachable")
    PageEvent.objects.create(page=other, day=SUNDAY, kind=EventKind.DELETED)
    found = digest(user, region)
    assert not any(each.lines for each in found.parts)


def test_it_reads_little_however_much_there_is(user, region, django_assert_max_num_queries):
    for number in range(10):
        mine = page(region, measured_on=None, title=f"П{number}")
        SuspectFactory(page=mine)
        Slot.objects.create(page=mine, day=SUNDAY, status="failed", reason="unreachable")
        PageEvent.objects.create(page=mine, day=SUNDAY, kind=EventKind.DELETED)
    with django_assert_max_num_queries(16):
        digest(user, region)
