"""What of the awards waits on the analyst's desk."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from awards.models import AwardList, Contest, ContestState, Stage
from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.dashboards.queries.desk import Kind, Part
from monitoring.models import Region

# Applications that close so soon are worth a reminder.
CLOSES_SOON = dt.timedelta(days=7)


def drafts(region: Region, user: User, _now: dt.datetime) -> QuerySet[AwardList]:
    """Lists of the region that the rules have proposed and nobody has signed off."""
    return AwardList.objects.visible_to(user).filter(contest__region=region, signed_at=None)


def closing(region: Region, user: User, now: dt.datetime) -> QuerySet[Contest]:
    """Contests of the region whose applications are taken for a few days more."""
    today = local_day(now, region.time_zone)
    taking = Contest.objects.visible_to(user).filter(
        region=region, by_application=True, state=ContestState.RUNNING, stage=Stage.LONG_LIST
    )
    return taking.filter(applications_until__range=(today, today + CLOSES_SOON))


ON_THE_DESK = (
    Kind(
        "award_lists",
        Part.DECIDE,
        _("Award lists to be decided and signed"),
        drafts,
        "contests",
        moment="proposed_at",
    ),
    Kind(
        "closing",
        Part.TERMS,
        _("Contests that take applications for 7 days more at most"),
        closing,
        "contests",
        day="applications_until",
    ),
)
