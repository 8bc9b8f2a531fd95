"""Invitations by letter: one for each participant to each account of the institution; the rest are printed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.accounts.models import Grant, Role, User
from letters import outbox
from letters.models import Kind, Letter

from .inviting import BATCH, shown_code
from .keeping import ForumError
from .models import Event, EventState, Participant


def accounts(day: dt.date) -> Q:
    """Rights of institution admins that hold on the local day, of users who can sign in."""
    begun = Q(since=None) | Q(since__lte=day)
    not_over = Q(until=None) | Q(until__gte=day)
    return Q(begun, not_over, role=Role.INSTITUTION_ADMIN, user__is_active=True)


def send(event: Event, link: str, *, user: User, now: dt.datetime, today: dt.date) -> tuple[int, int]:
    """(letters put into the outbox, participants who have no account to write to). Who was written to is not again.

    link: address of a ticket with `CODE` in the place of the code. Raises ForumError where the event is over, held or
    cancelled.
    """
    if event.state != EventState.PLANNED or event.last < today:
        raise ForumError(_("Invitations are sent to what is still to come."))
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        people = locked.participants.filter(letters=None).select_related("person", "institution")
        unwritten = list(people.order_by("pk"))
        users = _users(unwritten, today)
        written: list[tuple[int, int]] = []
        without = 0
        for each in unwritten:
            to = users[each.institution_id]
            written += [(each.pk, _letter(event, each, account, link, now).pk) for account in to]
            without += not to
        through = Participant.letters.through
        links = (through(participant_id=participant, letter_id=letter) for participant, letter in written)
        through.objects.bulk_create(links, batch_size=BATCH)
        if written:
            after = {"letters": len(written), "without_account": without}
            audit.record(user, "forum_event.send", f"forum_event {event.pk}", before={}, after=after, now=now,
                         region=event.region_id)  # fmt: skip
    return len(written), without


def _users(participants: Iterable[Participant], day: dt.date) -> dict[int | None, list[User]]:
    """Accounts by institution."""
    places = {each.institution_id for each in participants} - {None}
    result: dict[int | None, list[User]] = defaultdict(list)
    for grant in Grant.objects.filter(accounts(day), institution__in=places).select_related("user").order_by("pk"):
        result[grant.institution_id].append(grant.user)
    return result


def _letter(event: Event, participant: Participant, user: User, link: str, now: dt.datetime) -> Letter:
    key = f"forum_event {event.pk}: participant {participant.pk}: user {user.pk}"
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "event": event,
            "who": participant.who,
            "code": shown_code(participant.code),
            "link": link.replace("CODE", participant.code),
        }
        text = render_to_string("mail/event_invitation.txt", context)
        subject = _("Invitation: %(title)s, %(days)s") % {"title": event.title, "days": event.days}
    outbox.post(key, Kind.EVENT, user, subject=subject, text=text, now=now)
    return Letter.objects.get(key=key)
