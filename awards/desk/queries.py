"""What the desk of an institution's admin shows; so many queries however many pages there are."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import Contest, ContestState, Stage
from gospub.accounts.models import User
from gospub.clock import day_bounds, local_day
from monitoring.collection.comments import FRESH
from monitoring.dashboards.filters import GONE
from monitoring.dashboards.queries.checklist import POSTING_NORM, Verdict, requirements
from monitoring.dashboards.queries.pages import PageRow, page_rows, pages_of
from monitoring.models import EvidenceCard, Institution, Page, PageClass, PageProfile, Person, Post
from ratings.explain import Scenario
from ratings.rules import Kind, Rules
from ratings.screens.score import Step, steps
from ratings.screens.standing import Standing, standings


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page of the institution. week: posts since Monday, None = no data; known_to: the moment up to which they are
    known, where that was before today. norm: posts a week, None = does not apply."""

    row: PageRow
    week: int | None
    known_to: dt.datetime | None
    norm: int | None
    met: int
    judged: int

    @property
    def missing(self) -> int:
        """Posts up to the norm of this week; 0 where that is not known."""
        return 0 if self.week is None or self.norm is None else max(0, self.norm - self.week)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do on a page, and what for."""

    page: Page
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Desk:
    """monday: of this week. evidence: signs of gaming that the admin has not explained yet. scores: the newest rating
    first. advised: the score that `steps` would raise. contests: those that take applications."""

    monday: dt.date
    sunday: dt.date
    evidence: list[EvidenceCard]
    tasks: list[Task]
    pages: list[PageLine]
    scores: list[Standing]
    advised: Standing | None
    steps: list[Step]
    contests: list[Contest]


def desk(institution: Institution, user: User, now: dt.datetime) -> Desk:
    """All that the screen shows to the institution's admin at that moment."""
    today = local_day(now, institution.region.time_zone)
    monday = today - dt.timedelta(days=today.weekday())
    scores = _scores(institution, user, today)
    pages, tasks = _pages(institution, user, monday, now, norm_of(scores[0].rules) if scores else POSTING_NORM)
    advised = _advised(scores)
    cards = EvidenceCard.objects.visible_to(user).open().filter(page__institution=institution, explanation="")
    return Desk(
        monday=monday,
        sunday=monday + dt.timedelta(days=6),
        evidence=list(cards.select_related("page").order_by("first_day", "pk")),
        tasks=tasks,
        pages=pages,
        scores=scores,
        advised=advised,
        steps=steps(Scenario(advised.score.rating, advised.score)) if advised else [],
        contests=_contests(institution, user, today),
    )


# --- pages ------------------------------------------------------------------------------------------------------------


def _pages(
    institution: Institution, user: User, monday: dt.date, now: dt.datetime, norm: int
) -> tuple[list[PageLine], list[Task]]:
    """The watched pages, and what is to be done on each."""
    found = pages_of(institution.region, user).filter(institution=institution).order_by("platform", "handle")
    rows = list(page_rows(found))
    keys = [row.page.pk for row in rows]
    today = local_day(now, institution.region.time_zone)
    begun = day_bounds(monday, institution.region.time_zone)[0]
    posts = _posts(keys, begun, now)
    profiles = {
        profile.page_id: profile
        for profile in PageProfile.objects.filter(page__in=keys, since__lte=today).order_by("since")
    }
    lines, tasks = [], []
    for row in rows:
        page, counts = row.page, posts.get(row.page.pk, {})
        checks = [] if page.status in GONE else requirements(page, profiles.get(page.pk))
        lacking = [check for check in checks if check.verdict == Verdict.NO]
        met = sum(check.verdict == Verdict.YES for check in checks)
        since, known_to = page.posts_known_from, page.posts_known_to
        known = bool(since and known_to) and since <= monday and known_to >= begun
        stale = known and local_day(known_to, institution.region.time_zone) < today
        line = PageLine(
            row=row,
            week=counts.get("week", 0) if known else None,
            known_to=known_to if stale else None,
            norm=None if page.page_class == PageClass.CARD else norm,
            met=met,
            judged=met + len(lacking),
        )
        lines.append(line)
        tasks += _posting_tasks(line, counts)
        tasks += [Task(page, check.advice, check.title) for check in lacking]
    return lines, tasks


def _posts(pages: Sequence[int], begun: dt.datetime, now: dt.datetime) -> dict[int, dict[str, int | None]]:
    """By page: posts published since that moment, and comments of people with the answers to them under posts whose
    comments are still read."""
    fresh = now - FRESH
    posts = Post.objects.filter(page__in=pages, published_at__gte=min(begun, fresh), published_at__lte=now)
    counts = posts.values("page").annotate(
        week=Count("pk", filter=Q(published_at__gte=begun)),
        people=Sum("people_comments", filter=Q(published_at__gt=fresh)),
        answered=Sum("answered_comments", filter=Q(published_at__gt=fresh)),
    )
    return {row["page"]: row for row in counts.order_by()}


def _posting_tasks(line: PageLine, counts: dict[str, int | None]) -> list[Task]:
    """Posts up to the norm, and comments without an answer where they are known."""
    tasks = []
    if line.missing:
        text = ngettext("Publish %(count)d more post", "Publish %(count)d more posts", line.missing)
        why = _("%(have)d of %(norm)d this week") % {"have": line.week, "norm": line.norm}
        tasks.append(Task(line.row.page, text % {"count": line.missing}, why))
    waiting = (counts.get("people") or 0) - (counts.get("answered") or 0)
    if waiting > 0:
        text = ngettext("Answer %(count)d comment", "Answer %(count)d comments", waiting) % {"count": waiting}
        tasks.append(Task(line.row.page, text, _("under posts of the last 14 days")))
    return tasks


def norm_of(rules: Rules) -> int:
    """Posts a week that the methodology asks for; where it does not, what the published ones ask for."""
    for item in rules.items:
        if item.measure.indicator in ("posting_norm", "every_week"):
            return dict(item.measure.params)["posts"]
        if item.measure.indicator == "posts_in_week" and item.normaliser.kind in (Kind.STEPS, Kind.TARGET):
            steps = item.normaliser.steps
            return math.ceil(steps[-1].bound if steps else item.normaliser.target)
    return POSTING_NORM


# --- scores -----------------------------------------------------------------------------------------------------------


def _scores(institution: Institution, user: User, day: dt.date) -> list[Standing]:
    """Of the institution, its pages and those who run them."""
    running = Q(stewardships__until=None) | Q(stewardships__until__gte=day)
    people = Person.objects.filter(running, stewardships__page__institution=institution)
    mine = Q(page__institution=institution) | Q(institution=institution) | Q(person__in=people)
    return standings(mine, institution.region, user)


def _advised(scores: Sequence[Standing]) -> Standing | None:
    """Of the newest rating the score with the fewest points: it has the most to win."""
    if not scores:
        return None
    newest = [line for line in scores if line.score.rating_id == scores[0].score.rating_id]
    counted = [line for line in newest if line.score.exact is not None]
    return min(counted, key=lambda line: line.score.exact, default=None)


# --- contests ---------------------------------------------------------------------------------------------------------


def _contests(institution: Institution, user: User, day: dt.date) -> list[Contest]:
    """Contests that take applications, the one that closes first before the others."""
    open_ = Contest.objects.visible_to(user).filter(
        region=institution.region_id,
        by_application=True,
        state=ContestState.RUNNING,
        stage=Stage.LONG_LIST,
        applications_until__gte=day,
    )
    return list(open_.order_by("applications_until", "pk"))
