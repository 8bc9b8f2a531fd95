"""Which pages show their figures, and which of them lack fresh ones."""

import datetime as dt

from django.db.models import Q, QuerySet

from monitoring.models import Page, PageStatus, SlotStatus

GONE = (PageStatus.DELETED, PageStatus.BLOCKED, PageStatus.NOT_FOUND, PageStatus.REPLACED)
# A number that is older than this is no longer fresh.
STALE = dt.timedelta(days=3)


def showing(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Those of the pages that exist and show their figures."""
    return pages.exclude(status__in=(*GONE, PageStatus.CLOSED))


def unread_pages(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Those that show their figures and were not read the last time it was tried."""
    return showing(pages).filter(state__slot_status=SlotStatus.FAILED)


def stale_pages(pages: QuerySet[Page], now: dt.datetime) -> QuerySet[Page]:
    """Those that show their figures, should have been read, and have none of the last days up to `now` (aware)."""
    limit = (now - STALE).date()
    old = Q(state=None) | Q(state__measured_on=None) | Q(state__measured_on__lt=limit)
    return showing(pages).filter(old, added_on__lt=limit)
