"""Sums by subject: the table that the engine rates."""

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from monitoring.models import Region
from monitoring.registry.identifiers import municipality_kind

from .catalogue import INDICATORS, Level, Whose
from .corrections import Corrections
from .indicators import median_hours
from .parts import Array, Parts, Readings, State
from .periods import Period
from .quantities import PageFacts, networks_due, networks_kept, page_facts, read_parts
from .rules import GroupField, Measure, Rules, Subject
from .subjects import Holding, Places, holdings_of, spans_of
from .table import Table

DAY = dt.timedelta(days=1)
# What the expected points go by: mean subscribers, adults, days of age.
FACTS = ("subscribers", "adults", "age")


def read_table(region: Region, rules: Rules, period: Period, corrections: Corrections | None = None) -> Table:
    """The subjects of the region with their quantities over the period, the corrections honoured; those of whom no page
    existed are left out."""
    with _without_garbage():
        return _read_table(region, rules, period, corrections or Corrections())


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Rows by the hundred thousand make no cycles: looking for some among them took a tenth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _read_table(region: Region, rules: Rules, period: Period, corrections: Corrections) -> Table:
    pages = page_facts(region, rules.networks, period.first, period.last)
    places = Places(region)
    holdings = holdings_of(rules.subject, region, pages, places, period)
    if not holdings:
        return _nobody(rules)
    spans, rows = spans_of(holdings)
    parts = read_parts(region, spans, rules.measures).rows(rows)
    alive = np.nan_to_num(parts["days_owed"]) > np.nan_to_num(parts["days_gone"])
    there = [holding for holding, lives in zip(holdings, alive, strict=True) if lives]
    return _Sums(rules, period, places, there, parts.rows(alive), corrections=corrections).table()


def _nobody(rules: Rules) -> Table:
    """A table without rows."""
    none = np.zeros(0)
    readings = Readings(none, none, np.zeros(0, dtype=np.int64))
    return Table(
        [],
        {measure.code: readings for measure in rules.measures},
        {name: [] for name in rules.peers.by if name != GroupField.SIZE},
        none,
        none,
        none,
        none,
        dict.fromkeys(FACTS, none),
    )


class _Sums:
    """Parts of a region added up by their subjects."""

    def __init__(
        self,
        rules: Rules,
        period: Period,
        places: Places,
        holdings: Sequence[Holding],
        parts: Parts,
        *,
        corrections: Corrections,
    ) -> None:
        self.rules, self.period, self.places = rules, period, places
        self.holdings, self.parts, self.corrections = holdings, parts, corrections
        self.keys = sorted({each.subject for each in holdings}, key=str if rules.subject == Subject.FOUNDER else int)
        self.number = {key: n for n, key in enumerate(self.keys)}
        self.owner = np.array([self.number[each.subject] for each in holdings], dtype=np.int64)
        self.share = np.array([each.share for each in holdings])
        self.main = self._main_parts()

    def table(self) -> Table:
        total, parts = self._total, self.parts
        readable = total(parts["days_owed"]) - total(parts["days_gone"]) - total(parts["days_excused"])
        with np.errstate(divide="ignore", invalid="ignore"):
            collected = np.where(readable > 0, total(parts["days_measured"]) / readable, np.nan)
            audience = self._audience()
        audience = np.where(audience > 0, audience, np.nan)
        adults = self._of_main(lambda page: page.adults)
        age = self._of_main(lambda page: (self.period.last - page.added_on).days + 1)
        by = [name for name in self.rules.peers.by if name != GroupField.SIZE]
        return Table(
            self.keys,
            {measure.code: self._readings(measure) for measure in self.rules.measures},
            {name: [self._text(name, page) for page in self.main] for name in by},
            adults if self.rules.peers.by_population else audience,
            self._days(),
            total(parts["posts"]),
            collected,
            dict(zip(FACTS, (audience, adults, age), strict=True)),
        )

    def _total(self, column: Array) -> Array:
        return np.bincount(self.owner, np.nan_to_num(column), len(self.keys))

    def _audience(self) -> Array:
        """Mean subscribers of every page of the subject added up: a page held over several spans counts once."""
        pairs = [(int(self.owner[n]), holding.page.pk) for n, holding in enumerate(self.holdings)]
        number = {pair: n for n, pair in enumerate(dict.fromkeys(pairs))}
        which = np.array([number[pair] for pair in pairs], dtype=np.int64)
        people, days = (
            np.bincount(which, np.nan_to_num(self.parts[name]), len(number))
            for name in ("subscriber_days", "days_measured")
        )
        owners = np.array([owner for owner, _page in number], dtype=np.int64)
        return np.bincount(owners, np.nan_to_num(people / days), len(self.keys))

    def _of_main(self, figure: Callable[[PageFacts], float | None]) -> Array:
        return np.array([np.nan if (v := figure(page)) is None else v for page in self.main], dtype=np.float64)

    def _readings(self, measure: Measure) -> Readings:
        """The measure of every subject: numerators and denominators of its known parts added."""
        indicator = INDICATORS[measure.indicator]
        each, corrected = self.corrections.honoured(
            measure, self.holdings, indicator.measure(self.parts, **dict(measure.params))
        )
        if indicator.whose == Whose.INSTITUTION:
            return self._obligatory_networks(each, corrected)
        state = each.state.copy()
        if measure.not_for:
            state[[holding.page.page_class in measure.not_for for holding in self.holdings]] = State.NOT_APPLICABLE
        known = state == State.KNOWN
        states = np.full(len(self.keys), int(State.IMPOSSIBLE))
        np.minimum.at(states, self.owner, state)
        if measure.indicator == "answer_hours":
            return self._median_hours(known, states, each, corrected)
        numerator = np.where(known, each.numerator * self.share, 0.0)
        denominator = np.where(known, each.denominator * self.share, 0.0)
        split = self.rules.subject == Subject.PERSON
        if split and indicator.level == Level.DENOMINATOR:
            denominator = self._at_start(known, each.denominator)
        elif split and indicator.level == Level.NUMERATOR:
            numerator = np.where(self._last_of_page(known), numerator, 0.0)
        if indicator.whose == Whose.MUNICIPALITY:
            denominator = np.where(self._speaks_for_adults(known), each.denominator, 0.0)
        return Readings(self._total(numerator), self._total(denominator), states)

    def _chains(self, known: Array) -> list[list[int]]:
        """The known parts of each subject and page, by time: several where a co-admin came or went."""
        chains: dict[tuple[int, int], list[int]] = defaultdict(list)
        for n in np.flatnonzero(known).tolist():
            chains[int(self.owner[n]), self.holdings[n].page.pk].append(n)
        return [sorted(chain, key=lambda n: self.holdings[n].first) for chain in chains.values()]

    def _at_start(self, known: Array, level: Array) -> Array:
        """The level at the first part of each subject and page, times the mean share over all its parts' days."""
        result = np.zeros(len(level))
        for chain in self._chains(known):
            days = [(self.holdings[n].last - self.holdings[n].first).days + 1 for n in chain]
            result[chain[0]] = level[chain[0]] * np.average(self.share[chain], weights=days)
        return result

    def _last_of_page(self, known: Array) -> Array:
        last = np.zeros(len(known), dtype=bool)
        last[[chain[-1] for chain in self._chains(known)]] = True
        return last

    def _speaks_for_adults(self, known: Array) -> Array:
        """One known part of each subject for each municipality, so that its adults are counted once; none for a
        settlement beside its district, nor for either beside the whole region."""
        first: dict[int, dict[int, int]] = defaultdict(dict)
        for n in np.flatnonzero(known).tolist():
            first[int(self.owner[n])].setdefault(self.holdings[n].page.place, n)
        speaks = np.zeros(len(self.owner), dtype=bool)
        for by_place in first.values():
            for place, n in by_place.items():
                speaks[n] = len(by_place) == 1 or not any(self.places.holds(other, place) for other in by_place)
        return speaks

    def _median_hours(self, known: Array, states: Array, each: Readings, corrected: Sequence[int]) -> Readings:
        """Median hours of all answers of a subject together; in a corrected part each of them took its hours."""
        answers = dict(enumerate(self.parts.answers))
        for n in corrected:
            answers[n] = [each.numerator[n] / each.denominator[n] * 60] * max(1, len(answers[n]))
        minutes: dict[int, list[float]] = defaultdict(list)
        for n, some in answers.items():
            if known[n]:
                minutes[int(self.owner[n])] += some
        hours = np.zeros(len(states))
        for subject, some in minutes.items():
            hours[subject] = median_hours(some)
        return Readings(hours, np.ones(len(states)), states)

    def _obligatory_networks(self, each: Readings, corrected: Sequence[int]) -> Readings:
        """Of every institution of the subject, also of those that keep no page; each once."""
        region, day = self.places.region, self.period.last
        due, kept = networks_due(region, day), networks_kept(region, day)
        whose: dict[int, set[int]] = defaultdict(set)
        for holding in self.holdings:
            whose[holding.page.institution].add(self.number[holding.subject])
        for institution in self.places.institutions:
            key = self.places.key(self.rules.subject, institution)
            if key in self.number:
                whose[institution].add(self.number[key])
        by_hand = {self.holdings[n].page.institution: (each.numerator[n], each.denominator[n]) for n in corrected}
        met, asked = np.zeros(len(self.keys)), np.zeros(len(self.keys))
        for institution, subjects in whose.items():
            networks = due.get(institution, set())
            counted = (len(networks & kept.get(institution, set())), len(networks))
            for subject in subjects:
                met[subject] += by_hand.get(institution, counted)[0]
                asked[subject] += by_hand.get(institution, counted)[1]
        return Readings(met, asked, np.where(asked > 0, int(State.KNOWN), int(State.NOT_APPLICABLE)))

    def _main_parts(self) -> list[PageFacts]:
        """For each subject the page that stands for it: held longest, of several the oldest in the registry."""
        if len(self.holdings) == len(self.keys):
            return [self.holdings[n].page for n in np.argsort(self.owner)]
        best: dict[int, tuple[tuple[float, int], PageFacts]] = {}
        for n, holding in enumerate(self.holdings):
            days = ((holding.last - holding.first).days + 1) * holding.share
            subject, rank = int(self.owner[n]), (-days, holding.page.pk)
            if subject not in best or rank < best[subject][0]:
                best[subject] = (rank, holding.page)
        return [best[subject][1] for subject in range(len(self.keys))]

    def _days(self) -> Array:
        """Days of the period on which each subject answered for any page in the registry."""
        if len(self.holdings) == len(self.keys):
            return self._total(np.array([_days_of(holding) for holding in self.holdings], dtype=np.float64))
        spans: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
        for n, holding in enumerate(self.holdings):
            first = max(holding.first, holding.page.added_on)
            last = min(holding.last, holding.page.archived_on or holding.last)
            if first <= last:
                spans[int(self.owner[n])].append((first, last))
        days = np.zeros(len(self.keys))
        for subject, some in spans.items():
            covered = dt.date.min
            for first, last in sorted(some):
                days[subject] += max(0, (last - max(first, covered + DAY)).days + 1)
                covered = max(covered, last)
        return days

    def _text(self, name: GroupField, page: PageFacts) -> str:
        match name:
            case GroupField.SECTOR:
                return self.places.sector(page.institution, 0)
            case GroupField.SECTOR2:
                return self.places.sector(page.institution, 1)
            case GroupField.LEVEL:
                return self.places.level(page.institution)
            case GroupField.NETWORK:
                return page.platform
            case GroupField.PAGE_CLASS:
                return page.page_class
        district = self.places.district(page.institution)
        return municipality_kind(district.oktmo) if district else ""


def _days_of(holding: Holding) -> int:
    """Days on which the page was in the registry while it was held."""
    first = max(holding.first, holding.page.added_on)
    return max(0, (min(holding.last, holding.page.archived_on or holding.last) - first).days + 1)
