"""A figure against the day before, a month and a year ago; and why there is nothing to compare with."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.rollups.pages import MONTH_TOLERANCE_DAYS, YEAR_TOLERANCE_DAYS, month_before, year_before
from monitoring.templatetags.figures import share, short_day

# An audience of which less was measured is no total, so it is neither compared nor drawn.
ENOUGH_MEASURED = 0.95


class Span(TextChoices):
    DAY = "day", gettext_lazy("in a day")
    MONTH = "month", gettext_lazy("in a month")
    YEAR = "year", gettext_lazy("in a year")


@dataclass(frozen=True, slots=True)
class Figures:
    """A group on one day: accounts that existed, how many of them were measured, sum of their subscribers.

    None = not known; all of it on a day that was not collected.
    """

    pages: int | None
    measured: int | None
    subscribers: int | None

    @property
    def measured_share(self) -> float | None:
        """Between 0 and 1; None where there was nothing to measure."""
        return self.measured / self.pages if self.pages else None

    @property
    def complete(self) -> bool:
        return self.subscribers is not None and (self.measured_share or 0) >= ENOUGH_MEASURED


UNKNOWN = Figures(None, None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """`against`: the day compared with. `missing`: in words, why there is no comparison; `value` is None then.

    `ratio` is None also where the earlier value was 0.
    """

    span: Span
    against: dt.date
    value: int | None = None
    ratio: float | None = None
    missing: str = ""


def earlier_days(day: dt.date, span: Span) -> list[dt.date]:
    """Days that may stand for «a span ago», nearest first: the day itself, then a few before it."""
    wanted, tolerance = {
        Span.DAY: (day - dt.timedelta(days=1), 0),
        Span.MONTH: (month_before(day), MONTH_TOLERANCE_DAYS),
        Span.YEAR: (year_before(day), YEAR_TOLERANCE_DAYS),
    }[span]
    return [wanted - dt.timedelta(days=back) for back in range(tolerance + 1)]


def audience_changes(history: Mapping[dt.date, Figures], day: dt.date) -> list[Change]:
    """Changes of subscribers of `day`; a side that is missing or hardly measured gives a word instead."""
    return [_audience_change(history, day, span) for span in Span]


def _audience_change(history: Mapping[dt.date, Figures], day: dt.date, span: Span) -> Change:
    now = history.get(day)
    days = earlier_days(day, span)
    collected = [on for on in days if on in history and history[on].subscribers is not None]
    against = next((on for on in collected if history[on].complete), None)
    if missing := lacking(now, day):
        return Change(span, days[0], missing=missing)
    if against is None:
        nearest = collected[0] if collected else days[0]
        return Change(span, days[0], missing=lacking(history.get(nearest), nearest))
    return _difference(span, against, now.subscribers, history[against].subscribers)


def lacking(figures: Figures | None, day: dt.date) -> str:
    """Why the audience of that day cannot be compared, in words; "" where it can."""
    if figures is None or figures.subscribers is None:
        return no_data_for(day)
    return "" if figures.complete else only_collected(figures, day)


def account_changes(history: Mapping[dt.date, Figures], day: dt.date) -> list[Change]:
    """Changes of the number of accounts of `day`."""
    result = []
    for span in Span:
        days = earlier_days(day, span)
        against = next((on for on in days if on in history), None)
        if day not in history or against is None:
            result.append(Change(span, days[0], missing=no_data_for(days[0] if day in history else day)))
        else:
            result.append(_difference(span, against, history[day].pages, history[against].pages))
    return result


def _difference(span: Span, against: dt.date, now: int, then: int) -> Change:
    return Change(span, against, now - then, (now - then) / then if then else None)


def no_data_for(day: dt.date) -> str:
    return _("no data for %(day)s") % {"day": short_day(day)}


def only_collected(figures: Figures, day: dt.date) -> str:
    return _("only %(share)s collected on %(day)s") % {
        "share": share(figures.measured_share),
        "day": short_day(day),
    }
