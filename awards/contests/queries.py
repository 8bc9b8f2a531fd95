"""What the screens of contests show."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from awards.models import AwardList, Candidate, Contest, Criterion, JuryMark, Nomination, Reason, Stage
from gospub.accounts.models import User
from monitoring.dashboards.tables import Column
from monitoring.models import Region
from ratings.award_rules import AwardRules
from ratings.award_words import order_words
from ratings.names import RELATED
from ratings.rules import Rules, Subject

from .opening import nomination_rule, rules_of
from .scoring import Judgement
from .stages import judgements

COLUMNS = (
    Column("year", _("Year"), "year", numeric=True),
    Column("title", _("Contest"), "title"),
    Column("rating", _("By the rating"), "rating__methodology__name"),
    Column("stage", _("Stage"), "stage"),
    Column("candidates", _("Candidates"), "candidates", numeric=True),
)
SORT = "-year"
CANDIDATES = ("institution", *(f"score__{name}" for name in RELATED))


def contests_of(region: Region, user: User) -> QuerySet[Contest]:
    """The region's contests that the user may see, with the number of candidates on the long list."""
    found = Contest.objects.visible_to(user).filter(region=region).select_related("rating__methodology")
    return found.annotate(candidates=Count("nominations__candidates"))


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the contest's way. tone: done, here or ahead."""

    label: str
    tone: str


def steps(contest: Contest) -> list[Step]:
    """The stages that take place, in order."""
    here = contest.stages.index(contest.stage)
    tones = ["done" if n < here else "here" if n == here else "ahead" for n in range(len(contest.stages))]
    return [Step(Stage(code).label, tone) for code, tone in zip(contest.stages, tones, strict=True)]


@dataclass(frozen=True, slots=True)
class NominationRow:
    """Numbers of a nomination: on the long list, still in, and with a place."""

    nomination: Nomination
    every: int
    left: int
    winners: int


def nominations(contest: Contest) -> list[NominationRow]:
    rows = contest.nominations.annotate(
        every=Count("candidates"),
        left=Count("candidates", filter=Q(candidates__left_at="")),
        winners=Count("candidates", filter=Q(candidates__place=1)),
    )
    return [NominationRow(each, each.every, each.left, each.winners) for each in rows.order_by("position", "name")]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    candidate: Candidate
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class NominationView:
    """order: what the nomination is ordered by, in words."""

    rows: list[CandidateRow]
    out: list[Candidate]
    criteria: list[Criterion]
    experts: list[str]
    order: str


MOST_OUT = 200


def _order(nomination: Nomination, awards: AwardRules, rules: Rules) -> str:
    return order_words(nomination_rule(nomination, awards).order, rules)


def nomination_view(nomination: Nomination) -> NominationView:
    """Who is in, by place or value, and who is out (the first 200 of them)."""
    contest = nomination.contest
    candidates = nomination.candidates.select_related(*CANDIDATES)
    inside = list(candidates.filter(left_at="").order_by("place", "-value", "pk"))
    judged = judgements(contest, inside) if Stage.JURY in contest.stages else {}
    marks = JuryMark.objects.filter(candidate__nomination=nomination)
    return NominationView(
        [CandidateRow(each, judged.get(each.pk)) for each in inside],
        list(candidates.exclude(left_at="").order_by("-value", "pk")[:MOST_OUT]),
        list(contest.criteria.all()),
        list(marks.order_by("expert").values_list("expert", flat=True).distinct()),
        _order(nomination, *rules_of(contest)),
    )


def marks_of(nomination: Nomination, expert: str) -> dict[tuple[int, int], str]:
    """{(candidate, criterion): mark} that the expert gave."""
    rows = JuryMark.objects.filter(candidate__nomination=nomination, expert=expert)
    return {(candidate, criterion): f"{mark:g}" for candidate, criterion, mark in
            rows.values_list("candidate", "criterion", "mark")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Protocol:
    """One nomination's part of the protocol. left: {stage: candidates that left at it}; lists: how many stayed after
    each stage."""

    nomination: Nomination
    order: str
    every: int
    placed: list[CandidateRow]
    left: list[tuple[str, int]]
    reasons: list[tuple[str, int]]


def protocol(contest: Contest) -> list[Protocol]:
    """What happened in each nomination, by stages, with marks, votes and places."""
    rules = rules_of(contest)
    inside = Candidate.objects.filter(left_at="").select_related(*CANDIDATES).order_by("place", "-points", "pk")
    found = list(contest.nominations.prefetch_related(Prefetch("candidates", inside, to_attr="inside")))
    judged = judgements(contest, [each for one in found for each in one.inside]) if Stage.JURY in contest.stages else {}
    left: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    gone = Candidate.objects.filter(nomination__contest=contest).exclude(left_at="")
    for row in gone.values("nomination", "left_at", "reason").annotate(count=Count("pk")):
        left[row["nomination"]][row["left_at"], row["reason"]] = row["count"]
    return [_part(contest, each, judged, left[each.pk], _order(each, *rules)) for each in found]


def _part(contest: Contest, nomination: Nomination, judged: dict, left: dict, order: str) -> Protocol:
    present = len(nomination.inside) + sum(left.values())
    every, remain = present, []
    for stage in contest.stages:
        gone = sum(count for (at, _reason), count in left.items() if at == stage)
        present -= gone
        if gone:
            remain.append((str(Stage(stage).label), present))
    rows = [CandidateRow(each, judged.get(each.pk)) for each in nomination.inside]
    reasons = sorted(((str(Reason(reason).label), count) for (_at, reason), count in left.items()), key=_count)
    return Protocol(nomination, order, every, rows, remain, reasons)


def _count(row: tuple[str, int]) -> int:
    return -row[1]


def lists_of(contest: Contest, user: User) -> list[AwardList]:
    """Award lists of the contest that the user may see, the latest first."""
    return list(AwardList.objects.visible_to(user).filter(contest=contest).select_related("signed_by"))


def gives_marks(contest: Contest) -> bool:
    """Whether its rules give quality marks, and its rating is one of pages."""
    awards, rules = rules_of(contest)
    return awards.mark is not None and rules.subject == Subject.PAGE
