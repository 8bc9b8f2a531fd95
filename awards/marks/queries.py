"""What the list of quality marks shows."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from awards.models import QualityMark
from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import Page, Region

from .filters import Standing

COLUMNS = (
    Column("page", _("Page"), "title"),
    Column("institution", _("Institution"), "page__institution__name"),
    Column("year", _("Year"), "year", numeric=True),
    Column("points", _("Points"), "score__points", numeric=True),
    Column("code", _("Code"), "code"),
    Column("until", _("Valid until"), "valid_until", numeric=True),
    Column("state", _("State")),
)
SORT = "-year"
HEADINGS = (_("Page"), _("Network"), _("Address"), _("Institution"), _("Year"), _("Points"), _("Code"), _("Issued on"),
            _("Valid until"), _("State"))  # fmt: skip


def marks_of(region: Region, user: User) -> QuerySet[QualityMark]:
    """The region's marks that the user may see, with all that a row shows."""
    found = QualityMark.objects.visible_to(user).filter(page__institution__region=region)
    return found.select_related("page__institution", "score", "contest", "withdrawn_by")


def standing(mark: QualityMark, day: dt.date) -> Standing:
    """How the mark stands on the local day."""
    if mark.withdrawn_at:
        return Standing.WITHDRAWN
    return Standing.IN_FORCE if mark.issued_on <= day <= mark.valid_until else Standing.OVER


def rows(marks: Iterable[QualityMark], day: dt.date) -> list[tuple[QualityMark, Standing]]:
    return [(mark, standing(mark, day)) for mark in marks]


def marks_on(page: Page) -> QuerySet[QualityMark]:
    """A page's marks, the latest first."""
    return page.quality_marks.select_related("page").order_by("-year", "-pk")


def lines(marks: QuerySet[QualityMark], day: dt.date) -> Iterator[list[object]]:
    """Rows of the file, under HEADINGS."""
    for mark in marks.iterator(chunk_size=500):
        points = float(mark.score.points) if mark.score and mark.score.points is not None else None
        yield [
            mark.title, mark.page.get_platform_display(), mark.page.url, mark.page.institution.name, mark.year, points,
            mark.code, mark.issued_on, mark.valid_until, str(standing(mark, day).label),
        ]  # fmt: skip
