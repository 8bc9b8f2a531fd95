"""Whoever an invitation was written to is told when the event is moved or cancelled: each account once a change."""

import datetime as dt

import pytest

from forum import posting
from forum.keeping import keep
from forum.models import EventState
from letters.models import Kind, Letter
from tests.factories import InstitutionFactory

from .worlds import DAY, NOW, TODAY, account_of, admin_of, event_in, participant

pytestmark = pytest.mark.django_db
LINK = "https://gospub.example/t/CODE/"


@pytest.fixture
def event(region, user):
    """A training of tomorrow to which two people of one institution are invited by letters to its one account."""
    found = event_in(region, first=TODAY + DAY, begins=dt.time(10), place="Библиотека")
    institution = InstitutionFactory(region=region)
    account_of(institution)
    for name in ("Первая", "Вторая"):
        participant(found, admin_of(institution, name))
    posting.send(found, LINK, user=user, now=NOW, today=TODAY)
    return found


def changed(event, user, **fields: object) -> list[Letter]:
    """The letters of that change."""
    known = list(Letter.objects.values_list("pk", flat=True))
    for name, value in fields.items():
        setattr(event, name, value)
    keep(event, user=user, now=NOW, today=TODAY)
    return list(Letter.objects.exclude(pk__in=known))


def test_a_cancelled_event_is_told_once_to_each_account(event, user):
    (letter,) = changed(event, user, state=EventState.CANCELLED)
    assert (letter.kind, letter.subject) == (Kind.EVENT, "Отменено: Тексты, 27.10.2024")
    assert "Мероприятие отменено: обучение «Тексты»" in letter.text
    assert "билеты" not in letter.text
    assert changed(event, user, place="Онлайн") == []


def test_a_moved_event_is_told_with_what_it_was(event, user):
    (letter,) = changed(event, user, first=TODAY + 3 * DAY, last=TODAY + 3 * DAY, place="Онлайн")
    assert letter.subject == "Перенос или новое место: Тексты, 29.10.2024"
    assert "Когда: 29.10.2024, 10:00 (UTC+10)\nГде: Онлайн" in letter.text
    assert "Было: 27.10.2024, 10:00, Библиотека" in letter.text
    assert "билеты действуют" in letter.text


def test_every_change_is_told_there_and_back_and_there_again(event, user):
    places = ["Онлайн", "Библиотека", "Онлайн"]
    assert [len(changed(event, user, place=place)) for place in places] == [1, 1, 1]


def test_an_event_that_takes_place_after_all_is_told(event, user):
    changed(event, user, state=EventState.CANCELLED)
    (letter,) = changed(event, user, state=EventState.PLANNED)
    assert letter.subject == "Всё-таки состоится: Тексты, 27.10.2024"


@pytest.mark.parametrize("fields", [{"hours": 16}, {"programme": [["", "Тема", ""]]}, {"title": "Тексты и видео"}, {}])
def test_what_moves_nobody_is_not_told(event, user, fields):
    assert changed(event, user, **fields) == []


def test_corrections_of_what_is_over_are_not_told(event, user):
    type(event).objects.update(first=TODAY - DAY, last=TODAY - DAY)
    event.refresh_from_db()
    assert changed(event, user, place="Онлайн") == []
    assert changed(event, user, state=EventState.CANCELLED) == []


def test_who_was_not_written_to_or_is_off_the_list_is_not_told(event, user, region):
    gone = InstitutionFactory(region=region)
    account_of(gone)
    uninvited = participant(event, admin_of(gone, "Третья"))
    event.participants.exclude(pk=uninvited.pk).delete()
    assert changed(event, user, state=EventState.CANCELLED) == []
