"""The table of pages: rows for the screen and for the files."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from gospub import clock
from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import Page, PageState, Region

from .troubles import off_since

COLUMNS = (
    Column("title", _("Page"), "shown_title"),
    Column("subscribers", _("Subscribers"), "state__subscribers", numeric=True),
    Column("day", _("In a day"), "state__change_day", numeric=True),
    Column("month", _("In a month"), "state__change_month", numeric=True),
    Column("year", _("In a year"), "state__change_year", numeric=True),
    Column("trend", _("Trend")),
    Column("posts", _("Posts in 7 days"), "state__posts_7", numeric=True),
    Column(
        "engagement",
        _("Engagement"),
        "engagement",
        numeric=True,
        explanation=_("(likes + comments + reposts) ÷ views, posts of the last 30 days"),
    ),
    Column("last_post", _("Last post"), "state__last_post_at", numeric=True),
    Column("state", _("State"), "status"),
    Column("institution", _("Institution"), "institution__name"),
)
DEFAULT_SORT = "-subscribers"


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page with its latest figures; `state` is an empty one for a page that was never rolled up.

    not_collected_since: where its network is paused or off.
    """

    page: Page
    state: PageState
    engagement: float | None
    not_collected_since: dt.datetime | None


def pages_of(region: Region, user: User, *, archived: bool = False) -> QuerySet[Page]:
    """Watched pages of the region that the user may see, ready to be sorted and shown; or those in the archive."""
    return (
        Page.objects.visible_to(user)
        .filter(institution__region=region, archived_on__isnull=not archived)
        .select_related("state", "institution__municipality", "institution__sector")
        .annotate(
            shown_title=Coalesce(NullIf("title", Value("")), "handle"),
            engagement=Cast(F("state__interactions_30"), FloatField()) / NullIf(F("state__views_30"), 0),
            not_collected_since=off_since,
        )
    )


def page_rows(pages: Iterable[Page]) -> Iterator[PageRow]:
    """Rows of pages that came from `pages_of`."""
    for page in pages:
        state = getattr(page, "state", None) or PageState(page=page)
        yield PageRow(page, state, page.engagement, page.not_collected_since)


EXPORT_HEADINGS: Sequence[object] = (
    _("Network"),
    _("Page"),
    _("Short name"),
    _("Address"),
    _("Institution"),
    _("ИНН"),
    _("ОГРН"),
    _("Municipality"),
    _("Sector"),
    _("Founder"),
    _("Level"),
    _("State"),
    _("Last reading"),
    _("Subscribers"),
    _("Measured on"),
    _("In a day"),
    _("In a month"),
    _("In a year"),
    _("Posts in 7 days"),
    _("Posts in 30 days"),
    _("Views of 30 days"),
    _("Engagement, %"),
    _("Last post"),
)


def export_row(row: PageRow, region: Region) -> list[object]:
    """Cells in the order of EXPORT_HEADINGS; None = no data."""
    page, state, institution = row.page, row.state, row.page.institution
    return [
        page.get_platform_display(),
        page.title,
        page.handle,
        page.url,
        institution.name,
        institution.inn,
        institution.ogrn,
        institution.municipality.name if institution.municipality else "",
        institution.sector.name if institution.sector else "",
        institution.founder,
        institution.get_level_display(),
        page.get_status_display(),
        state.get_slot_reason_display() or state.get_slot_status_display(),
        _("not measured yet") if state.subscribers is None else state.subscribers,
        state.measured_on,
        state.change_day,
        state.change_month,
        state.change_year,
        state.posts_7,
        state.posts_30,
        state.views_30,
        None if row.engagement is None else round(row.engagement * 100, 2),
        state.last_post_at and clock.local_day(state.last_post_at, region.time_zone),
    ]
