"""All that is stored about one person, and nothing of anyone else."""

import json

import pytest

from gospub.accounts.models import AuditEntry
from monitoring.models import Person, PersonContact
from monitoring.personal.subject import subject_file
from tests.factories import ConsentFactory, PersonFactory, analyst, steward, watched
from tests.ratings.worlds import FIRST, LAST, item, methodology, page_in, rate

from .conftest import NOW


@pytest.fixture
def person(region) -> Person:
    person = PersonFactory(region=region, name="Выдумкина Проба")
    PersonContact.objects.create(person=person, email="proba@example.org", phone="+7 000 000-00-01")
    return person


def content(person: Person) -> dict:
    return json.loads(subject_file(person, user=analyst(person.region), now=NOW))


def test_it_holds_name_contact_pages_consents_and_scores(person):
    page = watched(page_in(person.region), FIRST, LAST)
    steward(page, person, FIRST, LAST)
    consent = ConsentFactory(person=person)
    rate(person.region, methodology(item("engagement_by_views"), subject="person"))
    found = content(person)
    assert found["person"]["name"] == "Выдумкина Проба"
    assert found["contact"] == {"email": "proba@example.org", "phone": "+7 000 000-00-01"}
    assert [row["page"] for row in found["pages"]] == [page.url]
    assert found["pages"][0]["until"] == LAST.isoformat()
    assert [row["version"] for row in found["consents"]] == [consent.text.version]
    assert [row["period"] for row in found["scores"]] == ["2024-11"]


def test_it_holds_nothing_of_others(person):
    other = PersonFactory(region=person.region, name="Чужая Персона")
    PersonContact.objects.create(person=other, email="other@example.org")
    page = page_in(person.region)
    for each in (person, other):
        steward(page, each, FIRST)
        ConsentFactory(person=each)
    text = subject_file(person, user=analyst(person.region), now=NOW).decode()
    assert "Чужая" not in text
    assert "other@example.org" not in text
    assert len(content(person)["consents"]) == 1


def test_a_person_of_whom_nothing_else_is_stored(region):
    found = content(PersonFactory(region=region))
    assert found["contact"] is None
    assert found["pages"] == found["consents"] == found["scores"] == []


def test_taking_it_is_in_the_audit_trail_with_counts_alone(person):
    ConsentFactory(person=person)
    user = analyst(person.region)
    subject_file(person, user=user, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (user.email, "person.export", f"person {person.pk}")
    assert entry.region == person.region_id
    assert entry.after == {"pages": 0, "consents": 1, "scores": 0, "events": 0, "actions": 0}
    assert content(person)["actions"][0]["action"] == "person.export"
