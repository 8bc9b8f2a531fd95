"""What the screen of a region's publication lists."""

from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.tables import Column

COLUMNS = (
    Column("title", _("Announcement"), "title"),
    Column("day", _("Published on"), "published_on", numeric=True),
    Column("until", _("Shown until"), "until", numeric=True),
    Column("state", _("State")),
    Column("by", _("Who"), "written_by__email"),
    Column("do", ""),
)
SORT = "-day"
