"""Issuing quality marks by a contest's rating, and withdrawing them."""

import calendar
import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from awards.contests.opening import BATCH, ContestError, rules_of
from awards.models import Contest, QualityMark
from awards.notices import tell_of_marks
from gospub.accounts import audit
from gospub.accounts.models import User
from gospub.clock import local_day
from ratings.models import Score, ScoreStatus
from ratings.rules import Subject

# Without letters and digits that are taken for each other in print (0 O, 1 I L, B 8, S 5, Z 2).
ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
LENGTH = 8


def issue(contest: Contest, *, user: User, now: dt.datetime) -> int:
    """A mark for every page that has a place in the contest's rating and reaches the threshold; pages that have one by
    this contest keep it, also a withdrawn one. Returns how many are new. Raises ContestError where the rules give no
    marks, or the rating is not of pages."""
    awards, rules = rules_of(contest)
    if awards.mark is None:
        raise ContestError(_("The award rules of this contest give no quality mark."))
    if rules.subject != Subject.PAGE:
        raise ContestError(_("The quality mark is a page's: the rating of this contest is not one of pages."))
    day = local_day(now, contest.region.time_zone)
    with transaction.atomic():
        Contest.objects.select_for_update(of=("self",)).get(pk=contest.pk)
        worthy = Score.objects.filter(
            rating=contest.rating_id, status=ScoreStatus.RANKED, points__gte=awards.mark.threshold
        ).select_related("page__institution")
        known = set(contest.marks.values_list("page", flat=True))
        new = [score for score in worthy.order_by("pk") if score.page_id not in known]
        codes = _codes(len(new))
        marks = QualityMark.objects.bulk_create(
            (
                QualityMark(
                    contest=contest,
                    page=score.page,
                    score=score,
                    title=str(score.page)[:400],
                    year=contest.year,
                    code=code,
                    issued_on=day,
                    valid_until=_months_on(day, awards.mark.months),
                )
                for score, code in zip(new, codes, strict=True)
            ),
            batch_size=BATCH,
        )
        audit.record(user, "mark.issue", f"contest {contest.pk}", before={}, after={"marks": len(new)}, now=now,
                     region=contest.region_id)  # fmt: skip
        tell_of_marks(contest, marks, now)
    return len(new)


def _codes(count: int) -> list[str]:
    """So many codes that nobody has: eight characters of 25 are 1.5 · 10¹¹, so hardly any is drawn twice."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {_code() for _ in range(count - len(found))}
        found |= drawn - _taken(drawn)
    return list(found)


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _taken(codes: Iterable[str]) -> set[str]:
    return set(QualityMark.objects.filter(code__in=codes).values_list("code", flat=True))


def _months_on(day: dt.date, months: int) -> dt.date:
    """The day before the same date so many months later: a mark of 12 months from 15.01 ends on 14.01."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    end = dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return end - dt.timedelta(days=1)


def withdraw(mark: QualityMark, reason: str, *, user: User, now: dt.datetime) -> None:
    """From `now` on the mark does not count. Raises ContestError without a reason, or where it is withdrawn already."""
    if len(reason.strip()) < 10:
        raise ContestError(_("Write in at least ten characters why."))
    with transaction.atomic():
        fields = {"withdrawn_at": now, "withdrawn_by": user, "reason": reason.strip()}
        if not QualityMark.objects.filter(pk=mark.pk, withdrawn_at=None).update(**fields):
            raise ContestError(_("The mark is withdrawn already."))
        audit.record(user, "mark.withdraw", f"mark {mark.pk}", before={}, after={"reason": reason.strip()}, now=now,
                     region=mark.contest.region_id)  # fmt: skip
