"""Opening and closing a region's public part."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gospub.accounts.audit import record
from gospub.accounts.models import User
from gospub.clock import day_bounds, local_day
from monitoring.models import Region

from .models import Publication


class PublicationError(Exception):
    """Why it cannot be, in words for the one who asked."""


def open_up(region: Region, day: dt.date, *, user: User | None, now: dt.datetime) -> Publication:
    """Open the region to anybody from the local day on, from now on where that is today.

    user None = a command. Raises PublicationError where the day is over, or the region is open or will be.
    """
    today = local_day(now, region.time_zone)
    if day < today:
        raise PublicationError(_("The day is over: the public part is opened from today on at the earliest."))
    since = now if day == today else day_bounds(day, region.time_zone)[0]
    try:
        with transaction.atomic():
            found = Publication.objects.create(region=region, since=since, opened_by=user)
            record(user, "publication.open", f"region {region.pk}", before={}, after={"since": since.isoformat()},
                   now=now, region=region.pk)  # fmt: skip
    except IntegrityError as error:
        raise PublicationError(_("The public part is open already, or will be.")) from error
    return found


def close(region: Region, *, user: User, now: dt.datetime) -> None:
    """Close the region's public part now, or call off its opening. Raises PublicationError where it is closed."""
    with transaction.atomic():
        found = Publication.objects.select_for_update(of=("self",)).filter(region=region, until=None).first()
        if found is None:
            raise PublicationError(_("The public part is closed already."))
        found.until, found.closed_by = max(now, found.since), user
        found.save(update_fields=["until", "closed_by"])
        before = {"since": found.since.isoformat()}
        record(user, "publication.close", f"region {region.pk}", before=before, after={"until": now.isoformat()},
               now=now, region=region.pk)  # fmt: skip
