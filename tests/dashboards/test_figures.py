"""Numbers, dates and lines as the screens show them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.html import escape
from django.utils.translation import ngettext, override

from monitoring.templatetags import figures

NBSP, MINUS = "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, f"1{NBSP}000"),
        (1093477, f"1{NBSP}093{NBSP}477"),
        (-1234, f"{MINUS}1{NBSP}234"),
        (None, "нет данных"),
    ],
)
def test_numbers_are_grouped_by_no_break_spaces(value, text):
    assert figures.number(value) == text


def test_a_fraction_has_a_decimal_comma_and_rounds_half_away_from_zero():
    assert figures.number(Decimal("2.345"), 2) == "2,35"
    assert figures.number(-2.345, 2) == f"{MINUS}2,35"
    assert figures.number(0.5) == "1"


def test_nothing_rounds_to_a_minus_zero():
    assert figures.number(-0.04, 1) == "0,0"
    assert figures.signed_percent(-0.0001) == f"0,0{NBSP}%"


@pytest.mark.parametrize(("value", "text"), [(5, "+5"), (-5, f"{MINUS}5"), (0, "0"), (None, "нет данных")])
def test_a_change_has_its_sign(value, text):
    assert figures.signed(value) == text


def test_the_growth_of_the_demo_region_reads_32_2_percent():
    assert figures.signed_percent((1093477 - 827391) / 827391) == f"+32,2{NBSP}%"


@pytest.mark.parametrize(
    ("ratio", "text"), [(1, f"100{NBSP}%"), (0.9996, f"99,9{NBSP}%"), (0.62, f"62,0{NBSP}%"), (0, f"0{NBSP}%")]
)
def test_a_share_below_the_whole_never_reads_100(ratio, text):
    assert figures.share(ratio) == text


def test_a_change_in_a_table_says_its_direction_in_a_word():
    assert "снижение" in figures.change(-3)
    assert "рост" in figures.change(3)
    assert "без изменений" in figures.change(0)


def test_dates_are_written_out_or_with_dots():
    day = dt.date(2024, 10, 6)
    assert figures.long_day(day).replace(NBSP, " ") == "6 октября 2024"
    assert figures.short_day(day) == "06.10.2024"
    assert figures.short_day(None) == "нет данных"


def test_a_moment_is_told_in_the_regions_zone():
    moment = dt.datetime(2024, 10, 25, 20, 10, tzinfo=dt.UTC)
    assert figures.moment(moment, "Asia/Vladivostok").replace(NBSP, " ") == "26.10.2024, 06:10 (UTC+10)"
    assert figures.moment(moment, "Asia/Kolkata").endswith("(UTC+5:30)")
    assert figures.moment(None, "Asia/Vladivostok") == "нет данных"
    assert figures.local_day(moment, "Asia/Vladivostok") == "26.10.2024"
    assert figures.local_day(moment, "Europe/Moscow") == "25.10.2024"


def test_a_zone_west_of_greenwich_has_a_real_minus():
    moment = dt.datetime(2024, 10, 25, 20, 10, tzinfo=dt.UTC)
    assert figures.moment(moment, "America/New_York").endswith(f"(UTC{MINUS}4)")
    assert figures.moment(moment, "UTC").endswith("(UTC)")


def test_english_groups_by_commas():
    with override("en"):
        assert figures.number(1093477) == "1,093,477"
        assert figures.percent(0.0388, 2) == f"3.88{NBSP}%"


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "страниц"), (1, "страница"), (2, "страницы"), (4, "страницы"), (5, "страниц"), (10, "страниц"),
        (11, "страниц"), (12, "страниц"), (14, "страниц"), (21, "страница"), (22, "страницы"), (25, "страниц"),
        (100, "страниц"), (101, "страница"), (111, "страниц"), (112, "страниц"), (1001, "страница"),
    ],
)  # fmt: skip
def test_russian_plurals(count, word):
    text = ngettext("%(total)s page", "%(total)s pages", count) % {"total": count}
    assert text == f"{count} {word}"


def test_a_sparkline_breaks_where_a_value_is_missing():
    svg = figures.sparkline([("2024-10-01", 1), ("2024-10-02", 2), ("2024-10-03", None), ("2024-10-04", 4)])
    assert svg.count("M") == 2
    assert "от 1 до 4" in svg


def test_a_sparkline_draws_time_to_scale():
    svg = figures.sparkline([("2024-01-01", 0), ("2024-01-11", 5), ("2024-04-10", 10)], 106, 24)
    assert 'd="M3.0 21.0L13.0 12.0L103.0 3.0"' in svg


def test_a_sparkline_of_one_value_is_empty_and_keeps_its_size():
    svg = figures.sparkline([("2024-10-01", 1)])
    assert "<path" not in svg
    assert 'width="96"' in svg


def test_a_sparkline_carries_no_style_attribute():
    assert "style" not in figures.sparkline([("2024-10-01", 1), ("2024-10-02", 2)])


def test_what_an_event_names_is_a_number_or_the_text_as_it_is():
    assert figures.named_value("1000") == f"1{NBSP}000"
    assert figures.named_value("²") == "²"
    assert figures.named_value("<b>") == "<b>"  # the template escapes it
    assert escape(figures.named_value("<b>")) == "&lt;b&gt;"


def test_a_doubtful_point_has_its_own_mark_and_the_line_keeps_its_end():
    points = [("2024-10-01", 10), ("2024-10-02", 20)]
    svg = figures.sparkline(points, 96, 24, (dt.date(2024, 10, 3), 30))
    assert '<circle class="doubt" cx="93.0" cy="3.0" r="3"/>' in svg
    assert 'd="M3.0 21.0L48.0 12.0"' in svg


def test_a_doubt_without_a_number_has_no_mark():
    svg = figures.sparkline([("2024-10-01", 10), ("2024-10-02", 20)], 96, 24, (dt.date(2024, 10, 3), None))
    assert "doubt" not in svg


@pytest.mark.parametrize(
    ("text", "shown"), [("1240", "1\u00a0240"), ("2024-10-26", "26.10.2024"), ("school5", "school5"), ("", "")]
)
def test_what_an_event_names_reads_as_people_write_it(text, shown):
    assert figures.named_value(text) == shown
