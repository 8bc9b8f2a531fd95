"""All tables of a screen in one workbook, with a sheet that says what they are of."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from monitoring.dashboards.exports import Row

from .sources import SCREENS, Asked, Tables, address_of

Sheets = Iterator[tuple[str, Row, Sequence[Row]]]


def book_of(screen: str, asked: Asked, tables: Tables) -> Sheets:
    """(name, headings, rows) of every sheet, the parameters last: by then all else was read."""
    for sheet in tables.sheets:
        yield str(sheet.title), sheet.headings, sheet.rows
    yield _("Parameters"), (_("What"), _("Value")), parameters(screen, asked, tables)


def parameters(screen: str, asked: Asked, tables: Tables) -> list[Row]:
    """What the tables are of: the region, the screen with its filter, the day of the data, who asked and when."""
    made = asked.now.astimezone(ZoneInfo(asked.region.time_zone))
    return [
        (_("Region"), asked.region.name),
        (_("Screen"), SCREENS[screen].title),
        (_("Address"), address_of(screen, asked.region, asked.query.urlencode(), asked.subject)),
        *((_("Filter: %s") % label, value) for label, value in tables.conditions),
        *([] if tables.conditions else [(_("Filter"), _("none"))]),
        (_("Data as of"), tables.day or "—"),
        (_("Version"), tables.version or _("figures as they stood when the file was made")),
        (_("Made by"), str(asked.user)),
        (_("Made at"), f"{made:%d.%m.%Y %H:%M} ({asked.region.time_zone})"),
    ]
