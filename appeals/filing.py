"""Writing an appeal: a draft that stays, sent once, withdrawn at will."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import Institution, Stewardship
from ratings.lifecycle import editions
from ratings.models import Score

from . import evidence
from .claims import Contested
from .evidence import Checked
from .models import Appeal, AppealState
from .term import window

# An institution has a handful of values in a rating; who contests more at once is asked to wait for the answers.
MOST_OPEN = 10
# Drafts of one user, with their files.
MOST_DRAFTS = 10
KEPT = dt.timedelta(days=30)


class FilingError(Exception):
    """Why the appeal is not taken, in words for the one who sends it."""


class NoneTakenError(FilingError):
    """No appeal is taken against this rating, or no longer."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is in the form. removed: keys of the draft's files that are to go."""

    wanted: str = ""
    day: dt.date | None = None
    post: str = ""
    text: str = ""
    files: list[Checked] = field(default_factory=list)
    removed: frozenset[int] = frozenset()


def own_institution(score: Score, user: User) -> Institution | None:
    """The user's own institution that this score concerns; None where none does."""
    own = user.rights.institutions
    if score.person_id:
        over = Q(until=None) | Q(until__gte=score.rating.first)
        run = Stewardship.objects.filter(over, person=score.person_id, since__lte=score.rating.last)
        keys = set(run.values_list("page__institution", flat=True))
    else:
        keys = {score.page.institution_id if score.page else score.institution_id}
    return Institution.objects.filter(pk__in=own & keys).order_by("pk").first()


def draft_of(claim: Contested, user: User) -> Appeal | None:
    """What the user has written so far."""
    return Appeal.objects.filter(
        author=user, score=claim.score, item=claim.measure.code, state=AppealState.DRAFT
    ).first()


def keep(
    claim: Contested, written: Written, *, institution: Institution, key: uuid.UUID, user: User, now: dt.datetime
) -> Appeal | None:
    """Keep what is written as the user's draft; None where it was sent already. Raises FilingError."""
    with transaction.atomic():
        _alone(institution)
        return _kept(claim, written, institution=institution, key=key, user=user, now=now)


def hand_in(
    claim: Contested, written: Written, *, institution: Institution, key: uuid.UUID, user: User, now: dt.datetime
) -> Appeal:
    """Send the appeal; what was sent with this key before is given back as it is. Raises FilingError."""
    with transaction.atomic():
        _alone(institution)
        appeal = _kept(claim, written, institution=institution, key=key, user=user, now=now)
        if appeal is None:
            return Appeal.objects.get(key=key)
        _refuse_too_much(appeal, claim)
        appeal.key, appeal.state, appeal.filed_at = key, AppealState.FILED, now
        appeal.until = window(claim.rating, now).until
        appeal.save()
        after = {
            "score": claim.score.pk,
            "item": appeal.item,
            "wanted": appeal.wanted,
            "files": appeal.evidence.count(),
        }
        audit.record(user, "appeal.file", f"appeal {appeal.pk}", before={}, after=after, now=now,
                     region=institution.region_id)  # fmt: skip
    return appeal


def _alone(institution: Institution) -> None:
    """One at a time for an institution: two clicks are two requests at once."""
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)


def _kept(
    claim: Contested, written: Written, *, institution: Institution, key: uuid.UUID, user: User, now: dt.datetime
) -> Appeal | None:
    known = Appeal.objects.filter(key=key).first()
    if known and known.author_id == user.pk and known.state != AppealState.DRAFT:
        return None
    if known and (known.author_id, known.score_id, known.item) != (user.pk, claim.score.pk, claim.measure.code):
        raise FilingError(_("This form belongs to another appeal: open it anew."))
    found = window(claim.rating, now)
    if not found.open:
        raise NoneTakenError(found.refusal)
    appeal = draft_of(claim, user)
    if appeal is None:
        if Appeal.objects.filter(author=user, state=AppealState.DRAFT).count() >= MOST_DRAFTS:
            raise FilingError(_("You have too many unfinished appeals: send or discard some of them first."))
        appeal = Appeal(
            score=claim.score, institution=institution, item=claim.measure.code, indicator=claim.measure.indicator
        )
        appeal.author, appeal.key = user, key
    appeal.wanted, appeal.day, appeal.post, appeal.text = written.wanted, written.day, written.post, written.text
    appeal.changed_at = now
    appeal.save()
    evidence.drop(list(appeal.evidence.filter(pk__in=written.removed)))
    evidence.attach(appeal, written.files, now)
    return appeal


def _refuse_too_much(appeal: Appeal, claim: Contested) -> None:
    """One open appeal against a value, also over editions; so many of an institution."""
    same = Appeal.objects.open().filter(
        item=appeal.item, score__key=claim.score.key, score__rating__in=editions(claim.rating).order_by()
    )
    if same.exists():
        raise FilingError(_("An appeal against this value waits for a decision already."))
    if Appeal.objects.open().filter(institution=appeal.institution_id).count() >= MOST_OPEN:
        raise FilingError(
            _("%d appeals of your institution wait for a decision: the next one is taken after an answer.") % MOST_OPEN
        )


def may_withdraw(appeal: Appeal, user: User) -> bool:
    """Admins of the institution, as long as nobody has decided; a draft is its author's."""
    if appeal.state == AppealState.DRAFT:
        return appeal.author_id == user.pk
    return appeal.waits and appeal.institution_id in user.rights.institutions


def withdraw(appeal: Appeal, *, user: User, now: dt.datetime) -> None:
    """Take the appeal back, with its files; a draft is gone. Raises FilingError where somebody was quicker."""
    with transaction.atomic():
        if appeal.state == AppealState.DRAFT:
            evidence.drop(list(appeal.evidence.all()))
            Appeal.objects.filter(pk=appeal.pk, state=AppealState.DRAFT).delete()
            return
        mine = Appeal.objects.open().filter(pk=appeal.pk)
        if not mine.update(state=AppealState.WITHDRAWN, changed_at=now):
            raise FilingError(_("The appeal does not wait for a decision any more."))
        evidence.drop(list(appeal.evidence.all()))
        audit.record(user, "appeal.withdraw", f"appeal {appeal.pk}", before={"state": AppealState.FILED.value},
                     after={"state": AppealState.WITHDRAWN.value}, now=now,
                     region=appeal.institution.region_id)  # fmt: skip


def forget(now: dt.datetime) -> int:
    """Delete drafts that nobody has touched for 30 days, with their files; returns how many."""
    old = list(Appeal.objects.filter(state=AppealState.DRAFT, changed_at__lt=now - KEPT).prefetch_related("evidence"))
    with transaction.atomic():
        for draft in old:
            evidence.drop(list(draft.evidence.all()))
        Appeal.objects.filter(pk__in=[draft.pk for draft in old], state=AppealState.DRAFT).delete()
    return len(old)
