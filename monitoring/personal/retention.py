"""What is kept for how long after a person's last page was handed over. See docs/personal-data.md for the reasons."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from gospub.clock import local_day
from monitoring.models import Consent, Person, PersonContact, Region

from .names import delete_contact, has_name, remove_name

CONTACT_YEARS = 1
NAME_YEARS = 3  # the general limitation period, art. 196 of the Civil Code


@dataclass(frozen=True, slots=True)
class Due:
    """What is to go of a person: the contact, or the name with all else."""

    person: Person
    what: Literal["contact", "name"]

    def __str__(self) -> str:
        return f"person {self.person.pk}: {self.what}"


def due(now: dt.datetime) -> list[Due]:
    """What has been kept long enough at the moment `now` (aware), by the days of each region.

    The years run from the day on which the last stewardship ended; that of a page which is not watched any more ended
    with the watching. People who never ran a page have no such day and stay. A name with a consent in force stays.
    """
    found: list[Due] = []
    for region in Region.objects.filter(people__isnull=False).distinct():
        today = local_day(now, region.time_zone)
        names = _ended_by(region, years_before(today, NAME_YEARS)).exclude(
            pk__in=Consent.objects.in_force(now).values("person")
        )
        nameless = [Due(person, "name") for person in names if has_name(person)]
        gone = {each.person.pk for each in nameless}
        contacts = _ended_by(region, years_before(today, CONTACT_YEARS)).filter(
            pk__in=PersonContact.objects.values("person")
        )
        found += nameless + [Due(person, "contact") for person in contacts if person.pk not in gone]
    return found


def apply(now: dt.datetime) -> list[Due]:
    """Take away what is due at the moment `now` (aware) and return it; a second time there is nothing to do."""
    found = due(now)
    for each in found:
        if each.what == "name":
            remove_name(each.person, reason=f"retention, {NAME_YEARS} years", user=None, now=now)
        else:
            delete_contact(each.person, reason=f"retention, {CONTACT_YEARS} year", user=None, now=now)
    return found


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years ago; of 29 February the 28th, where there was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _ended_by(region: Region, day: dt.date) -> QuerySet[Person]:
    """People of the region whose last stewardship ended on that day or before."""
    running = Q(stewardships__until=None, stewardships__page__archived_on=None)
    return (
        Person.objects.filter(region=region)
        .annotate(
            running=Count("stewardships", filter=running),
            ended=Max(Coalesce("stewardships__until", "stewardships__page__archived_on")),
        )
        .filter(running=0, ended__lte=day)
        .order_by("pk")
    )
