"""What an official makes of a draft: confirm, take away, put somebody in, another degree; each with a reason."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from awards.contests.opening import ContestError, nomination_rule, rules_of
from awards.models import Award, AwardList, AwardState, Candidate, Degree
from gospub.accounts import audit
from gospub.accounts.models import User

from .proposing import award_of, told

LEAST_REASON = 10


def confirm(award: Award, *, user: User, now: dt.datetime) -> None:
    """The proposal stands. Raises ContestError where the list is signed off or somebody has decided otherwise."""
    with _deciding(award, user, now, "award.confirm") as mine:
        if mine.state != AwardState.PROPOSED:
            raise ContestError(_("Somebody has decided on this award already."))
        _decide(mine, AwardState.CONFIRMED, "", user, now)


def confirm_all(found: AwardList, *, user: User, now: dt.datetime) -> int:
    """Every proposal that nobody has decided on stands; returns how many. Raises ContestError where the list is signed
    off."""
    with transaction.atomic():
        locked = _locked(found)
        open_ones = locked.awards.filter(state=AwardState.PROPOSED)
        keys = list(open_ones.order_by("pk").values_list("pk", flat=True))
        open_ones.update(state=AwardState.CONFIRMED, decided_by=user, decided_at=now)
        audit.record(user, "award.confirm", f"award_list {locked.pk}", before={}, after={"awards": keys}, now=now,
                     region=locked.contest.region_id)  # fmt: skip
    return len(keys)


def take_away(award: Award, reason: str, *, user: User, now: dt.datetime) -> None:
    """Nobody gets the award; the line stays, with the reason. Raises ContestError."""
    reason = _written(reason)
    with _deciding(award, user, now, "award.take_away") as mine:
        _refuse_removed(mine)
        _decide(mine, AwardState.REMOVED, reason, user, now)


def replace(award: Award, candidate: Candidate, reason: str, *, user: User, now: dt.datetime) -> Award:
    """Another candidate of the nomination gets the award and its degree; the place stays the candidate's own. Raises
    ContestError."""
    reason = _written(reason)
    with _deciding(award, user, now, "award.replace") as mine:
        _refuse_removed(mine)
        if candidate.nomination_id != mine.nomination_id:
            raise ContestError(_("This candidate stands in another nomination."))
        _decide(mine, AwardState.REMOVED, reason, user, now)
        new = _put_in(mine.list, candidate, reason, user, now)
        new.degree, new.instead_of = mine.degree, mine
        _store(new)
    return new


def put_in(found: AwardList, candidate: Candidate, reason: str, *, user: User, now: dt.datetime) -> Award:
    """One award more in the candidate's nomination. Raises ContestError."""
    reason = _written(reason)
    with transaction.atomic():
        locked = _locked(found)
        if candidate.nomination.contest_id != locked.contest_id:
            raise ContestError(_("This candidate stands in another contest."))
        new = _put_in(locked, candidate, reason, user, now)
        _store(new)
        audit.record(user, "award.put_in", f"award_list {locked.pk}", before={}, after=told([new]) | {"reason": reason},
                     now=now, region=locked.contest.region_id)  # fmt: skip
    return new


def change_degree(award: Award, degree: Degree, reason: str, *, user: User, now: dt.datetime) -> None:
    """A diploma of another degree. Raises ContestError."""
    reason = _written(reason)
    with _deciding(award, user, now, "award.degree") as mine:
        _refuse_removed(mine)
        mine.degree = degree
        state = AwardState.ADDED if mine.state == AwardState.ADDED else AwardState.CONFIRMED
        _decide(mine, state, reason, user, now)


def _refuse_removed(award: Award) -> None:
    if award.state == AwardState.REMOVED:
        raise ContestError(_("Somebody has decided on this award already."))


def _written(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise ContestError(_("Write in at least ten characters why."))
    return reason.strip()


def _locked(found: AwardList) -> AwardList:
    locked = AwardList.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.signed_at:
        raise ContestError(_("The list is signed off: a correction is its next edition."))
    return locked


@contextmanager
def _deciding(award: Award, user: User, now: dt.datetime, action: str) -> Iterator[Award]:
    """The award as it is now, its list held; what the block does to it goes into the audit trail."""
    with transaction.atomic():
        locked = _locked(award.list)
        mine = Award.objects.select_related("nomination__contest").get(pk=award.pk, list=locked)
        before = {"state": mine.state, "degree": mine.degree}
        yield mine
        after = {"state": str(mine.state), "degree": int(mine.degree), "reason": mine.reason}
        audit.record(user, action, f"award {mine.pk}", before=before, after=after, now=now,
                     region=mine.nomination.contest.region_id)  # fmt: skip


def _decide(award: Award, state: AwardState, reason: str, user: User, now: dt.datetime) -> None:
    award.state, award.reason, award.decided_by, award.decided_at = state, reason, user, now
    award.save()


def _put_in(found: AwardList, candidate: Candidate, reason: str, user: User, now: dt.datetime) -> Award:
    rule = nomination_rule(candidate.nomination, rules_of(found.contest)[0])
    new = award_of(candidate, found, rule, tie=False, state=AwardState.ADDED)
    new.reason, new.decided_by, new.decided_at = reason, user, now
    return new


def _store(new: Award) -> None:
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        raise ContestError(_("This person or page has an award in the nomination already.")) from error
