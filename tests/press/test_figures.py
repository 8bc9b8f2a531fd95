"""Figures: to the digit as published, equal to the overview, and honest about what is missing."""

import datetime as dt

import pytest

from monitoring import rollups
from monitoring.dashboards.queries.overview import overview
from monitoring.models import Page, PageDay, SlotStatus
from press import queries, release
from press.definitions import definitions
from press.figures import compute
from press.models import Kind
from press.sources import Dates
from tests.factories import RegionFactory

from .worlds import DATES, DAY, YEAR_AGO, found, khabarovsk, one, page, rolled_up, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory()


def words(text: str) -> str:
    return text.replace("\u00a0", " ")


# --- a published release, to the digit --------------------------------------------------------------------------------


@pytest.fixture
def published(region):
    khabarovsk(region)
    return region


def test_the_figures_of_khabarovsk_come_out_to_the_digit(published):
    view = queries.view_of(compute(published, DATES), definitions())
    rows = dict(view.rows)
    assert {code: words(lines[Kind.SUBSCRIBERS].now) for code, lines in rows.items()} == {
        "": "1 093 477",
        "vk": "482 075",
        "ok": "277 671",
        "telegram": "333 731",
    }
    assert [words(rows[code][Kind.SHARE].now) for code in ("vk", "ok", "telegram")] == ["44,1 %", "25,4 %", "30,5 %"]
    audience, pages, mean = (rows[""][kind] for kind in (Kind.SUBSCRIBERS, Kind.PAGES, Kind.MEAN))
    assert [words(text) for text in (audience.then, audience.change, audience.growth)] == [
        "827 391",
        "+266 086",
        "+32,2 %",
    ]
    assert [words(text) for text in (pages.now, pages.then, pages.change, pages.growth)] == [
        "1 643",
        "1 700",
        "−57",
        "−3,4 %",
    ]
    assert [words(text) for text in (mean.now, mean.then, mean.growth)] == ["665,5", "486,7", "+36,7 %"]


def test_the_same_pages_are_told_apart_from_pages_that_came_and_went(published):
    same, gained, lost = (one(published, kind) for kind in (Kind.SAME_PAGES, Kind.GAINED, Kind.LOST))
    assert (same.measured, gained.value, lost.value) == (1600, 43, 100)
    then, now = (dict(PageDay.objects.filter(day=day).values_list("page", "subscribers")) for day in (YEAR_AGO, DAY))
    assert same.earlier == sum(then[page] for page in then.keys() & now.keys())
    assert same.value == sum(now[page] for page in then.keys() & now.keys())
    assert same.value < one(published, Kind.SUBSCRIBERS).value


def test_a_sheet_equals_the_overview(published):
    screen = overview(published, DAY, {})
    for card in (screen.total, *screen.cards):
        audience, pages = one(published, Kind.SUBSCRIBERS, card.platform), one(published, Kind.PAGES, card.platform)
        year = card.audience[-1]
        assert (audience.value, pages.value) == (card.now.subscribers, card.now.pages)
        assert (audience.change, float(audience.growth)) == (year.value, pytest.approx(year.ratio))
        assert pages.change == card.accounts[-1].value


def test_the_text_for_the_press_reads_as_a_release(published):
    text = words(" ".join(release.paragraphs(DATES, queries.view_of(compute(published, DATES), definitions()))))
    assert "На 26 октября 2024 года в регионе 1 643 госпаблика (−3,4 % за год)" in text
    assert "1 093 477 подписчиков (+32,2 % за год)" in text
    assert "ВКонтакте – 482 075 (44,1 %), Одноклассники – 277 671 (25,4 %), Telegram – 333 731 (30,5 %)" in text
    assert "в среднем 665,5 подписчика (было 486,7)" in text
    assert "На 1 600 страницах" in text


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "1 подписчик."),
        (2, "2 подписчика."),
        (11, "11 подписчиков."),
        (21, "21 подписчик."),
        (112, "112 подписчиков."),
        (1001, "1 001 подписчик."),
    ],
)
def test_the_text_has_russian_plurals(region, count, expected):
    page(region, {DAY: count})
    dates = Dates(DAY, None, DAY, DAY)
    view = queries.view_of(compute(rolled_up(region), dates), definitions())
    assert words(release.paragraphs(dates, view)[0]) == f"На 26 октября 2024 года в регионе 1 госпаблик, {expected}"


# --- like for like ----------------------------------------------------------------------------------------------------


def test_audience_may_grow_by_new_pages_while_the_same_pages_grow_little(region):
    small(region)
    assert one(region, Kind.SUBSCRIBERS).change == 190
    same = one(region, Kind.SAME_PAGES)
    assert (same.value, same.earlier, same.change, same.measured) == (320, 300, 20, 2)
    assert one(region, Kind.SAME_PAGES, "ok").change == 10
    assert (one(region, Kind.GAINED).value, one(region, Kind.LOST).value) == (1, 1)
    assert (one(region, Kind.GAINED, "vk").value, one(region, Kind.GAINED, "ok").value) == (0, 1)


def test_a_page_that_was_not_measured_on_one_of_the_days_is_in_neither_sum(region):
    small(region)
    page(region, {YEAR_AGO: "unreachable", DAY: 1000})
    same = one(rolled_up(region), Kind.SAME_PAGES)
    assert (same.value, same.measured, same.pages) == (320, 2, 3)


def test_no_page_measured_on_both_days_is_no_data_and_not_zero(region):
    page(region, {DAY: 10})
    page(region, {YEAR_AGO: 10})
    same = one(rolled_up(region), Kind.SAME_PAGES)
    assert (same.value, same.not_compared) == (None, "ни одна страница не измерена в оба дня")


# --- what is missing --------------------------------------------------------------------------------------------------


def test_what_was_not_measured_is_named_by_network_and_reason(region):
    small(region)
    page(region, {DAY: "unreachable"})
    page(region, {DAY: "closed"}, "ok")
    figure = one(rolled_up(region), Kind.SUBSCRIBERS)
    assert (figure.pages, figure.measured) == (5, 3)
    assert figure.inputs["missing"] == [["ok", "closed", 1], ["vk", "unreachable", 1]]


def test_the_mean_is_of_measured_pages(region):
    page(region, {DAY: 100})
    page(region, {DAY: "unreachable"})
    assert one(rolled_up(region), Kind.MEAN).now == 100


@pytest.mark.parametrize(("bad", "said"), [(DAY, "26.10.2024"), (YEAR_AGO, "26.10.2023")])
def test_an_audience_that_was_hardly_measured_is_not_compared(region, bad, said):
    page(region, {DAY: 100, YEAR_AGO: 90})
    page(region, {DAY: 100, YEAR_AGO: 90} | {bad: "unreachable"})
    figure = one(rolled_up(region), Kind.SUBSCRIBERS)
    assert (figure.earlier, figure.change) == (None, None)
    assert words(figure.not_compared) == f"собрано только 50,0 % за {said}"
    assert one(region, Kind.PAGES).change == 0


def test_a_day_that_was_not_collected_is_no_data(region):
    page(region, {DAY: 100})
    rolled_up(region)
    assert one(region, Kind.SUBSCRIBERS).not_compared == "нет данных за 26.10.2023"
    assert one(region, Kind.PAGES).not_compared == "нет данных за 26.10.2023"
    assert one(region, Kind.GAINED).value is None


def test_a_network_without_pages_a_year_ago_has_zero_pages_then_and_no_audience_to_compare(region):
    page(region, {DAY: 100, YEAR_AGO: 90})
    page(region, {DAY: 50}, "max")
    rolled_up(region)
    assert (one(region, Kind.PAGES, "max").earlier, one(region, Kind.PAGES, "max").change) == (0, 1)
    assert one(region, Kind.PAGES, "max").growth is None
    assert one(region, Kind.SUBSCRIBERS, "max").not_compared == "на 26.10.2023 страниц не было"


def test_without_a_day_to_compare_with_nothing_is_compared(region):
    small(region)
    figures = found(region, Dates(DAY, None, DATES.first, DAY))
    assert not {kind for kind, _network in figures} & {Kind.SAME_PAGES, Kind.GAINED, Kind.LOST}
    assert {each.earlier for each in figures.values()} == {None}
    assert {each.not_compared for each in figures.values()} == {""}


def test_regions_do_not_mix(region):
    small(RegionFactory())
    page(region, {DAY: 7, YEAR_AGO: 5})
    rolled_up(region)
    assert [one(region, kind).value for kind in (Kind.PAGES, Kind.SUBSCRIBERS, Kind.SAME_PAGES, Kind.POSTS)] == [
        1, 7, 7, 1,
    ]  # fmt: skip


# --- posts ------------------------------------------------------------------------------------------------------------


def test_posts_are_those_of_the_period_whole_months_and_ragged_ends(region):
    mine = page(region, {DAY: 10})
    for number, day in enumerate(("2024-01-09", "2024-01-10", "2024-02-01", "2024-09-30", "2024-10-25")):
        PageDay.objects.create(page=mine, day=dt.date.fromisoformat(day), posts=10**number)
    rolled_up(region)
    dates = Dates(DAY, None, dt.date(2024, 1, 10), dt.date(2024, 10, 25))
    assert one(region, Kind.POSTS, dates=dates).value == 11110
    assert one(region, Kind.POSTS, "vk", dates).value == 11110
    short = Dates(DAY, None, dt.date(2024, 1, 9), dt.date(2024, 1, 10))
    assert one(region, Kind.POSTS, dates=short).value == 11


def test_a_period_of_which_nothing_is_known_has_no_number(region):
    page(region, {DAY: 10})
    rolled_up(region)
    dates = Dates(DAY, None, dt.date(2024, 2, 1), dt.date(2024, 2, 28))
    assert one(region, Kind.POSTS, dates=dates).value is None


def test_posts_say_of_how_many_pages_all_are_known_and_are_compared_only_then(region):
    small(region)
    assert one(region, Kind.POSTS).change == 1  # 4 in this year, the 3 of that day the year before
    late = page(region, {DAY: 5}, posts_known_from=dt.date(2024, 6, 1))
    figure = one(rolled_up(region), Kind.POSTS)
    assert (figure.pages, figure.measured) == (4, 3)
    assert figure.inputs["missing"] == [["vk", "posts_unknown", 1]]
    assert figure.not_compared == "все записи известны только у 75,0\u00a0% страниц"
    Page.objects.filter(pk=late.pk).update(posts_known_from=dt.date(2022, 6, 1))
    assert one(region, Kind.POSTS).not_compared == ""


@pytest.mark.parametrize(
    ("day", "against", "first", "last", "earlier"),
    [
        ("2024-10-26", "2023-10-26", "2024-01-01", "2024-10-26", ("2023-01-01", "2023-10-26")),
        ("2024-10-26", "2023-10-24", "2024-01-01", "2024-10-26", ("2023-01-01", "2023-10-26")),
        ("2024-10-26", "2022-10-26", "2024-01-01", "2024-10-26", ("2022-01-01", "2022-10-26")),
        ("2024-10-26", "2024-09-26", "2024-10-01", "2024-10-26", ("2024-09-01", "2024-09-26")),
        ("2024-02-29", "2023-02-28", "2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2024-10-26", "2023-04-26", "2024-10-01", "2024-10-26", ("2023-04-01", "2023-04-26")),
    ],
)
def test_posts_are_compared_with_the_same_dates_or_as_many_days_before(day, against, first, last, earlier):
    dates = Dates(*map(dt.date.fromisoformat, (day, against, first, last)))
    assert dates.earlier_period == tuple(map(dt.date.fromisoformat, earlier))


# --- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_does_not_grow_with_the_pages(region, count, django_assert_num_queries):
    for number in range(count):
        page(region, {DAY: 10, YEAR_AGO: 9}, ("vk", "ok")[number % 2])
    rolled_up(region)
    with django_assert_num_queries(18):
        compute(region, DATES)


def test_slots_that_are_still_due_are_named_too(region):
    mine = page(region, {DAY: "unreachable"})
    mine.slots.update(status=SlotStatus.DUE, reason="")
    rollups.sum_up(region, DAY, DAY)
    assert one(region, Kind.SUBSCRIBERS).inputs["missing"] == [["vk", "due", 1]]
