"""Rows of the API, as dictionaries in the shapes of shapes.py; only of regions that are open."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from awards.models import Award, QualityMark
from gospub.clock import local_day
from monitoring.models import (
    Dimension,
    GroupDay,
    GroupMonth,
    Institution,
    Level,
    Municipality,
    Page,
    PageDay,
    PageMonth,
    PlatformCode,
    Region,
    Sector,
    Slot,
)
from public.masking import masked
from public.models import Publication
from public.queries.awards import winners
from public.queries.ratings import people_named, published_ratings
from public.queries.regions import open_regions
from ratings.models import Passage, Rating, RatingState, Score, ScoreStatus
from ratings.names import RELATED, group_name, name_of
from ratings.rules_data import read_rules

Row = dict[str, Any]
BIGGEST = 2**63 - 1


# --- regions, institutions, pages -------------------------------------------------------------------------------------


def regions(now: dt.datetime) -> QuerySet[Region]:
    """Open regions by code, with what a row shows."""
    latest = GroupDay.objects.filter(region=OuterRef("pk"), dimension=Dimension.ALL, key="")
    opened = Publication.objects.in_force(now).filter(region=OuterRef("pk"))
    return (
        open_regions(now)
        .annotate(
            data_to=Subquery(latest.values("region").annotate(last=Max("day")).values("last"), DateField()),
            open_since=Subquery(opened.values("since")[:1]),
        )
        .order_by("code")
    )


REGION_FIELDS = ("code", "name", "oktmo", "time_zone", "adult_population", "open_since", "daily_since", "data_to")


def region_row(region: Region) -> Row:
    return {name: getattr(region, name) for name in REGION_FIELDS}


def one_of(rows: QuerySet, **key: object) -> Any:
    """The row of that key; 404 where it is not there, or not open."""
    found = rows.filter(**key).first()
    if found is None:
        raise Http404
    return found


def institutions(now: dt.datetime) -> QuerySet[Institution]:
    found = Institution.objects.filter(region__in=open_regions(now))
    return found.select_related("region", "municipality").order_by("pk")


def sector_paths() -> dict[int, str]:
    """«Культура → Библиотеки» by key."""
    known = {pk: (name, parent) for pk, name, parent in Sector.objects.values_list("pk", "name", "parent")}

    def path(pk: int) -> str:
        name, parent = known[pk]
        return f"{path(parent)} → {name}" if parent else name

    return {pk: path(pk) for pk in known}


def institution_row(each: Institution, sectors: Mapping[int, str]) -> Row:
    place = each.municipality
    return {
        "id": each.pk,
        "name": masked(each.name),
        "region": each.region.code,
        "municipality": place.name if place else None,
        "municipality_oktmo": (place.oktmo or None) if place else None,
        "sector": sectors.get(each.sector_id),
        "level": each.level,
        "founder": masked(each.founder) or None,
        "ogrn": each.ogrn or None,
        "inn": each.inn or None,
    }


def pages(now: dt.datetime) -> QuerySet[Page]:
    """All pages of the open regions, those of the past among them, with what a row shows."""
    today = now.date()
    marks = QualityMark.objects.filter(
        page=OuterRef("pk"), withdrawn_at=None, issued_on__lte=today, valid_until__gte=today
    )
    found = Page.objects.filter(institution__region__in=open_regions(now))
    found = found.annotate(mark=Subquery(marks.order_by("-year", "-pk").values("code")[:1]))
    return found.select_related("institution__region", "state").order_by("pk")


STATE_FIELDS = ("subscribers", "measured_on", "change_month", "change_year", "posts_30", "views_30", "interactions_30")


def page_row(page: Page) -> Row:
    state = getattr(page, "state", None)
    known = state is not None and state.subscribers is not None
    return {
        "id": page.pk,
        "platform": page.platform,
        "handle": page.handle,
        "external_id": page.external_id or None,
        "url": page.url,
        "title": masked(page.title) or None,
        "institution": page.institution_id,
        "region": page.institution.region.code,
        "page_class": page.page_class,
        "status": page.status,
        "added_on": page.added_on,
        "archived_on": page.archived_on,
        **{name: getattr(state, name, None) for name in STATE_FIELDS},
        "subscribers_provenance": state.subscribers_provenance if known else None,
        "quality_mark": page.mark,
    }


# --- series -----------------------------------------------------------------------------------------------------------

COUNTERS = ("posts", "own_posts", "views", "likes", "comments", "reposts")
DAY_FIELDS = ("subscribers", *COUNTERS, "people_comments", "answered_comments")
MONTH_FIELDS = ("month", "subscribers_first", "subscribers_last", *COUNTERS, "days_owed", "days_measured", "posts_days")
GROUP_FIELDS = (
    "key", "pages", "measured", "subscribers", "posts", "views", "interactions", "people_comments", "answered_comments",
)  # fmt: skip


def page_days(page: Page, days: list[dt.date]) -> Iterator[Row]:
    """The page on each of the days of which anything is known, the oldest first."""
    facts = {fact.day: fact for fact in PageDay.objects.filter(page=page, day__in=days)}
    slots = {slot.day: slot for slot in Slot.objects.filter(page=page, day__in=days)}
    for day in sorted(facts.keys() | slots.keys()):
        fact, slot = facts.get(day), slots.get(day)
        known = fact is not None and fact.subscribers is not None
        yield {
            "day": day,
            **{name: getattr(fact, name, None) for name in DAY_FIELDS},
            "subscribers_provenance": fact.subscribers_provenance if known else None,
            "subscribers_step": fact.subscribers_step if known else None,
            "reading": slot.status if slot else None,
            "reason": (slot.reason or None) if slot else None,
        }


def page_months(page: Page, first: dt.date, last: dt.date) -> Iterator[Row]:
    """The page by month, the oldest first."""
    rows = PageMonth.objects.filter(page=page, month__range=(first.replace(day=1), last)).order_by("month")
    yield from rows.values(*MONTH_FIELDS)


def group_names(region: Region, dimension: str) -> Mapping[str, str]:
    """What the keys of the dimension are called."""
    match dimension:
        case Dimension.PLATFORM:
            return {code: str(label) for code, label in PlatformCode.choices}
        case Dimension.LEVEL:
            return {code: str(label) for code, label in Level.choices}
        case Dimension.MUNICIPALITY:
            return {str(pk): name for pk, name in Municipality.objects.filter(region=region).values_list("pk", "name")}
        case Dimension.SECTOR:
            return {str(pk): name for pk, name in Sector.objects.filter(parent=None).values_list("pk", "name")}
    return {}


def region_days(region: Region, dimension: str, first: dt.date, last: dt.date) -> Iterator[Row]:
    """The groups of the region day by day, the oldest first."""
    rows = GroupDay.objects.filter(region=region, dimension=dimension, day__range=(first, last))
    yield from _named(rows.order_by("day", "key").values("day", *GROUP_FIELDS), region, dimension)


def region_months(region: Region, dimension: str, first: dt.date, last: dt.date) -> Iterator[Row]:
    rows = GroupMonth.objects.filter(region=region, dimension=dimension, month__range=(first.replace(day=1), last))
    yield from _named(rows.order_by("month", "key").values("month", *GROUP_FIELDS), region, dimension)


def _named(rows: QuerySet, region: Region, dimension: str) -> Iterator[Row]:
    names = group_names(region, dimension)
    for row in rows:
        name = masked(row["key"]) if dimension == Dimension.FOUNDER else names.get(row["key"])
        yield row | {"name": name or None}


# --- ratings ----------------------------------------------------------------------------------------------------------


def ratings(now: dt.datetime) -> QuerySet[Rating]:
    """Published ratings of every edition, with what a row shows."""
    same = {name: OuterRef(name) for name in ("region", "methodology", "first", "last")}
    later = Rating.objects.filter(state=RatingState.FINAL, edition__gt=OuterRef("edition"), **same)
    passed = Passage.objects.filter(rating=OuterRef("pk"), state=RatingState.FINAL)
    return (
        published_ratings(now)
        .select_related("region", "methodology")
        .annotate(
            corrected=Exists(later),
            published_at=Subquery(passed.values("at")[:1]),
            ranked=Count("scores", filter=Q(scores__place__isnull=False)),
            scored=Count("scores"),
        )
        .order_by("pk")
    )


def rating_row(rating: Rating) -> Row:
    return {
        "id": rating.pk,
        "region": rating.region.code,
        "methodology": rating.methodology.slug,
        "methodology_name": rating.methodology.name,
        "methodology_version": rating.methodology.version,
        "subject": rating.methodology.data.get("subject", "page"),
        "unit": rating.unit,
        "first": rating.first,
        "last": rating.last,
        "edition": rating.edition,
        "last_edition": not rating.corrected,
        "published_at": rating.published_at,
        "ranked": rating.ranked,
        "scores": rating.scored,
        "digest": rating.digest,
    }


def rating_full(rating: Rating) -> Row:
    rules = read_rules(rating.methodology.data)
    groups = [group_name(label, rules) for label in rating.groups]
    return rating_row(rating) | {"groups": groups, "rules": rating.methodology.data}


def score_rows(rating: Rating, after: int, limit: int, now: dt.datetime) -> list[Row]:
    """Scores of the rating after that key, at most one more than the limit."""
    scores = list(
        Score.objects.filter(rating=rating, pk__gt=after).select_related(*RELATED).order_by("pk")[: limit + 1]
    )
    named = people_named({each.person_id for each in scores if each.person_id}, now)
    rules = read_rules(rating.methodology.data)
    groups = [group_name(label, rules) for label in rating.groups]
    return [
        {
            "id": each.pk,
            "key": each.key,
            "name": masked(name_of(each)) if each.person_id is None or each.person_id in named else None,
            "page": each.page_id,
            "institution": each.page.institution_id if each.page else each.institution_id,
            "group": groups[each.group] if each.group < len(groups) else "",
            "standing": ScoreStatus(each.status).name.lower(),
            "place": each.place,
            "points": None if each.points is None else float(each.points),
            "low": each.low,
            "high": each.high,
            "zone": each.zone or None,
            "place_low": each.place_low,
            "place_high": each.place_high,
        }
        for each in scores
    ]


def award_rows(awards: QuerySet[Award], now: dt.datetime) -> list[Row]:
    """Rows of published awards. A person is named who agreed both to the award list and to open data."""
    rows = list(winners(awards, now))
    named = people_named({each.award.person_id for each in rows if each.person}, now)
    return [
        {
            "id": each.award.pk,
            "region": each.award.list.contest.region.code,
            "contest": masked(each.award.list.contest.title),
            "year": each.award.list.contest.year,
            "nomination": masked(each.award.nomination.name),
            "place": each.award.place,
            "degree": each.award.degree,
            "title": each.name,
            "person": each.person if each.award.person_id in named else None,
            "page": each.award.page_id,
            "institution": each.award.institution_id,
            "edition": each.award.list.edition,
            "signed_at": each.award.list.signed_at,
            "digest": each.award.list.digest,
        }
        for each in rows
    ]


def local_today(region: Region, now: dt.datetime) -> dt.date:
    return local_day(now, region.time_zone)
