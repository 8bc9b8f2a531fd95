"""What people outside the rating say: marks of the jury and votes of the public, entered as they came on paper."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from awards.models import Candidate, ContestState, Criterion, JuryMark, Nomination, Stage
from gospub.accounts import audit
from gospub.accounts.models import User

from .opening import ContestError


class EntryError(Exception):
    """problems: what is wrong, by (candidate, criterion); criterion 0 = the votes."""

    def __init__(self, problems: Mapping[tuple[int, int], str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


def enter_marks(
    nomination: Nomination,
    expert: str,
    given: Mapping[tuple[int, int], str],
    *,
    user: User,
    now: dt.datetime,
) -> int:
    """One expert's marks: {(candidate, criterion): text}; an empty text takes the mark back. Returns how many marks the
    expert has in this nomination now. Raises EntryError (then nothing is kept), ContestError at another stage."""
    criteria = {each.pk: each for each in nomination.contest.criteria.all()}
    marks, problems = {}, {}
    with transaction.atomic():
        candidates = _candidates(nomination, Stage.JURY)
        for (candidate, criterion), text in given.items():
            if candidate not in candidates or criterion not in criteria or not text.strip():
                continue
            try:
                marks[candidate, criterion] = _mark(text, criteria[criterion])
            except ValueError as error:
                problems[candidate, criterion] = str(error)
        if problems:
            raise EntryError(problems)
        mine = JuryMark.objects.filter(candidate__in=candidates, expert=expert)
        before = {f"{c}/{k}": str(mark) for c, k, mark in mine.values_list("candidate", "criterion", "mark")}
        after = {f"{c}/{k}": str(mark) for (c, k), mark in marks.items()}
        mine.delete()
        JuryMark.objects.bulk_create(
            JuryMark(
                candidate_id=candidate,
                criterion_id=criterion,
                expert=expert,
                mark=mark,
                entered_by=user,
                entered_at=now,
            )
            for (candidate, criterion), mark in marks.items()
        )
        audit.record(user, "contest.marks", f"nomination {nomination.pk}", before=before, after=after, now=now,
                     region=nomination.contest.region_id)  # fmt: skip
    return len(marks)


def _mark(text: str, criterion: Criterion) -> Decimal:
    """The mark, the comma of Russian texts too; ValueError says what is wrong with it."""
    try:
        mark = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(_("“%s” is not a number.") % text) from error
    if not mark.is_finite() or not 0 <= mark <= criterion.best:
        raise ValueError(_("A mark lies between 0 and %s.") % criterion.best)
    if mark != mark.quantize(Decimal("0.01")):
        raise ValueError(_("A mark has two digits after the comma at most."))
    return mark


def enter_votes(nomination: Nomination, given: Mapping[int, str], source: str, *, user: User, now: dt.datetime) -> int:
    """{candidate: text} of the popular vote and where the numbers come from; an empty text is no number yet. Returns
    how many candidates have one. Raises EntryError (then nothing is kept), ContestError at another stage."""
    votes: dict[int, int | None] = {}
    problems = {}
    with transaction.atomic():
        candidates = _candidates(nomination, Stage.VOTE)
        for candidate, text in given.items():
            if candidate not in candidates:
                continue
            digits = "".join(text.split())
            if digits and not (digits.isascii() and digits.isdigit() and int(digits) < 10**9):
                problems[candidate, 0] = _("“%s” is not a whole number.") % text
            votes[candidate] = int(digits) if digits and (candidate, 0) not in problems else None
        if problems:
            raise EntryError(problems)
        before = {str(pk): each.votes for pk, each in candidates.items() if pk in votes}
        for pk, number in votes.items():
            candidates[pk].votes, candidates[pk].votes_source = number, source if number is not None else ""
        Candidate.objects.bulk_update([candidates[pk] for pk in votes], ["votes", "votes_source"], batch_size=500)
        audit.record(user, "contest.votes", f"nomination {nomination.pk}", before=before,
                     after={str(pk): number for pk, number in votes.items()} | {"source": source}, now=now,
                     region=nomination.contest.region_id)  # fmt: skip
    return sum(number is not None for number in votes.values())


def _candidates(nomination: Nomination, stage: Stage) -> dict[int, Candidate]:
    """Those still in, held against the next stage; ContestError where the contest is not at that stage."""
    contest = type(nomination.contest).objects.select_for_update().get(pk=nomination.contest_id)
    if contest.stage != stage or contest.state != ContestState.RUNNING:
        raise ContestError(_("The contest is at another stage: this is not entered now."))
    return {each.pk: each for each in nomination.candidates.filter(left_at="")}
