"""What lies under one item of a score: pages, weeks, days, posts, what the registry says, and what is missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from django.db.models import Q

from monitoring.models import Page, PageDay, PageProfile, PageRecord, Post, Slot, SlotStatus
from monitoring.rollups.sums import days_between, exempt_days, known_days

from .catalogue import INDICATORS, Source
from .computing import begun_units
from .corrections import Corrections
from .models import Correction, Rating, Score
from .parts import State
from .periods import Period, Unit, cut
from .quantities import networks_due, networks_kept, page_facts, read_parts
from .rules import Measure, Rules, Subject
from .rules_data import read_rules
from .subjects import Holding, Places, holdings_of, spans_of
from .tables_data import read_table_data, unpack

# A page has so many rows; a subject may have far more pages, and each of them is to be found.
MOST_ROWS, MOST_PARTS = 60, 2000
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
class Duty:
    """The networks that an institution must be on, and those of them on which it has a page."""

    institution: int
    due: list[str]
    kept: list[str]

    @property
    def missing(self) -> list[str]:
        return [network for network in self.due if network not in self.kept]


@dataclass(frozen=True, slots=True)
class Adults:
    """The people whom the subject's pages speak to. place: a municipality, or the region."""

    place: str
    adults: int


@dataclass(frozen=True, slots=True)
class Under:
    """What is told below `corrections` is of one `page`: the only one, or the one that was asked for. more: rows that
    are not listed. records: what the registry said of the page, the latest first."""

    parts: list[PartLine]
    corrections: list[Correction] = field(default_factory=list)
    page: int | None = None
    weeks: list[WeekLine] = field(default_factory=list)
    missing: list[Slot] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    days: list[PageDay] = field(default_factory=list)
    profiles: list[PageProfile] = field(default_factory=list)
    records: list[PageRecord] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    adults: list[Adults] = field(default_factory=list)
    more: int = 0


def under(rating: Rating, score: Score, code: str, page: int | None = None) -> Under:
    """What an item of the score is made of, as the base has it now, with the corrections that the rating honoured; of
    several pages the rows of that one are told. KeyError where there is no such item."""
    rules = read_rules(rating.methodology.data)
    measure = rules.measure(code)
    places, held = held_by(rating, rules, score.key)
    sources = INDICATORS[measure.indicator].sources
    corrections = Corrections(Correction.objects.filter(pk__in=rating.report.get("corrections", ())))
    parts = _parts(rating, held[:MOST_PARTS], measure, corrections)
    found = Under(
        parts,
        corrections.used,
        duties=_duties(rating, held, places, rules.subject, score.key) if Source.PRESENCE in sources else [],
        adults=_adults(held, places) if Source.ADULTS in sources else [],
    )
    own = {holding.page.pk for holding in held}
    shown = page if page in own else min(own) if len(own) == 1 else None
    if shown is None:
        return found
    units = bool(begun_units(rules, rating.period, rating.read_to))
    return _of_page(rating, measure, [each for each in held if each.page.pk == shown], found, units)


def held_by(rating: Rating, rules: Rules, key: str, period: Period | None = None) -> tuple[Places, list[Holding]]:
    """The pages of one subject over the days that it answers for in the rating's period, or in that unit of it, and
    where the region's institutions belong."""
    period = period or Period(rating.first, rating.read_to, Unit(rating.unit))
    pages = page_facts(rating.region, rules.networks, period.first, period.last)
    places = Places(rating.region)
    return places, [h for h in holdings_of(rules.subject, rating.region, pages, places, period) if h.subject == key]


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
    units = begun_units(rules, rating.period, rating.read_to) or [None]
    held = [holding for unit in units for holding in held_by(rating, rules, score.key, unit)[1]]
    return _parts(rating, held, measure, corrections)


def _parts(rating: Rating, held: Sequence[Holding], measure: Measure, corrections: Corrections) -> list[PartLine]:
    if not held:
        return []
    indicator = INDICATORS[measure.indicator]
    spans, rows = spans_of(held)
    parts = read_parts(rating.region, spans, [measure]).rows(rows)
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


def _of_page(rating: Rating, measure: Measure, held: Sequence[Holding], found: Under, units: bool) -> Under:
    """`found` with the rows of the one page that is held. units: the score is the mean of units, so that all days
    play a part."""
    page, spells, indicator = held[0].page.pk, _spells(held), INDICATORS[measure.indicator]
    last, name = spells[-1][1], measure.indicator
    inside = reduce(or_, (Q(day__range=spell) for spell in spells))
    unread = Slot.objects.filter(inside, page=page).exclude(status=SlotStatus.OK).order_by("day")
    days = PageDay.objects.filter(page=page).order_by("day")
    found = replace(found, page=page, missing=list(unread[:MOST_ROWS]), more=max(0, unread.count() - MOST_ROWS))
    if name in WEEK_INDICATORS:
        for spell in spells:
            found.weeks.extend(weeks_of(rating, page, Period(*spell, Unit(rating.unit))))
    if name in POST_INDICATORS:
        posts = Post.objects.filter(inside, page=page).select_related("page")
        if name in ("comments_answered", "answer_hours"):
            posts = posts.filter(people_comments__gt=0)
        found.posts.extend(posts.order_by("-published_at")[:MOST_ROWS])
    if Source.PROFILE in indicator.sources:
        profiles = PageProfile.objects.filter(page=page, since__lte=last)
        found.profiles.extend(profiles.order_by("-since")[:MOST_ROWS])
    if Source.REGISTRY in indicator.sources:
        found.records.extend(_records(page, last))
    if Source.RECENT in indicator.sources:
        first = spells[0][0] if units else last
        found.days.extend(days.filter(day__range=(first - dt.timedelta(days=6), last)))
    if name == "regularity":
        found.days.extend(days.filter(inside, posts__gt=0))
    if "subscribers_last" in indicator.columns:
        for spell in spells:
            measured = days.filter(day__range=spell, subscribers__isnull=False)
            found.days.extend(each for each in (measured.first(), measured.last()) if each)
    return found


def _records(page: int, last: dt.date) -> list[PageRecord]:
    """What the registry said by that day, the latest first; where it speaks of later days alone, the first of these;
    where of none, what the page itself says."""
    records = PageRecord.objects.filter(page=page)
    known = list(records.filter(since__lte=last).order_by("-since")[:MOST_ROWS]) or list(records.order_by("since")[:1])
    if known:
        return known
    said = Page.objects.values("added_on", *PageRecord.FIELDS).get(pk=page)
    return [PageRecord(page_id=page, since=said.pop("added_on"), **said)]


def _duties(rating: Rating, held: Sequence[Holding], places: Places, subject: Subject, key: str) -> list[Duty]:
    """Of every institution of the subject, also of those that keep no page."""
    due, kept = (read(rating.region, rating.read_to) for read in (networks_due, networks_kept))
    own = {each.page.institution for each in held}
    own |= {institution for institution in places.institutions if places.key(subject, institution) == key}
    return [
        Duty(institution, sorted(networks), sorted(networks & kept.get(institution, set())))
        for institution in sorted(own)
        if (networks := due.get(institution))
    ]


def _adults(held: Sequence[Holding], places: Places) -> list[Adults]:
    """Of each municipality once, as they are counted."""
    known = {each.page.place: each.page.adults for each in held if each.page.adults}
    names = {pk: place.name for pk, place in places.municipalities.items()} | {0: places.region.name}
    return [
        Adults(names[place], adults)
        for place, adults in sorted(known.items())
        if not any(places.holds(other, place) for other in known)
    ]


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
