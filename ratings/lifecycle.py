"""Draft → preliminary → final: what stands in a rating's way, who lets it pass, what changed between editions."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import EvidenceCard, Slot, Suspect, SuspectState

from .award_rules import LEAST_COLLECTED
from .collected import collected
from .digests import digest
from .models import Passage, Rating, RatingQuerySet, RatingState, Score

NEXT = {RatingState.DRAFT: RatingState.PRELIMINARY, RatingState.PRELIMINARY: RatingState.FINAL}


class PassageError(Exception):
    """Why a rating cannot pass, in words for the one who asked."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in a rating's way. code: what kind; grave: cannot be overridden."""

    code: str
    text: str
    grave: bool = False


def obstacles(rating: Rating, today: dt.date) -> list[Obstacle]:
    """What speaks against letting the rating pass now; the list is kept with the passage."""
    return [obstacle for check in CHECKS for obstacle in check(rating, today)]


def _period_runs(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    if today <= rating.last:
        yield Obstacle("period", _("The period is not over: it lasts to %s.") % f"{rating.last:%d.%m.%Y}")
    elif rating.read_to < rating.last:
        yield Obstacle("read_to", _("There is no data after %s.") % f"{rating.read_to:%d.%m.%Y}")


def _outdated(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    later = Slot.objects.filter(
        page__institution__region=rating.region,
        day__range=(rating.first, rating.last),
        finished_at__gt=rating.computed_at,
    )
    if rating.state == RatingState.DRAFT and later.exists():
        yield Obstacle("outdated", _("Data of the period came in after the computation: compute the draft again."))


def _seal_broken(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    if digest(rating) != rating.digest:
        yield Obstacle(
            "seal", _("The scores are no longer as they were computed: compute the rating again."), grave=True
        )


def _collected(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    found = collected(rating)
    if found.share is None or found.share < LEAST_COLLECTED:
        yield Obstacle(
            "collected",
            _("Collected: %(share)s of the readings that were owed; at least %(least)d %% are wanted.")
            % {"share": found.share_text, "least": round(LEAST_COLLECTED * 100)},
        )


def _suspects(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    count = Suspect.objects.filter(
        page__institution__region=rating.region, state=SuspectState.OPEN, day__range=(rating.first, rating.last)
    ).count()
    if count:
        text = ngettext(
            "%(count)d doubtful number of the period waits for a decision.",
            "%(count)d doubtful numbers of the period wait for a decision.",
            count,
        )
        yield Obstacle("suspects", text % {"count": count})


def _evidence(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    """Signs of gaming take no points, but nobody should be awarded before they were looked at."""
    cards = EvidenceCard.objects.open().touching(rating.first, rating.last)
    count = cards.filter(page__institution__region=rating.region).count()
    if count:
        text = ngettext(
            "%(count)d sign of gaming in the period waits for a decision.",
            "%(count)d signs of gaming in the period wait for a decision.",
            count,
        )
        yield Obstacle("evidence", text % {"count": count})


def _thin(rating: Rating, today: dt.date) -> Iterator[Obstacle]:
    if not rating.scores.filter(place__isnull=False).exists():
        yield Obstacle("nobody", _("Nobody has a place in this rating."), grave=True)


# Apps that build on ratings add theirs when they are loaded (AppConfig.ready).
CHECKS: list[Callable[[Rating, dt.date], Iterable[Obstacle]]] = [
    _period_runs,
    _outdated,
    _seal_broken,
    _collected,
    _suspects,
    _evidence,
    _thin,
]


def needs_reason(rating: Rating, user: User, found: list[Obstacle]) -> bool:
    """Whether this person must write why the rating may pass: something stands in its way, or it would be the same
    person who computed it or let it pass the last time."""
    before = {rating.computed_by_id, *rating.passages.values_list("by", flat=True)}
    return bool(found) or user.pk in before


def let_pass(rating: Rating, user: User, reason: str, now: dt.datetime, today: dt.date) -> Passage:
    """Move the rating to its next state; of two people at once one succeeds.

    Raises PassageError where it cannot pass, or a reason is needed and none is given.
    """
    seen = rating.state
    with transaction.atomic():
        rating = (
            Rating.objects.select_for_update(of=("self",))
            .select_related("region", "methodology", "inputs")
            .get(pk=rating.pk)
        )
        if rating.state not in NEXT:
            raise PassageError(_("The rating is final: it is not changed any more."))
        if rating.state != seen:
            raise PassageError(_("Somebody has let the rating pass meanwhile: look at it again."))
        found = obstacles(rating, today)
        if grave := [each.text for each in found if each.grave]:
            raise PassageError(" ".join(grave))
        if needs_reason(rating, user, found) and len(reason.strip()) < 10:
            raise PassageError(_("Write in at least ten characters why the rating may pass nevertheless."))
        state = NEXT[RatingState(rating.state)]
        passage = Passage.objects.create(
            rating=rating,
            state=state,
            at=now,
            by=user,
            reason=reason.strip(),
            obstacles=[each.text for each in found],
            digest=rating.digest,
        )
        before, rating.state = rating.state, state
        rating.save(update_fields=["state"])
        audit.record(
            user,
            "rating.pass",
            f"rating {rating.pk}",
            before={"state": before},
            after={"state": str(state), "reason": passage.reason, "digest": rating.digest},
            now=now,
            region=rating.region_id,
        )
    return passage


def may_pass(user: User, rating: Rating) -> bool:
    """Analysts and officials of the region, and the operator."""
    return user.rights.rates(rating.region_id)


# --- editions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A subject whose points, place or status differ between two editions; None = it is not in that one."""

    before: Score | None
    after: Score | None

    @property
    def rise(self) -> int | None:
        """Places won (above 0) or lost; None where one of the places is missing or the peer group is another."""
        if not (self.before and self.after and self.before.place and self.after.place):
            return None
        return self.before.place - self.after.place


def editions(rating: Rating) -> RatingQuerySet:
    """All editions of the rating, itself among them, the latest first."""
    same = Rating.objects.filter(
        region=rating.region_id, methodology=rating.methodology_id, first=rating.first, last=rating.last
    )
    return same.order_by("-edition")


def edition_before(rating: Rating) -> Rating | None:
    """The edition that this one corrects."""
    return editions(rating).filter(edition__lt=rating.edition).first()


def changes(before: Rating, after: Rating, related: tuple[str, ...] = ()) -> list[Change]:
    """What differs between two ratings, by subject; the largest differences of points first."""

    def scores(rating: Rating) -> dict[str, Score]:
        rows = rating.scores.select_related(*related) if related else rating.scores
        return {score.key: score for score in rows.all()}

    old, new = scores(before), scores(after)
    found = [
        Change(old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if _shown(old.get(key)) != _shown(new.get(key))
    ]
    return sorted(found, key=_size, reverse=True)


def _shown(score: Score | None) -> tuple[Any, ...] | None:
    return score and (score.points, score.place, score.status)


def _size(change: Change) -> float:
    if change.before and change.after and None not in (change.before.points, change.after.points):
        return abs(float(change.after.points - change.before.points))
    return 1000.0
