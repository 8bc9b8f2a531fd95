"""The outbox: each letter goes out once, whatever the mail server, the workers and the base do meanwhile."""

import datetime as dt
import threading

import pytest
from django.core.cache import cache
from django.db import connections

from letters import sending, writing
from letters.models import Kind, Letter, LetterState, Unsubscription
from letters.outbox import post
from letters.sending import LEASE, PAUSES, send_waiting
from tests.factories import InstitutionFactory, UserFactory, institution_admin

from .conftest import MONDAY, answer
from .mail_server import listening

pytestmark = pytest.mark.django_db


def state(number: int = 1) -> str:
    return Letter.objects.get(key=f"appeal {number}: answer").state


def reason() -> str:
    return Letter.objects.get().reason


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_letter_goes_out_once(server, send):
    user = answer()
    assert [send(), send()] == [1, 0]
    assert server.received == [user.email]
    assert state() == LetterState.SENT


def test_who_writes_it_twice_writes_it_once(server, send):
    user = answer()
    answer(user=user, text="Иначе сказано.")
    assert send() == 1
    assert "Оценка пересчитана." in server.last().get_body(("plain",)).get_content()


def at_once(clock, senders: int = 4) -> None:
    """Several workers send what waits at the same moment."""
    start = threading.Barrier(senders)

    def work() -> None:
        try:
            start.wait(10)
            send_waiting(clock, MONDAY)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.django_db(transaction=True)
def test_workers_that_send_at_once_send_each_letter_once(server, clock):
    for number in range(12):
        answer(number)
    server.slow = 0.02
    at_once(clock)
    assert server.copies == [1] * 12


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_claim_they_send_letters_twice(server, clock, monkeypatch):
    for number in range(12):
        answer(number)
    server.slow = 0.02
    monkeypatch.setattr(sending, "claim", lambda key, now: Letter.objects.select_related("user").get(pk=key))
    at_once(clock)
    assert max(server.copies) > 1


# --- a server that is away (F45) --------------------------------------------------------------------------------------


def test_while_the_mail_server_is_away_letters_stay_and_go_out_once_on_its_return(away, clock, send):
    people = [answer(number).email for number in range(5)]
    for _minute in range(30):
        assert send() == 0
        clock.pass_by(minutes=1)
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.WAITING}
    with listening(away):
        for _minute in range(61):
            send()
            clock.pass_by(minutes=1)
    assert sorted(away.received) == sorted(people)
    assert away.copies == [1] * 5


def test_the_pauses_between_tries_grow(away, clock, send):
    answer()
    pauses = []
    for _try in range(7):
        send()
        pauses.append(Letter.objects.get().next_try_at - clock.now)
        clock.now = Letter.objects.get().next_try_at
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_before_its_pause_is_over_a_letter_is_not_tried_again(away, clock, send):
    answer()
    send()
    clock.pass_by(seconds=59)
    send()
    assert Letter.objects.get().tries == 1


def test_one_sign_that_the_server_is_away_ends_the_run(server, send):
    server.sender = "421 4.3.2 shutting down"
    for number in range(5):
        answer(number)
    send()
    assert server.connections == 1
    assert sorted(Letter.objects.values_list("tries", flat=True)) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("fault", [{"sender": "550 5.7.1 sender not allowed"}, {"data": "451 4.3.0 try later"}])
def test_what_passes_is_waited_for(server, clock, send, fault):
    user = answer()
    for name, reply in fault.items():
        setattr(server, name, reply)
    send()
    assert (state(), reason()) == (LetterState.WAITING, next(iter(fault.values())))
    server.sender = server.data = ""
    clock.pass_by(minutes=1)
    assert send() == 1
    assert server.received == [user.email]
    assert reason() == ""


def test_a_server_that_hangs_up_in_the_middle_gets_the_letter_again(server, clock, send):
    answer()
    server.hang_up = 1
    send()
    assert server.received == []
    clock.pass_by(minutes=1)
    send()
    assert server.copies == [1]


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_an_address_that_there_is_not_is_refused_for_good_with_the_reason_and_the_others_get_theirs(
    server, clock, send
):
    gone, there = answer(1), answer(2)
    server.recipients[gone.email] = "550 5.1.1 no such mailbox"
    assert send() == 1
    clock.pass_by(days=1)
    assert send() == 0
    assert server.received == [there.email]
    assert (state(1), Letter.objects.get(user=gone).reason) == (LetterState.REFUSED, "550 5.1.1 no such mailbox")


def test_a_letter_that_the_server_does_not_like_is_refused_for_good(server, send):
    answer()
    server.data = "554 5.6.0 message rejected"
    send()
    assert (state(), reason()) == (LetterState.REFUSED, "554 5.6.0 message rejected")


@pytest.mark.parametrize("reply", ["450 4.2.1 mailbox busy", "554 5.7.1 relay access denied", "530 sign in first"])
def test_a_recipient_who_is_refused_for_now_or_for_our_own_fault_is_tried_again(server, clock, send, reply):
    user = answer()
    server.recipients[user.email] = reply
    send()
    assert (state(), reason()) == (LetterState.WAITING, reply)
    server.recipients.clear()
    clock.pass_by(minutes=1)
    assert send() == 1


# --- crashes and restored bases (F42) ---------------------------------------------------------------------------------


def died_before_it_was_written_down() -> None:
    """The server has the letter; the worker died before it could mark it."""
    Letter.objects.update(state=LetterState.SENDING, settled_at=None, lease_until=MONDAY + LEASE)


def test_a_worker_that_dies_after_handing_over_sends_nothing_twice(server, clock, send):
    answer()
    send()
    died_before_it_was_written_down()
    assert send() == 0  # it may still be alive
    clock.pass_by(minutes=6)
    send()
    assert server.copies == [1]
    assert state() == LetterState.SENT


def test_a_base_that_is_restored_from_a_copy_sends_nothing_twice(server, send):
    user = answer()
    send()
    Letter.objects.all().delete()
    answer(user=user)
    send()
    assert server.copies == [1]


@pytest.mark.parametrize("lost", ["row", "mark"])
def test_twin_without_the_second_memory_it_is_sent_twice_under_the_same_message_id(server, clock, send, lost):
    user = answer()
    send()
    cache.clear()
    if lost == "mark":
        died_before_it_was_written_down()
    else:
        Letter.objects.all().delete()
        answer(user=user)
    clock.pass_by(minutes=6)
    send()
    assert server.copies == [2]  # receivers that drop a second letter with the same Message-ID do so


def test_a_server_that_takes_a_letter_without_a_word_gets_it_again_under_the_same_message_id(server, clock, send):
    """The one case that nobody can decide from outside."""
    answer()
    server.mute = 1
    send()
    clock.pass_by(minutes=1)
    send()
    assert server.copies == [2]


def test_another_letter_under_a_key_that_was_used_before_the_restore_is_sent(server, send):
    """After a restore the next appeal may get the number of one that is forgotten."""
    user = answer(text="Апелляция о знаке отклонена.")
    send()
    Letter.objects.all().delete()
    answer(user=user, text="Апелляция о баллах принята.")
    assert send() == 1
    assert server.copies == [1, 1]


def test_a_worker_that_comes_back_late_does_not_settle_what_another_took_over(clock):
    answer()
    key = Letter.objects.get().pk
    late = sending.claim(key, clock())
    clock.pass_by(minutes=6)
    present = sending.claim(key, clock())
    sending.settle(late, sending.Fate(LetterState.REFUSED, "550"), clock())
    assert state() == LetterState.SENDING
    sending.settle(present, sending.Fate(LetterState.SENT), clock())
    assert state() == LetterState.SENT


def test_a_letter_that_cannot_be_written_leaves_the_others_alone(server, clock, send, monkeypatch):
    poison, fine = answer(1), answer(2)
    write = writing.message

    def broken(letter, now):
        if letter.user == poison:
            raise ZeroDivisionError
        return write(letter, now)

    monkeypatch.setattr(writing, "message", broken)
    send()
    assert server.received == [fine.email]
    assert Letter.objects.get(user=poison).reason == "ZeroDivisionError"
    assert Letter.objects.get(user=poison).next_try_at == clock.now + PAUSES[0]


# --- letters that are not needed any more -----------------------------------------------------------------------------


def test_who_signs_in_no_more_gets_none(server, send):
    answer(user=UserFactory(is_active=False))
    assert send() == 0
    assert (state(), reason()) == (LetterState.DROPPED, "Учётная запись пользователя отключена.")


def test_who_does_not_see_the_institution_any_more_does_not_read_of_it(server, send):
    school = InstitutionFactory()
    admin = institution_admin(school)
    answer(1, admin, institution=school)
    assert send() == 1
    answer(2, admin, institution=school)
    admin.grants.all().delete()
    assert send() == 0
    assert state(2) == LetterState.DROPPED


def test_settled_letters_go_after_ninety_days_and_those_that_wait_stay(server, clock, send):
    answer(1)
    send()
    answer(2)
    clock.pass_by(days=90)
    assert sending.forget(clock()) == 0
    clock.pass_by(seconds=1)
    assert sending.forget(clock()) == 1
    assert Letter.objects.get().state == LetterState.WAITING


def test_a_choice_made_after_a_letter_was_written_counts(server, send):
    user = UserFactory()
    post("award 1", Kind.AWARD, user, subject="Награда", text="Поздравляем!", now=MONDAY)
    Unsubscription.objects.create(user=user, kind=Kind.AWARD, since=MONDAY)
    assert send() == 0
    assert Letter.objects.get().state == LetterState.DROPPED


def test_the_lease_is_longer_than_the_longest_sending(settings):
    """Connecting, greeting, TLS, greeting again, signing in, sender, recipient, DATA, the letter, its end."""
    assert dt.timedelta(seconds=10 * settings.EMAIL_TIMEOUT) < LEASE
