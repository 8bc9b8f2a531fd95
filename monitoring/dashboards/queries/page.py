"""The card of one page. Nothing but its own chart reads PageDay."""

import datetime as dt
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from monitoring.collection.comments import FRESH
from monitoring.models import (
    EventKind,
    EvidenceCard,
    Page,
    PageDay,
    PageEvent,
    PageProfile,
    PageState,
    PageStatus,
    PlatformCode,
    Post,
    Slot,
    Stewardship,
    Suspect,
    SuspectState,
)

from .checklist import Check, checklist, met

CHART_DAYS = 2 * 366
LAST_SLOTS = 14
LAST_POSTS = 20
MARKED_EVENTS = 8
LISTED_EVENTS = 30
# By then the counters at 7 days have been read, if ever.
AGED_BY = dt.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post and the address at which a person opens it, "" where the network has none.

    young: too young for counters at 7 days. answer_hours: median time to the page's answers, None without any.
    """

    post: Post
    url: str
    young: bool
    answer_hours: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """Comments of people under the posts that are fresh, how many of them the page has answered, and the median hours
    to the answer, None where there is none."""

    people: int
    answered: int
    hours: float | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day on which the page was owed a reading, or has one; `subscribers` None = no data.

    suspect: the doubtful number that the network gave that day, whatever became of it.
    """

    day: dt.date
    subscribers: int | None
    slot: Slot | None
    suspect: Suspect | None


@dataclass(frozen=True, slots=True)
class PageCard:
    """`latest`: the last day with a measured audience. `met`, `judged`: requirements of the checklist.

    taken_over: the event that another community has the address now. evidence: open signs of gaming, oldest first.
    answers: None where no comments were read.
    """

    page: Page
    state: PageState
    engagement: float | None
    days: list[DayRow]
    latest: PageDay | None
    checks: list[Check]
    met: int
    judged: int
    events: list[PageEvent]
    posts: list[PostRow]
    answers: Answers | None
    slots: list[DayRow]
    stewards: list[Stewardship]
    taken_over: PageEvent | None
    evidence: list[EvidenceCard]

    @property
    def last_slot(self) -> Slot | None:
        """The latest reading that was owed, whatever became of it."""
        return self.slots[0].slot if self.slots else None


def page_card(page: Page, today: dt.date, now: dt.datetime) -> PageCard:
    """All that the card shows; `page` comes with institution, region and state joined."""
    state = getattr(page, "state", None) or PageState(page=page)
    facts = {fact.day: fact for fact in PageDay.objects.filter(page=page, day__in=chart_days(today))}
    slots = {slot.day: slot for slot in Slot.objects.filter(page=page, day__in=chart_days(today))}
    suspects = {suspect.day: suspect for suspect in page.suspects.filter(day__gt=today - dt.timedelta(CHART_DAYS))}
    days = day_rows(facts, slots, suspects)
    events = list(page.events.order_by("-day", "-pk")[:LISTED_EVENTS])
    profile = PageProfile.objects.filter(page=page, since__lte=today).order_by("-since").first()
    checks = checklist(page, profile, state)
    count, judged = met(checks)
    latest_posts = page.posts.order_by("-published_at", "-pk")[:LAST_POSTS]
    running = Q(until=None) | Q(until__gte=today)
    return PageCard(
        page=page,
        state=state,
        engagement=engagement(state),
        days=days,
        latest=next((facts[row.day] for row in days if row.subscribers is not None), None),
        checks=checks,
        met=count,
        judged=judged,
        events=events,
        posts=[post_row(page, post, now) for post in latest_posts],
        answers=answers(page, now),
        slots=[row for row in days if row.slot][:LAST_SLOTS],
        stewards=list(page.stewardships.filter(running).select_related("person").order_by("since")),
        taken_over=taken_over(page, events),
        evidence=list(page.evidence_cards.open().order_by("first_day", "pk")),
    )


def day_rows(
    facts: Mapping[dt.date, PageDay], slots: Mapping[dt.date, Slot], suspects: Mapping[dt.date, Suspect]
) -> list[DayRow]:
    """Newest first. A day of which only posts are known is none: its audience was never asked for."""
    measured = {day: fact.subscribers for day, fact in facts.items() if fact.subscribers is not None}
    return [
        DayRow(day, measured.get(day), slots.get(day), suspects.get(day))
        for day in sorted(measured.keys() | slots.keys() | suspects.keys(), reverse=True)
    ]


def post_row(page: Page, post: Post, now: dt.datetime) -> PostRow:
    hours = statistics.median(post.answer_minutes) / 60 if post.answer_minutes else None
    return PostRow(post, post_url(page, post), now - post.published_at < AGED_BY, hours)


def answers(page: Page, now: dt.datetime) -> Answers | None:
    """Of the posts whose comments are still looked at."""
    read = page.posts.filter(published_at__gt=now - FRESH, people_comments__isnull=False)
    rows = list(read.values_list("people_comments", "answered_comments", "answer_minutes"))
    if not rows:
        return None
    minutes = [each for _people, _answered, times in rows for each in times]
    hours = statistics.median(minutes) / 60 if minutes else None
    return Answers(sum(row[0] for row in rows), sum(row[1] for row in rows), hours)


def taken_over(page: Page, events: list[PageEvent]) -> PageEvent | None:
    """The latest event of that kind, as long as the registry names the same address."""
    if page.status != PageStatus.REPLACED:
        return None
    known = (event for event in events if event.kind == EventKind.REPLACED)
    return next(known, None) or PageEvent(page=page, kind=EventKind.REPLACED)


def engagement(state: PageState) -> float | None:
    """Likes, comments and reposts by a view, for the posts of 30 days; None without views."""
    if not state.views_30 or state.interactions_30 is None:
        return None
    return state.interactions_30 / state.views_30


def chart_days(today: dt.date) -> list[dt.date]:
    """Two years as a list: the key (day, page) is probed day by day, which a range cannot do."""
    return [today - dt.timedelta(days=back) for back in range(CHART_DAYS)]


def chart(card: PageCard) -> dict[str, object]:
    """The line of subscribers with the latest events and the doubtful numbers: what static/js/chart.js draws."""
    doubtful = [row.suspect for row in reversed(card.days) if row.suspect and row.suspect.state == SuspectState.OPEN]
    points = [(row.day.isoformat(), row.subscribers) for row in reversed(card.days)]
    marked = [event for event in card.events if event.kind != EventKind.MILESTONE][:MARKED_EVENTS]
    return {
        "series": [{"key": card.page.platform, "name": card.page.get_platform_display(), "points": points}],
        "events": [{"day": event.day.isoformat(), "text": event.get_kind_display()} for event in marked],
        "doubtful": [(suspect.day.isoformat(), suspect.value) for suspect in doubtful if suspect.value is not None],
    }


def post_url(page: Page, post: Post) -> str:
    """Where a person reads the post."""
    match page.platform:
        case PlatformCode.VK if page.external_id:
            return f"https://vk.com/wall-{page.external_id}_{post.external_id}"
        case PlatformCode.OK if page.external_id:
            return f"https://ok.ru/group/{page.external_id}/topic/{post.external_id}"
        case PlatformCode.TELEGRAM:
            return f"{page.url}/{post.external_id}"
        case _:
            return ""
