"""Published ratings: the final ones of the regions that are open, with names that may be told."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import Http404

from awards.models import AwardList
from monitoring.dashboards.filters import containing
from monitoring.models import ConsentScope, Person, Region
from ratings.models import Rating, RatingState, Score, ScoreStatus
from ratings.names import RELATED, group_name, name_of
from ratings.rules import Rules, Subject
from ratings.rules_data import read_rules
from ratings.screens.rating import ZoneMark, period_text

from ..masking import masked
from .regions import open_regions


def published_ratings(now: dt.datetime) -> QuerySet[Rating]:
    """Final ratings of the regions that are open, all editions."""
    return Rating.objects.filter(state=RatingState.FINAL, region__in=open_regions(now))


def last_final(ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    """Of several final editions the last one."""
    same = {name: OuterRef(name) for name in ("region", "methodology", "first", "last")}
    later = Rating.objects.filter(state=RatingState.FINAL, edition__gt=OuterRef("edition"), **same)
    return ratings.filter(~Exists(later))


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A rating in a list. ranked: how many have a place; of: how many were rated."""

    rating: Rating
    period: str
    subject: Subject
    ranked: int
    of: int


def ratings_of(region: Region, now: dt.datetime) -> list[RatingLine]:
    """The region's published ratings, the latest first."""
    found = last_final(published_ratings(now).filter(region=region)).select_related("methodology")
    found = found.annotate(ranked=Count("scores", filter=Q(scores__place__isnull=False)), of=Count("scores"))
    return [
        RatingLine(each, period_text(each), Subject(each.methodology.data.get("subject", "page")), each.ranked, each.of)
        for each in found.order_by("-last", "-first", "methodology__name")[:200]
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """A score as anybody sees it. name "" = it may not be told."""

    score: Score
    name: str
    beside: str
    group: str
    zone: ZoneMark | None

    @property
    def status(self) -> str:
        """Why there is no place."""
        return str(ScoreStatus(self.score.status).label) if self.score.status != ScoreStatus.RANKED else ""


@dataclass(frozen=True, slots=True)
class RatingView:
    """passed: the local moment of its being final. editions: other final editions, the latest first. awarded: a signed
    award list came of it."""

    rating: Rating
    region: Region
    rules: Rules
    period: str
    groups: Sequence[str]
    editions: Sequence[Rating]
    passed: dt.datetime | None
    awarded: bool

    @property
    def of_people(self) -> bool:
        return self.rules.subject == Subject.PERSON


def rating_view(pk: int, now: dt.datetime) -> RatingView:
    """The published rating of that key, whatever its edition; 404 where it is not published."""
    rating = published_ratings(now).select_related("region", "methodology").filter(pk=pk).first()
    if rating is None:
        raise Http404
    rules = read_rules(rating.methodology.data)
    same = published_ratings(now).filter(
        region=rating.region_id, methodology=rating.methodology_id, first=rating.first, last=rating.last
    )
    passage = rating.passages.filter(state=RatingState.FINAL).first()
    return RatingView(
        rating,
        rating.region,
        rules,
        period_text(rating),
        [group_name(label, rules) for label in rating.groups],
        list(same.exclude(pk=pk).order_by("-edition")),
        passage.at if passage else None,
        AwardList.objects.filter(contest__rating=rating, signed_at__isnull=False).exists(),
    )


def scores_of(view: RatingView, words: str = "", group: str = "") -> QuerySet[Score]:
    """The scores, those with a place first; by words only where they are not people's names."""
    name = {
        Subject.PAGE: Coalesce(NullIf("page__title", Value("")), "page__handle"),
        Subject.INSTITUTION: F("institution__name"),
        Subject.PERSON: Value(""),
        Subject.MUNICIPALITY: F("municipality__name"),
        Subject.FOUNDER: F("key"),
    }[view.rules.subject]
    found = Score.objects.filter(rating=view.rating).select_related(*RELATED, "page__institution__municipality")
    found = found.annotate(shown_name=Cast(name, CharField()))
    if group.isascii() and group.isdigit() and int(group[:6]) < len(view.groups):
        found = found.filter(group=int(group[:6]))
    if words and not view.of_people:
        found = found.filter(containing(words, ("shown_name", "page__institution__name", "page__handle"), ()))
    return found.order_by(F("place").asc(nulls_last=True), "group", "pk")


def rows(scores: Iterable[Score], view: RatingView, now: dt.datetime) -> Iterator[Row]:
    """Rows of scores that came from `scores_of`."""
    scores = list(scores)
    named = people_named({score.person_id for score in scores if score.person_id}, now)
    zones = {zone.code: ZoneMark(zone.label, zone.tone) for zone in view.rules.zones}
    for score in scores:
        known = score.person_id is None or score.person_id in named
        beside = masked(score.page.institution.name) if score.page else ""
        group = view.groups[score.group] if score.group < len(view.groups) else ""
        yield Row(score, masked(name_of(score)) if known else "", beside, group, zones.get(score.zone))


def people_named(keys: set[int], now: dt.datetime, scope: str = ConsentScope.OPEN_DATA) -> set[int]:
    """Those of the people whose name may be told there at the moment `now` (aware)."""
    if not keys:
        return set()
    return set(Person.objects.with_public_name(scope, now).filter(pk__in=keys).values_list("pk", flat=True))
