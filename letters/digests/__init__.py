"""Weekly letters: each is written when it goes out, with the rights that its reader has at that moment."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from gospub.accounts.models import Role, User
from letters.models import Kind
from monitoring.models import Region

from . import admin, analyst, official
from .parts import Digest


@dataclass(frozen=True, slots=True)
class Writer:
    """role: of whom the letter is for. write: the digest of a region for the week that begins on a Monday; None where
    there is nothing to tell."""

    role: Role
    write: Callable[[User, Region, dt.date, dt.datetime], Digest | None]


WRITERS = {
    Kind.ADMIN_DIGEST: Writer(Role.INSTITUTION_ADMIN, admin.write),
    Kind.ANALYST_DIGEST: Writer(Role.ANALYST, analyst.write),
    Kind.OFFICIAL_DIGEST: Writer(Role.OFFICIAL, official.write),
}


def regions_of(kind: Kind, user: User) -> QuerySet[Region]:
    """Regions of which the user gets that digest today."""
    rights = user.rights
    match kind:
        case Kind.ADMIN_DIGEST:
            return Region.objects.filter(institutions__in=rights.institutions).distinct()
        case Kind.ANALYST_DIGEST:
            return Region.objects.filter(pk__in=rights.analyst)
        case Kind.OFFICIAL_DIGEST:
            return Region.objects.filter(pk__in=rights.official)
    return Region.objects.none()


def write(kind: Kind, user: User, region: Region, week: dt.date, now: dt.datetime) -> Digest | None:
    """What the user is told of the region's week (its Monday) at the moment `now`; None where there is nothing to tell,
    or no right to it any more."""
    if not regions_of(kind, user).filter(pk=region.pk).exists():
        return None
    return WRITERS[kind].write(user, region, week, now)
