"""What the rules propose: the winners of each nomination by its quota, ties openly."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from awards.contests.opening import BATCH, ContestError, nomination_rule, rules_of
from awards.contests.scoring import within
from awards.contests.stages import once_each
from awards.models import Award, AwardList, AwardState, Candidate, Contest, Stage
from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.templatetags.figures import share
from ratings.award_rules import NominationRule
from ratings.collected import collected


def propose(contest: Contest, *, user: User, now: dt.datetime) -> AwardList:
    """A draft list by the contest's rules; a draft that nobody has decided on is proposed anew.

    Raises ContestError where there are no places yet, too little of the rating's data was collected, an edition is
    signed off, or an official has decided already.
    """
    with transaction.atomic():
        locked = (
            Contest.objects.select_for_update(of=("self",)).select_related("rating__methodology").get(pk=contest.pk)
        )
        if locked.stage != Stage.PROTOCOL:
            raise ContestError(_("There are no final places yet: lead the contest to its protocol first."))
        if locked.lists.filter(signed_at__isnull=False).exists():
            raise ContestError(_("The list is signed off: a correction is its next edition."))
        _enough_collected(locked)
        draft = locked.lists.filter(signed_at=None).first()
        if draft and draft.awards.exclude(state=AwardState.PROPOSED).exists():
            raise ContestError(_("Officials have decided on this draft: discard it first."))
        if draft:
            draft.delete()
        found = AwardList.objects.create(contest=locked, proposed_at=now)
        Award.objects.bulk_create(_proposals(locked, found), batch_size=BATCH)
        audit.record(user, "award_list.propose", f"award_list {found.pk}", before={},
                     after={"contest": locked.pk, "awards": found.awards.count()}, now=now,
                     region=locked.region_id)  # fmt: skip
    return found


def _enough_collected(contest: Contest) -> None:
    """Raises ContestError, with the share and what is missing, where the data is no ground for awards."""
    least = rules_of(contest)[0].collected
    found = collected(contest.rating)
    if found.share is None or found.share < least:
        text = _(
            "Collected: %(share)s of the readings of the rating's period, an award list needs %(least)s. "
            "Missing readings: %(missing)s. Excuse what nobody could help in the ledger of gaps, or have the rest "
            "collected."
        )
        fields = {"share": found.share_text, "least": share(least), "missing": found.missing_text or _("no data")}
        raise ContestError(text % fields)


def _proposals(contest: Contest, found: AwardList) -> list[Award]:
    awards, rules = rules_of(contest)
    rows = []
    placed = Candidate.objects.filter(left_at="", place__isnull=False).select_related("page", "institution", "score")
    nominations = contest.nominations.annotate(every=Count("candidates"))
    for nomination in nominations.prefetch_related(Prefetch("candidates", placed, to_attr="placed")):
        rule = nomination_rule(nomination, awards)
        won = winners(nomination.placed, nomination.every, rule, rules.ties)
        rows += [award_of(each, found, rule, tie) for each, tie in won]
    return rows


def winners(
    placed: Sequence[Candidate], every: int, rule: NominationRule, ties: Sequence[str] = ()
) -> list[tuple[Candidate, bool]]:
    """(candidate, whether it shares its place) of those with a place whom the nomination's quota takes.

    every: how many were on its long list: by them goes a share, and whether the nomination is large. ties: codes of the
    methodology's items that decide, in order, where the quota cuts through equal points.
    """
    turns = {each.pk: _turn(each, ties) for each in placed}
    by_turn = sorted(placed, key=lambda each: ([-value for value in turns[each.pk]], each.pk))
    first, _again = once_each(sorted(by_turn, key=lambda each: each.place))
    absent = every - len(first)
    values = [each.points for each in first] + [float("-inf")] * absent
    decided = [turns[each.pk] for each in first] + [()] * absent
    count = min(within(values, rule.winners, decided), len(first))
    shared = Counter(each.place for each in first)
    return [(each, shared[each.place] > 1) for each in first[:count]]


def _turn(each: Candidate, ties: Sequence[str]) -> tuple[float, ...]:
    """The 0–100 of the items that decide; who has no value there comes after those who have."""
    items = each.score.items if ties else {}
    return tuple(-1.0 if (normal := (items.get(code) or [None] * 4)[3]) is None else normal for code in ties)


def award_of(
    each: Candidate, found: AwardList, rule: NominationRule, tie: bool, state: AwardState = AwardState.PROPOSED
) -> Award:
    """A line that is not stored yet."""
    return Award(
        list=found,
        nomination_id=each.nomination_id,
        page=each.page,
        institution=each.institution,
        person_id=each.person_id,
        score_id=each.score_id,
        title=title_of(each),
        place=each.place,
        tie=tie,
        degree=rule.degree(each.place) if each.place else 0,
        points=each.points,
        state=state,
    )


def title_of(each: Candidate) -> str:
    """The page's title, or the institution's name: never a person's."""
    if each.page:
        return str(each.page)[:400]
    return each.institution.name[:400] if each.institution else ""


def discard(found: AwardList, *, user: User, now: dt.datetime) -> None:
    """Throw a draft away with all decisions on it. Raises ContestError where it is signed off."""
    with transaction.atomic():
        locked = AwardList.objects.select_for_update(of=("self",)).select_related("contest").get(pk=found.pk)
        if locked.signed_at:
            raise ContestError(_("The list is signed off: a correction is its next edition."))
        audit.record(user, "award_list.discard", f"award_list {locked.pk}", before=told(locked.awards.all()), after={},
                     now=now, region=locked.contest.region_id)  # fmt: skip
        locked.delete()


def told(awards: Iterable[Award]) -> dict[str, object]:
    """Lines as the audit trail has them: keys alone, no names."""
    return {
        str(each.pk): [each.nomination_id, each.page_id, each.institution_id, each.person_id, each.place, each.state]
        for each in awards
    }
