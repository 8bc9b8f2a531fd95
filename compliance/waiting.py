"""What of coverage and law waits on the analyst's desk."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.dashboards.queries.desk import Item, Part
from monitoring.models import Region

from .road_map import StepState, step_rows, steps_of

# A term that is so near is worth a reminder.
NEAR = dt.timedelta(days=14)


def terms(region: Region, user: User, now: dt.datetime) -> Iterator[Item]:
    """Steps of the road map that are not done: those whose term has passed, and those whose term is near.

    How far a step is has to be computed, so the base is asked for more only where such a term stands.
    """
    today = local_day(now, region.time_zone)
    rows = step_rows(region, steps_of(region).filter(due__lte=today + NEAR), today)
    url = reverse("road_map", args=[region.code])
    open_ = [row.step for row in rows if row.state != StepState.DONE]
    passed = [step for step in open_ if step.due < today]
    near = [step for step in open_ if step.due >= today]
    for steps, title in (
        (passed, _("Steps of the road map whose term has passed")),
        (near, _("Steps of the road map whose term is within 14 days")),
    ):
        if steps:
            since = min(step.due for step in steps)
            yield Item(Part.TERMS, title, len(steps), since, (today - since).days, url)
