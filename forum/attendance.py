"""Who came: marked on the list, or at the door by the code of the invitation; once, however many look."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.accounts.models import User

from .inviting import as_code
from .keeping import ForumError
from .models import CameBy, Event, EventState, Participant


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door. new: marked just now; else the participant's came_at says since when he or she is here."""

    participant: Participant
    new: bool


def refuse_too_early(event: Event, today: dt.date) -> None:
    """Raises ForumError where nobody can have come: it has not begun by the local day, or does not take place."""
    if event.state == EventState.CANCELLED:
        raise ForumError(_("It is cancelled: nobody comes."))
    if event.first > today:
        raise ForumError(_("It begins on %s: nobody can have come yet.") % f"{event.first:%d.%m.%Y}")


def arrive(event: Event, typed: str, *, user: User, now: dt.datetime, today: dt.date) -> Arrival | None:
    """Mark whoever has that code; None where nobody of this event has it. Raises ForumError, see `refuse_too_early`.

    Two doors at once: the base compares and sets, so one of them marks and the other is told since when.
    """
    refuse_too_early(event, today)
    people = event.participants.select_related("person", "institution")
    found = people.filter(code=as_code(typed)).first()
    if found is None:
        return None
    with transaction.atomic():
        mine = event.participants.filter(pk=found.pk, came_at=None)
        new = bool(mine.update(came_at=now, came_by=CameBy.DOOR, marked_by=user))
        if new:
            _record("forum_event.came", event, [found.pk], CameBy.DOOR, user=user, now=now)
    return Arrival(people.get(pk=found.pk), new)


def mark(event: Event, keys: Iterable[int], *, user: User, now: dt.datetime, today: dt.date) -> int:
    """Mark those of the event's participants as having come; who is marked already keeps the time. Returns how many
    are new. Raises ForumError, see `refuse_too_early`."""
    refuse_too_early(event, today)
    with transaction.atomic():
        absent = event.participants.select_for_update().filter(pk__in=keys, came_at=None)
        new = sorted(absent.values_list("pk", flat=True))
        event.participants.filter(pk__in=new).update(came_at=now, came_by=CameBy.LIST, marked_by=user)
        if new:
            _record("forum_event.came", event, new, CameBy.LIST, user=user, now=now)
    return len(new)


def unmark(event: Event, keys: Iterable[int], *, user: User, now: dt.datetime) -> int:
    """Take the marks of those back; returns of how many."""
    with transaction.atomic():
        present = event.participants.select_for_update().filter(pk__in=keys, came_at__isnull=False)
        gone = sorted(present.values_list("pk", flat=True))
        event.participants.filter(pk__in=gone).update(came_at=None, came_by="", marked_by=None)
        if gone:
            _record("forum_event.not_came", event, gone, user=user, now=now)
    return len(gone)


def _record(
    action: str, event: Event, keys: list[int], by: CameBy | None = None, *, user: User, now: dt.datetime
) -> None:
    after = {"participants": keys} | ({"by": str(by)} if by else {})
    audit.record(user, action, f"forum_event {event.pk}", before={}, after=after, now=now, region=event.region_id)
