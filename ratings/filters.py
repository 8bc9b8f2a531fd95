"""Which scores of a rating are shown: the form above the table, read from the address."""

import datetime as dt

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import Chip, RegionFilter

from .models import Score, Zone

WITHOUT_POINTS = "none"


class ScoreFilter(RegionFilter):
    to_institution = "page__institution__"
    texts = ("page__title", "page__handle", "page__institution__name")
    numbers = ("page__institution__inn", "page__institution__ogrn")

    zone = django_filters.ChoiceFilter(
        method="of_zone", label=_("Zone"), choices=[*Zone.choices, (WITHOUT_POINTS, _("Without points"))]
    )

    day = django_filters.DateFilter(
        method="of_day", label=_("Day"), widget=forms.DateInput({"type": "date", "class": "form-control"})
    )

    class Meta:
        model = Score
        fields = ["q", "day", "zone", "municipality", "sector", "founder", "level"]

    def of_zone(self, rows: QuerySet[Score], name: str, value: str) -> QuerySet[Score]:
        return rows.filter(zone="" if value == WITHOUT_POINTS else value)

    def of_day(self, rows: QuerySet[Score], name: str, value: dt.date) -> QuerySet[Score]:
        """The day chooses the rating, before its scores are asked for."""
        return rows

    def chips(self) -> list[Chip]:
        """Without the day, which stands above the table anyway."""
        return [chip for chip in super().chips() if chip.label != self.form.fields["day"].label]
