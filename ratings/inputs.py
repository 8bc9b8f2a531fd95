"""What lies under one item of a score: pages, weeks, days, posts, and what is missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from monitoring.models import PageDay, PageProfile, Post, Slot, SlotStatus
from monitoring.rollups.sums import days_between, exempt_days, known_days

from .catalogue import INDICATORS, Source
from .models import Rating, Score
from .parts import State
from .periods import Period, Unit, cut
from .quantities import Span, page_facts, read_parts
from .rules import Measure
from .rules_data import read_rules
from .subjects import Holding, Places, holdings_of

MOST_ROWS = 60
WEEK_INDICATORS = ("posting_norm", "every_week")
POST_INDICATORS = (
    "own_content",
    "engagement_by_views",
    "engagement_by_subscribers",
    "post_reach",
    "comments_answered",
    "answer_hours",
)


@dataclass(frozen=True, slots=True)
class PartLine:
    """One page of the subject over the days that it answers for."""

    page: int
    first: dt.date
    last: dt.date
    share: float
    state: State
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class WeekLine:
    """posts: None = not every day of the week was read. excused: an exemption covers a day of it."""

    first: dt.date
    last: dt.date
    posts: int | None
    excused: bool


@dataclass(frozen=True, slots=True)
class Under:
    """Rows are of the subject's only page; of several pages only `parts` are told. more: rows that are not listed."""

    parts: list[PartLine]
    weeks: list[WeekLine] = field(default_factory=list)
    missing: list[Slot] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    days: list[PageDay] = field(default_factory=list)
    profiles: list[PageProfile] = field(default_factory=list)
    more: int = 0


def under(rating: Rating, score: Score, code: str) -> Under:
    """What an item of the score is made of, as the base has it now; KeyError where there is no such item."""
    rules = read_rules(rating.methodology.data)
    measure = next((each for each in rules.measures if each.code == code), None)
    if measure is None:
        raise KeyError(code)
    period = Period(rating.first, rating.read_to, Unit(rating.unit))
    pages = page_facts(rating.region, rules.networks, period.first, period.last)
    places = Places(rating.region)
    held = [h for h in holdings_of(rules.subject, rating.region, pages, places, period) if h.subject == score.key]
    parts = _parts(rating, held, measure)
    if len({holding.page.pk for holding in held}) != 1:
        return Under(parts[:MOST_ROWS], more=max(0, len(parts) - MOST_ROWS))
    return _of_page(rating, measure, held, parts)


def _parts(rating: Rating, held: Sequence[Holding], measure: Measure) -> list[PartLine]:
    if not held:
        return []
    indicator = INDICATORS[measure.indicator]
    parts = read_parts(rating.region, [Span(h.first, h.last, [h.page]) for h in held], [measure])
    readings = indicator.measure(parts, **dict(measure.params))
    return [
        PartLine(
            holding.page.pk,
            holding.first,
            holding.last,
            holding.share,
            State.NOT_APPLICABLE if holding.page.page_class in measure.not_for else State(int(readings.state[n])),
            float(readings.numerator[n]),
            float(readings.denominator[n]),
        )
        for n, holding in enumerate(held)
    ]


def _of_page(rating: Rating, measure: Measure, held: Sequence[Holding], parts: list[PartLine]) -> Under:
    page, spells = held[0].page.pk, _spells(held)
    last = spells[-1][1]
    days = Q(page=page) & reduce(or_, (Q(day__range=spell) for spell in spells))
    unread = Slot.objects.filter(days).exclude(status=SlotStatus.OK).order_by("day")
    found = Under(parts, missing=list(unread[:MOST_ROWS]), more=max(0, unread.count() - MOST_ROWS))
    name = measure.indicator
    if name in WEEK_INDICATORS:
        for spell in spells:
            found.weeks.extend(weeks_of(rating, page, Period(*spell, Unit(rating.unit))))
    elif name in POST_INDICATORS:
        posts = Post.objects.filter(days)
        if name in ("comments_answered", "answer_hours"):
            posts = posts.filter(people_comments__gt=0)
        found.posts.extend(posts.order_by("-published_at")[:MOST_ROWS])
    elif Source.PROFILE in INDICATORS[name].sources:
        profiles = PageProfile.objects.filter(page=page, since__lte=last)
        found.profiles.extend(profiles.order_by("-since")[:MOST_ROWS])
    elif Source.RECENT in INDICATORS[name].sources:
        found.days.extend(
            PageDay.objects.filter(page=page, day__range=(last - dt.timedelta(days=6), last)).order_by("day")
        )
    else:
        for spell in spells:
            measured = PageDay.objects.filter(page=page, day__range=spell, subscribers__isnull=False)
            ends = [measured.order_by("day").first(), measured.order_by("-day").first()]
            found.days.extend(each for each in ends if each)
    return found


def _spells(held: Sequence[Holding]) -> list[tuple[dt.date, dt.date]]:
    """Days over which one page was held without a break: a co-admin who joins breaks nothing, a hand-over does."""
    spells: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted((each.first, each.last) for each in held):
        if spells and first <= spells[-1][1] + dt.timedelta(days=1):
            spells[-1] = (spells[-1][0], max(spells[-1][1], last))
        else:
            spells.append((first, last))
    return spells


def weeks_of(rating: Rating, page: int, period: Period) -> list[WeekLine]:
    """The ISO weeks that the span holds, with the posts of each where all seven days are known."""
    weeks = cut(Period(period.first, period.last, Unit.YEAR), Unit.WEEK)  # any span longer than a week
    if not weeks:
        return []
    first, last = weeks[0].first, weeks[-1].last
    known = known_days(rating.region).get(page)
    off = exempt_days(rating.region, first, last).get(page, frozenset())
    rows = PageDay.objects.filter(page=page, day__range=(first, last), posts__gt=0).values_list("day", "posts")
    posts = dict(rows)
    return [
        WeekLine(
            week.first,
            week.last,
            sum(posts.get(day, 0) for day in days_between(week.first, week.last))
            if known and known[0] <= week.first and week.last <= known[1]
            else None,
            not off.isdisjoint(days_between(week.first, week.last)),
        )
        for week in weeks
    ]
