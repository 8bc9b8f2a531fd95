"""Contacts go a year after the last page was handed over, names after three; a day before, nothing."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from gospub.accounts.models import AuditEntry
from monitoring.models import Person, PersonContact, Region
from monitoring.personal.retention import apply, due, years_before
from monitoring.tasks import retention
from tests.factories import ConsentFactory, PageFactory, PersonFactory, RegionFactory, steward, watched
from tests.ratings.worlds import FIRST, LAST, item, methodology, page_in, points, rate

from .conftest import NOW, TODAY

DAY = dt.timedelta(days=1)
YEAR_AGO, THREE_AGO = dt.date(2023, 10, 26), dt.date(2021, 10, 26)


def ran_until(region: Region, *ends: dt.date | None) -> Person:
    """Someone with a contact whose stewardships ended on these days; None = runs the page still."""
    person = PersonFactory(region=region)
    PersonContact.objects.create(person=person, email="proba@example.org")
    for number, until in enumerate(ends):
        steward(PageFactory(institution__region=region), person, dt.date(2019, 1, 1 + number), until)
    return person


def told(now: dt.datetime = NOW) -> list[str]:
    return [str(each) for each in due(now)]


def test_the_contact_goes_a_year_after_the_last_stewardship_ended(region):
    person = ran_until(region, YEAR_AGO)
    assert told() == [f"person {person.pk}: contact"]
    apply(NOW)
    assert not PersonContact.objects.exists()
    assert Person.objects.get().name == person.name


def test_a_day_before_nothing_goes(region):
    ran_until(region, YEAR_AGO + DAY)
    assert told() == []


def test_the_name_goes_three_years_after(region):
    person = ran_until(region, THREE_AGO)
    assert told() == [f"person {person.pk}: name"]
    apply(NOW)
    assert Person.objects.get().name == f"Администратор № {person.pk}"
    assert not PersonContact.objects.exists()


def test_a_day_before_the_name_stays(region):
    person = ran_until(region, THREE_AGO + DAY)
    apply(NOW)
    assert Person.objects.get().name == person.name


def test_the_last_of_several_ends_counts(region):
    ran_until(region, THREE_AGO, YEAR_AGO + DAY)
    assert told() == []


def test_whoever_runs_a_page_still_is_not_touched(region):
    ran_until(region, THREE_AGO, None)
    assert told() == []


def test_with_the_watching_of_a_page_its_stewardship_ended(region):
    person = ran_until(region, None)
    page = person.stewardships.get().page
    page.archived_on = YEAR_AGO + DAY
    page.save()
    assert told() == []
    page.archived_on = YEAR_AGO
    page.save()
    assert told() == [f"person {person.pk}: contact"]


def test_whoever_never_ran_a_page_stays(region):
    ran_until(region)
    assert told() == []


def test_a_name_with_a_consent_in_force_stays_and_its_contact_goes(region):
    person = ran_until(region, THREE_AGO)
    ConsentFactory(person=person)
    assert told() == [f"person {person.pk}: contact"]
    apply(NOW)
    assert Person.objects.get().name == person.name


def test_a_withdrawn_consent_keeps_no_name(region):
    person = ran_until(region, THREE_AGO)
    ConsentFactory(person=person, withdrawn_at=NOW - DAY)
    assert told() == [f"person {person.pk}: name"]


def test_the_day_is_that_of_the_region(db):
    """At 20:00 UTC the next day has begun in Vladivostok, in Kaliningrad it has not."""
    east, west = RegionFactory(time_zone="Asia/Vladivostok"), RegionFactory(time_zone="Europe/Kaliningrad")
    early = ran_until(east, YEAR_AGO)
    ran_until(west, YEAR_AGO)
    assert told(NOW.replace(day=25, hour=20)) == [f"person {early.pk}: contact"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (TODAY, YEAR_AGO),
        (dt.date(2024, 2, 29), dt.date(2023, 2, 28)),
        (dt.date(2025, 2, 28), dt.date(2024, 2, 28)),
        (dt.date(2025, 3, 1), dt.date(2024, 3, 1)),
    ],
)
def test_a_year_before_29_february_is_the_28th(day, expected):
    assert years_before(day, 1) == expected


def test_a_second_time_there_is_nothing_to_do(region):
    ran_until(region, THREE_AGO)
    ran_until(region, YEAR_AGO)
    assert len(apply(NOW)) == 2
    count = AuditEntry.objects.count()
    assert apply(NOW) == []
    assert AuditEntry.objects.count() == count


def test_each_action_is_in_the_audit_trail(region):
    person = ran_until(region, THREE_AGO)
    apply(NOW)
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.action for entry in entries] == ["person.delete_contact", "person.remove_name"]
    for entry in entries:
        assert (entry.actor, entry.subject, entry.region) == ("", f"person {person.pk}", region.pk)
        assert entry.after == {"reason": "retention, 3 years"}


def test_ratings_keep_their_scores(region):
    person = PersonFactory(region=region)
    steward(watched(page_in(region), FIRST, LAST), person, FIRST, LAST)
    rating = rate(region, methodology(item("engagement_by_views"), subject="person"))
    before = points(rating)
    assert str(person.pk) in before
    apply(dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    assert Person.objects.get().name == f"Администратор № {person.pk}"
    assert points(rating) == before


def test_a_trial_run_says_what_would_be_done_and_does_nothing(region):
    person = ran_until(region, THREE_AGO)
    out = io.StringIO()
    call_command("retention", dry_run=True, stdout=out)
    assert out.getvalue() == f"person {person.pk}: name\n1 due\n"
    assert Person.objects.get().name == person.name
    call_command("retention", stdout=out)
    assert out.getvalue().endswith("1 done\n")
    assert PersonContact.objects.count() == 0


def test_the_scheduler_does_it_every_day(region, settings):
    ran_until(region, YEAR_AGO)
    entry = settings.CELERY_BEAT_SCHEDULE["retention"]
    assert entry["task"] == retention.name
    assert entry["schedule"].remaining_estimate(dt.datetime.now(dt.UTC)) <= DAY
    retention()
    assert not PersonContact.objects.exists()
