"""A region with a training on 26.10.2024, noon of which it is, and people who run pages."""

import datetime as dt
from typing import Any

from forum.models import Event, EventKind, EventState, Origin, Participant
from gospub.accounts.models import User
from monitoring.models import Institution, Person, Region
from tests.factories import InstitutionFactory, PageFactory, PersonFactory, institution_admin, steward

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
TODAY = dt.date(2024, 10, 26)
DAY = dt.timedelta(days=1)
SINCE = dt.date(2024, 1, 1)


def event_in(region: Region, title: str = "Тексты", **fields: Any) -> Event:
    """Planned for today, unless said otherwise."""
    first = fields.pop("first", TODAY)
    return Event.objects.create(region=region, title=title, first=first, last=fields.pop("last", first), **fields)


def held(region: Region, title: str, first: dt.date = TODAY, **fields: Any) -> Event:
    return event_in(region, title, first=first, state=EventState.HELD, **fields)


def forum_of(region: Region, title: str = "Форум", **fields: Any) -> Event:
    return held(region, title, kind=EventKind.FORUM, **fields)


def admin_of(institution: Institution, name: str = "Вымышленная Анна", **dates: Any) -> Person:
    """Somebody who runs a page of the institution."""
    person = PersonFactory(region=institution.region, name=name)
    steward(PageFactory(institution=institution), person, **{"since": SINCE} | dates)
    return person


def admins_in(region: Region, count: int, **fields: Any) -> list[Person]:
    """So many people, each with an institution of its own."""
    return [admin_of(InstitutionFactory(region=region, **fields), f"Вымышленная {n:03}") for n in range(count)]


_numbers = iter(range(10**6))


def participant(event: Event, person: Person | None = None, came: bool = False, **fields: Any) -> Participant:
    """On the list: a person, or somebody typed in by `name`."""
    number = next(_numbers)
    place = Institution.objects.filter(pages__stewardships__person=person).first() if person else None
    given = {
        "key": f"person {person.pk}" if person else f"name {number}",
        "institution": place,
        "origin": Origin.ADMINS,
        "code": f"ACDE{number:06}",
        "added_at": NOW,
        "came_at": NOW if came else None,
    }
    return Participant.objects.create(event=event, person=person, **given | fields)


def account_of(institution: Institution) -> User:
    """Somebody who signs in for the institution."""
    return institution_admin(institution)


def listed(event: Event) -> list[str]:
    """Who stands on the list, in the order of its names."""
    return sorted(each.who for each in event.participants.select_related("person", "institution"))
