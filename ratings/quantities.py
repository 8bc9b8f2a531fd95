"""What is known of pages over spans of days, read for the engine: sums by SQL, a row a page and span."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from gospub.clock import local_day
from monitoring.models import (
    Exemption,
    Municipality,
    Obligation,
    Page,
    PageDay,
    PageMonth,
    PageProfile,
    PageRecord,
    Post,
    Region,
    Slot,
    SlotStatus,
)
from monitoring.models.measures import GONE_REASONS
from monitoring.platforms import network
from monitoring.platforms.base import Gives, PosWidget
from monitoring.registry.records import records_on
from monitoring.rollups import month_end
from monitoring.rollups.sums import days_between, exempt_days, mondays_of, page_sums

from .catalogue import INDICATORS, Source
from .parts import Array, Parts
from .rules import Measure

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
# Of every page, whatever the methodology: whether it was there, how much of it was read, how large it is.
ALWAYS = ("days_owed", "days_gone", "days_excused", "days_measured", "subscriber_days", "posts")
ENDS = ("subscribers_first", "subscribers_last")
# So many pages a query may name one by one.
FEW = 500
POS_LEVELS = {PosWidget.ABSENT: 0, PosWidget.WRONG: 1, PosWidget.PRESENT: 2, PosWidget.RIGHT: 3}


class PageFacts(NamedTuple):
    """What the registry says of a page. adults: of its municipality; place: whose these are, 0 = the region's."""

    pk: int
    platform: str
    page_class: str
    institution: int
    added_on: dt.date
    archived_on: dt.date | None
    adults: int | None
    place: int
    component: bool | None
    weekly_reach: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """Pages over the same days (both ends included)."""

    first: dt.date
    last: dt.date
    pages: Sequence[PageFacts]


def read_parts(region: Region, spans: Iterable[Span], measures: Iterable[Measure]) -> Parts:
    """The quantities that the measures need, a row per page of each span, in the order given."""
    measures = list(measures)
    indicators = [INDICATORS[measure.indicator] for measure in measures]
    columns = {name.format(**dict(m.params)) for m in measures for name in INDICATORS[m.indicator].columns}
    columns |= {*ALWAYS, *ENDS}
    sources = frozenset().union(*(indicator.sources for indicator in indicators))
    blocks, answers = [], []
    platforms = []
    for span in spans:
        block = read_sums(region, span, columns)
        for source, reader in READERS.items():
            if source in sources:
                block |= reader(region, span)
        blocks.append(block)
        answers += _answers(region, span) if Source.ANSWERS in sources else []
        platforms += [page.platform for page in span.pages]
    names = blocks[0].keys() if blocks else columns
    joined = {name: np.concatenate([block[name] for block in blocks]) if blocks else np.zeros(0) for name in names}
    return Parts(joined, _gives(platforms), answers)


def _gives(platforms: list[str]) -> dict[str, Array]:
    """What the network of each row can tell."""
    number = {platform: n for n, platform in enumerate(sorted(set(platforms)))}
    rows = np.array([number[platform] for platform in platforms], dtype=np.int64)
    able = [network(platform).gives for platform in number]
    return {what: np.array([what in gives for gives in able], dtype=bool)[rows] for what in Gives}


# --- sums of the months -----------------------------------------------------------------------------------------------


def read_sums(region: Region, span: Span, columns: Iterable[str]) -> dict[str, Array]:
    """Sums of the whole months inside the span by PageMonth, of the days at its ends from the facts themselves."""
    columns = sorted(columns)
    months, ends = pieces(span.first, span.last)
    pages = np.array([page.pk for page in span.pages], dtype=np.int64)
    result = {name: np.full(len(pages), np.nan) for name in columns}
    if months:
        _add_months(region, months, pages, result)
    row = {page: n for n, page in enumerate(pages.tolist())} if ends else {}
    for first, last in ends:
        _add_days(page_sums(region, first, last, _few(row)), row, result, earlier=bool(months) and last < months[0])
    return result


def pieces(first: dt.date, last: dt.date) -> tuple[list[dt.date], list[tuple[dt.date, dt.date]]]:
    """First days of the whole months inside the span, and the spans of days before and after them."""
    months = []
    start = first if first.day == 1 else month_end(first.replace(day=1)) + DAY
    while month_end(start) <= last:
        months.append(start)
        start = month_end(start) + DAY
    if not months:
        return [], [(first, last)]
    ends = [(first, months[0] - DAY), (month_end(months[-1]) + DAY, last)]
    return months, [(a, b) for a, b in ends if a <= b]


def _few(pages: Sized) -> list[int] | None:
    """The pages, where a query may name them all."""
    return list(map(int, pages)) if len(pages) <= FEW else None


def _add_months(region: Region, months: list[dt.date], pages: Array, result: dict[str, Array]) -> None:
    # As a subquery: bases join 3.6 million months to their pages for a fifth of the whole time.
    own = Page.objects.filter(institution__region=region).values("pk")
    rows = PageMonth.objects.filter(page__in=own, month__in=months).order_by()
    if (few := _few(pages)) is not None:
        rows = rows.filter(page__in=few)
    names = [name for name in result if name not in ENDS]
    sums = rows.values("page").annotate(**{f"sum_{n}": Cast(Sum(n), BigIntegerField()) for n in names})
    found = _fetched(sums.values_list("page", *(f"sum_{name}" for name in names)))
    places, there = _places(pages, found[:, 0])
    for column, name in enumerate(names, start=1):
        result[name][places] = found[there, column]
    for name, order in zip(ENDS, (months, months[::-1]), strict=True):
        _fill_ends(rows, name, order, pages, result[name])


def _fetched(rows: QuerySet) -> Array:
    """The rows of a query as numbers, NULL as NaN, without the price of Django's conversions."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        parts = [np.array(part, dtype=np.float64) for part in iter(lambda: cursor.fetchmany(20_000), [])]
    return (
        np.concatenate(parts) if parts else np.zeros((0, len(rows.query.values_select) + len(rows.query.annotations)))
    )


def _places(pages: Array, wanted: Array) -> tuple[Array, Array]:
    """Where the wanted pages stand among `pages`, and which of them do."""
    order = np.argsort(pages)
    at = np.minimum(np.searchsorted(pages, wanted, sorter=order), len(pages) - 1)
    there = pages[order[at]] == wanted
    return order[at[there]], there


def _fill_ends(rows: QuerySet, name: str, months: list[dt.date], pages: Array, column: Array) -> None:
    """For each page the value of the first of these months that has one."""
    for month in months:
        missing = np.isnan(column)
        if not missing.any():
            return
        here = rows.filter(month=month, **{f"{name}__isnull": False})
        if (few := _few(pages[missing])) is not None:
            here = here.filter(page__in=few)
        found = _fetched(here.values_list("page_id", name))
        places, there = _places(pages, found[:, 0])
        column[places] = np.where(missing[places], found[there, 1], column[places])


def _add_days(sums: dict[int, dict], row: dict[int, int], result: dict[str, Array], *, earlier: bool) -> None:
    """Add the sums of days before (`earlier`) or after the months that are in the result already."""
    for page, values in sums.items():
        if (place := row.get(page)) is None:
            continue
        for name, column in result.items():
            value = values[name]
            if value is None:
                continue
            if np.isnan(column[place]) or (name in ENDS and (name == "subscribers_first") == earlier):
                column[place] = value
            elif name not in ENDS:
                column[place] += value


# --- how the pages looked ---------------------------------------------------------------------------------------------


def _profile(region: Region, span: Span) -> dict[str, Array]:
    """Days of which each feature is known, and the sum of its values over them; `_end`: on the last day alone."""
    row = {page.pk: n for n, page in enumerate(span.pages)}
    names = ("state_mark", "has_avatar", "has_description", "has_cover", "pos_right", "pos_level", "widgets")
    result = {
        f"{name}{part}{end}": np.zeros(len(row)) for name in names for part in ("", "_days") for end in ("", "_end")
    }
    profiles = PageProfile.objects.filter(page__institution__region=region, since__lte=span.last)
    if (few := _few(row)) is not None:
        profiles = profiles.filter(page__in=few)
    until: dict[int, dt.date] = {page.pk: min(span.last, page.archived_on or span.last) for page in span.pages}
    for profile in profiles.order_by("-since"):
        place = row.get(profile.page_id)
        if place is None or (end := until[profile.page_id]) < span.first:
            continue
        days = (end - max(profile.since, span.first)).days + 1
        for name, value in _features(profile).items():
            if value is None:
                continue
            result[name][place] += value * days
            result[f"{name}_days"][place] += days
            if end == span.last:
                result[f"{name}_end"][place] = value
                result[f"{name}_days_end"][place] = 1
        until[profile.page_id] = profile.since - DAY
    return result


def _features(profile: PageProfile) -> dict[str, int | None]:
    level = None if profile.pos_widget is None else POS_LEVELS[PosWidget(profile.pos_widget)]
    return {
        "state_mark": profile.state_mark,
        "has_avatar": profile.has_avatar,
        "has_description": profile.has_description,
        "has_cover": profile.has_cover,
        "pos_right": None if level is None else int(level >= POS_LEVELS[PosWidget.PRESENT]),
        "pos_level": level,
        "widgets": profile.widgets,
    }


# --- the rest ---------------------------------------------------------------------------------------------------------


def _exempt(region: Region, span: Span) -> dict[str, Array]:
    """1 where an exemption covers every day that the page was in the registry in the span; where it covers a day of
    each week whose Thursday is such a day. Else 0."""
    off = exempt_days(region, span.first - WEEK, span.last + WEEK)
    result = {name: np.zeros(len(span.pages)) for name in ("exempt_days", "exempt_weeks")}
    for n, page in enumerate(span.pages):
        if page.pk not in off:
            continue
        first, last = max(span.first, page.added_on), min(span.last, page.archived_on or span.last)
        days, mondays = days_between(first, last), mondays_of(first, last)
        result["exempt_days"][n] = bool(days) and off[page.pk].issuperset(days)
        result["exempt_weeks"][n] = bool(mondays) and not any(
            off[page.pk].isdisjoint(days_between(monday, monday + WEEK - DAY)) for monday in mondays
        )
    return result


def _recent(region: Region, span: Span) -> dict[str, Array]:
    """Posts of the last seven local days of the span; NaN where not every one of these days was read. Whether an
    exemption covers one of them."""
    days = PageDay.objects.filter(
        page__institution__region=region, day__range=(span.last - WEEK + DAY, span.last), posts__gt=0
    )
    sums = dict(days.order_by().values_list("page").annotate(Sum("posts")))
    known = Page.objects.filter(
        institution__region=region, posts_known_from__lte=span.last - WEEK + DAY, posts_known_to__isnull=False
    )
    read = {pk for pk, to in known.values_list("pk", "posts_known_to") if local_day(to, region.time_zone) >= span.last}
    off = exempt_days(region, span.last - WEEK + DAY, span.last)
    return {
        "recent_posts": _column(span, lambda page: sums.get(page.pk, 0) if page.pk in read else None),
        "exempt_lately": _column(span, lambda page: page.pk in off),
    }


def _registry(region: Region, span: Span) -> dict[str, Array]:
    """What people wrote into the registry by hand."""
    return {
        "component": _column(span, lambda page: page.component),
        "weekly_reach": _column(span, lambda page: page.weekly_reach),
    }


def _adults(region: Region, span: Span) -> dict[str, Array]:
    return {"adults": _column(span, lambda page: page.adults)}


def _presence(region: Region, span: Span) -> dict[str, Array]:
    """For each page what its institution owes on the last day and keeps."""
    due, kept = networks_due(region, span.last), networks_kept(region, span.last)
    return {
        "networks_due": _column(span, lambda page: len(due.get(page.institution, ()))),
        "networks_present": _column(
            span, lambda page: len(due.get(page.institution, set()) & kept.get(page.institution, set()))
        ),
    }


def networks_kept(region: Region, day: dt.date) -> dict[int, set[str]]:
    """The networks on which each institution has a page in the registry that day which was not gone."""
    gone = Slot.objects.filter(
        day=day, page__institution__region=region, status=SlotStatus.FAILED, reason__in=GONE_REASONS
    )
    pages = Page.objects.filter(
        Q(archived_on=None) | Q(archived_on__gte=day), institution__region=region, added_on__lte=day
    )
    kept: dict[int, set[str]] = defaultdict(set)
    for institution, platform in pages.exclude(pk__in=gone.values("page")).values_list("institution", "platform"):
        kept[institution].add(platform)
    return dict(kept)


def networks_due(region: Region, day: dt.date) -> dict[int, set[str]]:
    """The networks on which each institution must be that day: obligations in force less exemptions."""
    in_force = (Q(until=None) | Q(until__gte=day)) & Q(since__lte=day)
    duties = list(Obligation.objects.filter(in_force, Q(region=None) | Q(region=region)))
    free: dict[int, set[str]] = defaultdict(set)
    for exemption in Exemption.objects.filter(in_force, institution__region=region):
        every = {duty.platform for duty in duties}
        free[exemption.institution_id] |= {exemption.platform} if exemption.platform else every
    levels = region.institutions.kept(day).values_list("pk", "level")
    return {
        pk: {duty.platform for duty in duties if duty.level in ("", level)} - free.get(pk, set())
        for pk, level in levels
    }


def _answers(region: Region, span: Span) -> list[list[int]]:
    """Minutes to the answers under each page's posts of the span."""
    posts = Post.objects.filter(
        page__institution__region=region, day__range=(span.first, span.last), answered_comments__gt=0
    )
    minutes: dict[int, list[int]] = defaultdict(list)
    for page, some in posts.order_by("page", "day", "pk").values_list("page_id", "answer_minutes"):
        minutes[page] += some
    return [minutes.get(page.pk, []) for page in span.pages]


def _column(span: Span, value: Callable[[PageFacts], float | None]) -> Array:
    return np.array([np.nan if (v := value(page)) is None else v for page in span.pages], dtype=np.float64)


READERS = {
    Source.PROFILE: _profile,
    Source.RECENT: _recent,
    Source.EXEMPT: _exempt,
    Source.REGISTRY: _registry,
    Source.ADULTS: _adults,
    Source.PRESENCE: _presence,
}


def page_facts(region: Region, networks: Sequence[str], first: dt.date, last: dt.date) -> list[PageFacts]:
    """Pages of the region that were in the registry on any day of the span, by key, with what people had written of
    them by its last day."""
    pages = Page.objects.filter(
        Q(archived_on=None) | Q(archived_on__gte=first), institution__region=region, added_on__lte=last
    )
    if networks:
        pages = pages.filter(platform__in=networks)
    adults = _adults_of(region)
    records = records_on(region, last)
    rows = pages.order_by("pk").values_list(
        "pk", "platform", "page_class", "institution", "added_on", "archived_on", "institution__municipality",
        "connected_to_component", "weekly_reach",
    )  # fmt: skip
    facts = [
        PageFacts(pk, platform, page_class, institution, added, archived, *adults[place], component, reach)
        for pk, platform, page_class, institution, added, archived, place, component, reach in rows
    ]
    return [_as_recorded(page, records[page.pk]) if page.pk in records else page for page in facts]


def _as_recorded(page: PageFacts, record: PageRecord) -> PageFacts:
    return page._replace(
        page_class=record.page_class, component=record.connected_to_component, weekly_reach=record.weekly_reach
    )


def _adults_of(region: Region) -> dict[int | None, tuple[int | None, int]]:
    """Adults for institutions of each municipality, and whose these are: its own, its district's, the region's (0)."""
    result: dict[int | None, tuple[int | None, int]] = {None: (region.adult_population, 0)}
    for place in Municipality.objects.filter(region=region).select_related("parent"):
        whose = next((each for each in (place, place.parent) if each and each.adult_population), None)
        result[place.pk] = (whose.adult_population, whose.pk) if whose else (None, place.pk)
    return result
