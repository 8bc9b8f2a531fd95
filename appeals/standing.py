"""Where a rating stands with its appeals: how many there are, what is not in it yet, what keeps it from being final."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gospub.accounts.models import User
from monitoring.dashboards.queries import desk
from monitoring.models import Region
from ratings.lifecycle import Obstacle, editions
from ratings.models import Correction, Rating, RatingState

from .models import Appeal, AppealQuerySet, AppealState
from .term import term


def appeals_of(rating: Rating) -> AppealQuerySet:
    """Appeals that were filed against any edition of the rating."""
    found = Appeal.objects.filter(score__rating__in=editions(rating).order_by())
    return found.exclude(state=AppealState.DRAFT)


def edition_in_view(rating: Rating) -> Rating:
    """The edition that institutions see: the latest one that was passed; itself where none was."""
    return editions(rating).exclude(state=RatingState.DRAFT).select_related("region", "methodology").first() or rating


def pending(rating: Rating) -> QuerySet[Correction]:
    """What accepted appeals corrected and this edition does not have."""
    accepted = Correction.objects.filter(appeals__in=appeals_of(rating).filter(state=AppealState.ACCEPTED))
    return accepted.exclude(pk__in=rating.report.get("corrections", ())).distinct()


@dataclass(frozen=True, slots=True)
class Tally:
    """Appeals against a rating, by state; pending: corrections that its present edition does not have."""

    open: int
    accepted: int
    rejected: int
    pending: int

    @property
    def any(self) -> bool:
        return bool(self.open or self.accepted or self.rejected)


def tally(rating: Rating) -> Tally:
    counts = dict(appeals_of(rating).order_by().values_list("state").annotate(number=Count("pk")))
    accepted = counts.get(AppealState.ACCEPTED, 0)
    waiting = pending(rating).count() if accepted else 0
    return Tally(counts.get(AppealState.FILED, 0), accepted, counts.get(AppealState.REJECTED, 0), waiting)


def obstacles(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    """What keeps a preliminary rating from being final: the term, open appeals, corrections that are not in it."""
    if rating.state != RatingState.PRELIMINARY:
        return
    until = term(rating)
    if until and today <= until:
        yield Obstacle("term", _("Its values can be contested until %s.") % f"{until:%d.%m.%Y}")
    found = tally(rating)
    if found.open:
        text = ngettext("%(count)d appeal waits for a decision.", "%(count)d appeals wait for a decision.", found.open)
        yield Obstacle("appeals", text % {"count": found.open})
    if found.pending:
        yield Obstacle("corrections", _("Appeals were accepted after the computation: compute a new edition."))


WAITING = f"?state={AppealState.FILED}&sort=filed"


def waiting(region: Region, user: User) -> QuerySet[Appeal]:
    """Appeals that wait for those who see the whole region."""
    if not user.rights.sees_whole(region.pk):
        return Appeal.objects.none()
    return Appeal.objects.open().filter(institution__region=region)


ON_THE_DESK = desk.Kind(
    "appeals",
    desk.Part.DECIDE,
    gettext_lazy("Appeals without an answer"),
    lambda region, user, _now: waiting(region, user),
    "appeals",
    WAITING,
    moment="filed_at",
)
