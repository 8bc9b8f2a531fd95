"""Where somebody stands at present: the scores of the latest rating by each methodology, and who has improved."""

from dataclasses import dataclass

from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import DenseRank

from gospub.accounts.models import User
from monitoring.models import Region

from ..models import Rating, Score
from ..names import RELATED, name_of
from ..rules import Rules
from ..rules_data import read_rules
from .rating import ZoneMark, period_before, period_text
from .score import group_text, zone_mark
from .strip import Strip, members_words, strips

# An institution has a handful of pages; who has more finds the rest in the rating.
MOST_SCORES = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """A score of the latest rating by its methodology. strip: None where nobody of its group has a place."""

    score: Score
    name: str
    period: str
    zone: ZoneMark | None
    group: str
    rules: Rules
    strip: Strip | None

    @property
    def digits(self) -> int:
        return self.rules.digits

    @property
    def members(self) -> int:
        """Of the peer group that have a place."""
        return self.strip.members if self.strip else 0


def standings(mine: Q, region: Region, user: User) -> list[Standing]:
    """Those of the scores (a condition on them) that the user may see, in the latest rating by each methodology; of the
    newest rating first, the fewest points before the others."""
    newest = [F(f"rating__{name}").desc() for name in ("read_to", "last", "edition", "pk")]
    rank = Window(DenseRank(), partition_by=F("rating__methodology__slug"), order_by=newest)
    visible = Score.objects.visible_to(user).filter(mine, rating__region=region)
    found = visible.annotate(rank=rank).filter(rank=1).select_related("rating__methodology", *RELATED)
    fewest = F("exact").asc(nulls_last=True)
    rows = list(found.order_by("-rating__read_to", "-rating__last", "rating", fewest, "pk")[:MOST_SCORES])
    rules = {row.rating_id: read_rules(row.rating.methodology.data) for row in rows}
    drawn = strips(rows)
    return [
        Standing(
            row,
            name_of(row),
            period_text(row.rating),
            zone_mark(row, rules[row.rating_id]),
            group_text(row.rating, row, rules[row.rating_id]),
            rules[row.rating_id],
            drawn.get(row.pk),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Improvement:
    """How the subjects of a rating did against the period before, of those who have points in both. other: the rules
    were another version then. mean: of all who have a place now; of: what the subjects are, in words."""

    rating: Rating
    before: Rating | None
    better: int
    worse: int
    compared: int
    mean: float | None
    ranked: int
    of: str

    @property
    def same(self) -> int:
        return self.compared - self.better - self.worse

    @property
    def other_rules(self) -> bool:
        return self.before is not None and self.before.methodology_id != self.rating.methodology_id

    @property
    def period(self) -> str:
        return period_text(self.rating)

    @property
    def before_period(self) -> str:
        return period_text(self.before) if self.before else ""


def improvement(rating: Rating, before: Rating | None) -> Improvement:
    """By one query; before: the rating of the period before, None = there is none."""
    scores: QuerySet[Score] = rating.scores.order_by()
    then = Score.objects.filter(rating=before, key=OuterRef("key"), points__isnull=False).values("points")[:1]
    both = Q(points__isnull=False, then__isnull=False)
    counts = scores.annotate(then=Subquery(then)).aggregate(
        better=Count("pk", filter=both & Q(points__gt=F("then"))),
        worse=Count("pk", filter=both & Q(points__lt=F("then"))),
        compared=Count("pk", filter=both),
        mean=Avg("exact", filter=Q(place__isnull=False)),
        ranked=Count("pk", filter=Q(place__isnull=False)),
    )
    of = members_words(read_rules(rating.methodology.data).subject)
    return Improvement(rating, before, of=of, **counts)


def latest_improvement(region: Region, user: User) -> Improvement | None:
    """Of the newest rating of the region that the user may see; None where there is none."""
    newest = Rating.objects.visible_to(user).filter(region=region).select_related("methodology")
    found = newest.order_by("-read_to", "-last", "-edition").first()
    return found and improvement(found, period_before(found, user))
