"""Taking a name away: for good, with contact and consents, and from Django's own log too."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from gospub.accounts.models import AuditEntry
from monitoring.models import Person, PersonContact
from monitoring.personal.names import remove_name, tells_name
from tests.factories import ConsentFactory, PageFactory, PersonFactory, operator, steward

from .conftest import NOW, TODAY


@pytest.fixture
def person(region) -> Person:
    person = PersonFactory(region=region, name="Выдумкина Проба И.")
    PersonContact.objects.create(person=person, email="proba@example.org")
    return person


def remove(person: Person, user=None) -> None:
    remove_name(person, reason="По просьбе человека", user=user, now=NOW)


def test_a_number_stands_in_place_of_the_name_and_the_contact_is_gone(person):
    remove(person)
    person = Person.objects.get()
    assert person.name == f"Администратор № {person.pk}"
    assert not PersonContact.objects.exists()


def test_pages_stay_with_the_person(person):
    steward(PageFactory(institution__region=person.region), person, TODAY)
    remove(person)
    assert person.stewardships.count() == 1


def test_consents_end(person):
    consent = ConsentFactory(person=person)
    user = operator()
    remove(person, user)
    consent.refresh_from_db()
    assert (consent.withdrawn_at, consent.withdrawn_by) == (NOW, user)


def test_it_is_in_the_audit_trail_with_its_reason_and_without_the_name(person):
    user = operator()
    remove(person, user)
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.action for entry in entries] == ["person.delete_contact", "person.remove_name"]
    for entry in entries:
        assert (entry.actor, entry.subject) == (user.email, f"person {person.pk}")
        assert entry.after == {"reason": "По просьбе человека"}
        assert entry.before == {}


def test_again_it_changes_nothing(person):
    remove(person)
    count = AuditEntry.objects.count()
    remove(Person.objects.get())
    assert AuditEntry.objects.count() == count


def test_the_name_leaves_the_log_of_the_admin(person):
    kind, page = ContentType.objects.get_for_model(Person), PageFactory(institution__region=person.region)
    held = steward(page, person, TODAY)
    LogEntry.objects.log_actions(operator().pk, [person], CHANGE, "", single_object=True)
    message = [{"added": {"name": "stewardship", "object": str(held)}}]
    LogEntry.objects.log_actions(operator().pk, [page], CHANGE, message, single_object=True)
    remove(person)
    logged = list(LogEntry.objects.order_by("pk"))
    assert logged[0].content_type == kind
    assert logged[0].object_repr == person.name
    for entry in logged:
        assert "Выдумкина" not in f"{entry.object_repr} {entry.get_change_message()}"
    assert person.name in logged[1].get_change_message()


@pytest.mark.parametrize("text", ["согласие ВЫДУМКИНОЙ", "проба пера, № 5"])
def test_a_text_that_tells_the_name_is_known(person, text):
    assert tells_name(text.replace("ВЫДУМКИНОЙ", "ВЫДУМКИНА"), person)


def test_initials_are_in_any_text(person):
    assert not tells_name("и. о. начальника, № 5", person)
