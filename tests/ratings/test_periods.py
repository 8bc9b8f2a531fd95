"""Spans of local days."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.periods import Period, Unit, cut, period_of, read_period, year_before

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
UNITS = st.sampled_from(Unit)


@pytest.mark.parametrize(
    ("text", "first", "last", "unit"),
    [
        ("2025", "2025-01-01", "2025-12-31", Unit.YEAR),
        ("2025-Q1", "2025-01-01", "2025-03-31", Unit.QUARTER),
        ("2025-Q4", "2025-10-01", "2025-12-31", Unit.QUARTER),
        ("2024-02", "2024-02-01", "2024-02-29", Unit.MONTH),
        ("2025-02", "2025-02-01", "2025-02-28", Unit.MONTH),
        ("2025-12", "2025-12-01", "2025-12-31", Unit.MONTH),
        ("2025-W01", "2024-12-30", "2025-01-05", Unit.WEEK),
        ("2020-W53", "2020-12-28", "2021-01-03", Unit.WEEK),
        ("2024-02-29", "2024-02-29", "2024-02-29", Unit.DAY),
    ],
)
def test_a_period_is_read_as_people_write_it(text, first, last, unit):
    assert read_period(text) == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last), unit)


def test_small_letters_and_spaces_are_read_too():
    assert read_period(" 2025-q2 \n") == read_period("2025-Q2")
    assert read_period("2025-w17") == read_period("2025-W17")


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "20255", "2025-13", "2025-00", "2025-Q0", "2025-Q5", "2025-W00", "2025-W53", "2025-02-29", "2025-1",
        "0000", "9999-W52", "9999-12", "9999-Q4",
    ],
)  # fmt: skip
def test_what_is_no_period_is_a_value_error(text):
    with pytest.raises(ValueError):
        read_period(text)


@given(st.text(max_size=12))
def test_no_text_raises_anything_but_a_value_error(text):
    try:
        period = read_period(text)
    except ValueError:
        return
    assert period.first <= period.last


@given(UNITS, DAYS)
def test_every_kind_of_period_survives_writing_and_reading(unit, day):
    period = period_of(unit, day)
    assert read_period(str(period)) == period


@given(UNITS, DAYS)
def test_the_period_of_a_day_holds_it(unit, day):
    period = period_of(unit, day)
    assert period.first <= day <= period.last
    assert period.unit == unit
    assert period.days == len([n for n in range(400) if period.first + n * dt.timedelta(1) <= period.last])


@given(DAYS)
def test_a_week_is_an_iso_week(day):
    week = period_of(Unit.WEEK, day)
    assert (week.first.isoweekday(), week.days) == (1, 7)
    year, number, _weekday = day.isocalendar()
    assert str(week) == f"{year}-W{number:02d}"


@given(st.sampled_from([Unit.MONTH, Unit.QUARTER, Unit.YEAR]), DAYS)
def test_a_week_belongs_to_the_period_of_its_thursday(unit, day):
    week = period_of(Unit.WEEK, day)
    thursday = week.first + dt.timedelta(3)
    assert (week in cut(period_of(unit, day), Unit.WEEK)) == (period_of(unit, day) == period_of(unit, thursday))


@given(DAYS)
def test_weeks_of_a_year_are_those_of_its_months_and_of_its_quarters(day):
    year = period_of(Unit.YEAR, day)
    weeks = cut(year, Unit.WEEK)
    assert weeks == [week for month in cut(year, Unit.MONTH) for week in cut(month, Unit.WEEK)]
    assert weeks == [week for quarter in cut(year, Unit.QUARTER) for week in cut(quarter, Unit.WEEK)]
    last = dt.date(day.year, 12, 28).isocalendar().week
    assert [str(week) for week in weeks] == [f"{day.year}-W{n:02d}" for n in range(1, last + 1)]


@given(
    st.sampled_from([(Unit.YEAR, 4, Unit.QUARTER), (Unit.YEAR, 12, Unit.MONTH), (Unit.QUARTER, 3, Unit.MONTH)]), DAYS
)
def test_months_and_quarters_fill_the_period_without_gaps(kinds, day):
    unit, count, part = kinds
    period = period_of(unit, day)
    parts = cut(period, part)
    assert len(parts) == count
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(after.first - before.last == dt.timedelta(1) for before, after in pairwise(parts))
    assert {each.unit for each in parts} == {part}


@given(UNITS, DAYS)
def test_every_period_can_be_cut_into_its_days(unit, day):
    period = period_of(unit, day)
    days = cut(period, Unit.DAY)
    assert len(days) == period.days
    assert (days[0].first, days[-1].last) == (period.first, period.last)


@pytest.mark.parametrize(
    ("text", "first", "count"),
    [
        ("2025-04", "2025-W14", 4),  # 31 March to 6 April: its Thursday is the 3rd of April
        ("2025-05", "2025-W18", 5),  # the 1st of May is a Thursday
        ("2024-12", "2024-W49", 4),  # 30 December belongs to January
        ("2021-01", "2021-W01", 4),  # 1 January belongs to week 53 of 2020
        ("2020-12", "2020-W49", 5),  # up to week 53
        ("2020", "2020-W01", 53),
        ("2021", "2021-W01", 52),
    ],
)
def test_weeks_at_the_ends_of_months_and_years(text, first, count):
    weeks = cut(read_period(text), Unit.WEEK)
    assert (str(weeks[0]), len(weeks)) == (first, count)


def test_weeks_keep_their_days_outside_the_month():
    assert cut(read_period("2025-04"), Unit.WEEK)[0].first == dt.date(2025, 3, 31)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2025-04-30", Unit.WEEK), ("2025-W14", Unit.WEEK), ("2025-W14", Unit.MONTH), ("2025-W15", Unit.MONTH),
        ("2025-04", Unit.MONTH), ("2025-04", Unit.QUARTER), ("2025-Q2", Unit.YEAR), ("2025", Unit.YEAR),
    ],
)  # fmt: skip
def test_a_unit_no_shorter_than_the_period_leaves_it_whole(text, unit):
    assert cut(read_period(text), unit) == [read_period(text)]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2025", "2024"),
        ("2025-Q1", "2024-Q1"),
        ("2024-02", "2023-02"),
        ("2025-02", "2024-02"),
        ("2024-02-29", "2023-02-28"),
        ("2025-03-01", "2024-03-01"),
        ("2025-W17", "2024-W17"),
        ("2020-W53", "2020-W01"),  # 2019 has no week 53
        ("2021-W01", "2020-W02"),
    ],
)
def test_the_same_period_a_year_before(text, before):
    assert str(year_before(read_period(text))) == before


@given(DAYS)
def test_a_week_has_its_year_before_52_weeks_ago(day):
    week = period_of(Unit.WEEK, day)
    assert week.first - year_before(week).first == dt.timedelta(weeks=52)
