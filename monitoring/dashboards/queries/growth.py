"""Who grows: territories, founders, institutions, pages, each step down within the one above. From PageState alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.tables import Column
from monitoring.models import Page, Region


class Step(TextChoices):
    MUNICIPALITY = "municipality", _("Municipalities")
    FOUNDER = "founder", _("Founders")
    INSTITUTION = "institution", _("Institutions")
    PAGE = "page", _("Pages")


class Span(TextChoices):
    MONTH = "month", _("the month before")
    YEAR = "year", _("the year before")


# What a row is told by, and what it is called.
KEYS = {
    Step.MUNICIPALITY: ("institution__municipality", "institution__municipality__name"),
    Step.FOUNDER: ("institution__founder", "institution__founder"),
    Step.INSTITUTION: ("institution", "institution__name"),
    Step.PAGE: ("pk", "title"),
}
COLUMNS = (
    Column("name", _("Name"), "name"),
    Column("pages", _("Pages"), "pages", numeric=True),
    Column("subscribers", _("Subscribers"), "subscribers", numeric=True),
    Column("same", _("The same pages"), "same", numeric=True),
    Column("change", _("Their growth"), "change", numeric=True),
    Column("ratio", _("Their growth, %"), "ratio", numeric=True),
)
DEFAULT_SORT = "-change"


@dataclass(frozen=True, slots=True)
class Row:
    """key "" = not known. change: growth of the `same` pages, those with a value then and now; None = there is none."""

    key: str
    name: str
    pages: int
    subscribers: int | None
    same: int
    change: int | None
    before: int | None

    @property
    def ratio(self) -> float | None:
        return self.change / self.before if self.change is not None and self.before else None


def growth(region: Region, step: Step, span: Span, within: Mapping[str, str]) -> list[Row]:
    """Rows of that step. within: platform, municipality, founder, institution (keys as text) that they lie in."""
    key, name = KEYS[step]
    change = f"state__change_{span}"
    texts = [name, "handle"] if step == Step.PAGE else [name]
    found = (
        inside(Page.objects.watched().filter(institution__region=region), within)
        .order_by()
        .values_list(key, *dict.fromkeys(texts))
        .annotate(
            pages=Count("pk"),
            subscribers=Sum("state__subscribers"),
            same=Count(change),
            change=Sum(change),
            before=Sum(F("state__subscribers") - F(change), filter=Q(**{f"{change}__isnull": False})),
        )
    )
    return [
        Row(str(row[0] or ""), next((text for text in row[1:-5] if text), str(row[0] or "")), *row[-5:])
        for row in found
    ]


def inside(pages: QuerySet[Page], within: Mapping[str, str]) -> QuerySet[Page]:
    """Those of the pages that lie in all of them; a key that is no number where one belongs finds nothing."""
    for name, value in within.items():
        if name in (Step.MUNICIPALITY, Step.INSTITUTION):
            if not (value.isascii() and value.isdigit() and len(value) < 19):
                return pages.none()
            pages = pages.filter(**{KEYS[name][0]: int(value)})
        else:
            pages = pages.filter(**{"platform" if name == "platform" else KEYS[name][0]: value})
    return pages


def sorted_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """By the column that `sort` names, `-` for descending; rows without data come last both ways."""
    column = sort.removeprefix("-")
    value = (lambda row: row.name.casefold() or None) if column == "name" else (lambda row: getattr(row, column))
    ordered = sorted(rows, key=lambda row: (row.name.casefold(), row.key))
    known = sorted((row for row in ordered if value(row) is not None), key=value, reverse=sort.startswith("-"))
    return known + [row for row in ordered if value(row) is None]
