"""Taking a person's name and contact away. What was measured and rated stays: it refers to the person by key."""

import datetime as dt

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Person, PersonContact
from monitoring.search.words import text_to_search

from .consents import withdraw

# Shorter words of a name (initials) are in any text.
WORD_LENGTH = 3


def pseudonym(person: Person) -> str:
    """What stands in place of the name, in the registry's language."""
    return f"Администратор № {person.pk}"


def has_name(person: Person) -> bool:
    return person.name != pseudonym(person)


def tells_name(text: str, person: Person) -> bool:
    """Whether a word of the person's name is in the text."""
    words = [word for word in person.name.casefold().split() if len(word.strip(".,")) >= WORD_LENGTH]
    return any(word in text.casefold() for word in words)


def remove_name(person: Person, *, reason: str, user: User | None, now: dt.datetime) -> None:
    """Put the pseudonym in place of the name, delete the contact, end the consents in force: all at once, for good.

    reason: for the audit trail, without the name. user None = the system, whose time was up. Again it changes nothing.
    """
    with transaction.atomic():
        delete_contact(person, reason=reason, user=user, now=now)
        for consent in person.consents.in_force(now):
            withdraw(consent, user=user, now=now)
        known = Person.objects.filter(pk=person.pk).exclude(name=pseudonym(person))
        if known.update(name=pseudonym(person), search=text_to_search(pseudonym(person))):
            person.name = pseudonym(person)
            _record("person.remove_name", person, reason, user, now)


def delete_contact(person: Person, *, reason: str, user: User | None, now: dt.datetime) -> None:
    """Delete the e-mail address and phone, if any; arguments as in `remove_name`."""
    with transaction.atomic():
        if PersonContact.objects.filter(person=person).delete()[0]:
            _record("person.delete_contact", person, reason, user, now)


def _record(action: str, person: Person, reason: str, user: User | None, now: dt.datetime) -> None:
    subject, after = f"person {person.pk}", {"reason": reason}
    record(user, action, subject, before={}, after=after, now=now, region=person.region_id)
