"""Names that were typed in go when their time is up; those of page admins go with the person (monitoring.personal)."""

import datetime as dt

from django.db import transaction

from gospub.accounts import audit
from gospub.clock import local_day
from monitoring.models import Region
from monitoring.personal.retention import NAME_YEARS, years_before

from .models import Participant


def forget(now: dt.datetime) -> int:
    """Take away names and places of work of events that were over NAME_YEARS ago, by the days of each region; returns
    how many. Who came stays counted; a second time there is nothing to do."""
    count = 0
    for region in Region.objects.filter(forum_events__isnull=False).distinct():
        before = years_before(local_day(now, region.time_zone), NAME_YEARS)
        with transaction.atomic():
            named = Participant.objects.filter(event__region=region, event__last__lte=before).exclude(name="")
            gone = named.update(name="", workplace="")
            if gone:
                audit.record(None, "forum_event.forget", f"region {region.pk}", before={}, after={"names": gone},
                             now=now, region=region.pk)  # fmt: skip
        count += gone
    return count
