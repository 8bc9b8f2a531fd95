"""Publishing, changing and withdrawing announcements."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Region

from .models import Announcement

FIELDS = ("title", "text", "published_on", "until")


def publish(region: Region, said: Mapping[str, object], *, user: User, now: dt.datetime) -> Announcement:
    """Keep a new announcement; said: its FIELDS."""
    with transaction.atomic():
        found = Announcement.objects.create(region=region, written_by=user, **{name: said[name] for name in FIELDS})
        _record(found, "announcement.publish", user, now, after=told(found))
    return found


def change(found: Announcement, said: Mapping[str, object], *, user: User, now: dt.datetime) -> None:
    """Put other FIELDS in place of the announcement's."""
    before = told(found)
    with transaction.atomic():
        for name in FIELDS:
            setattr(found, name, said[name])
        found.save(update_fields=FIELDS)
        _record(found, "announcement.change", user, now, before=before, after=told(found))


def withdraw(found: Announcement, *, user: User, now: dt.datetime) -> None:
    """From `now` on nobody outside sees it; a second time it changes nothing."""
    with transaction.atomic():
        if Announcement.objects.filter(pk=found.pk, withdrawn_at=None).update(withdrawn_at=now):
            _record(found, "announcement.withdraw", user, now, before=told(found))


def told(found: Announcement) -> dict[str, object]:
    """What the audit trail says of it."""
    return {
        "title": found.title,
        "text": found.text[:500],
        "published_on": found.published_on.isoformat(),
        "until": found.until.isoformat() if found.until else None,
    }


def _record(found: Announcement, action: str, user: User, now: dt.datetime, **changes: dict[str, object]) -> None:
    told_of = {"before": {}, "after": {}} | changes
    record(user, action, f"announcement {found.pk}", **told_of, now=now, region=found.region_id)
