"""A consent is in force from its record to its withdrawal, one a person and scope; all of it is in the audit trail."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from gospub.accounts.models import AuditEntry
from monitoring.models import Consent, ConsentScope, Person
from monitoring.personal.consents import AlreadyWithdrawnError, ConsentInForceError, give, withdraw
from tests.factories import (
    ConsentFactory,
    ConsentTextFactory,
    InstitutionFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    auditor,
    curator,
    institution_admin,
    official,
    operator,
)

from .conftest import NOW, TODAY

SECOND = dt.timedelta(seconds=1)
AWARDS, OPEN_DATA = ConsentScope.AWARDS, ConsentScope.OPEN_DATA


@pytest.fixture
def person(region) -> Person:
    return PersonFactory(region=region, name="Выдумкина Проба")


def given(person: Person, scope: ConsentScope = OPEN_DATA, now: dt.datetime = NOW, user=None) -> Consent:
    return give(
        person,
        text=ConsentTextFactory(),
        scope=scope,
        given_on=TODAY,
        document="№ 1",
        user=user or analyst(person.region),
        now=now,
    )


def named(scope: ConsentScope = OPEN_DATA, now: dt.datetime = NOW) -> list[Person]:
    return list(Person.objects.with_public_name(scope, now))


def test_without_a_consent_nobody_has_a_public_name(person):
    assert named() == []


def test_a_consent_is_in_force_from_the_moment_of_its_record(person):
    given(person)
    assert named(now=NOW - SECOND) == []
    assert named() == [person]


def test_a_consent_holds_for_its_scope_alone(person):
    given(person, AWARDS)
    assert named(AWARDS) == [person]
    assert named(OPEN_DATA) == []


def test_a_withdrawal_holds_from_its_moment_on(person):
    consent = given(person)
    withdraw(consent, user=analyst(person.region), now=NOW + SECOND)
    assert named(now=NOW) == [person]
    assert named(now=NOW + SECOND) == []


def test_of_one_scope_there_is_one_consent_in_force(person):
    given(person)
    with pytest.raises(ConsentInForceError):
        given(person)
    given(person, AWARDS)
    assert Consent.objects.count() == 2
    assert AuditEntry.objects.count() == 2


def test_the_base_itself_refuses_a_second_one(person):
    ConsentFactory(person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentFactory(person=person)


def test_after_a_withdrawal_a_new_consent_may_be_given(person):
    withdraw(given(person), user=analyst(person.region), now=NOW)
    given(person, now=NOW + SECOND)
    assert named(now=NOW + SECOND) == [person]
    assert person.consents.count() == 2


def test_the_second_withdrawal_changes_nothing(person):
    consent, first = given(person), analyst(person.region)
    withdraw(consent, user=first, now=NOW)
    with pytest.raises(AlreadyWithdrawnError):
        withdraw(consent, user=operator(), now=NOW + SECOND)
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consent.withdrawn_at) == (first, NOW)


def test_both_are_in_the_audit_trail_without_name_and_paper(person):
    user = analyst(person.region)
    withdraw(given(person, user=user), user=user, now=NOW)
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == ["consent.give", "consent.withdraw"]
    for entry in entries:
        assert (entry.actor, entry.subject, entry.region) == (user.email, f"person {person.pk}", person.region_id)
        assert "Выдумкина" not in f"{entry.before} {entry.after}"
        assert "№ 1" not in f"{entry.before} {entry.after}"
    assert entries[1].before["withdrawn_at"] is None
    assert entries[1].after["withdrawn_at"] == NOW.isoformat()


@pytest.mark.parametrize("make", [analyst, official, auditor])
def test_people_and_consents_are_seen_by_those_who_see_the_region(person, make):
    consent = ConsentFactory(person=person)
    assert list(Person.objects.visible_to(make(person.region))) == [person]
    assert list(Consent.objects.visible_to(make(person.region))) == [consent]
    other = make(RegionFactory())
    assert not Person.objects.visible_to(other).exists()
    assert not Consent.objects.visible_to(other).exists()


def test_the_operator_and_the_auditor_of_all_see_everybody(person):
    assert Person.objects.visible_to(operator()).exists()
    assert Person.objects.visible_to(auditor()).exists()


def test_institution_admins_and_curators_see_nobody(person):
    place = InstitutionFactory(region=person.region, founder="Минкульт")
    assert not Person.objects.visible_to(institution_admin(place)).exists()
    assert not Person.objects.visible_to(curator(person.region, "Минкульт")).exists()
