"""Trained or not: what stands beside each page admin. Knows no screens, so that those of the admins can ask."""

from django.db.models import OuterRef, QuerySet, Subquery

from monitoring.models import Person

from .models import TEACHING, EventState, Participant

_TRAININGS = {"event__state": EventState.HELD, "event__kind__in": TEACHING}


def attended_trainings() -> QuerySet[Participant]:
    """Whoever came to a training or webinar that was held."""
    return Participant.objects.came().filter(**_TRAININGS)


def last_training() -> Subquery:
    """For a queryset of people: the last day of the latest training that the person came to, NULL = none."""
    mine = attended_trainings().filter(person=OuterRef("pk")).order_by("-event__last")
    return Subquery(mine.values("event__last")[:1])


def trained_people() -> QuerySet[Participant]:
    """Keys of the people who came to a training, for `pk__in`."""
    return attended_trainings().filter(person__isnull=False).values("person")


def participations_of(person: Person) -> QuerySet[Participant]:
    """The person's events, the latest first."""
    return person.participations.select_related("event").order_by("-event__first", "-pk")
