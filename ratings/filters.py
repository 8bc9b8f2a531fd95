"""Which scores of a rating are shown: the form above the table, read from the address."""

import django_filters
from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.filters import ListFilter, containing

from .models import Rating, Score, ScoreStatus
from .names import group_name
from .rules import Rules

WITHOUT_POINTS = "none"


class Firmness(TextChoices):
    JURY = "jury", _("for the jury: the award line goes through it")
    UNSETTLED = "unsettled", _("order before the next one is not settled")


class ScoreFilter(ListFilter):
    """By zone, peer group, whether there is a place, how firm it is."""

    zone = django_filters.ChoiceFilter(method="of_zone", label=_("Zone"))
    group = django_filters.ChoiceFilter(label=_("Peer group"))
    status = django_filters.ChoiceFilter(label=_("Has a place"), choices=ScoreStatus.choices)
    firmness = django_filters.ChoiceFilter(method="of_firmness", label=_("Firmness"), choices=Firmness.choices)

    class Meta:
        model = Score
        fields = ["q", "group", "zone", "status", "firmness"]

    def __init__(self, data: QueryDict, rows: QuerySet[Score], *, rating: Rating, rules: Rules) -> None:
        self.rating, self.rules = rating, rules
        super().__init__(data, rows)

    def add_choices(self) -> None:
        zones = [(zone.code, zone.label) for zone in self.rules.zones]
        self.filters["zone"].extra["choices"] = [*zones, (WITHOUT_POINTS, _("Without points"))]
        names = [group_name(label, self.rules) for label in self.rating.groups]
        self.filters["group"].extra["choices"] = list(enumerate(names))
        if not zones:
            del self.filters["zone"]
        if len(names) < 2:
            del self.filters["group"]

    def search(self, rows: QuerySet[Score], name: str, value: str) -> QuerySet[Score]:
        texts = ["shown_name"]
        numbers = []
        for link in ("page__institution", "institution"):
            texts.append(f"{link}__name")
            numbers += [f"{link}__inn", f"{link}__ogrn"]
        return rows.filter(containing(value, [*texts, "page__handle"], numbers))

    def of_zone(self, rows: QuerySet[Score], name: str, value: str) -> QuerySet[Score]:
        return rows.filter(zone="" if value == WITHOUT_POINTS else value)

    def of_firmness(self, rows: QuerySet[Score], name: str, value: str) -> QuerySet[Score]:
        if value == Firmness.JURY:
            return rows.filter(award_chance__range=(0.2, 0.8))
        return rows.filter(settled=False)
