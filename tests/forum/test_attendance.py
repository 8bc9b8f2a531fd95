"""Who came: by the list, many at once; at the door by the code, once however many doors there are."""

import datetime as dt
import re
import threading

import pytest
from django.db import connections
from django.urls import reverse

from forum.attendance import arrive, mark, unmark
from forum.inviting import as_code
from forum.keeping import ForumError
from forum.models import CameBy, EventState, Participant
from gospub.accounts.models import AuditEntry
from tests.factories import RegionFactory, auditor, official

from .worlds import DAY, NOW, TODAY, event_in, participant

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=7)


@pytest.fixture
def guest(event) -> Participant:
    return participant(event, name="Гость Иван", workplace="Редакция")


def door(event, user, code: str, now: dt.datetime = NOW):
    return arrive(event, code, user=user, now=now, today=TODAY)


# --- the door ---------------------------------------------------------------------------------------------------------


def test_the_first_scan_marks_and_the_second_says_since_when(event, user, guest):
    assert door(event, user, guest.code).new
    again = door(event, official(event.region), guest.code, LATER)
    assert (again.new, again.participant.came_at, again.participant.came_by) == (False, NOW, CameBy.DOOR)
    assert Participant.objects.get().marked_by == user
    assert AuditEntry.objects.filter(action="forum_event.came").count() == 1


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: f" {code[:5]}-{code[5:]} ", lambda code: f"https://x/t/{code}/"]
)
def test_a_code_is_known_however_it_is_typed(event, user, guest, write):
    assert door(event, user, write(guest.code)).new


def test_a_keyboard_in_russian_types_the_same_code():
    assert as_code("асе-нкм ртух з") == "ACEHKMPTYX3"


def test_a_code_of_another_event_is_nobodys(event, user):
    other = participant(event_in(event.region, "Другое"), name="Другой")
    assert door(event, user, other.code) is None
    other.refresh_from_db()
    assert other.came_at is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"first": TODAY + DAY}, "Начало 27.10.2024"), ({"state": EventState.CANCELLED}, "отменено")],
)
def test_nobody_comes_before_the_day_or_to_a_cancelled_event(event, user, guest, fields, problem):
    for name, value in fields.items():
        setattr(event, name, value)
    with pytest.raises(ForumError, match=problem):
        door(event, user, guest.code)
    with pytest.raises(ForumError, match=problem):
        mark(event, [guest.pk], user=user, now=NOW, today=TODAY)
    assert not AuditEntry.objects.exists()


def post(client, event, code: str):
    return client.post(reverse("event_door", args=[event.pk]), {"code": code})


def test_the_screen_says_the_name_large_and_then_since_when(client, event, guest, settings):
    html = post(client, event, guest.code).content.decode()
    assert '<p class="door-name">Гость Иван</p>' in html
    assert "Редакция" in html
    assert "Пришли 1 из 1" in html
    settings.DEMO_CLOCK = LATER.isoformat()
    assert re.search(r"Уже здесь с 12:00\s", post(client, event, guest.code).content.decode())
    settings.DEMO_CLOCK = (NOW + DAY).isoformat()
    assert re.search(r"Уже здесь с 26.10.2024,\s12:00\s", post(client, event, guest.code).content.decode())


def test_a_foreign_code_answers_404_and_no_code_is_asked_for(client, event):
    other = participant(event_in(RegionFactory(), "Другое"), name="Другой")
    response = post(client, event, other.code)
    assert response.status_code == 404
    assert "Такого кода у участников этого мероприятия нет" in response.content.decode()
    assert "Другой" not in response.content.decode()
    assert post(client, event, " ").status_code == 422


def test_an_auditor_marks_nobody(client_of, event, guest):
    assert post(client_of(auditor(event.region)), event, guest.code).status_code == 403


def test_the_ticket_scanned_by_a_phone_that_is_signed_in_marks_its_bearer(client, event, guest):
    html = client.get(reverse("ticket", args=[guest.code])).content.decode()
    assert "data-send-at-once" in html
    assert f'action="{reverse("event_door", args=[event.pk])}"' in html
    assert f'value="{guest.code[:5]}-{guest.code[5:]}"' in html
    assert Participant.objects.get().came_at is None  # looking changes nothing


def test_before_the_day_a_ticket_that_is_looked_at_waits_for_a_tap(client, event, guest):
    event.__class__.objects.update(first=TODAY + DAY, last=TODAY + DAY)
    html = client.get(reverse("ticket", args=[guest.code])).content.decode()
    assert "Отметить приход" in html
    assert "data-send-at-once" not in html


def test_an_official_of_another_region_marks_nobody_by_a_ticket(client_of, event, guest):
    html = client_of(official(RegionFactory())).get(reverse("ticket", args=[guest.code])).content.decode()
    assert "Отметить приход" not in html


# --- two doors --------------------------------------------------------------------------------------------------------


def at_once(event, users, come) -> list[bool]:
    """What two doors are told that scan the same ticket at the same moment: whether it was new."""
    start, outcomes = threading.Barrier(2), []

    def work(user) -> None:
        try:
            outcomes.append(come(user, start))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_mark_once(event, guest, user):
    def come(by, start) -> bool:
        start.wait(30)
        return door(event, by, guest.code).new

    assert at_once(event, [user, official(event.region)], come) == [False, True]
    assert AuditEntry.objects.filter(action="forum_event.came").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_that_looks_and_then_writes_marks_twice(event, guest, user):
    def come(by, start) -> bool:
        absent = Participant.objects.get(pk=guest.pk).came_at is None
        start.wait(30)
        Participant.objects.filter(pk=guest.pk).update(came_at=NOW, marked_by=by)
        return absent

    assert at_once(event, [user, official(event.region)], come) == [True, True]


# --- the list ---------------------------------------------------------------------------------------------------------


def change(client, event, do: str, *people: Participant, query: str = ""):
    sent = {"do": do, "participants": [each.pk for each in people]}
    return client.post(reverse("participants_change", args=[event.pk]) + query, sent, follow=True)


def came(event) -> set[str]:
    return set(event.participants.came().values_list("name", flat=True))


def test_those_ticked_are_marked_at_once_and_the_audit_trail_knows(client, event, user):
    people = [participant(event, name=f"Гость {n}") for n in range(3)]
    html = change(client, event, "came", *people[:2]).content.decode()
    assert "Отмечены 2 человека" in html
    assert came(event) == {"Гость 0", "Гость 1"}
    entry = AuditEntry.objects.get()
    assert entry.after == {"participants": [each.pk for each in people[:2]], "by": "list"}


def test_all_found_by_the_filter_are_marked(client, event):
    for n in range(60):
        participant(event, name=f"Гость {n:02}")
    participant(event, name="Никто")
    change(client, event, "all_came", query="?q=гость")
    assert len(came(event)) == 60
    assert "Никто" not in came(event)


def test_who_came_by_the_door_keeps_the_time(event, user, guest):
    door(event, user, guest.code)
    assert mark(event, [guest.pk], user=user, now=LATER, today=TODAY) == 0
    assert Participant.objects.get().came_at == NOW


def test_a_mark_is_taken_back(client, event, guest):
    change(client, event, "came", guest)
    change(client, event, "not_came", guest)
    assert came(event) == set()
    assert AuditEntry.objects.latest("pk").action == "forum_event.not_came"


def test_marks_reach_nobody_of_another_event(event, user):
    other = participant(event_in(event.region, "Другое"), name="Другой")
    assert mark(event, [other.pk], user=user, now=NOW, today=TODAY) == 0
    other.__class__.objects.update(came_at=NOW)
    assert unmark(event, [other.pk], user=user, now=NOW) == 0


@pytest.mark.parametrize("do", ["came", "not_came", "remove", "nonsense", ""])
def test_nothing_ticked_changes_nothing_and_says_so(client, event, guest, do):
    html = change(client, event, do).content.decode()
    assert "Отметьте, о ком речь" in html
    assert not AuditEntry.objects.exists()


def test_the_screen_comes_back_with_its_filter(client, event, guest):
    response = change(client, event, "came", guest, query="?q=гость&page=1")
    assert response.redirect_chain[-1][0].startswith(reverse("event", args=[event.pk]) + "?q=")
