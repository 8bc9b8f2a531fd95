"""Keeping events: a new one, changes of one, its programme as officials type it."""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.accounts.models import User

from .models import Event, EventState
from .notices import tell_of_change

TOLD = ("kind", "title", "first", "last", "begins", "place", "hours", "state")


class ForumError(Exception):
    """What was asked for cannot be done; the text says why, for whoever asked."""


def keep(event: Event, *, user: User, now: dt.datetime, today: dt.date) -> Event:
    """Store a new or a changed event. today: the region's local day.

    Raises ForumError where there is one of that title on that day already, or its days or state do not go with what is
    known: nobody comes to an event that has not begun or does not take place. Those whom an invitation was written to
    are told where it is moved or cancelled.
    """
    known = Event.objects.get(pk=event.pk) if event.pk else None
    before = told(known) if known else {}
    if event.state == EventState.HELD and event.first > today:
        raise ForumError(_("It has not begun yet: it cannot have been held."))
    if event.pk and (event.first > today or event.state == EventState.CANCELLED) and event.participants.came().exists():
        raise ForumError(_("People are marked as having come: take the marks back first."))
    try:
        with transaction.atomic():
            event.save()
            entry = audit.record(
                user, "forum_event.change" if known else "forum_event.create", f"forum_event {event.pk}",
                before=before, after=told(event), now=now, region=event.region_id,
            )  # fmt: skip
            if known:
                tell_of_change(known, event, entry.pk, now=now, today=today)
    except IntegrityError as error:
        raise ForumError(_("There is one of this title on that day already.")) from error
    return event


def refuse_strangers(known: QuerySet, keys: Collection[int]) -> None:
    """Raises ForumError where not all of the keys are among the `known`: one that is foreign, made up or gone meanwhile
    stops the whole action."""
    if known.count() != len(keys):
        raise ForumError(_("Some of those ticked are not on the list any more. Nothing was changed: tick them anew."))


def told(event: Event) -> dict[str, object]:
    """An event as the audit trail has it; the programme by its length alone, for it names speakers."""
    fields = {name: getattr(event, name) for name in TOLD}
    texts = {name: value if isinstance(value, int | None) else str(value) for name, value in fields.items()}
    return texts | {"programme": len(event.programme)}


# --- the programme ----------------------------------------------------------------------------------------------------


def read_programme(text: str) -> list[list[str]]:
    """«10:00; Тема; Докладчик», a line each, as [when, topic, speaker]; a line of one part is a topic, of two a time
    and a topic where it begins with a digit, else a topic and a speaker."""
    items = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split(";", 2)]
        if not any(parts):
            continue
        if len(parts) == 1:
            parts = ["", parts[0], ""]
        elif len(parts) == 2:
            parts = [*parts, ""] if parts[0][:1].isdigit() else ["", *parts]
        items.append(parts)
    return items


def written_programme(items: list[list[str]]) -> str:
    """The other way round than `read_programme`."""
    return "\n".join("; ".join(item).rstrip("; ") if item[0] or item[2] else item[1] for item in items)
