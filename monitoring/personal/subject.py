"""All that is stored about one person: the answer to whoever asks what is known of them (art. 14 of 152-ФЗ)."""

import datetime as dt
import json

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import AuditEntry, User
from monitoring.models import Person, PersonContact


def subject_file(person: Person, *, user: User, now: dt.datetime) -> bytes:
    """The file (JSON, UTF-8) of `about`; that it was taken is in the audit trail before it is given away."""
    found = about(person)
    counts = {name: len(rows) for name, rows in found.items() if isinstance(rows, list)}
    with transaction.atomic():
        record(user, "person.export", f"person {person.pk}", before={}, after=counts, now=now, region=person.region_id)
    content = {"made_at": now.isoformat(), **found}
    return json.dumps(content, ensure_ascii=False, indent=2, default=str).encode()


def about(person: Person) -> dict[str, object]:
    """What every table holds of the person, by table; days and moments become ISO text in the file."""
    contact = PersonContact.objects.filter(person=person).first()
    return {
        "person": {"number": person.pk, "name": person.name, "region": person.region.name},
        "contact": {"email": contact.email, "phone": contact.phone} if contact else None,
        "pages": _pages(person),
        "consents": _consents(person),
        "scores": _scores(person),
        "events": _events(person),
        "actions": list(AuditEntry.objects.filter(subject=f"person {person.pk}").order_by("pk").values("at", "action")),
    }


def _pages(person: Person) -> list[dict[str, object]]:
    rows = person.stewardships.select_related("page__institution").order_by("since", "pk")
    return [
        {
            "page": row.page.url,
            "institution": row.page.institution.name,
            "since": row.since,
            "until": row.until,
            "share": row.share,
        }
        for row in rows
    ]


def _consents(person: Person) -> list[dict[str, object]]:
    return [
        {
            "scope": str(row.get_scope_display()),
            "version": row.text.version,
            "text": row.text.text,
            "given_on": row.given_on,
            "document": row.document,
            "recorded_at": row.recorded_at,
            "withdrawn_at": row.withdrawn_at,
        }
        for row in person.consents.select_related("text").order_by("recorded_at", "pk")
    ]


def _scores(person: Person) -> list[dict[str, object]]:
    rows = person.scores.select_related("rating__methodology").order_by("rating__pk")
    return [
        {
            "methodology": row.rating.methodology.name,
            "period": str(row.rating.period),
            "state": str(row.rating.get_state_display()),
            "points": row.points,
            "place": row.place,
            "figures": row.items,
        }
        for row in rows
    ]


def _events(person: Person) -> list[dict[str, object]]:
    """Trainings and forums that the person is, or was, invited to."""
    rows = person.participations.select_related("event", "institution").order_by("event__first", "pk")
    return [
        {
            "event": row.event.title,
            "days": row.event.days,
            "institution": row.institution.name if row.institution else "",
            "added_at": row.added_at,
            "came_at": row.came_at,
        }
        for row in rows
    ]
