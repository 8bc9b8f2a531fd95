"""Signing an award list off: from then on it is frozen, and what is corrected is its next edition."""

import datetime as dt
import hashlib
import json

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.contests.opening import BATCH, ContestError
from awards.models import Award, AwardList, AwardState, Contest, ContestState
from awards.notices import tell_of_awards
from gospub.accounts import audit
from gospub.accounts.models import User

SEALED = (
    "nomination__name",
    "page",
    "institution",
    "person",
    "score",
    "title",
    "place",
    "tie",
    "degree",
    "points",
    "state",
    "reason",
)


def may_sign(user: User, region: int) -> bool:
    """Officials of the region, and the operator: analysts prepare, officials sign."""
    return user.rights.operator or region in user.rights.official


def sign(found: AwardList, *, user: User, now: dt.datetime) -> AwardList:
    """Freeze the list; of two officials at once one succeeds. Raises ContestError."""
    with transaction.atomic():
        contest = Contest.objects.select_for_update(of=("self",)).get(pk=found.contest_id)
        locked = AwardList.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
        if locked is None:
            raise ContestError(_("Somebody has discarded this draft meanwhile."))
        if locked.signed_at:
            raise ContestError(_("Somebody has signed the list off meanwhile: it stands as it is."))
        if not locked.awards.given().exists():
            raise ContestError(_("Nobody is awarded by this list."))
        if undecided := locked.awards.filter(state=AwardState.PROPOSED).count():
            text = ngettext(
                "%(count)d proposal waits for a decision.", "%(count)d proposals wait for a decision.", undecided
            )
            raise ContestError(text % {"count": undecided})
        locked.signed_at, locked.signed_by, locked.digest = now, user, digest(locked)
        locked.save()
        contest.state = ContestState.SIGNED
        contest.save(update_fields=["state"])
        audit.record(user, "award_list.sign", f"award_list {locked.pk}", before={},
                     after={"edition": locked.edition, "digest": locked.digest}, now=now,
                     region=contest.region_id)  # fmt: skip
        tell_of_awards(locked, now)
    return locked


def digest(found: AwardList) -> str:
    """sha256 over the list's lines in canonical JSON: the same lines give the same one, whatever their order."""
    rows = sorted(json.dumps(row, ensure_ascii=False, default=str) for row in found.awards.values_list(*SEALED))
    head = json.dumps([found.contest_id, found.edition])
    return hashlib.sha256("\n".join([head, *rows]).encode()).hexdigest()


def next_edition(found: AwardList, *, user: User, now: dt.datetime) -> AwardList:
    """A draft with the lines of the signed list, to be corrected and signed in its turn. Raises ContestError where
    there is a draft already, or a later edition."""
    with transaction.atomic():
        contest = Contest.objects.select_for_update(of=("self",)).get(pk=found.contest_id)
        latest = contest.lists.order_by("-edition").first()
        if latest.pk != found.pk or found.signed_at is None:
            raise ContestError(_("There is a later edition of this list already."))
        draft = AwardList.objects.create(contest=contest, edition=found.edition + 1, proposed_at=now)
        rows = list(found.awards.given().order_by("pk"))
        for each in rows:
            each.pk, each.list, each.instead_of = None, draft, None
        Award.objects.bulk_create(rows, batch_size=BATCH)
        audit.record(user, "award_list.correct", f"award_list {draft.pk}", before={"list": found.pk},
                     after={"edition": draft.edition}, now=now, region=contest.region_id)  # fmt: skip
    return draft
