"""Invitations go once to each account of the institution; whoever has none is named so and gets a printed one."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from forum import posting
from forum.keeping import ForumError
from forum.models import EventState
from forum.queries import Invited, participants_of
from gospub.accounts.models import AuditEntry
from letters.models import Kind, Letter, LetterState
from monitoring.models import PersonContact
from tests.factories import InstitutionFactory, curator

from .worlds import DAY, NOW, TODAY, account_of, admin_of, event_in, participant

pytestmark = pytest.mark.django_db
LINK = "https://gospub.example/t/CODE/"


def send(event, user) -> tuple[int, int]:
    return posting.send(event, LINK, user=user, now=NOW, today=TODAY)


@pytest.fixture
def invited(region, event):
    """Somebody whose institution has an account."""
    return participant(event, admin_of(InstitutionFactory(region=region)))


@pytest.fixture
def account(invited):
    return account_of(invited.institution)


def state_of(event, user, name: str = "") -> str:
    return participants_of(event, user, TODAY).filter(shown_name__startswith=name).get().invited


def test_the_letter_says_what_when_where_and_has_the_ticket(event, invited, account, user):
    event.__class__.objects.update(place="Библиотека", begins=dt.time(10))
    event.refresh_from_db()
    assert send(event, user) == (1, 0)
    letter = Letter.objects.get()
    assert (letter.kind, letter.user, letter.subject) == (Kind.EVENT, account, "Приглашение: Тексты, 26.10.2024")
    for part in ("обучение «Тексты»", "26.10.2024, 10:00 (UTC+10)", "Библиотека", invited.who):
        assert part in letter.text
    assert f"https://gospub.example/t/{invited.code}/" in letter.text
    assert f"{invited.code[:5]}-{invited.code[5:]}" in letter.text


def test_sending_again_writes_to_the_new_ones_alone(region, event, invited, account, user):
    send(event, user)
    assert send(event, user) == (0, 0)
    participant(event, admin_of(invited.institution, "Новая"))
    assert send(event, user) == (1, 0)
    assert Letter.objects.count() == 2


def test_every_account_of_the_institution_gets_it(event, invited, account, user):
    account_of(invited.institution)
    assert send(event, user) == (2, 0)


def test_accounts_that_are_no_longer_or_not_the_institutions_get_nothing(region, event, invited, user):
    over, shut, foreign = (account_of(invited.institution) for _ in range(3))
    over.grants.update(until=TODAY - DAY)
    shut.is_active = False
    shut.save()
    foreign.grants.update(institution=InstitutionFactory(region=region))
    curator(region, "Минкульт")
    assert send(event, user) == (0, 1)


def test_a_contact_without_an_account_is_not_written_to(event, invited, user):
    """Letters go to users alone: the outbox takes no other address."""
    PersonContact.objects.create(person=invited.person, email="proba@example.org")
    assert send(event, user) == (0, 1)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"state": EventState.CANCELLED}, {"state": EventState.HELD}, {"first": TODAY - DAY, "last": TODAY - DAY}],
    ids=["cancelled", "held", "over"],
)
def test_nobody_is_invited_to_what_is_over_or_cancelled(event, invited, account, user, fields):
    for name, value in fields.items():
        setattr(event, name, value)
    with pytest.raises(ForumError, match="предстоящее"):
        send(event, user)


def test_the_state_of_an_invitation_follows_its_letter(event, invited, account, user):
    assert state_of(event, user) == Invited.NOT_SENT
    send(event, user)
    assert state_of(event, user) == Invited.WAITING
    for state, shown in ((LetterState.REFUSED, Invited.REFUSED), (LetterState.SENT, Invited.SENT)):
        Letter.objects.update(state=state)
        assert state_of(event, user) == shown


def test_sent_to_one_of_two_accounts_is_sent(event, invited, account, user):
    account_of(invited.institution)
    send(event, user)
    Letter.objects.filter(user=account).update(state=LetterState.SENT)
    assert state_of(event, user) == Invited.SENT


def test_whoever_cannot_be_written_to_is_shown_without_an_address(event, user):
    participant(event, name="Гость")
    assert state_of(event, user) == Invited.NO_ADDRESS


def test_the_screen_sends_tells_how_many_and_filters_by_the_state(client, region, event, invited, account):
    participant(event, name="Гость")
    html = client.post(reverse("invitations_send", args=[event.pk]), follow=True).content.decode()
    assert "Отправляется 1 письмо. Участников без учётной записи, для них приглашение печатается: 1." in html
    assert f"/t/{invited.code}/" in Letter.objects.get().text
    html = client.get(reverse("event", args=[event.pk]) + "?invited=no_address").content.decode()
    assert "Гость" in html
    assert invited.who not in html
    entry = AuditEntry.objects.get(action="forum_event.send")
    assert entry.after == {"letters": 1, "without_account": 1}


# --- the ticket -------------------------------------------------------------------------------------------------------


def test_the_ticket_tells_anybody_what_and_where_and_nobodys_name(event, invited):
    event.__class__.objects.update(place="Библиотека", programme=[["10:00", "Тема", "Докладчик Выдуманный"]])
    response = Client().get(reverse("ticket", args=[invited.code]))
    html = response.content.decode()
    assert "Тексты" in html
    assert "Библиотека" in html
    assert 'src="data:image/svg+xml' in html
    for name in (invited.who, invited.institution.name, "Выдуманный"):
        assert name not in html
    assert "private" in response["Cache-Control"]
    assert "Отметить приход" not in html


def test_the_ticket_of_a_cancelled_event_says_so(event, invited):
    event.__class__.objects.update(state=EventState.CANCELLED)
    assert "отменено" in Client().get(reverse("ticket", args=[invited.code])).content.decode()


def test_a_code_that_nobody_has_leads_nowhere(event):
    assert Client().get(reverse("ticket", args=["ACDEFGHJKM"])).status_code == 404


def test_an_institution_finds_its_own_tickets_and_no_others(client_of, region, event, invited, account):
    other = participant(event, admin_of(InstitutionFactory(region=region), "Чужая"))
    html = client_of(account).get(reverse("event", args=[event.pk])).content.decode()
    assert reverse("ticket", args=[invited.code]) in html
    assert other.code not in html
    assert other.who not in html


def test_invitations_without_links_know_the_event_of_the_region_alone(client_of, event, invited, account):
    elsewhere = event_in(InstitutionFactory().region, "Чужое")
    assert client_of(account).get(reverse("event", args=[elsewhere.pk])).status_code == 404
