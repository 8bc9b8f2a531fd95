"""Events are planned, changed, held and cancelled; what cannot be is refused."""

import datetime as dt

import pytest
from django.urls import reverse

from forum.keeping import ForumError, keep, read_programme, written_programme
from forum.models import Event, EventState
from gospub.accounts.models import AuditEntry

from .worlds import DAY, NOW, TODAY, event_in, participant

pytestmark = pytest.mark.django_db
FORM = {"kind": "training", "title": "Тексты", "first": "2024-10-26", "place": "Онлайн", "hours": "8"}


def kept(event: Event, user, **changes: object) -> Event:
    for name, value in changes.items():
        setattr(event, name, value)
    return keep(event, user=user, now=NOW, today=TODAY)


def test_an_official_plans_an_event_on_the_screen(client, region):
    programme = "10:00; Как отвечать на комментарии; А. Выдумкина\n\nПерерыв"
    sent = FORM | {"begins": "10:00", "programme": programme}
    response = client.post(reverse("event_new", args=[region.code]), sent, follow=True)
    event = Event.objects.get()
    assert (event.first, event.last, event.hours, event.state) == (TODAY, TODAY, 8, EventState.PLANNED)
    html = response.content.decode()
    assert "Как отвечать на комментарии" in html
    assert "10:00 (UTC+10)" in html


def test_planning_and_changing_are_in_the_audit_trail_without_speakers(client, event, region):
    client.post(reverse("event_new", args=[region.code]), FORM | {"title": "Видео", "programme": "Тема; Выдумкина"})
    client.post(reverse("event_edit", args=[event.pk]), FORM | {"state": "held", "place": "Зал"})
    created, changed = AuditEntry.objects.order_by("pk")
    assert (created.action, created.region, created.after["programme"]) == ("forum_event.create", region.pk, 1)
    assert "Выдумкина" not in str(created.after)
    assert changed.action == "forum_event.change"
    assert (changed.before["state"], changed.after["state"], changed.after["place"]) == ("planned", "held", "Зал")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": ""}, "Обязательное поле"),
        ({"first": "вчера"}, "Введите правильную дату"),
        ({"last": "2024-10-25"}, "Последний день раньше первого"),
        ({"title": "Учёба"}, "в этот день уже есть"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_words(client, region, changes, problem):
    event_in(region, "Учёба")
    response = client.post(reverse("event_new", args=[region.code]), FORM | changes)
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert Event.objects.count() == 1


def test_what_has_not_begun_was_not_held(event, user):
    with pytest.raises(ForumError, match="ещё не началось"):
        kept(event, user, first=TODAY + DAY, last=TODAY + DAY, state=EventState.HELD)
    assert kept(event, user, first=TODAY, last=TODAY + DAY).state == EventState.HELD


@pytest.mark.parametrize(
    "changes",
    [{"state": EventState.CANCELLED}, {"first": TODAY + DAY, "last": TODAY + DAY}],
    ids=["cancelled", "later"],
)
def test_where_people_came_it_took_place(event, user, changes):
    participant(event, name="Гость", came=True)
    with pytest.raises(ForumError, match="сначала снимите"):
        kept(event, user, **changes)
    event.participants.update(came_at=None)
    kept(event, user, **changes)


def test_an_event_that_is_over_asks_whether_it_was_held(client, region):
    event_in(region, first=TODAY - DAY)
    address = reverse("forum", args=[region.code])
    assert "состоялось ли" in client.get(address).content.decode()
    Event.objects.update(state=EventState.HELD)
    assert "состоялось ли" not in client.get(address).content.decode()


def test_a_programme_is_read_as_people_write_it():
    text = "10:00; Открытие; Глава\n 11:00 ; Тексты\nТексты; Выдумкина\nПерерыв\n ; ; \n12:00; Точка; с запятой; вся"
    assert read_programme(text) == [
        ["10:00", "Открытие", "Глава"],
        ["11:00", "Тексты", ""],
        ["", "Тексты", "Выдумкина"],
        ["", "Перерыв", ""],
        ["12:00", "Точка", "с запятой; вся"],
    ]


@pytest.mark.parametrize(
    "item", [["10:00", "Тема", "Кто"], ["10:00", "Тема", ""], ["", "Тема", "Кто"], ["", "Тема", ""]]
)
def test_a_programme_in_the_form_is_what_was_kept(item):
    assert read_programme(written_programme([item])) == [item]


def test_days_of_several_are_told_as_a_span(region):
    assert event_in(region, last=TODAY + DAY).days == "26.10.2024–27.10.2024"
    assert event_in(region, "Другое", begins=dt.time(10)).days == "26.10.2024"
