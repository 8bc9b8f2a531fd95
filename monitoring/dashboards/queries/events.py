"""The feed of events: rows for the screen and for the files."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import PageEvent, Region
from monitoring.templatetags.figures import named_value

COLUMNS = (Column("day", _("Day"), "day"),)
DEFAULT_SORT = "-day"


def events_of(region: Region, user: User) -> QuerySet[PageEvent]:
    """Events of the region's pages that the user may see."""
    found = PageEvent.objects.visible_to(user).filter(page__institution__region=region)
    return found.select_related("page__institution__municipality")


EXPORT_HEADINGS: Sequence[object] = (
    _("Day"),
    _("Event"),
    _("Before"),
    _("After"),
    _("Network"),
    _("Page"),
    _("Short name"),
    _("Address"),
    _("Institution"),
    _("Municipality"),
)


def export_row(event: PageEvent) -> list[object]:
    """Cells in the order of EXPORT_HEADINGS."""
    page, institution = event.page, event.page.institution
    return [
        event.day,
        event.get_kind_display(),
        named_value(event.old),
        named_value(event.new),
        page.get_platform_display(),
        page.title,
        page.handle,
        page.url,
        institution.name,
        institution.municipality.name if institution.municipality else "",
    ]
