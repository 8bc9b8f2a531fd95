"""What the lists of events and participants show, and how many were trained."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.models import AwardList, AwardState
from gospub.accounts.models import Grant, User
from letters.models import LetterState
from monitoring.dashboards.tables import Column
from monitoring.models import Institution, Person, Region
from monitoring.templatetags.figures import local_time

from .inviting import running_people
from .models import Event, Participant
from .posting import accounts
from .trained import attended_trainings, last_training

EVENT_COLUMNS = (
    Column("title", _("Forum or training"), "title"),
    Column("day", _("Days"), "first", numeric=True),
    Column("place", _("Place"), "place"),
    Column("state", _("State"), "state"),
    Column("invited", _("Invited"), "invited", numeric=True),
    Column("came", _("Came"), "came", numeric=True),
)
EVENT_SORT = "-day"
EVENT_HEADINGS = (_("Forum or training"), _("Kind"), _("First day"), _("Last day"), _("Begins at"), _("Place"),
                  _("Academic hours"), _("State"), _("Invited"), _("Came"))  # fmt: skip


def events_of(region: Region, user: User) -> QuerySet[Event]:
    """The region's events that the user may see, with how many are `invited` and `came`."""
    return Event.objects.visible_to(user).filter(region=region).annotate(
        invited=Count("participants"), came=Count("participants", filter=Q(participants__came_at__isnull=False))
    )  # fmt: skip


def event_rows(events: QuerySet[Event]) -> Iterator[list[object]]:
    """Rows of the file, under EVENT_HEADINGS."""
    for event in events.iterator(chunk_size=500):
        yield [
            event.title, event.get_kind_display(), event.first, event.last,
            f"{event.begins:%H:%M}" if event.begins else None, event.place, event.hours, event.get_state_display(),
            event.invited, event.came,
        ]  # fmt: skip


# --- participants -----------------------------------------------------------------------------------------------------


class Invited(TextChoices):
    """How the invitation of a participant stands."""

    SENT = "sent", _("sent")
    WAITING = "waiting", _("waits to be sent")
    REFUSED = "refused", _("not delivered")
    NO_ADDRESS = "no_address", _("no address")
    NOT_SENT = "not_sent", _("not sent yet")


WHO = Coalesce("person__name", NullIf("name", Value("")), "institution__name")
PARTICIPANT_COLUMNS = (
    Column("who", _("Participant"), "shown_name"),
    Column("institution", _("Institution"), "institution__name"),
    Column("origin", _("From where"), "origin"),
    Column("invited", _("Invitation"), "invited"),
    Column("came", _("Came"), "came_at", numeric=True),
)
PARTICIPANT_SORT = "who"
PARTICIPANT_HEADINGS = (_("Participant"), _("Institution"), _("Municipality"), _("Sector"), _("From where"),
                        _("Invitation"), _("Came"), _("Came at"))  # fmt: skip


def participants_of(event: Event, user: User, day: dt.date) -> QuerySet[Participant]:
    """The event's participants that the user may see, with all that a row shows: `shown_name` to sort by, `invited`
    (Invited) on the local day."""
    found = Participant.objects.visible_to(user).filter(event=event)
    related = ("person", "institution__municipality", "institution__sector", "event")
    return found.select_related(*related).annotate(shown_name=WHO, invited=_invited(day))


def _invited(day: dt.date) -> Case:
    through = Participant.letters.through.objects.filter(participant=OuterRef("pk"))
    reachable = Grant.objects.filter(accounts(day), institution=OuterRef("institution"))
    states = ((LetterState.SENT, Invited.SENT), (LetterState.WAITING, Invited.WAITING))
    return Case(
        *(When(Exists(through.filter(letter__state=state)), then=Value(shown.value)) for state, shown in states),
        When(Exists(through), then=Value(Invited.REFUSED.value)),
        When(Exists(reachable), then=Value(Invited.NOT_SENT.value)),
        default=Value(Invited.NO_ADDRESS.value),
        output_field=CharField(),
    )


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A participant with the invitation's state, in words and as a code."""

    participant: Participant
    invited: Invited


def participant_rows(found: Sequence[Participant]) -> list[ParticipantRow]:
    """Rows of the table; participants come from `participants_of`."""
    return [ParticipantRow(each, Invited(each.invited)) for each in found]


def participant_lines(found: QuerySet[Participant], zone: str) -> Iterator[list[object]]:
    """Rows of the file, under PARTICIPANT_HEADINGS; moments in the region's time zone."""
    for each in found.iterator(chunk_size=500):
        place = each.institution
        yield [
            each.who, each.where or each.who, place.municipality.name if place and place.municipality else "",
            place.sector.name if place and place.sector else "", each.get_origin_display(),
            str(Invited(each.invited).label), gettext("yes") if each.came_at else gettext("no"),
            local_time(each.came_at, zone) if each.came_at else "",
        ]  # fmt: skip


# --- whom to invite ---------------------------------------------------------------------------------------------------

PEOPLE_COLUMNS = (
    Column("name", _("Page admin"), "name"),
    Column("institution", _("Institution")),
    Column("trained", _("Last training"), "trained_on", numeric=True),
)
PEOPLE_SORT = "name"


def signed_lists(region: Region, user: User) -> QuerySet[AwardList]:
    """The latest signed editions of the region's award lists, with how many `given` awards each has."""
    later = AwardList.objects.filter(
        contest=OuterRef("contest"), signed_at__isnull=False, edition__gt=OuterRef("edition")
    )
    found = AwardList.objects.visible_to(user).filter(~Exists(later), contest__region=region, signed_at__isnull=False)
    given = Count("awards", filter=~Q(awards__state=AwardState.REMOVED))
    return found.annotate(given=given).select_related("contest").order_by("-contest__year", "-pk")


def people_to_invite(region: Region, user: User, day: dt.date) -> QuerySet[Person]:
    """Page admins of the local day with `works_at` and `trained_on`, the last day of their latest training or NULL."""
    return running_people(region, user, day).annotate(trained_on=last_training())


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A page admin with the institution whose page is run longest; listed: stands on the event's list already."""

    person: Person
    institution: Institution
    listed: bool


def people_rows(event: Event, people: Sequence[Person]) -> list[PersonRow]:
    """Rows of the table; people come from `people_to_invite`."""
    places = Institution.objects.in_bulk({person.works_at for person in people})
    keys = [person.pk for person in people]
    listed = set(event.participants.filter(person__in=keys).values_list("person", flat=True))
    return [PersonRow(person, places[person.works_at], person.pk in listed) for person in people]


# --- how many were trained --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrainingTotals:
    """events: trainings and webinars that were held; people: those who came to any of them, each counted once;
    attendances: how often somebody came, so that whoever came to three counts thrice."""

    events: int
    people: int
    attendances: int


def training_totals(region: Region, first: dt.date, last: dt.date) -> TrainingTotals:
    """Trainings of the region that began on local days from `first` to `last`, both included.

    Forums, ceremonies and what was only planned do not count. No training at all is 0, not "no data": this log is
    the only source.
    """
    held = Event.objects.trainings().filter(region=region, first__range=(first, last))
    sums = attended_trainings().filter(event__in=held).aggregate(
        people=Count("key", distinct=True), attendances=Count("pk")
    )  # fmt: skip
    return TrainingTotals(held.count(), sums["people"], sums["attendances"])
