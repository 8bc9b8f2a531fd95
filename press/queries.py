"""What the screens of fact sheets show."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.accounts.models import User
from monitoring.dashboards.queries.comparison import ENOUGH_MEASURED, Figures, Span, earlier_days
from monitoring.dashboards.queries.overview import latest_day
from monitoring.dashboards.tables import Column
from monitoring.models import Dimension, GroupDay, PlatformCode, Region
from monitoring.models.measures import SlotReason, SlotStatus
from monitoring.rollups.pages import year_before
from monitoring.templatetags.figures import number, percent, short_day, signed, signed_percent

from .figures import COMPARING, OF_PERIOD, POSTS_UNKNOWN
from .models import FactSheet, Figure, Kind
from .recounting import Recount, recount, source_of
from .sources import Dates

COLUMNS = (
    Column("day", gettext_lazy("As of"), "day"),
    Column("pages", gettext_lazy("Pages"), "pages", numeric=True),
    Column("subscribers", gettext_lazy("Subscribers"), "subscribers", numeric=True),
    Column("against", gettext_lazy("Compared with"), "against", numeric=True),
    Column("issued", gettext_lazy("Issued"), "issued_at", numeric=True),
    Column("state", gettext_lazy("State")),
)
SORT = "-day"
CARDS = (Kind.SUBSCRIBERS, Kind.PAGES, Kind.MEAN, Kind.SAME_PAGES, Kind.POSTS, Kind.EVENTS, Kind.TRAINED)
DIGITS = {Kind.MEAN: 1}
# What went into figures, as it is called.
WORDS = {
    "pages": gettext_lazy("Pages"),
    "measured": gettext_lazy("Measured"),
    "subscribers": gettext_lazy("Subscribers"),
    "posts": gettext_lazy("Posts"),
}


def sheets_of(region: Region, user: User) -> QuerySet[FactSheet]:
    """The region's sheets with the two figures that stand for each."""
    whole = Figure.objects.filter(sheet=OuterRef("pk"), network="")
    found = FactSheet.objects.visible_to(user).filter(region=region).select_related("issued_by")
    return found.annotate(
        pages=Subquery(whole.filter(kind=Kind.PAGES).values("value")),
        subscribers=Subquery(whole.filter(kind=Kind.SUBSCRIBERS).values("value")),
    )


def usual_dates(region: Region, today: dt.date) -> Dates | None:
    """What a new sheet is offered with: the latest day, the day that the overview takes for a year before, posts since
    the New Year. None where nothing was collected."""
    day = latest_day(region, today)
    if day is None:
        return None
    year_ago = earlier_days(day, Span.YEAR)
    rows = GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__in=year_ago)
    known = {on: Figures(*rest) for on, *rest in rows.values_list("day", "pages", "measured", "subscribers")}
    complete = (on for on in year_ago if on in known and known[on].complete)
    against = next(complete, None) or next((on for on in year_ago if on in known), year_before(day))
    return Dates(day, against, dt.date(day.year, 1, 1), day)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as it is read; "" where there is nothing to say. recount: where it would come out otherwise now."""

    figure: Figure
    now: str
    then: str
    change: str
    growth: str
    recount: Recount | None = None

    @property
    def title(self) -> str:
        network = PlatformCode(self.figure.network).label if self.figure.network else _("all networks")
        return f"{Kind(self.figure.kind).label}: {network}"

    @property
    def coverage(self) -> float | None:
        """Share of the pages that gave what is counted; None where that means nothing."""
        return self.figure.measured / self.figure.pages if self.figure.pages else None

    @property
    def thin(self) -> bool:
        """Whether much is missing; that a page is there is known also where it was not measured."""
        return self.figure.kind != Kind.PAGES and self.coverage is not None and self.coverage < ENOUGH_MEASURED


def line(figure: Figure, found: Recount | None = None) -> Line:
    """Counts as such, means with a digit behind the comma, shares in per cent and their changes in points. A recount
    that reads the same is none."""
    kind = Kind(figure.kind)
    texts = (
        amount(kind, figure.now),
        "" if figure.then is None else amount(kind, figure.then),
        "" if figure.change is None else _signed(kind, figure.change),
        "" if figure.growth is None or kind == Kind.SHARE else signed_percent(figure.growth),
    )
    if found:
        present = line(found.figure)
        found = None if texts == (present.now, present.then, present.change, present.growth) else found
    return Line(figure, *texts, found)


def amount(kind: Kind, value: int | Decimal | None) -> str:
    """A value of that kind in words."""
    return percent(value) if kind == Kind.SHARE else number(value, DIGITS.get(kind, 0))


def _signed(kind: Kind, change: int | Decimal) -> str:
    if kind == Kind.SHARE:
        return _("%(points)s percentage points") % {"points": signed(change * 100, 1)}
    return signed(change, DIGITS.get(kind, 0))


@dataclass(frozen=True, slots=True)
class SheetView:
    """cards: figures of the whole region; rows: (network, "" = all, its lines by kind)."""

    cards: Sequence[Line]
    rows: Sequence[tuple[str, Mapping[str, Line]]]
    definitions: Sequence[tuple[Kind, str]]

    @property
    def lines(self) -> list[Line]:
        return [each for _network, lines in self.rows for each in lines.values()]

    @property
    def changed(self) -> list[tuple[Line, str, str, str]]:
        """Those that would come out otherwise now: as frozen, as it would be, and what of the figure that is ("" = the
        value itself)."""
        return [(each, *_difference(each, line(each.recount.figure))) for each in self.lines if each.recount]

    @property
    def thin(self) -> list[Line]:
        """Figures of the whole region of which much is missing."""
        return [each for each in self.cards if each.thin]

    @property
    def whole(self) -> Mapping[str, Line]:
        return self.rows[0][1]


def _difference(frozen: Line, present: Line) -> tuple[str, str, str]:
    """The first text of the two that differs."""
    parts = {"now": "", "then": _("the value compared with"), "change": _("change"), "growth": _("growth")}
    name = next(name for name in parts if getattr(frozen, name) != getattr(present, name))
    return getattr(frozen, name) or number(None), getattr(present, name) or number(None), parts[name]


def view_of(
    figures: Sequence[Figure], definitions: Mapping[str, str], recounts: Mapping[int, Recount] | None = None
) -> SheetView:
    """Stored figures or those of a preview. recounts: by key."""
    by_network: dict[str, dict[str, Line]] = {"": {}}
    for each in figures:
        by_network.setdefault(each.network, {})[each.kind] = line(each, (recounts or {}).get(each.pk))
    kinds = [kind for kind in Kind if any(kind in lines for lines in by_network.values())]
    return SheetView(
        cards=[by_network[""][kind] for kind in CARDS if kind in by_network[""]],
        rows=list(by_network.items()),
        definitions=[(kind, definitions[kind]) for kind in kinds],
    )


def sheet_view(sheet: FactSheet) -> SheetView:
    """A sheet with what would come out otherwise now."""
    figures, source = list(sheet.figures.select_related("sheet")), source_of(sheet)
    recounts = {each.pk: found for each in figures if (found := recount(each, source))}
    return view_of(figures, sheet.definitions, recounts)


@dataclass(frozen=True, slots=True)
class Input:
    """A sum that went into a figure, on the two days; None = no data."""

    network: str
    what: str
    now: int | None
    then: int | None


@dataclass(frozen=True, slots=True)
class FigureView:
    """span, earlier_span: the day or days it is of, and those it is compared with ("" = with none). present: as it
    would come out now, None where it comes out the same. published_then: the same figure of a published sheet as of
    the day that this one is compared with; by_other_words: that one was defined otherwise."""

    line: Line
    span: str
    earlier_span: str
    definition: str
    inputs: Sequence[Input]
    missing: Sequence[tuple[str, str, int]]
    present: Line | None
    differences: Sequence[tuple[str, str, str, int | None, int | None]]
    siblings: Sequence[Line]
    published_then: Line | None
    by_other_words: bool


def figure_view(figure: Figure) -> FigureView:
    """A figure at its permanent address."""
    sheet, earlier = figure.sheet, _published_then(figure)
    mine, spans = line(figure, recount(figure, source_of(sheet))), _spans(figure)
    found = mine.recount
    return FigureView(
        line=mine,
        span=spans["now"],
        earlier_span=spans["then"],
        definition=sheet.definitions[figure.kind],
        inputs=list(_inputs(figure)),
        missing=[(network, reason_text(reason), count) for network, reason, count in figure.inputs.get("missing", [])],
        present=line(found.figure) if found else None,
        differences=[
            (each.network, spans[each.when], WORDS[each.what], each.frozen, each.present) for each in found.differences
        ]
        if found
        else [],
        siblings=[line(each) for each in sheet.figures.exclude(pk=figure.pk)],
        published_then=line(earlier) if earlier else None,
        by_other_words=bool(earlier) and earlier.sheet.definitions.get(figure.kind) != sheet.definitions[figure.kind],
    )


def _spans(figure: Figure) -> dict[str, str]:
    """The day or days of a figure, and those it is compared with, in words."""
    sheet = figure.sheet
    if figure.kind in OF_PERIOD:
        days = {"now": (sheet.first, sheet.last), "then": (sheet.earlier_first, sheet.earlier_last)}
        return {when: f"{short_day(a)} – {short_day(b)}" if a else "" for when, (a, b) in days.items()}
    return {"now": short_day(sheet.day), "then": short_day(sheet.against) if sheet.against else ""}


def _inputs(figure: Figure) -> Iterator[Input]:
    now, then = figure.inputs.get("now", {}), figure.inputs.get("then", {})
    for network in (code for code in PlatformCode.values if code in now or code in then):
        mine, theirs = now.get(network, {}), then.get(network, {})
        for what in dict.fromkeys((*mine, *theirs)):
            yield Input(network, WORDS[what], mine.get(what), theirs.get(what))


def _published_then(figure: Figure) -> Figure | None:
    """A figure of two days says something else in every sheet, so it was published at no earlier day."""
    sheet = figure.sheet
    if sheet.against is None or figure.kind in COMPARING:
        return None
    same = Figure.objects.filter(kind=figure.kind, network=figure.network, sheet__region=sheet.region_id)
    if figure.kind in OF_PERIOD:
        same = same.filter(sheet__first=sheet.earlier_first, sheet__last=sheet.earlier_last)
    published = same.filter(sheet__day=sheet.against, sheet__published_at__isnull=False)
    return published.select_related("sheet").order_by("-pk").first()


def reason_text(code: str) -> str:
    """Why pages gave nothing, in words."""
    own = {
        POSTS_UNKNOWN: _("not every post of the period is known"),
        SlotStatus.OK: _("the network gave no number"),
        SlotStatus.DUE: _("not read yet when the sheet was issued"),
    }
    return str(own.get(code) or dict(SlotReason.choices).get(code, code))
