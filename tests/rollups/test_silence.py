"""Silences: an event once for each."""

import datetime as dt

import pytest

from monitoring.models import EventKind, Page, PageEvent, PageState, PageStatus
from monitoring.rollups.silence import SILENT_DAYS, note_silences
from tests.factories import PageFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)


def page(last_post_days_ago: int | None, **fields: object) -> Page:
    known = {"posts_known_from": DAY - dt.timedelta(days=60), "posts_known_to": NOW, "status": PageStatus.OPEN}
    made = PageFactory(**known | fields)
    last = None if last_post_days_ago is None else NOW - dt.timedelta(days=last_post_days_ago)
    PageState.objects.create(page=made, last_post_at=last)
    return made


def note(made: Page, day: dt.date = DAY) -> int:
    return note_silences(made.institution.region, day)


@pytest.mark.parametrize(("days", "events"), [(0, 0), (SILENT_DAYS - 1, 0), (SILENT_DAYS + 1, 1), (None, 1)])
def test_a_page_is_silent_after_so_many_days(days, events):
    assert note(page(days)) == events


def test_the_event_names_the_day_of_the_last_post():
    note(page(20))
    event = PageEvent.objects.get()
    assert (event.kind, event.old) == (EventKind.SILENT, "2024-10-06")


def test_a_silence_is_told_once_and_the_next_one_again():
    made = page(20)
    assert [note(made), note(made)] == [1, 0]
    PageState.objects.update(last_post_at=NOW + dt.timedelta(days=1))
    Page.objects.update(posts_known_to=NOW + dt.timedelta(days=30))
    assert note(made, DAY + dt.timedelta(days=30)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"posts_known_to": NOW - dt.timedelta(days=2)},
        {"posts_known_from": DAY - dt.timedelta(days=3)},
        {"posts_known_to": None, "posts_known_from": None},
        {"status": PageStatus.DELETED},
        {"archived_on": DAY},
    ],
)
def test_where_posts_are_not_known_or_the_page_is_gone_nothing_is_said(fields):
    assert note(page(20, **fields)) == 0
