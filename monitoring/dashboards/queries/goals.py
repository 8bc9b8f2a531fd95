"""Goals of a region, and when its next milestone is reached: from the roll-up GroupDay alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.models import Dimension, Goal, GoalMeasure, GroupDay, Region

from .comparison import Figures
from .forecast import LOOKS_BACK, Arrival, Trend, arrival, milestone, trend


class Verdict(TextChoices):
    REACHED = "reached", _("reached")
    ON_COURSE = "on_course", _("will be met if things go on as they are")
    OPEN = "open", _("may be met or not")
    BEHIND = "behind", _("will not be met if things go on as they are")
    MISSED = "missed", _("not met")
    UNKNOWN = "unknown", _("too few days for a forecast")


@dataclass(frozen=True, slots=True)
class GoalRow:
    """progress: share of the way from the value at setting (or 0) to the goal; None = no data now."""

    goal: Goal
    now: int | None
    progress: float | None
    verdict: Verdict
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Outlook:
    """The audience's trend and the day of its milestone; None where nothing was collected. latest: by measure."""

    day: dt.date | None
    latest: Mapping[str, int | None]
    trend: Trend | None
    arrival: Arrival | None
    goals: Sequence[GoalRow]


def outlook(region: Region, day: dt.date | None, today: dt.date, asked: int | None = None) -> Outlook:
    """As of the collected day `day`. asked: a milestone of the user's own instead of the next round number."""
    goals = Goal.objects.filter(region=region).select_related("set_by").order_by("day", "pk")
    values = series(region, day) if day else {measure: {} for measure in GoalMeasure}
    trends = {measure: trend(known, day) if day else None for measure, known in values.items()}
    latest = {measure: last(known) for measure, known in values.items()}
    audience = latest[GoalMeasure.SUBSCRIBERS]
    ahead = None
    if audience is not None:
        ahead = arrival(trends[GoalMeasure.SUBSCRIBERS], asked or milestone(audience))
    rows = [goal_row(goal, latest[goal.measure], trends[goal.measure], today) for goal in goals]
    return Outlook(day, latest, trends[GoalMeasure.SUBSCRIBERS], ahead, rows)


def series(region: Region, day: dt.date) -> dict[str, dict[dt.date, int | None]]:
    """Each measure on the days that a forecast looks back to; the audience is None on days that are not whole."""
    rows = GroupDay.objects.filter(
        region=region, dimension=Dimension.ALL, key="", day__range=(day - dt.timedelta(days=LOOKS_BACK), day)
    ).order_by("day")
    found: dict[str, dict[dt.date, int | None]] = {measure: {} for measure in GoalMeasure}
    for on, pages, measured, subscribers in rows.values_list("day", "pages", "measured", "subscribers"):
        whole = Figures(pages, measured, subscribers).complete
        found[GoalMeasure.SUBSCRIBERS][on] = subscribers if whole else None
        found[GoalMeasure.PAGES][on] = pages
    return found


def last(values: Mapping[dt.date, int | None]) -> int | None:
    """The latest known value."""
    return next((value for value in reversed(values.values()) if value is not None), None)


def goal_row(goal: Goal, now: int | None, found: Trend | None, today: dt.date) -> GoalRow:
    return GoalRow(goal, now, progress(goal, now), verdict(goal, now, found, today), arrival(found, goal.value))


def progress(goal: Goal, now: int | None) -> float | None:
    """Between 0 and 1."""
    if now is None:
        return None
    start = goal.start if goal.start is not None and goal.start < goal.value else 0
    return min(max((now - start) / (goal.value - start), 0), 1)


def verdict(goal: Goal, now: int | None, found: Trend | None, today: dt.date) -> Verdict:
    """Whether the goal is met on its day: by the edges of the forecast's range."""
    if now is not None and now >= goal.value:
        return Verdict.REACHED
    if today > goal.day:
        return Verdict.MISSED
    if found is None:
        return Verdict.UNKNOWN
    ahead = max((goal.day - found.day).days, 0)
    if found.edge(ahead, -1) >= goal.value:
        return Verdict.ON_COURSE
    return Verdict.BEHIND if found.edge(ahead, 1) < goal.value else Verdict.OPEN
