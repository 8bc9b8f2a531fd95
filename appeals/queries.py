"""What the screens of appeals show."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import PageEvent, Region
from ratings.models import RatingState, Score
from ratings.names import name_of
from ratings.parts import State
from ratings.screens.rating import period_text

from .claims import Contested, asked_words
from .models import DECIDED, Appeal, AppealState

COLUMNS = (
    Column("filed", _("Filed"), "filed_at", numeric=True),
    Column("subject", _("Who")),
    Column("item", _("What is contested"), "indicator"),
    Column("wanted", _("It should be")),
    Column("until", _("Term for appeals"), "until", numeric=True),
    Column("state", _("State"), "state"),
)
SORT = "-filed"
RELATED = (
    "score__rating__methodology",
    "score__rating__region",
    "score__page__institution",
    "score__institution",
    "score__person",
    "score__municipality",
    "institution__region",
    "author",
    "decided_by",
)
MOST_HISTORY = 10
TONES = {AppealState.FILED: "warn", AppealState.ACCEPTED: "good", AppealState.REJECTED: "bad"}


@dataclass(frozen=True, slots=True)
class Row:
    """days: since it was filed, as long as it waits."""

    appeal: Appeal
    name: str
    period: str
    asked: str
    tone: str
    days: int | None


def appeals_in(region: Region, user: User) -> QuerySet[Appeal]:
    """The region's appeals that the user may see, drafts apart, with all that a row shows."""
    found = Appeal.objects.visible_to(user).filter(institution__region=region)
    return found.exclude(state=AppealState.DRAFT).select_related(*RELATED)


def drafts_in(region: Region, user: User) -> list[Row]:
    """What the user has begun to write, the latest first."""
    found = Appeal.objects.filter(author=user, state=AppealState.DRAFT, institution__region=region)
    return list(rows(found.select_related(*RELATED).order_by("-changed_at"), None))


def rows(appeals: Iterable[Appeal], now: dt.datetime | None) -> Iterator[Row]:
    """Rows of appeals that come with RELATED."""
    for appeal in appeals:
        days = (now - appeal.filed_at).days if now and appeal.waits else None
        rating = appeal.score.rating
        yield Row(
            appeal,
            name_of(appeal.score),
            period_text(rating),
            asked_words(appeal),
            TONES.get(AppealState(appeal.state), ""),
            days,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way that an appeal goes. state: done, here or "" where it is still to come."""

    label: str | Promise
    state: str
    at: dt.datetime | None = None


def steps(appeal: Appeal) -> list[Step]:
    """Where the appeal stands."""
    filed = Step(_("filed"), "done", appeal.filed_at)
    if appeal.state == AppealState.WITHDRAWN:
        return [filed, Step(appeal.get_state_display(), "here", appeal.changed_at)]
    if appeal.state in DECIDED:
        decided = Step(appeal.get_state_display(), "here", appeal.decided_at)
        return [filed, Step(_("looked at"), "done"), decided]
    return [filed, Step(_("being looked at"), "here"), Step(_("decision and answer by mail"), "")]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The contested value in the rating of an earlier period. value: None = not known."""

    score: Score
    period: str
    value: float | None


@dataclass(frozen=True, slots=True)
class History:
    """What was before: the value in earlier ratings, other appeals of the institution, events of the pages."""

    values: list[Earlier]
    appeals: list[Row]
    events: list[PageEvent]


def history(appeal: Appeal, claim: Contested, pages: Iterable[int]) -> History:
    rating = claim.rating
    same = Score.objects.filter(
        key=appeal.score.key,
        rating__region=rating.region_id,
        rating__methodology__slug=rating.methodology.slug,
        rating__unit=rating.unit,
        rating__last__lt=rating.last,
    ).exclude(rating__state=RatingState.DRAFT)
    before = same.select_related("rating").order_by("-rating__last", "-rating__edition")[:MOST_HISTORY]
    others = Appeal.objects.filter(institution=appeal.institution_id).exclude(state=AppealState.DRAFT)
    others = others.exclude(pk=appeal.pk).select_related(*RELATED).order_by("-filed_at")[:MOST_HISTORY]
    events = PageEvent.objects.filter(page__in=pages, day__range=(rating.first, rating.last))
    return History(
        [Earlier(score, period_text(score.rating), _value(score, appeal.item)) for score in before],
        list(rows(others, None)),
        list(events.select_related("page").order_by("-day", "-pk")[:MOST_HISTORY]),
    )


def _value(score: Score, item: str) -> float | None:
    state, numerator, denominator, *_rest = score.items.get(item, [State.UNKNOWN, 0, 0])
    return numerator / denominator if state == State.KNOWN and denominator else None
