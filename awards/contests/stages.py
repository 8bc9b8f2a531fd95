"""From stage to stage: who stays in, who is out and why, and the final places.

Each stage is performed when it is left; whoever is out keeps the stage and the reason, so that the protocol can tell.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import Award, Candidate, Contest, ContestState, JuryMark, Reason, Stage
from gospub.accounts import audit
from gospub.accounts.models import User
from gospub.clock import local_day
from ratings.award_rules import POINTS, AwardRules, PastWinners
from ratings.models import ScoreStatus

from .opening import BATCH, BEST_OF_BEST, ContestError, nomination_rule, rules_of
from .scoring import Judgement, dense_places, final_points, judge, share_of_best, within

WITHOUT_PLACE = {
    ScoreStatus.GATE: Reason.GATE,
    ScoreStatus.THIN: Reason.THIN,
    ScoreStatus.NOTHING: Reason.NOTHING,
}


def advance(contest: Contest, *, user: User, now: dt.datetime) -> Contest:
    """Perform the stage that `contest` was seen in and go on to the next; of two people at once one succeeds.

    Raises ContestError where the stage is not done yet, or somebody was quicker.
    """
    with transaction.atomic():
        locked = _locked(contest)
        following = locked.stages[locked.stages.index(locked.stage) + 1 :]
        if not following:
            raise ContestError(_("The contest is at its last stage."))
        PERFORM[Stage(locked.stage)](locked, local_day(now, locked.region.time_zone))
        return _moved(locked, following[0], "contest.advance", user, now)


def go_back(contest: Contest, *, user: User, now: dt.datetime) -> Contest:
    """To the stage before: those whom it put out are in again. Raises ContestError."""
    with transaction.atomic():
        locked = _locked(contest)
        before = locked.stages[: locked.stages.index(locked.stage)]
        if not before:
            raise ContestError(_("The contest is at its first stage."))
        if locked.lists.exists():
            raise ContestError(_("There is a draft of the award list: discard it first."))
        here = Candidate.objects.filter(nomination__contest=locked)
        if before[-1] == Stage.LONG_LIST:
            here.filter(nomination__rule=BEST_OF_BEST).delete()  # made when the long list was closed
        here.filter(left_at=before[-1]).update(left_at="", reason="")
        here.update(points=None, place=None)
        return _moved(locked, before[-1], "contest.back", user, now)


def _locked(contest: Contest) -> Contest:
    seen = contest.stage
    locked = (
        Contest.objects.select_for_update(of=("self",))
        .select_related("region", "rating__methodology", "rating__region")
        .get(pk=contest.pk)
    )
    if locked.stage != seen:
        raise ContestError(_("Somebody has led the contest to another stage meanwhile: look at it again."))
    if locked.state != ContestState.RUNNING:
        raise ContestError(_("The award list is signed off: the contest is not changed any more."))
    return locked


def _moved(contest: Contest, stage: str, action: str, user: User, now: dt.datetime) -> Contest:
    before, contest.stage = contest.stage, stage
    contest.save(update_fields=["stage"])
    audit.record(user, action, f"contest {contest.pk}", before={"stage": before}, after={"stage": str(stage)}, now=now,
                 region=contest.region_id)  # fmt: skip
    return contest


def still_in(contest: Contest) -> list[Candidate]:
    """Those who are in, by nomination, the best first."""
    found = Candidate.objects.filter(nomination__contest=contest, left_at="")
    return list(found.select_related("nomination", "score").order_by("nomination", "-value", "pk"))


def _out(candidates: Iterable[Candidate], stage: Stage, reason: Reason) -> None:
    keys = [each.pk for each in candidates]
    for start in range(0, len(keys), BATCH):
        Candidate.objects.filter(pk__in=keys[start : start + BATCH]).update(left_at=stage, reason=reason)


def _by_nomination(candidates: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    found: dict[int, list[Candidate]] = defaultdict(list)
    for each in candidates:
        found[each.nomination_id].append(each)
    return found


# --- the stages -------------------------------------------------------------------------------------------------------


def _long_list(contest: Contest, today: dt.date) -> None:
    """Closes the long list: without a value nobody can be compared, and past winners go as the rules say."""
    if contest.by_application and today <= contest.applications_until:
        raise ContestError(_("Applications are taken until %s.") % f"{contest.applications_until:%d.%m.%Y}")
    found = still_in(contest)
    if not found:
        raise ContestError(_("Nobody is on the long list."))
    _out([each for each in found if each.value is None], Stage.LONG_LIST, Reason.NO_DATA)
    awards, _rules = rules_of(contest)
    if awards.past_winners != PastWinners.ALLOWED:
        _past_winners(contest, [each for each in found if each.value is not None], awards)


def _past_winners(contest: Contest, found: list[Candidate], awards: AwardRules) -> None:
    """Winners of the years before are barred, or compete among themselves."""
    won = past_winners(contest, awards.past_years)
    winners = [each for each in found if each.nomination.rule != BEST_OF_BEST and identity(each) & won]
    if awards.past_winners == PastWinners.BARRED:
        _out(winners, Stage.LONG_LIST, Reason.WON_BEFORE)
        return
    _out(winners, Stage.LONG_LIST, Reason.BEST_OF_BEST)
    best = contest.nominations.get(rule=BEST_OF_BEST)
    once = {each.score_id: each for each in winners}
    Candidate.objects.bulk_create(
        [
            Candidate(
                nomination=best,
                score=each.score,
                page_id=each.page_id,
                institution_id=each.institution_id,
                person_id=each.person_id,
                origin=each.origin,
                value=each.score.exact,
            )
            for each in once.values()
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def past_winners(contest: Contest, years: int) -> set[tuple[str, int]]:
    """Who won in the region's contests of so many years before, as pairs of what they are and their key."""
    years_before = (contest.year - years, contest.year - 1)
    won = Award.objects.signed().filter(
        list__contest__region=contest.region_id, list__contest__year__range=years_before
    )
    rows = won.values_list("person", "page", "institution")
    return {who(*row) for row in rows}


def who(person: int | None, page: int | None, institution: int | None) -> tuple[str, int]:
    """A person is the same person on any page; else the page is the same page."""
    for name, key in (("person", person), ("page", page), ("institution", institution)):
        if key:
            return name, key
    return "", 0


def identity(each: Candidate | Award) -> set[tuple[str, int]]:
    """As a set, empty where nothing is known."""
    return {who(each.person_id, each.page_id, each.institution_id)} - {("", 0)}


def _gate(contest: Contest, today: dt.date) -> None:
    """Out are those without a place in the rating: they do not meet what every participant must, or have too few
    data."""
    found = still_in(contest)
    for status, reason in WITHOUT_PLACE.items():
        _out([each for each in found if each.score.status == status], Stage.GATE, reason)


def _short_list(contest: Contest, today: dt.date) -> None:
    """The quota of each nomination; the largest get more."""
    awards, _rules = rules_of(contest)
    below, doubles = [], []
    for candidates in _by_nomination(still_in(contest)).values():
        first, again = once_each(candidates)
        doubles += again
        below += first[within([each.value for each in first], awards.short_list) :]
    _out(doubles, Stage.SHORT_LIST, Reason.TWICE)
    _out(below, Stage.SHORT_LIST, Reason.BELOW)


def once_each(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those of a nomination, the best first, each person once; and those in which the same person stands again."""
    seen: set[int] = set()
    first, again = [], []
    for each in candidates:
        (again if each.person_id in seen else first).append(each)
        if each.person_id:
            seen.add(each.person_id)
    return first, again


def _jury(contest: Contest, today: dt.date) -> None:
    """Every candidate needs two experts on every criterion."""
    short = [each for each in judgements(contest, still_in(contest)).values() if each.short]
    if short:
        text = ngettext(
            "%(count)d candidate lacks marks: each criterion needs two experts.",
            "%(count)d candidates lack marks: each criterion needs two experts.",
            len(short),
        )
        raise ContestError(text % {"count": len(short)})


def judgements(contest: Contest, candidates: Iterable[Candidate]) -> dict[int, Judgement]:
    """{candidate: what the jury says}."""
    candidates = list(candidates)
    marks: dict[int, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    rows = JuryMark.objects.filter(candidate__nomination__contest=contest)
    for candidate, criterion, expert, mark in rows.values_list("candidate", "criterion", "expert", "mark"):
        marks[candidate][criterion][expert] = float(mark)
    criteria = {each.pk: (each.best, each.weight) for each in contest.criteria.all()}
    return {each.pk: judge(marks[each.pk], criteria) for each in candidates}


def _vote(contest: Contest, today: dt.date) -> None:
    """Every candidate needs a number of votes, 0 as well, and its source."""
    missing = sum(each.votes is None for each in still_in(contest))
    if missing:
        text = ngettext("%(count)d candidate has no votes yet.", "%(count)d candidates have no votes yet.", missing)
        raise ContestError(text % {"count": missing} + " " + _("Nobody voted is 0, not an empty field."))


def _places(contest: Contest, today: dt.date) -> None:
    """Final points and places of every nomination.

    The parts: the rating (its points as they are; what is ordered by something else in % of the best one of the
    nomination), the jury (mean in % of the best marks), the vote (in % of the most votes). Where the rating is the only
    part its value is taken as it is.
    """
    awards, _rules = rules_of(contest)
    judged = judgements(contest, still_in(contest)) if Stage.JURY in contest.stages else {}
    doubles, placed = [], []
    for candidates in _by_nomination(still_in(contest)).values():
        parts = {"rating": [each.value for each in candidates]}
        if judged:
            parts["jury"] = [judged[each.pk].points for each in candidates]
        if Stage.VOTE in contest.stages:
            parts["vote"] = share_of_best([each.votes for each in candidates])
        if len(parts) > 1 and nomination_rule(candidates[0].nomination, awards).order != POINTS:
            parts["rating"] = share_of_best(parts["rating"])
        for each, points in zip(candidates, final_points(parts, contest.weights), strict=True):
            each.points = points
        first, again = once_each(sorted(candidates, key=lambda each: (-each.points, each.pk)))
        for each, place in zip(first, dense_places(each.points for each in first), strict=True):
            each.place = place
        doubles += again
        placed += first
    Candidate.objects.bulk_update(placed, ["points", "place"], batch_size=BATCH)
    _out(doubles, Stage.PLACES, Reason.TWICE)


PERFORM: dict[Stage, Callable[[Contest, dt.date], None]] = {
    Stage.LONG_LIST: _long_list,
    Stage.GATE: _gate,
    Stage.SHORT_LIST: _short_list,
    Stage.JURY: _jury,
    Stage.VOTE: _vote,
    Stage.PLACES: _places,
}
