"""Trained or not, beside each page admin: in the list, its filter, the card, and in what is handed out of a person."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from forum.forgetting import forget
from forum.models import EventState, Participant
from gospub.accounts.models import AuditEntry
from monitoring.personal.names import remove_name
from monitoring.personal.subject import subject_file
from tests.factories import InstitutionFactory

from .worlds import DAY, NOW, TODAY, admin_of, admins_in, event_in, forum_of, held, participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(region):
    return admin_of(InstitutionFactory(region=region), "Ёлкина Анна")


def listing(client, region, query: str = "") -> str:
    return client.get(reverse("admins", args=[region.code]) + query).content.decode()


def test_the_list_has_the_last_day_of_the_latest_training(client, region, person):
    participant(held(region, "Давняя", dt.date(2024, 3, 1)), person, came=True)
    participant(held(region, "Недавняя", dt.date(2024, 9, 1), last=dt.date(2024, 9, 2)), person, came=True)
    participant(held(region, "Без неё", dt.date(2024, 10, 1)), person)
    html = listing(client, region)
    assert "02.09.2024" in html
    assert "01.10.2024" not in html


def test_admins_are_found_and_sorted_by_training(client, region):
    trained, untrained = admins_in(region, 2)
    participant(held(region, "Учёба"), trained, came=True)
    participant(forum_of(region), untrained, came=True)
    assert trained.name in listing(client, region, "?training=trained")
    assert untrained.name not in listing(client, region, "?training=trained")
    assert trained.name not in listing(client, region, "?training=not_trained")
    html = listing(client, region, "?sort=-trained")
    assert html.index(trained.name) < html.index(untrained.name)


def test_the_card_tells_each_event_and_whether_the_person_came(client, region, person):
    participant(held(region, "Учёба"), person, came=True)
    participant(held(region, "Вебинар"), person)
    participant(event_in(region, "Форум", state=EventState.PLANNED), person)
    html = client.get(reverse("admin_card", args=[person.pk])).content.decode()
    for words in ("Учёба", "присутствовал(а)", "Вебинар", "отсутствовал(а)", "Форум", "запланировано"):
        assert words in html


def test_the_persons_own_file_has_them(region, person, user):
    participant(held(region, "Учёба"), person, came=True)
    found = json.loads(subject_file(person, user=user, now=NOW))["events"]
    assert [(row["event"], row["days"], bool(row["came_at"])) for row in found] == [("Учёба", "26.10.2024", True)]


def test_a_name_that_is_removed_leaves_every_list_of_participants(client, region, event, person, user):
    participant(event, person)
    remove_name(person, reason="По просьбе человека", user=user, now=NOW)
    html = client.get(reverse("event", args=[event.pk])).content.decode()
    assert "Ёлкина" not in html
    assert f"Администратор № {person.pk}" in html


# --- names that were typed in -----------------------------------------------------------------------------------------


def test_a_name_that_was_typed_in_goes_after_three_years_and_stays_counted(region, person):
    old = held(region, "Давняя", TODAY.replace(year=2021))
    guest = participant(old, name="Гость Иван", workplace="Редакция", came=True)
    kept = participant(held(region, "Позже", TODAY.replace(year=2021) + DAY), name="Гость Пётр")
    admin = participant(old, person, came=True)
    assert forget(NOW) == 1
    guest.refresh_from_db()
    assert (guest.name, guest.workplace, guest.who) == ("", "", f"Участник № {guest.pk}")
    assert guest.came_at
    for each in (kept, admin):
        before = each.who
        assert Participant.objects.get(pk=each.pk).who == before
    assert AuditEntry.objects.get().after == {"names": 1}
    assert forget(NOW) == 0
    assert AuditEntry.objects.count() == 1


def test_an_institution_on_the_list_is_called_by_its_name(region, event):
    school = InstitutionFactory(region=region, name="Школа № 5")
    each = participant(event, key=f"institution {school.pk}", institution=school)
    assert (each.who, each.where) == ("Школа № 5", "")
