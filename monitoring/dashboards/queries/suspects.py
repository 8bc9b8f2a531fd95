"""Doubtful numbers: what waits for an analyst and what was decided."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import Region, Suspect, SuspectState

COLUMNS = (Column("day", _("Day"), "day"),)
DEFAULT_SORT = "-day"


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A doubtful number beside the page's line. difference, ratio: to the last good number, None where one of the two
    is no number. points: the page's measured values, [[ISO day, subscribers], …]."""

    suspect: Suspect
    difference: int | None
    ratio: float | None
    points: list[tuple[str, int]]

    @property
    def waiting(self) -> bool:
        return self.suspect.state == SuspectState.OPEN

    @property
    def mark(self) -> tuple[dt.date, int | None]:
        """Where the doubtful point lies."""
        return self.suspect.day, self.suspect.value


def suspects_of(region: Region, user: User) -> QuerySet[Suspect]:
    """Doubtful numbers of the region that the user may see, with all that a row shows."""
    return with_pages(Suspect.objects.visible_to(user)).filter(page__institution__region=region)


def with_pages(suspects: QuerySet[Suspect]) -> QuerySet[Suspect]:
    return suspects.select_related("page__institution__region", "page__state", "decided_by")


def waiting(region: Region) -> QuerySet[Suspect]:
    """Those of the region that wait for a decision."""
    return Suspect.objects.filter(state=SuspectState.OPEN, page__institution__region=region)


def waiting_count(region: Region) -> int:
    """How many they are."""
    return waiting(region).count()


def suspect_rows(suspects: Iterable[Suspect]) -> Iterator[SuspectRow]:
    """Rows of suspects whose pages are joined (`with_pages`)."""
    for suspect in suspects:
        state = getattr(suspect.page, "state", None)
        difference = ratio = None
        if suspect.value is not None and suspect.expected is not None:
            difference = suspect.value - suspect.expected
            ratio = difference / suspect.expected if suspect.expected else None
        yield SuspectRow(suspect, difference, ratio, state.sparkline if state else [])


def may_decide(user: User, region: Region) -> bool:
    """The region's analysts and the operator."""
    return user.rights.keeps(region.pk)
