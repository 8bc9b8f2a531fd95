"""Trainings held and people trained, out of the region's log of events, where the installation keeps one."""

import datetime as dt

import pytest

from press import queries, release
from press.definitions import definitions
from press.figures import compute
from press.models import Kind
from press.recounting import recount, source_of
from tests.factories import RegionFactory

from .worlds import DATES, DAY, issued, one, small

log = pytest.importorskip("tests.forum.worlds", reason="there is no log of events")
pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    """Two trainings in the period with two people, one of whom came to both; one in the period of the year before."""
    region = small(RegionFactory())
    days = (dt.date(2024, 3, 1), DAY, dt.date(2023, 5, 5))
    first, second, before = (log.held(region, f"Учёба {day}", first=day) for day in days)
    both, once = log.admins_in(region, 2)
    for event, person in ((first, both), (second, both), (first, once), (before, once)):
        log.participant(event, person, came=True)
    return region


def test_they_are_those_of_the_period_beside_the_same_dates_of_the_year_before(region):
    events, people = one(region, Kind.EVENTS), one(region, Kind.TRAINED)
    assert (events.value, events.earlier, people.value, people.earlier) == (2, 1, 2, 1)


def test_the_text_for_the_press_names_both(region):
    view = queries.view_of(compute(region, DATES), definitions())
    text = " ".join(release.paragraphs(DATES, view)).replace("\u00a0", " ")
    assert "Проведено 2 обучения, обучено 2 человека." in text


def test_somebody_entered_later_is_told_beside_the_frozen_figure(region):
    sheet = issued(region)
    event = log.held(region, "Поздняя", first=DAY)
    log.participant(event, name="Поздний", came=True)
    figure = sheet.figures.select_related("sheet__region").get(kind=Kind.TRAINED)
    found = recount(figure, source_of(sheet))
    assert (figure.value, found.figure.value, found.reasons) == (2, 3, ["журнал мероприятий позже исправлен"])
