"""Taking a name away: for good, with contact and consents; no log has ever had it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

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


# --- what the administration keeps of it ------------------------------------------------------------------------------


@pytest.fixture
def admin(db, client):
    client.force_login(operator())
    return lambda address, *args, **data: client.post(reverse(f"admin:monitoring_{address}", args=args), data)


def kept() -> str:
    """All that the audit trail and the admin's own log say."""
    return f"{list(AuditEntry.objects.values())} {[(each.object_repr, each.change_message) for each in log()]}"


def log() -> list[LogEntry]:
    return list(LogEntry.objects.order_by("pk"))


def test_a_person_who_is_entered_and_changed_is_told_without_the_name(admin, region):
    contact = {"contact-TOTAL_FORMS": 1, "contact-INITIAL_FORMS": 0, "contact-0-email": "proba@example.org"}
    admin("person_add", name="Выдумкина Проба", region=region.pk, **contact)
    person = Person.objects.get()
    none = {"contact-TOTAL_FORMS": 0, "contact-INITIAL_FORMS": 0}
    admin("person_change", person.pk, name="Выдумкина Вторая", region=region.pk, **none)
    admin("person_delete", person.pk, post="yes")
    told = list(AuditEntry.objects.order_by("pk").values_list("action", "before", "after"))
    assert told == [
        ("admin.add", {}, {"name": "***", "region": "***"}),
        ("admin.add", {}, {"email": "***"}),
        ("admin.change", {}, {"name": "***"}),
        ("admin.delete", {"name": "***", "region": "***"}, {}),
    ]
    assert log() == []


def test_whoever_runs_a_page_is_told_by_number(admin, person):
    page = PageFactory(institution__region=person.region, title="Школа")
    admin("stewardship_add", person=person.pk, page=page.pk, since="2024-01-01")
    other = PersonFactory(region=person.region, name="Придумкин Опыт")
    stewardship = person.stewardships.get()
    admin("stewardship_change", stewardship.pk, person=other.pk, page=page.pk, since="2024-01-01")
    admin("stewardship_delete", stewardship.pk, post="yes")
    told = list(AuditEntry.objects.order_by("pk").values_list("before", "after"))
    where = {"page": "Школа"}
    assert told[1] == (where | {"person": f"person {person.pk}"}, where | {"person": f"person {other.pk}"})
    assert told[2][0] == where | {"person": f"person {other.pk}", "since": "2024-01-01"}
    assert "думкин" not in kept()
    assert len(log()) == 3


def test_whoever_runs_a_page_is_told_by_number_at_the_page_too(admin, person):
    page = PageFactory(institution__region=person.region)
    form = {"institution": page.institution_id, "platform": page.platform, "handle": page.handle,
            "page_class": page.page_class, "added_on": page.added_on}  # fmt: skip
    held = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "0-person": person.pk, "0-since": "2024-01-01"}
    admin("page_change", page.pk, **form, **{f"stewardships-{name}": value for name, value in held.items()})
    entry = AuditEntry.objects.get()
    assert (entry.subject, entry.region) == (f"stewardship {person.stewardships.get().pk}", person.region_id)
    assert entry.after == {"page": str(page), "person": f"person {person.pk}", "since": "2024-01-01"}
    assert "думкин" not in kept()
    assert len(log()) == 1


@pytest.mark.parametrize("text", ["согласие ВЫДУМКИНОЙ", "проба пера, № 5"])
def test_a_text_that_tells_the_name_is_known(person, text):
    assert tells_name(text.replace("ВЫДУМКИНОЙ", "ВЫДУМКИНА"), person)


def test_initials_are_in_any_text(person):
    assert not tells_name("и. о. начальника, № 5", person)
