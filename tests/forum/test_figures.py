"""The year in figures: events, people and attendances told apart; whom the share of admins counts."""

import datetime as dt

import pytest
from django.urls import reverse

from forum.figures import by_sector, by_year
from forum.models import Event, EventKind, EventState, Origin, Participant
from forum.queries import TrainingTotals, training_totals
from tests.factories import InstitutionFactory, RegionFactory, SectorFactory

from .worlds import DAY, NOW, TODAY, admin_of, admins_in, event_in, forum_of, held, participant

pytestmark = pytest.mark.django_db
YEAR = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def test_people_are_counted_once_and_attendances_each_time(region):
    first, second = held(region, "Первая"), held(region, "Вторая", kind=EventKind.WEBINAR)
    both, once = admins_in(region, 2)
    for event, person in ((first, both), (second, both), (first, once)):
        participant(event, person, came=True)
    participant(second, once)
    assert training_totals(region, *YEAR) == TrainingTotals(events=2, people=2, attendances=3)


def test_fifty_trainings_and_two_thousand_people_as_in_the_press(region):
    for number in range(50):
        event = held(region, f"Учёба {number}", TODAY - number * DAY)
        Participant.objects.bulk_create(guests(event, number * 40, 40))
    assert training_totals(region, *YEAR) == TrainingTotals(events=50, people=2000, attendances=2000)


def guests(event: Event, first: int, count: int) -> list[Participant]:
    """So many people by name who came, each another one."""
    came = {"event": event, "origin": Origin.HAND, "added_at": NOW, "came_at": NOW}
    return [
        Participant(key=f"name {n}", name=f"Гость {n}", code=f"{n:010}", **came) for n in range(first, first + count)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": EventKind.FORUM},
        {"kind": EventKind.CEREMONY},
        {"state": EventState.PLANNED},
        {"state": EventState.CANCELLED},
        {"first": dt.date(2023, 12, 31)},
        {"first": dt.date(2025, 1, 1)},
    ],
    ids=str,
)
def test_forums_what_was_not_held_and_other_years_do_not_count(region, fields):
    participant(event_in(region, **{"state": EventState.HELD} | fields), name="Гость", came=True)
    assert training_totals(region, *YEAR) == TrainingTotals(0, 0, 0)


def test_the_first_and_the_last_day_count_and_other_regions_do_not(region):
    held(region, "Первая", YEAR[0])
    held(region, "Последняя", YEAR[1])
    held(RegionFactory(), "Чужая")
    assert training_totals(region, *YEAR).events == 2


def test_whoever_was_typed_in_twice_is_one_person(region):
    for title in ("Первая", "Вторая"):
        participant(held(region, title), name="Гость", key="name abc", came=True)
    assert training_totals(region, *YEAR) == TrainingTotals(2, 1, 2)


# --- by year and sector -----------------------------------------------------------------------------------------------


def row_of(rows, name):
    return next(row for row in rows if name in (row.year, row.sector))


def test_a_year_has_its_events_trainings_people_and_share_of_admins(region):
    trained, untrained = admins_in(region, 2)
    training, forum = held(region, "Учёба"), forum_of(region)
    participant(training, trained, came=True)
    participant(forum, untrained, came=True)
    (row,) = by_year(region, TODAY)
    assert (row.year, row.events, row.trainings, row.people, row.attendances) == (2024, 2, 1, 1, 1)
    assert (row.admins, row.trained, row.share) == (2, 1, 0.5)


def test_once_trained_counts_in_the_years_after_and_not_before(region):
    person = admin_of(InstitutionFactory(region=region), since=dt.date(2022, 1, 1))
    held(region, "Давняя", dt.date(2022, 5, 1))
    participant(held(region, "Учёба", dt.date(2023, 5, 1)), person, came=True)
    assert [(row.year, row.trained, row.people) for row in by_year(region, TODAY)] == [
        (2024, 1, 0),
        (2023, 1, 1),
        (2022, 0, 0),
    ]


def test_admins_are_those_of_the_last_day_of_the_year(region):
    school = InstitutionFactory(region=region)
    admin_of(school, since=dt.date(2023, 1, 1), until=dt.date(2023, 12, 31))
    admin_of(school, since=dt.date(2024, 1, 1), until=TODAY)
    admin_of(school, since=TODAY + DAY)
    held(region, "Учёба", dt.date(2023, 5, 1))
    assert [(row.year, row.admins) for row in by_year(region, TODAY)] == [(2024, 1), (2023, 1)]


def test_no_admins_give_no_share_and_not_a_share_of_nothing(region):
    (row,) = by_year(region, TODAY)
    assert (row.admins, row.share) == (0, None)


def test_sectors_are_the_widest_and_those_without_stand_last(region):
    culture = SectorFactory(name="Культура")
    libraries = SectorFactory(name="Библиотеки", parent=culture)
    school = SectorFactory(name="Образование")
    training, forum = held(region, "Учёба"), forum_of(region)
    for sector in (libraries, culture, school):
        person = admin_of(InstitutionFactory(region=region, sector=sector), f"Вымышленная {sector}")
        participant(training, person, came=sector != school)
        participant(forum, person, came=sector == school)
    participant(training, name="Гость", came=True)
    rows = by_sector(region, 2024, TODAY)
    assert [row.sector for row in rows] == ["Культура", "Образование", ""]
    assert [(row.events, row.trainings, row.people) for row in rows] == [(1, 1, 2), (1, 0, 0), (1, 1, 1)]
    assert [(row.admins, row.trained) for row in rows] == [(2, 2), (1, 0), (0, 0)]


# --- the screen -------------------------------------------------------------------------------------------------------


def test_the_screen_shows_the_latest_year_or_the_one_asked_for(client, region):
    held(region, "Учёба", dt.date(2023, 5, 1))
    address = reverse("training_figures", args=[region.code])
    assert '<span class="num">2024</span>' in client.get(address).content.decode()
    assert '<span class="num">2023</span>' in client.get(f"{address}?year=2023").content.decode()
    assert '<span class="num">2024</span>' in client.get(f"{address}?year=nonsense").content.decode()


def test_the_file_has_every_year_with_its_sectors_and_says_where_there_is_no_data(client, region):
    participant(held(region, "Учёба", dt.date(2023, 5, 1)), name="Гость", came=True)
    address = reverse("training_figures_export", args=[region.code, "csv"])
    lines = b"".join(client.get(address)).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "2024;все сферы;0;0;0;0;0;0;нет данных",
        "2023;все сферы;1;1;1;1;0;0;нет данных",
        "2023;без сферы;1;1;1;1;0;0;нет данных",
    ]


@pytest.mark.parametrize("count", [2, 12])
def test_the_number_of_queries_depends_on_neither_years_nor_people(
    client, region, count, django_assert_max_num_queries
):
    people = admins_in(region, count)
    for number, person in enumerate(people):
        participant(held(region, f"Учёба {number}", dt.date(2012 + number, 5, 1)), person, came=True)
    with django_assert_max_num_queries(17):
        client.get(reverse("training_figures", args=[region.code]))
