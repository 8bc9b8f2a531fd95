"""Applications: institutions hand in their pages and people until the day, analysts enter what came on paper."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from awards.models import Candidate, Contest, ContestState, Nomination, Origin, Stage
from gospub.accounts import audit
from gospub.accounts.models import User
from gospub.clock import local_day
from ratings.models import Score
from ratings.names import RELATED, name_of

from .entrants import entrants, values_of
from .opening import BEST_OF_BEST, ContestError, belongs, candidate, nomination_rule, rules_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody whom the user may hand in, and the nominations that they belong to."""

    score: Score
    name: str
    nominations: list[Nomination]


def takes_applications(contest: Contest, now: dt.datetime) -> bool:
    """Up to the end of the last day, in the region's time."""
    return (
        contest.by_application
        and contest.state == ContestState.RUNNING
        and contest.stage == Stage.LONG_LIST
        and local_day(now, contest.region.time_zone) <= contest.applications_until
    )


def choices(contest: Contest, user: User) -> list[Choice]:
    """Whom the user may hand in: what of the rating is the own one, those who keep the region anybody."""
    visible = Score.objects.visible_to(user).filter(rating=contest.rating_id).select_related(*RELATED)
    named = {score.pk: name_of(score) for score in visible}
    awards, rules = rules_of(contest)
    nominations = list(contest.nominations.exclude(rule=BEST_OF_BEST))
    found = [each for each in entrants(contest.rating, rules) if each.score.pk in named]
    result = []
    for each in found:
        mine = [one for one in nominations if belongs(each, nomination_rule(one, awards), one)]
        result.append(Choice(each.score, named[each.score.pk], mine))
    return sorted(result, key=lambda choice: choice.name)


def hand_in(contest: Contest, score: Score, nomination: Nomination, text: str, *, user: User, now: dt.datetime) -> None:
    """Put the score's subject on the long list of the nomination; the caller has shown that both are among `choices`.

    Handing in once more replaces the text. Raises ContestError where the time is over.
    """
    awards, rules = rules_of(contest)
    rule = nomination_rule(nomination, awards)
    each = next(one for one in entrants(contest.rating, rules) if one.score.pk == score.pk)
    try:
        with transaction.atomic():
            locked = Contest.objects.select_for_update(of=("self",)).select_related("region").get(pk=contest.pk)
            if not takes_applications(locked, now):
                raise ContestError(_("Applications are no longer taken."))
            known = Candidate.objects.filter(nomination=nomination, score=score).first()
            value = values_of([each], rule.order, contest.rating)[score.pk]
            found = known or candidate(nomination, each, value, origin=Origin.APPLICATION)
            found.application, found.applied_at, found.applied_by = text, now, user
            found.save()
            audit.record(user, "contest.apply", f"contest {contest.pk}", before={},
                         after={"nomination": nomination.name, "score": score.pk}, now=now,
                         region=contest.region_id)  # fmt: skip
    except IntegrityError as error:
        raise ContestError(_("Somebody has just handed in the same: look at it again.")) from error


def applications_of(contest: Contest, user: User) -> list[Candidate]:
    """What was handed in of what the user sees, the latest first."""
    mine = Score.objects.visible_to(user).filter(rating=contest.rating_id)
    found = Candidate.objects.filter(nomination__contest=contest, origin=Origin.APPLICATION, score__in=mine)
    return list(found.select_related("nomination", *(f"score__{name}" for name in RELATED)).order_by("-applied_at"))
