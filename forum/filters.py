"""The forms above the lists of events, of participants and of page admins to be invited."""

import datetime as dt

import django_filters
from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import ListFilter, PlaceFilter, TrainingChoice, day_field, trained
from monitoring.models import Institution, Person, Stewardship

from .inviting import running
from .models import Event, EventKind, EventState, Participant
from .queries import Invited


class EventFilter(ListFilter):
    texts = ("title", "place")

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=EventKind)
    state = django_filters.ChoiceFilter(label=_("State"), choices=EventState)
    since = day_field(field_name="last", lookup_expr="gte", label=_("From the day"))
    until = day_field(field_name="first", lookup_expr="lte", label=_("To the day"))

    class Meta:
        model = Event
        fields = ["q", "kind", "state", "since", "until"]


class Came(TextChoices):
    YES = "yes", _("came")
    NO = "no", _("did not come")


class ParticipantFilter(PlaceFilter):
    to_institution = "institution__"
    texts = ("person__name", "name", "institution__name", "workplace")
    numbers = ("institution__inn", "institution__ogrn")

    came = django_filters.ChoiceFilter(method="of_came", label=_("Attendance"), choices=Came)
    invited = django_filters.ChoiceFilter(label=_("Invitation"), choices=Invited)

    class Meta:
        model = Participant
        fields = ["q", "came", "invited", "municipality", "sector"]

    def of_came(self, rows: QuerySet[Participant], name: str, value: str) -> QuerySet[Participant]:
        return rows.filter(came_at__isnull=value == Came.NO)


class PeopleFilter(PlaceFilter):
    """Page admins by the institutions whose pages they run on the local `day`."""

    texts = ("name",)

    training = django_filters.ChoiceFilter(method="of_training", label=_("Training"), choices=TrainingChoice)

    class Meta:
        model = Person
        fields = ["q", "training", "municipality", "sector"]

    def __init__(
        self, data: QueryDict, rows: QuerySet[Person], *, institutions: QuerySet[Institution], day: dt.date
    ) -> None:
        super().__init__(data, rows, institutions=institutions)
        self.day = day

    def of_municipality(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        return self._running_in(rows, super().of_municipality(self.institutions, name, value))

    def of_sector(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        return self._running_in(rows, super().of_sector(self.institutions, name, value))

    def _running_in(self, rows: QuerySet[Person], places: QuerySet[Institution]) -> QuerySet[Person]:
        held = Stewardship.objects.filter(running(self.day), page__institution__in=places)
        return rows.filter(pk__in=held.values("person"))

    def of_training(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        return trained(rows, value)
