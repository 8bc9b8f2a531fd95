"""Sleeping pages: open pages without a post for so many days, as far as their posts are known."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate
from django.utils.translation import gettext_lazy as _

from gospub.clock import local_day
from monitoring.dashboards.tables import Column
from monitoring.models import Page, PageStatus, Region
from monitoring.rollups.silence import SILENT_DAYS

COLUMNS = (
    Column("title", _("Page"), "shown_title"),
    Column("quiet", _("Last post"), "quiet_since", numeric=True),
    Column("days", _("Days without a post"), numeric=True),
    Column("subscribers", _("Subscribers"), "state__subscribers", numeric=True),
    Column("class", _("Class"), "page_class"),
    Column("known", _("Posts read up to"), "posts_known_to", numeric=True),
    Column("municipality", _("Municipality"), "institution__municipality__name"),
    Column("institution", _("Institution"), "institution__name"),
)
# Whoever has been silent for longest comes first.
DEFAULT_SORT = "quiet"


def asleep(pages: QuerySet[Page], zone: str, days: int = SILENT_DAYS) -> QuerySet[Page]:
    """Those of the pages that had been silent for so many days when their posts were last read.

    Pages whose posts are not known over that span are none of them. quiet_since: local day of the last post; where
    there never was one, the day from which posts are known.
    """
    tz = ZoneInfo(zone)
    limit = ExpressionWrapper(F("posts_known_to") - dt.timedelta(days=days), output_field=DateTimeField())
    never = Q(state__last_post_at=None, posts_known_from__lte=TruncDate(limit, tzinfo=tz))
    found = pages.watched().filter(
        Q(state__last_post_at__lt=limit) | never,
        status=PageStatus.OPEN,
        state__isnull=False,
        posts_known_to__isnull=False,
    )
    since = Coalesce(TruncDate("state__last_post_at", tzinfo=tz), "posts_known_from", output_field=DateField())
    return found.annotate(quiet_since=since)


def shown(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Ready to be sorted and shown."""
    related = ("state", "institution__municipality", "institution__sector")
    return pages.select_related(*related).annotate(shown_title=Coalesce(NullIf("title", Value("")), "handle"))


@dataclass(frozen=True, slots=True)
class SleepingRow:
    """days: from the last post to the day up to which posts are known. stale: they are not known to the present day."""

    page: Page
    days: int
    known_to: dt.date
    stale: bool

    @property
    def posted_ever(self) -> bool:
        return self.page.state.last_post_at is not None


def sleeping_rows(pages: Iterable[Page], region: Region, today: dt.date) -> Iterator[SleepingRow]:
    """Rows of pages that came from `asleep` and `shown`."""
    for page in pages:
        known_to = local_day(page.posts_known_to, region.time_zone)
        yield SleepingRow(page, (known_to - page.quiet_since).days, known_to, known_to < today)


EXPORT_HEADINGS: Sequence[object] = (
    _("Network"),
    _("Page"),
    _("Address"),
    _("Class"),
    _("Institution"),
    _("ИНН"),
    _("Municipality"),
    _("Sector"),
    _("Founder"),
    _("Last post"),
    _("Posts known from"),
    _("Days without a post"),
    _("Posts read up to"),
    _("Subscribers"),
    _("Measured on"),
)


def export_row(row: SleepingRow, region: Region) -> list[object]:
    """Cells in the order of EXPORT_HEADINGS; None = no data."""
    page, institution = row.page, row.page.institution
    last = page.state.last_post_at
    return [
        page.get_platform_display(),
        page.title or page.handle,
        page.url,
        page.get_page_class_display(),
        institution.name,
        institution.inn,
        institution.municipality.name if institution.municipality else "",
        institution.sector.name if institution.sector else "",
        institution.founder,
        local_day(last, region.time_zone) if last else _("none"),
        page.posts_known_from,
        row.days,
        row.known_to,
        page.state.subscribers,
        page.state.measured_on,
    ]
