"""What lies under one item of a score: pages, weeks, days, posts, and what is missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from django.db.models import Q

from monitoring.models import PageDay, PageProfile, Post, Slot, SlotStatus
from monitoring.rollups.sums import days_between, exempt_days, known_days

from .catalogue import INDICATORS, Source
from .computing import begun_units
from .corrections import Corrections
from .models import Correction, Rating, Score
from .parts import State
from .periods import Period, Unit, cut
from .quantities import Span, page_facts, read_parts
from .rules import Measure, Rules
from .rules_data import read_rules
from .subjects import Holding, Places, holdings_of
from .tables_data import read_table_data, unpack

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
    """One page of the subject over the days that it answers for. by_hand: entered over what was measured."""

    page: int
    first: dt.date
    last: dt.date
    share: float
    state: State
    numerator: float
    denominator: float
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class WeekLine:
    """posts: None = not every day of the week was read. excused: an exemption covers a day of it."""

    first: dt.date
    last: dt.date
    posts: int | None
    excused: bool


@dataclass(frozen=True, slots=True)
class Under:
    """Rows are of the subject's only page; of several only `parts` and `corrections` are told. more: rows that are not
    listed."""

    parts: list[PartLine]
    corrections: list[Correction] = field(default_factory=list)
    weeks: list[WeekLine] = field(default_factory=list)
    missing: list[Slot] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    days: list[PageDay] = field(default_factory=list)
    profiles: list[PageProfile] = field(default_factory=list)
    more: int = 0


def under(rating: Rating, score: Score, code: str) -> Under:
    """What an item of the score is made of, as the base has it now, with the corrections that the rating honoured;
    KeyError where there is no such item."""
    rules = read_rules(rating.methodology.data)
    measure = rules.measure(code)
    held = _held(rating, rules, score, Period(rating.first, rating.read_to, Unit(rating.unit)))
    corrections = Corrections(Correction.objects.filter(pk__in=rating.report.get("corrections", ())))
    parts = _parts(rating, held, measure, corrections)
    if len({holding.page.pk for holding in held}) != 1:
        return Under(parts[:MOST_ROWS], corrections.used, more=max(0, len(parts) - MOST_ROWS))
    return _of_page(rating, measure, held, Under(parts, corrections.used))


def reading_of(rating: Rating, score: Score, code: str) -> tuple[State, float, float]:
    """State, numerator and denominator of a measure of the score, also of one that is a condition of taking part, as
    the rating was computed; KeyError where there is none."""
    if code in score.items:
        state, numerator, denominator, *_rest = score.items[code]
        return State(state), numerator, denominator
    table = read_table_data(unpack(bytes(rating.inputs.packed))["whole"])
    readings, row = table.readings[code], list(table.keys).index(score.key)
    return State(int(readings.state[row])), float(readings.numerator[row]), float(readings.denominator[row])


def made_of(rating: Rating, score: Score, code: str) -> list[PartLine]:
    """The parts that an item of the score is computed from, of each unit where the methodology has them, as a new
    computation would find them; KeyError where there is no such item."""
    rules = read_rules(rating.methodology.data)
    measure = rules.measure(code)
    corrections = Corrections.of(rating.region, rating.first, rating.read_to)
    whole = [Period(rating.first, rating.read_to, Unit(rating.unit))]
    units = begun_units(rules, rating.period, rating.read_to) or whole
    held = [holding for unit in units for holding in _held(rating, rules, score, unit)]
    return _parts(rating, held, measure, corrections)


def _held(rating: Rating, rules: Rules, score: Score, period: Period) -> list[Holding]:
    """The pages that the score's subject answers for over the period."""
    pages = page_facts(rating.region, rules.networks, period.first, period.last)
    places = Places(rating.region)
    return [h for h in holdings_of(rules.subject, rating.region, pages, places, period) if h.subject == score.key]


def _parts(rating: Rating, held: Sequence[Holding], measure: Measure, corrections: Corrections) -> list[PartLine]:
    if not held:
        return []
    indicator = INDICATORS[measure.indicator]
    parts = read_parts(rating.region, [Span(h.first, h.last, [h.page]) for h in held], [measure])
    readings, corrected = corrections.honoured(measure, held, indicator.measure(parts, **dict(measure.params)))
    return [
        PartLine(
            holding.page.pk,
            holding.first,
            holding.last,
            holding.share,
            State.NOT_APPLICABLE if holding.page.page_class in measure.not_for else State(int(readings.state[n])),
            float(readings.numerator[n]),
            float(readings.denominator[n]),
            n in corrected,
        )
        for n, holding in enumerate(held)
    ]


def _of_page(rating: Rating, measure: Measure, held: Sequence[Holding], told: Under) -> Under:
    page, spells = held[0].page.pk, _spells(held)
    last = spells[-1][1]
    days = Q(page=page) & reduce(or_, (Q(day__range=spell) for spell in spells))
    unread = Slot.objects.filter(days).exclude(status=SlotStatus.OK).order_by("day")
    found = replace(told, missing=list(unread[:MOST_ROWS]), more=max(0, unread.count() - MOST_ROWS))
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
