"""The ratings of a region: what was computed, and what can be."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import Region

from ..models import Methodology, Rating, RatingState
from ..periods import Period, Unit, period_of

DEFAULT_SORT = "-last"
COLUMNS = (
    Column("name", _("Rating"), "methodology__name"),
    Column("last", _("Period"), "last", numeric=True),
    Column("state", _("State"), "state"),
    Column("subjects", _("With a place"), "ranked", numeric=True),
    Column("computed", _("Computed"), "computed_at", numeric=True),
)


def ratings_of(region: Region, user: User) -> QuerySet[Rating]:
    """The ratings that the user may see, with the number of those who have a place in each."""
    found = Rating.objects.visible_to(user).filter(region=region).select_related("methodology", "computed_by")
    return found.annotate(ranked=Count("scores", filter=Q(scores__place__isnull=False)), subjects=Count("scores"))


def may_compute(user: User, region: Region) -> bool:
    """Analysts and officials of the region, and the operator."""
    return user.rights.rates(region.pk)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


def methodologies_of(region: Region) -> list[Choice]:
    """Methodologies that the region may rate by: published ones and its own."""
    found = Methodology.objects.filter(Q(region=None) | Q(region=region)).order_by("name")
    return [Choice(slug, name) for slug, name in dict(found.values_list("slug", "name")).items()]


def suggested_period(today: dt.date) -> Period:
    """The last month that is over."""
    return period_of(Unit.MONTH, today.replace(day=1) - dt.timedelta(days=1))


STATE_TONES = {RatingState.DRAFT: "", RatingState.PRELIMINARY: "warn", RatingState.FINAL: "good"}
