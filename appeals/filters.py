"""The form above the list of appeals."""

import datetime as dt

import django_filters
from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gospub.clock import local_day
from monitoring.dashboards.filters import ListFilter
from monitoring.models import Region

from .models import Appeal, AppealState


class Age(TextChoices):
    """How long ago an appeal was filed."""

    NEW = "new", _("up to 3 days")
    OVER_3 = "over_3", _("over 3 days")
    OVER_7 = "over_7", _("over 7 days")


class Term(TextChoices):
    """Whether values of the rating can still be contested."""

    RUNS = "runs", _("still runs")
    OVER = "over", _("is over")


class AppealFilter(ListFilter):
    """`now` (aware) is what ages and terms are counted to, in the region's time."""

    texts = ("institution__name", "score__page__title", "score__page__handle", "score__person__name", "text")
    numbers = ("institution__inn", "institution__ogrn")

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[each for each in AppealState.choices if each[0] != AppealState.DRAFT]
    )
    age = django_filters.ChoiceFilter(method="of_age", label=_("Filed"), choices=Age)
    term = django_filters.ChoiceFilter(method="of_term", label=_("Term for appeals"), choices=Term)

    class Meta:
        model = Appeal
        fields = ["q", "state", "age", "term"]

    def __init__(self, data: QueryDict, rows: QuerySet[Appeal], *, region: Region, now: dt.datetime) -> None:
        super().__init__(data, rows)
        self.now, self.today = now, local_day(now, region.time_zone)

    def of_age(self, rows: QuerySet[Appeal], name: str, value: str) -> QuerySet[Appeal]:
        since = self.now - dt.timedelta(days=7 if value == Age.OVER_7 else 3)
        return rows.filter(filed_at__gte=since) if value == Age.NEW else rows.filter(filed_at__lt=since)

    def of_term(self, rows: QuerySet[Appeal], name: str, value: str) -> QuerySet[Appeal]:
        return rows.filter(until__lt=self.today) if value == Term.OVER else rows.filter(until__gte=self.today)
