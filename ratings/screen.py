"""What the screen of ratings reads: the rating of a day, its rows, its zones, its method in words."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column, address
from monitoring.models import PageClass, Region
from monitoring.templatetags.figures import number, percent

from .filters import WITHOUT_POINTS
from .indicators import INDICATORS, State, Unit
from .models import Period, Rating, Score, Zone
from .rules import Item, Rules, Step

DEFAULT_SORT = "place"
NOT_APPLICABLE = "—"


def rating_on(region: Region, day: dt.date | None) -> Rating | None:
    """The rating of that day, or of the latest one where no day is given; None where it was not computed."""
    ratings = Rating.objects.filter(region=region, period=Period.DAY).select_related("methodology")
    if day:
        ratings = ratings.filter(day=day)
    return ratings.order_by("-day", "-computed_at").first()


@dataclass(frozen=True, slots=True)
class DayLink:
    day: dt.date
    url: str


def days_around(rating: Rating, query: QueryDict) -> tuple[DayLink | None, DayLink | None]:
    """The nearest rated days before and after, under the same conditions."""
    days = Rating.objects.filter(region=rating.region_id, period=Period.DAY).order_by("day")
    days = days.values_list("day", flat=True)
    near = days.filter(day__lt=rating.day).last(), days.filter(day__gt=rating.day).first()
    return tuple(day and DayLink(day, address(query, day=day.isoformat(), page=None)) for day in near)


def scores_of(rating: Rating | None, user: User) -> QuerySet[Score]:
    """The scores of the rating that the user may see, ready to be sorted and shown; none where there is no rating."""
    return (
        Score.objects.visible_to(user)
        .filter(rating=rating)
        .select_related("page__institution__municipality")
        .annotate(shown_title=Coalesce(NullIf("page__title", Value("")), "page__handle"))
        .order_by("pk")
    )


def columns(items: Iterable[Item]) -> tuple[Column, ...]:
    """The table's columns, one for each item of the methodology at the end."""
    return (
        Column("page", _("Page"), "shown_title"),
        Column("place", _("Place"), "place", numeric=True),
        Column("points", _("Points"), "points", numeric=True),
        Column("zone", _("Zone")),
        Column("institution", _("Institution"), "page__institution__name"),
        Column("municipality", _("Municipality"), "page__institution__municipality__name"),
        *(
            Column(
                item.indicator,
                heading(item),
                numeric=True,
                explanation=INDICATORS[item.indicator].rule,
            )
            for item in items
        ),
    )


def heading(item: Item) -> str:
    """«Активность, 40»: what is measured and the most points it gives."""
    return f"{INDICATORS[item.indicator].label}, {points_text(item.max_points)}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Points for an item. `points` None: `state` says whether unknown or not applicable. `value`: what was measured."""

    state: str
    points: float | None = None
    value: str = ""

    @property
    def text(self) -> str:
        return "" if self.points is None else points_text(self.points)


@dataclass(frozen=True, slots=True)
class Row:
    score: Score
    measured: bool
    card: bool
    cells: list[Cell]


def rows(scores: Iterable[Score], rules: Rules) -> Iterator[Row]:
    """Rows of scores that came from `scores_of`."""
    for score in scores:
        items = {item["indicator"]: item for item in score.items}
        cells = [cell(items.get(item.indicator), item) for item in rules.items]
        yield Row(score, bool(score.items), score.page.page_class == PageClass.CARD, cells)


def cell(stored: Mapping[str, object] | None, item: Item) -> Cell:
    if stored is None or stored["state"] != State.KNOWN:
        return Cell(State.UNKNOWN if stored is None else stored["state"])
    return Cell(State.KNOWN, stored["points"], value_text(stored["value"], INDICATORS[item.indicator].unit))


def value_text(value: float | Fraction, unit: Unit) -> str:
    """A value of an indicator as people read it: «да», «5», «54,3 %»."""
    if unit == Unit.YES_NO:
        return _("yes") if value else _("no")
    return percent(float(value)) if unit == Unit.SHARE else points_text(value)


def points_text(value: float | Fraction) -> str:
    """10 → «10», 7.5 → «7,50»."""
    return number(float(value), 0 if value == int(value) else 2)


@dataclass(frozen=True, slots=True)
class Tile:
    """A zone, the points that it takes in, and how many pages are in it. `url`: the table of this zone alone, or of
    all zones again where it is the `current` one."""

    zone: str
    label: str | Promise
    bounds: str
    pages: int
    url: str
    current: bool


def tiles(scores: QuerySet[Score], rules: Rules, query: QueryDict) -> list[Tile]:
    """Pages by zone, the best zone first, those without points last."""
    counts = dict(scores.order_by().values_list("zone").annotate(pages=Count("pk")))
    result = []
    for zone, label, bounds in [*zones(rules), (WITHOUT_POINTS, _("Without points"), "")]:
        current = query.get("zone") == zone
        url = address(query, zone=None if current else zone, page=None)
        result.append(Tile(zone, label, bounds, counts.get(zone if bounds else "", 0), url, current))
    return result


def zones(rules: Rules) -> list[tuple[str, str | Promise, str]]:
    """Code, name and bounds in words of each zone: «90–100», «от 70 до 90»."""
    result, above = [], None
    for each in rules.zones:
        low = points_text(each.bound)
        bounds = f"{low}–100" if above is None else _("from %(low)s to below %(high)s") % {"low": low, "high": above}
        result.append((each.zone, Zone(each.zone).label, bounds))
        above = low
    return result


@dataclass(frozen=True, slots=True)
class MethodLine:
    """An item in words. `steps`: (condition, points) from the best down."""

    label: str | Promise
    rule: str | Promise
    steps: list[tuple[str, str]]
    not_for: list[str]


def method(rules: Rules) -> list[MethodLine]:
    """The methodology in words, an item a line."""
    return [
        MethodLine(
            INDICATORS[item.indicator].label,
            INDICATORS[item.indicator].rule,
            [
                (condition(step, INDICATORS[item.indicator].unit), points_text(step.points))
                for step in reversed(item.steps)
            ],
            [str(PageClass(code).label) for code in sorted(item.not_for)],
        )
        for item in rules.items
    ]


def condition(step: Step, unit: Unit) -> str:
    """«да», «не менее 3», «свыше 70 %»."""
    if unit == Unit.YES_NO:
        return _("yes")
    bound = percent(float(step.bound), 0) if unit == Unit.SHARE else points_text(step.bound)
    return (_("above %(bound)s") if step.strict else _("at least %(bound)s")) % {"bound": bound}


def export_headings(rules: Rules) -> list[str | Promise]:
    return [
        gettext_lazy("Place"),
        gettext_lazy("Page"),
        gettext_lazy("Address"),
        gettext_lazy("Class"),
        gettext_lazy("Institution"),
        gettext_lazy("ИНН"),
        gettext_lazy("ОГРН"),
        gettext_lazy("Municipality"),
        gettext_lazy("Points"),
        gettext_lazy("Zone"),
        *(heading(item) for item in rules.items),
    ]


def export_row(row: Row) -> list[object]:
    """Cells in the order of `export_headings`; None = no data."""
    score, page, institution = row.score, row.score.page, row.score.page.institution
    return [
        score.place,
        score.shown_title,
        page.url,
        page.get_page_class_display(),
        institution.name,
        institution.inn,
        institution.ogrn,
        institution.municipality.name if institution.municipality else "",
        _("not measured yet") if not row.measured else None if score.points is None else float(score.points),
        score.get_zone_display(),
        *(NOT_APPLICABLE if each.state == State.NOT_APPLICABLE else each.points for each in row.cells),
    ]
