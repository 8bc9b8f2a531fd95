"""What of the ratings waits on the analyst's desk."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.queries.desk import Kind, Part
from monitoring.models import Region

from .models import Rating, RatingState


def preliminary(region: Region, user: User, _now: dt.datetime) -> QuerySet[Rating]:
    """Ratings of the region that are preliminary, as long as no later edition was passed."""
    later = Rating.objects.filter(
        region=OuterRef("region"),
        methodology=OuterRef("methodology"),
        first=OuterRef("first"),
        last=OuterRef("last"),
        edition__gt=OuterRef("edition"),
    ).exclude(state=RatingState.DRAFT)
    found = Rating.objects.visible_to(user).filter(region=region, state=RatingState.PRELIMINARY)
    return found.filter(~Exists(later), passages__state=RatingState.PRELIMINARY)


ON_THE_DESK = Kind(
    "preliminary",
    Part.DECIDE,
    _("Preliminary ratings to be made final"),
    preliminary,
    "ratings",
    moment="passages__at",
)
