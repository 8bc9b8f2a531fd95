"""A region, or one group of its pages, over a period against an earlier one: from the roll-up GroupDay alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from django.db.models import Q, Sum, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.dashboards.tables import Column
from monitoring.models import Dimension, GroupDay, Level, Municipality, PlatformCode, Region, Sector
from monitoring.rollups.pages import MONTH_TOLERANCE_DAYS

from .comparison import ENOUGH_MEASURED, Figures, no_data_for
from .periods import DAY, Compared, Period

DIMENSIONS = [dimension for dimension in Dimension if dimension != Dimension.ALL]


class Measure(TextChoices):
    SUBSCRIBERS = "subscribers", gettext_lazy("Subscribers")
    PAGES = "pages", gettext_lazy("Pages")
    POSTS = "posts", gettext_lazy("Posts")
    VIEWS = "views", gettext_lazy("Reach: views of the posts")
    INTERACTIONS = "interactions", gettext_lazy("Engagement: likes, comments and reposts")
    PER_POST = "per_post", gettext_lazy("Engagement per post")
    ANSWERED = "answered", gettext_lazy("Answered comments")


LEVELS = (Measure.SUBSCRIBERS, Measure.PAGES)  # as of the last day; the others are sums over the days
COLUMNS = (Column("name", gettext_lazy("Name"), "name"), *(Column(m.value, m.label, m.value, True) for m in Measure))
DEFAULT_SORT = "-subscribers"


@dataclass(frozen=True, slots=True)
class Totals:
    """A group over a period. None = no data; a ratio also where there is nothing to divide by."""

    level: Figures | None = None
    posts: int | None = None
    views: int | None = None
    interactions: int | None = None
    people_comments: int | None = None
    answered_comments: int | None = None

    def value(self, measure: Measure) -> float | None:
        """In the measure's unit: a number, or a share of 1 for answers."""
        if measure == Measure.SUBSCRIBERS:
            return self.level.subscribers if self.level else None
        if measure == Measure.PAGES:
            return self.level.pages if self.level else None
        if measure == Measure.PER_POST:
            return divided(self.interactions, self.posts)
        if measure == Measure.ANSWERED:
            return divided(self.answered_comments, self.people_comments)
        return getattr(self, measure)


SUMMED = [field.name for field in fields(Totals)][1:]


def divided(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure then and now. `change` in its unit, `ratio` of the earlier value; `missing`: why there is neither."""

    measure: Measure
    now: float | None
    then: float | None = None
    change: float | None = None
    ratio: float | None = None
    missing: str = ""

    @property
    def is_share(self) -> bool:
        return self.measure == Measure.ANSWERED

    @property
    def points(self) -> float | None:
        """The change of a share in percentage points."""
        return None if self.change is None else 100 * self.change

    @property
    def digits(self) -> int:
        return int(self.measure == Measure.PER_POST)


@dataclass(frozen=True, slots=True)
class Side:
    """A period of one group: day by day, and how much of it was collected. `day`: the one that levels are of."""

    period: Period
    days: Mapping[dt.date, Totals]
    day: dt.date | None

    @property
    def collected(self) -> int:
        return len(self.days)

    @property
    def complete(self) -> bool:
        return self.collected >= ENOUGH_MEASURED * self.period.length


@dataclass(frozen=True, slots=True)
class Row:
    """A group of the dimension ("" = not known)."""

    key: str
    name: str
    differences: Sequence[Difference]

    def order(self, column: str) -> float | str | None:
        if column == "name":
            return self.name.casefold()
        return next(found.now for found in self.differences if found.measure == column)


@dataclass(frozen=True, slots=True)
class Dynamics:
    """`then` None = compared with nothing."""

    now: Side
    then: Side | None
    cards: Sequence[Difference]
    rows: Sequence[Row]


def dynamics(region: Region, asked: Compared, dimension: Dimension, key: str | None) -> Dynamics:
    """Cards and days of the group `key` (None = the whole region), and all groups of the dimension."""
    group = (Dimension.ALL, "") if key is None else (dimension, key)
    days = group_days(region, *group, [period for period in (asked.period, asked.earlier) if period])
    now = side(asked.period, days)
    then = side(asked.earlier, days) if asked.earlier else None
    cards = differences(over(now), over(then) if then else None, lacking(now, then))
    return Dynamics(now, then, cards, group_rows(region, dimension, now, then))


def group_days(region: Region, dimension: Dimension, key: str, periods: Sequence[Period]) -> dict[dt.date, Totals]:
    """The days of the group that were collected."""
    within = Q()
    for period in periods:
        within |= Q(day__range=(period.first, period.last))
    rows = GroupDay.objects.filter(within, region=region, dimension=dimension, key=key)
    return {
        day: Totals(Figures(pages, measured, subscribers), *sums)
        for day, pages, measured, subscribers, *sums in rows.values_list(
            "day", "pages", "measured", "subscribers", *SUMMED
        )
    }


def side(period: Period, days: Mapping[dt.date, Totals]) -> Side:
    """The period with its days; levels are of its last whole day, a few days before its end at the most."""
    within = {day: days[day] for day in sorted(days) if period.first <= day <= period.last}
    near = period.last - MONTH_TOLERANCE_DAYS * DAY
    return Side(
        period, within, max((on for on, found in within.items() if on >= near and found.level.complete), default=None)
    )


def over(found: Side) -> Totals:
    """Sums over the days and the levels of the last one."""
    sums = {name: known_sum(getattr(day, name) for day in found.days.values()) for name in SUMMED}
    return Totals(found.days[found.day].level if found.day else None, **sums)


def known_sum(values) -> int | None:
    """Of those that are known; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def lacking(now: Side, then: Side | None) -> dict[bool, str]:
    """Why levels (True) and sums (False) cannot be compared, in words; "" where they can."""
    if then is None:
        return {True: "", False: ""}
    undated = next((no_data_for(found.period.last) for found in (now, then) if found.day is None), "")
    partial = next((few_days(found) for found in (now, then) if not found.complete), "")
    return {True: undated, False: partial}


def few_days(found: Side) -> str:
    return _("only %(collected)s of %(days)s days collected before %(last)s") % {
        "collected": found.collected,
        "days": found.period.length,
        "last": f"{found.period.last + DAY:%d.%m.%Y}",
    }


def differences(now: Totals, then: Totals | None, missing: Mapping[bool, str]) -> list[Difference]:
    """Every measure now, and its change where both sides are known."""
    result = []
    for measure in Measure:
        value, earlier = now.value(measure), then.value(measure) if then else None
        word = missing[measure in LEVELS]
        if measure == Measure.SUBSCRIBERS and not (whole(now) and whole(then)):
            result.append(Difference(measure, value, missing=word))
        elif word or value is None or earlier is None:
            result.append(Difference(measure, value, earlier, missing=word))
        else:
            ratio = None if measure == Measure.ANSWERED else divided(value - earlier, earlier)
            result.append(Difference(measure, value, earlier, value - earlier, ratio))
    return result


def whole(found: Totals | None) -> bool:
    """Whether the audience is a total that may be compared."""
    return bool(found and found.level and found.level.complete)


def group_rows(region: Region, dimension: Dimension, now: Side, then: Side | None) -> list[Row]:
    """The groups of the dimension that had pages in the period."""
    present = summed(region, dimension, now)
    before = summed(region, dimension, then) if then else {}
    missing = lacking(now, then)
    names = group_names(region, dimension)
    return [
        Row(key, names.get(key, key), differences(found, before.get(key), missing)) for key, found in present.items()
    ]


def summed(region: Region, dimension: Dimension, found: Side) -> dict[str, Totals]:
    """Each group of the dimension over the period."""
    rows = GroupDay.objects.filter(region=region, dimension=dimension)
    levels = {
        key: Figures(*level)
        for key, *level in rows.filter(day=found.day).values_list("key", "pages", "measured", "subscribers")
    }
    within = rows.filter(day__range=(found.period.first, found.period.last)).order_by()
    sums = within.values("key").annotate(**{f"all_{name}": Sum(name) for name in SUMMED})
    return {
        key: Totals(levels.get(key), *values)
        for key, *values in sums.values_list("key", *(f"all_{name}" for name in SUMMED))
    }


def group_names(region: Region, dimension: Dimension) -> dict[str, str]:
    """What the groups are called; a founder's key is its name."""
    if dimension == Dimension.PLATFORM:
        return {code: str(label) for code, label in PlatformCode.choices}
    if dimension == Dimension.LEVEL:
        return {code: str(label) for code, label in Level.choices}
    if dimension == Dimension.MUNICIPALITY:
        found = Municipality.objects.filter(region=region)
    elif dimension == Dimension.SECTOR:
        found = Sector.objects.filter(parent=None)
    else:
        return {}
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def sorted_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """By the column that `sort` names, `-` for descending; rows without data come last both ways."""
    column = sort.removeprefix("-")
    known = [row for row in rows if row.order(column) not in (None, "")]
    unknown = [row for row in rows if row.order(column) in (None, "")]
    known.sort(key=lambda row: row.order("name"))
    known.sort(key=lambda row: row.order(column), reverse=sort.startswith("-"))
    return known + unknown


def chart(view: Dynamics, measure: Measure, shift: int) -> list[dict[str, object]]:
    """The measure day by day, and the earlier period laid over it: what static/js/chart.js draws."""
    lines = [{"key": "accent", "name": _("this period"), "points": points(view.now, measure, 0)}]
    if view.then:
        lines.append({"key": "muted", "name": _("the earlier period"), "points": points(view.then, measure, shift)})
    return lines


def points(found: Side, measure: Measure, shift: int) -> list[tuple[str, float | None]]:
    """A point for every day of the period, None for one that was not collected or hardly measured."""
    result = []
    for number in range(found.period.length):
        day = found.period.first + number * DAY
        of_day = found.days.get(day)
        known = of_day and (measure != Measure.SUBSCRIBERS or of_day.level.complete)
        result.append(((day + shift * DAY).isoformat(), of_day.value(measure) if known else None))
    return result


def day_table(lines: Sequence[Mapping[str, list]]) -> list[tuple[dt.date, list[float | None]]]:
    """The lines of the chart side by side, the latest day first."""
    return [
        (dt.date.fromisoformat(of_day[0][0]), [value for _day, value in of_day])
        for of_day in reversed(list(zip(*(line["points"] for line in lines), strict=True)))
    ]
