"""How a region's published ratings are counted, with an example worked through."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from monitoring.models import Region
from ratings.models import Methodology, Rating, Score, ScoreStatus
from ratings.names import RELATED, name_of
from ratings.rules import Rules, Subject
from ratings.rules_data import read_rules
from ratings.screens.methodology import Words, words
from ratings.screens.rating import period_text
from ratings.screens.score import Bar, bars

from ..masking import masked
from .ratings import last_final, published_ratings


@dataclass(frozen=True, slots=True)
class Example:
    """A score in the middle of its rating, item by item. name "" = a person's, which is not told. total: the sum of the
    items before it is cut at 0 and 100 and rounded; by_units: the score is the mean of shorter periods."""

    rating: Rating
    period: str
    score: Score
    name: str
    bars: Sequence[Bar]
    total: float
    by_units: bool


@dataclass(frozen=True, slots=True)
class MethodView:
    region: Region
    methodology: Methodology
    rules: Rules
    words: Words
    ratings: Sequence[Rating]
    versions: Sequence[Methodology]
    example: Example | None


def method_view(region: Region, pk: int, now: dt.datetime) -> MethodView:
    """A methodology by which a published rating of the region was made; 404 for any other."""
    published = published_ratings(now).filter(region=region)
    methodology = Methodology.objects.filter(pk=pk, ratings__in=published).distinct().first()
    if methodology is None:
        raise Http404
    rules = read_rules(methodology.data)
    made = (
        last_final(published.filter(methodology=methodology)).order_by("-last", "first").select_related("methodology")
    )
    versions = Methodology.objects.filter(slug=methodology.slug, ratings__in=published).distinct()
    return MethodView(
        region,
        methodology,
        rules,
        words(rules, methodology.data),
        list(made[:12]),
        list(versions.exclude(pk=pk).order_by("-since", "-pk")),
        example(made[0], rules),
    )


def example(rating: Rating, rules: Rules) -> Example | None:
    """The score in the middle of the largest peer group; None where nobody has a place."""
    ranked = Score.objects.filter(rating=rating, status=ScoreStatus.RANKED)
    groups = list(ranked.order_by().values_list("group", flat=True))
    if not groups:
        return None
    largest = max(sorted(set(groups)), key=groups.count)
    inside = ranked.filter(group=largest).select_related(*RELATED).order_by("-exact", "pk")
    score = inside[groups.count(largest) // 2]
    lines = bars(score, rules)
    total = sum(bar.line.contribution or 0.0 for bar in lines)
    name = "" if rules.subject == Subject.PERSON else masked(name_of(score))
    return Example(rating, period_text(rating), score, name, lines, total, rules.unit is not None)
