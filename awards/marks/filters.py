"""The form above the list of quality marks."""

import datetime as dt

import django_filters
from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from awards.models import QualityMark
from monitoring.dashboards.filters import ListFilter
from monitoring.models import PlatformCode


class Standing(TextChoices):
    """How a mark stands on a day."""

    IN_FORCE = "in_force", _("in force")
    OVER = "over", _("over")
    WITHDRAWN = "withdrawn", _("withdrawn")


class MarkFilter(ListFilter):
    """`day`: the region's local day on which marks are in force or over."""

    texts = ("title", "page__handle", "page__institution__name", "code")
    numbers = ("page__institution__inn", "page__institution__ogrn")

    standing = django_filters.ChoiceFilter(method="of_standing", label=_("State"), choices=Standing)
    year = django_filters.ChoiceFilter(label=_("Year"))
    platform = django_filters.ChoiceFilter("page__platform", label=_("Network"), choices=PlatformCode)

    class Meta:
        model = QualityMark
        fields = ["q", "standing", "year", "platform"]

    def __init__(self, data: QueryDict, rows: QuerySet[QualityMark], *, day: dt.date) -> None:
        super().__init__(data, rows)
        self.day = day

    def add_choices(self) -> None:
        years = self.queryset.order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in years]

    def of_standing(self, rows: QuerySet[QualityMark], name: str, value: str) -> QuerySet[QualityMark]:
        if value == Standing.WITHDRAWN:
            return rows.filter(withdrawn_at__isnull=False)
        if value == Standing.OVER:
            return rows.filter(withdrawn_at=None, valid_until__lt=self.day)
        return rows.in_force(self.day)
