"""How long a value can be contested: so many working days after the rating became preliminary."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gospub.clock import local_day
from ratings.lifecycle import editions
from ratings.models import Rating, RatingState
from ratings.rules_data import read_rules

DAY = dt.timedelta(days=1)
# Holidays of the Labour Code, article 112. Days that the government moves each year are not known here.
HOLIDAYS = frozenset([*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)])


@dataclass(frozen=True, slots=True)
class Window:
    """until: last local day on which appeals are taken; None = it has not begun. refusal: why none is taken, in words;
    "" = they are."""

    until: dt.date | None
    refusal: str = ""

    @property
    def open(self) -> bool:
        return not self.refusal


def window(rating: Rating, now: dt.datetime) -> Window:
    """Whether values of this edition can be contested at the moment `now` (aware)."""
    until = term(rating)
    if until is None:
        return Window(None, _("Values can be contested once the rating is preliminary."))
    if editions(rating).filter(edition__gt=rating.edition).exclude(state=RatingState.DRAFT).exists():
        return Window(until, _("There is a newer edition of this rating: contest its values there."))
    if local_day(now, rating.region.time_zone) > until:
        return Window(until, _("Appeals were taken until %s.") % f"{until:%d.%m.%Y}")
    if rating.state != RatingState.PRELIMINARY:
        return Window(until, _("The rating is final: its values are not contested any more."))
    return Window(until)


def term(rating: Rating) -> dt.date | None:
    """The last local day on which this edition can be contested; None where it was never preliminary."""
    passage = rating.passages.filter(state=RatingState.PRELIMINARY).first()
    if passage is None:
        return None
    begun = local_day(passage.at, rating.region.time_zone)
    return last_day(begun, read_rules(rating.methodology.data).appeal_days)


def last_day(begun: dt.date, working_days: int) -> dt.date:
    """The last of so many working days after the day on which the term began."""
    day = begun
    while working_days:
        day += DAY
        working_days -= is_working(day)
    return day


def is_working(day: dt.date) -> bool:
    """Monday to Friday, holidays apart."""
    return day.isoweekday() <= 5 and (day.month, day.day) not in HOLIDAYS
