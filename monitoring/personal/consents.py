"""Recording a consent and its withdrawal. A withdrawal holds from its moment on: names are asked for at each output."""

import datetime as dt

from django.db import IntegrityError, transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Consent, ConsentScope, ConsentText, Person


class ConsentInForceError(Exception):
    """The person has a consent of that scope already."""


class AlreadyWithdrawnError(Exception):
    """Somebody else was quicker."""


def give(
    person: Person,
    *,
    text: ConsentText,
    scope: ConsentScope,
    given_on: dt.date,
    document: str,
    user: User,
    now: dt.datetime,
) -> Consent:
    """Record the person's consent; it is in force from `now` (aware) on. document: where the signed paper is found.

    Raises ConsentInForceError.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                consent = Consent.objects.create(
                    person=person,
                    text=text,
                    scope=scope,
                    given_on=given_on,
                    document=document,
                    recorded_by=user,
                    recorded_at=now,
                )
        except IntegrityError as error:
            raise ConsentInForceError from error
        record(user, "consent.give", f"person {person.pk}", before={}, after=told(consent), now=now,
               region=person.region_id)  # fmt: skip
    return consent


def withdraw(consent: Consent, *, user: User | None, now: dt.datetime) -> None:
    """End the consent at `now` (aware). Raises AlreadyWithdrawnError, and then changes nothing."""
    person, before = consent.person, told(consent)
    with transaction.atomic():
        left = Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=user)
        if not left:
            raise AlreadyWithdrawnError
        consent.refresh_from_db()
        record(user, "consent.withdraw", f"person {person.pk}", before=before, after=told(consent), now=now,
               region=person.region_id)  # fmt: skip


def told(consent: Consent) -> dict[str, object]:
    """What the audit trail says of a consent: neither the name nor the paper."""
    return {
        "consent": consent.pk,
        "scope": consent.scope,
        "text": consent.text.version,
        "given_on": consent.given_on.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }
