"""A report as a workbook and as a PDF: what whoever opens it may see at that moment."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from awards.papers.pdf import compiled
from gospub.accounts.models import User
from monitoring.dashboards.exports import CONTROL
from ratings.periods import DAY, Period, Unit, period_of
from ratings.screens.rating import period_words
from reports.templatetags.tools import plain_cell

from .books import Sheets, parameters
from .keeping import ViewGoneError, asked_for
from .models import Report
from .sources import SCREENS, Asked, Tables, some_rows

TEMPLATE = Path(__file__).with_name("report.typ")
# Screens that a report may be made of, in their order.
REPORTED = (
    "overview", "dynamics", "growth", "heat_map", "years", "goals", "institutions", "pages", "coverage", "presence",
    "compliance", "network_moves", "events", "ratings",
)  # fmt: skip
# A PDF is to be read: the rest of a longer table is in the workbook.
PRINTED_ROWS = 60
PRINTED_COLUMNS = 8


class Part(NamedTuple):
    """A screen of a report."""

    screen: str
    asked: Asked
    tables: Tables


def last_period(report: Report, today: dt.date) -> Period:
    """The last one of the report's kind that is over on the local day `today`."""
    unit = Unit(report.cadence)
    return period_of(unit, period_of(unit, today).first - DAY)


def parts_of(report: Report, period: Period, user: User, now: dt.datetime) -> list[Part]:
    """The screens of the report that the user may open, each asked about the period."""
    result = []
    for name in report.screens:
        try:
            asked = asked_for(name, report.region, user, query_of(name, period), now, subject=None)
        except ViewGoneError:
            continue
        result.append(Part(name, asked, SCREENS[name].tables(asked)))
    return result


def query_of(screen: str, period: Period) -> str:
    """The period in the words of the screen's address; screens of the present have none."""
    query = QueryDict(mutable=True)
    first, last = period.first.isoformat(), period.last.isoformat()
    match screen:
        case "dynamics":
            query.update({"first": first, "last": last})
        case "overview" | "years":
            query.update({"day": last})
        case "events":
            query.update({"since": first, "until": last})
        case "network_moves":
            query.update({"since": first})
    return query.urlencode()


def words_of(period: Period) -> str:
    """«октябрь 2026»."""
    return period_words(period.unit, period.first, period.last)


def report_book(report: Report, period: Period, parts: list[Part]) -> Sheets:
    """(name, headings, rows) of every sheet, the parameters of each screen last."""
    told = [(_("Report"), report.name), (_("Period"), words_of(period))]
    for part in parts:
        for sheet in part.tables.sheets:
            yield titled(part, str(sheet.title)), sheet.headings, sheet.rows
        told += [("", ""), *parameters(part.screen, part.asked, part.tables)]
    yield _("Parameters"), (_("What"), _("Value")), told


def titled(part: Part, title: str) -> str:
    """The table's name, with its screen's where that has several."""
    return f"{SCREENS[part.screen].title} · {title}" if len(part.tables.sheets) > 1 else title


def report_pdf(report: Report, period: Period, parts: list[Part], now: dt.datetime) -> bytes:
    """A4 across; the first rows and columns of long tables, with a word about the rest."""
    data = {
        "title": f"{report.name}: {report.region.name}",
        "body": [words_of(period)],
        "tables": [table for part in parts for table in printed(part)],
        "foot": _("Made on %(day)s for %(who)s") % {
            "day": f"{parts[0].asked.today:%d.%m.%Y}" if parts else "",
            "who": str(parts[0].asked.user) if parts else "",
        },
    }  # fmt: skip
    return compiled(str(TEMPLATE), data, now)


def printed(part: Part) -> Iterator[dict[str, object]]:
    """The tables of a screen as a page shows them."""
    notes = [f"{label}: {value}" for label, value in part.tables.conditions]
    if part.tables.day:
        notes.append(_("data as of %s") % f"{part.tables.day:%d.%m.%Y}")
    for sheet in part.tables.sheets:
        rows = some_rows(sheet, 0, PRINTED_ROWS + 1)
        cut = len(rows) > PRINTED_ROWS or len(sheet.headings) > PRINTED_COLUMNS
        rest = [_("the rest of the table is in the workbook")] if cut else []
        yield {
            "name": titled(part, str(sheet.title)),
            "notes": "; ".join([*notes, *rest]),
            "columns": [str(heading) for heading in sheet.headings[:PRINTED_COLUMNS]],
            "rows": [
                [CONTROL.sub("", plain_cell(value)) for value in row[:PRINTED_COLUMNS]] for row in rows[:PRINTED_ROWS]
            ],
            "empty": _("There is nothing in this table."),
        }
