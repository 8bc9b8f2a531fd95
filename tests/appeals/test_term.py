"""Until when values can be contested: working days after the rating became preliminary, in the region's own days."""

import datetime as dt

import pytest

from appeals.term import last_day, term, window
from ratings.models import Passage, RatingState
from ratings.rules_data import RulesError, read_rules
from tests.factories import official
from tests.ratings.worlds import NOW, item, methodology, ranking, rate, to

from .worlds import passed, preliminary


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("begun", "days", "last"),
    [
        ("2025-01-20", 5, "2025-01-27"),  # from a Monday over a weekend
        ("2025-01-24", 1, "2025-01-27"),  # from a Friday
        ("2025-01-25", 1, "2025-01-27"),  # from a Saturday
        ("2024-12-30", 5, "2025-01-14"),  # over the New Year's holidays
        ("2025-02-20", 2, "2025-02-24"),  # 23.02. is a Sunday anyway
        ("2026-06-10", 2, "2026-06-15"),  # 12.06. is a Friday
        ("2025-11-03", 1, "2025-11-05"),
    ],
)
def test_weekends_and_holidays_do_not_count(begun, days, last):
    assert last_day(day(begun), days) == day(last)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "until"),
    [("2025-01-20T13:59:59+00:00", "2025-01-27"), ("2025-01-20T14:00:00+00:00", "2025-01-28")],
)
def test_the_day_is_the_regions_own(region, at, until):
    rating = preliminary(region)
    Passage.objects.update(at=dt.datetime.fromisoformat(at))
    assert term(rating) == day(until)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "is_open"), [("2025-01-27T13:59:59+00:00", True), ("2025-01-27T14:00:00+00:00", False)]
)
def test_the_last_day_counts_to_its_end(region, now, is_open):
    assert window(preliminary(region), dt.datetime.fromisoformat(now)).open is is_open


@pytest.mark.django_db
def test_the_methodology_may_say_another_term(region):
    assert term(preliminary(region, appeal_days=10)) == day("2025-02-03")


@pytest.mark.parametrize("days", ["0", "61", "1.5", "пять", None])
def test_a_term_that_is_none_is_named(days):
    with pytest.raises(RulesError):
        read_rules({"items": [item("avatar")], "appeal_days": days})


@pytest.mark.django_db
def test_a_draft_cannot_be_contested_yet(region):
    found = window(ranking(region), NOW)
    assert (found.until, found.open) == (None, False)
    assert "предварительным" in found.refusal


@pytest.mark.django_db
def test_nor_a_final_rating_any_more(region):
    rating = to(preliminary(region), RatingState.FINAL)
    assert "окончательный" in window(rating, NOW).refusal


@pytest.mark.django_db
def test_nor_an_edition_that_a_newer_one_has_replaced(region):
    first = preliminary(region)
    second = rate(region, first.methodology)
    assert window(first, NOW).open  # the newer one is a draft
    second = passed(second)
    assert "более новая" in window(first, NOW).refusal
    assert window(second, NOW).open


@pytest.mark.django_db
def test_every_edition_has_a_term_of_its_own(region):
    first = preliminary(region)
    Passage.objects.create(
        rating=rate(region, methodology(item("avatar"))),
        state=RatingState.PRELIMINARY,
        at=NOW + dt.timedelta(days=3),
        by=official(region),
    )
    assert term(first) == day("2025-01-27")
    assert term(Passage.objects.latest("pk").rating) == day("2025-01-30")
