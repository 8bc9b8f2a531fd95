"""Decisions: taken once, with reasons, by somebody else than who filed; what was corrected goes into a new edition."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.accounts.models import User
from gospub.clock import local_day
from letters import outbox
from letters.models import Kind
from monitoring.models import Region
from ratings.computing import compute_by
from ratings.lifecycle import let_pass
from ratings.models import Correction, Rating

from .effect import effect, promise
from .models import Appeal, AppealState
from .standing import edition_in_view, pending

LEAST_ANSWER = 10


class DecisionError(Exception):
    """Why the decision is not taken, in words for the one who decides."""


class AlreadyDecidedError(DecisionError):
    """Somebody was quicker, or the appeal was withdrawn."""


def may_decide(user: User, appeal: Appeal) -> bool:
    """Analysts and officials of the region and the operator, but not who filed it, nor an admin of the institution."""
    return (
        user.rights.rates(appeal.institution.region_id)
        and appeal.author_id != user.pk
        and appeal.institution_id not in user.rights.institutions
    )


def reject(appeal: Appeal, answer: str, *, user: User, link: str, now: dt.datetime) -> None:
    """The value stays. link: address of the appeal, for the letter. Raises DecisionError."""
    with transaction.atomic():
        _settle(appeal, AppealState.REJECTED, answer, user, now)
        _tell(appeal, link, now)
        _record(appeal, "appeal.reject", {}, user, now)


def accept(
    appeal: Appeal, answer: str, entered: Sequence[Correction], *, user: User, link: str, now: dt.datetime
) -> None:
    """The corrections are stored and the next computation of the rating has them; what they do to it is promised to the
    author. Raises DecisionError, NothingToRateError."""
    if not entered:
        raise DecisionError(_("Enter the corrected quantity: as it is, accepting would change nothing."))
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=appeal.institution.region_id)  # as every computation does
        _settle(appeal, AppealState.ACCEPTED, answer, user, now)
        appeal.effect = promise(effect(edition_in_view(appeal.score.rating), appeal.score.key, entered))
        appeal.save(update_fields=["effect"])
        for each in entered:
            each.basis, each.made_at, each.made_by = f"appeal {appeal.pk}", now, user
            each.save()
        appeal.corrections.set(entered)
        _tell(appeal, link, now)
        _record(appeal, "appeal.accept", {"corrections": [each.pk for each in entered]} | appeal.effect, user, now)


def _settle(appeal: Appeal, state: AppealState, answer: str, user: User, now: dt.datetime) -> None:
    """Compare-and-set: of two decisions at once one is taken."""
    answer = answer.strip()
    if len(answer) < LEAST_ANSWER:
        raise DecisionError(_("Write in at least ten characters why: the institution gets it as the answer."))
    fields = {"state": state, "answer": answer, "decided_by": user, "decided_at": now, "changed_at": now}
    if not Appeal.objects.open().filter(pk=appeal.pk).update(**fields):
        raise AlreadyDecidedError(_("Somebody was quicker: the appeal does not wait for a decision any more."))
    for name, value in fields.items():
        setattr(appeal, name, value)


def _tell(appeal: Appeal, link: str, now: dt.datetime) -> None:
    """The answer by mail, once."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Appeal %(number)d: %(state)s") % {"number": appeal.pk, "state": appeal.get_state_display()}
        text = render_to_string("mail/appeal_answer.txt", {"appeal": appeal, "link": link})
    outbox.post(f"appeal {appeal.pk}: answer", Kind.APPEAL_ANSWER, appeal.author, subject=subject, text=text, now=now)


def _record(appeal: Appeal, action: str, after: dict[str, object], user: User, now: dt.datetime) -> None:
    audit.record(user, action, f"appeal {appeal.pk}", before={"state": AppealState.FILED.value},
                 after={"state": str(appeal.state), "answer": appeal.answer} | after, now=now,
                 region=appeal.institution.region_id)  # fmt: skip


def recompute(rating: Rating, *, user: User, now: dt.datetime) -> Rating:
    """The next edition, preliminary at once: over the same days and by the same methodology, with what accepted appeals
    corrected. Raises DecisionError where nothing waits for it, PassageError, NothingToRateError."""
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=rating.region_id)
        edition = edition_in_view(rating)
        waiting = pending(edition)
        if not waiting.exists():
            raise DecisionError(_("Every accepted appeal is in the rating already."))
        numbers = Appeal.objects.filter(corrections__in=waiting).order_by("pk").values_list("pk", flat=True).distinct()
        reason = _("Accepted appeals: %s.") % ", ".join(f"№ {number}" for number in numbers)
        new = compute_by(edition.methodology, edition.region, edition.period, edition.read_to, now=now, by=user)
        let_pass(new, user, reason, now, local_day(now, new.region.time_zone))
    return Rating.objects.get(pk=new.pk)
