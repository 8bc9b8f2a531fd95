"""Letters to the accounts that an invitation went to: the event is moved, cancelled, or takes place after all."""

import datetime as dt
from enum import StrEnum

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gospub.accounts.models import User
from letters import outbox
from letters.models import Kind

from .models import Event, EventState

# Whoever has these in the calendar must know of a change.
WHEN_AND_WHERE = ("first", "last", "begins", "place")


class Change(StrEnum):
    MOVED = "moved"
    CANCELLED = "cancelled"
    AGAIN = "again"


def change_of(before: Event, event: Event, today: dt.date) -> Change | None:
    """What those who were invited must know; None = nothing, or it is over by the local day."""
    if max(before.last, event.last) < today:
        return None
    match EventState(before.state), EventState(event.state):
        case EventState.PLANNED, EventState.CANCELLED:
            return Change.CANCELLED
        case EventState.CANCELLED, EventState.PLANNED:
            return Change.AGAIN
        case EventState.PLANNED, EventState.PLANNED:
            differs = any(getattr(before, name) != getattr(event, name) for name in WHEN_AND_WHERE)
            return Change.MOVED if differs else None
    return None


def tell_of_change(before: Event, event: Event, entry: int, *, now: dt.datetime, today: dt.date) -> int:
    """A letter to each account with an invitation, however many of its people are invited; returns how many.

    before: the event as it was. entry: key of the change in the audit trail, so that each change is told, and once.
    """
    change = change_of(before, event, today)
    if change is None:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        subject = _subject(change) % {"title": event.title, "days": event.days}
        text = render_to_string("mail/event_change.txt", {"event": event, "before": before, "change": change})
    return sum(
        outbox.post(f"forum_event {event.pk}: change {entry}: user {user.pk}", Kind.EVENT, user, subject=subject,
                    text=text, now=now)
        for user in User.objects.filter(letters__participants__event=event).distinct().order_by("pk")
    )  # fmt: skip


def _subject(change: Change) -> str:
    return {
        Change.MOVED: _("Moved: %(title)s, %(days)s"),
        Change.CANCELLED: _("Cancelled: %(title)s, %(days)s"),
        Change.AGAIN: _("Takes place after all: %(title)s, %(days)s"),
    }[change]
