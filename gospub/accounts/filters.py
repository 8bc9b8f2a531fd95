"""The forms above the lists of rights and of the audit trail."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import ListFilter, day_field
from monitoring.models import Region

from .actions import ACTIONS, action_words
from .models import AuditEntry, Grant, Role


class GrantFilter(ListFilter):
    texts = ("user__email", "user__full_name", "institution__name", "founder")

    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role)

    class Meta:
        model = Grant
        fields = ["q", "role"]


class AuditFilter(ListFilter):
    texts = ("actor", "action", "subject", "address")

    action = django_filters.ChoiceFilter(label=_("What"))
    region = django_filters.ChoiceFilter(label=_("Region"))
    since = day_field(field_name="at", lookup_expr="date__gte", label=_("From the day"))
    until = day_field(field_name="at", lookup_expr="date__lte", label=_("To the day"))

    class Meta:
        model = AuditEntry
        fields = ["q", "action", "region", "since", "until"]

    def add_choices(self) -> None:
        """Only what the trail that is seen has."""
        actions = self.queryset.order_by("action").values_list("action", flat=True).distinct()
        self.filters["action"].extra["choices"] = [(name, action_words(name)) for name in actions]
        regions = Region.objects.filter(pk__in=self.queryset.order_by().values("region").distinct())
        self.filters["region"].extra["choices"] = list(regions.values_list("pk", "name"))

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Also by the words of an action."""
        named = [key for key, words in ACTIONS.items() if value.lower() in str(words).lower()]
        return super().search(rows, name, value) | rows.filter(action__in=named)
