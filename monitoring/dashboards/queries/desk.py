"""The analyst's desk: what waits in a region, how much of it and since when, counted by one query."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, F, Min, OuterRef, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import Invitation, User
from gospub.accounts.queries import may_invite
from gospub.clock import local_day
from monitoring.dashboards.filters import StateChoice
from monitoring.dashboards.showing import GONE, stale_pages, unread_pages
from monitoring.models import EventKind, EvidenceDecision, Page, PageEvent, Region, SuspectState

from . import evidence, gaps, suspects
from .sleeping import asleep

# Events that nobody has to decide on stay on the desk for so many days.
RECENT_DAYS = 7
# An invitation that runs out so soon is worth a reminder.
EXPIRES_SOON = dt.timedelta(days=2)
# What is gone has no state of its own but by an event.
GONE_EVENTS = (EventKind.DELETED, EventKind.BLOCKED, EventKind.NOT_FOUND, EventKind.REPLACED)


class Part(TextChoices):
    """Parts of the desk, in its order."""

    DECIDE = "decide", _("Waits for a decision")
    BROKEN = "broken", _("What broke")
    TERMS = "terms", _("Terms")


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can wait. rows: those of the region at the moment (aware) that the user is shown; day: field or
    annotation with the day since when a row waits, or on which its term ends; moment: the same as a point in time.

    address: name of the list's address, query: how it asks for these rows alone; {recent} stands for the first of the
    last RECENT_DAYS. seen: whether this user can open the list at all.
    """

    code: str
    part: Part
    title: str | Promise
    rows: Callable[[Region, User, dt.datetime], QuerySet]
    address: str
    query: str = ""
    day: str = ""
    moment: str = ""
    advice: str | Promise = ""
    of_region: bool = True
    seen: Callable[[User], bool] = lambda _user: True


@dataclass(frozen=True, slots=True)
class Item:
    """count: how many wait. since: the day of the oldest (or of the nearest term), None = not known; days: from it to
    the present day, below 0 where it lies ahead."""

    part: Part
    title: str | Promise
    count: int
    since: dt.date | None
    days: int | None
    url: str
    advice: str | Promise = ""

    @property
    def ahead(self) -> int:
        """Days that are left; 0 where the day has come."""
        return max(-(self.days or 0), 0)


def _gone(region: Region, _user: User, _now: dt.datetime) -> QuerySet[Page]:
    events = PageEvent.objects.filter(page=OuterRef("pk"), kind__in=GONE_EVENTS).order_by("-day")
    pages = Page.objects.watched().filter(institution__region=region, status__in=GONE)
    return pages.annotate(told=Subquery(events.values("day")[:1]))


def _renamed(region: Region, _user: User, now: dt.datetime) -> QuerySet[PageEvent]:
    first = local_day(now, region.time_zone) - dt.timedelta(days=RECENT_DAYS)
    return PageEvent.objects.filter(page__institution__region=region, kind=EventKind.RENAMED, day__gte=first)


def _unread(region: Region, _user: User, _now: dt.datetime) -> QuerySet[Page]:
    return unread_pages(Page.objects.watched().filter(institution__region=region))


def _stale(region: Region, _user: User, now: dt.datetime) -> QuerySet[Page]:
    return stale_pages(Page.objects.watched().filter(institution__region=region), now)


def _sleeping(region: Region, _user: User, _now: dt.datetime) -> QuerySet[Page]:
    return asleep(Page.objects.filter(institution__region=region), region.time_zone)


def _invitations(region: Region, user: User, now: dt.datetime) -> QuerySet[Invitation]:
    return Invitation.objects.given_by(user).open(now).filter(region=region, expires_at__lte=now + EXPIRES_SOON)


# Apps that build on this one add theirs when they are loaded (AppConfig.ready).
KINDS: list[Kind] = [
    Kind(
        "suspects",
        Part.DECIDE,
        _("Doubtful numbers"),
        lambda region, _user, _now: suspects.waiting(region),
        "suspects",
        f"?state={SuspectState.OPEN}",
        day="day",
        advice=_("Until they are decided, they stay out of totals and ratings."),
    ),
    Kind(
        "evidence",
        Part.DECIDE,
        _("Signs of gaming"),
        lambda region, user, _now: evidence.waiting(region, user),
        "evidence",
        f"?decision={EvidenceDecision.OPEN}",
        moment="found_at",
    ),
    Kind(
        "gone",
        Part.BROKEN,
        _("Pages deleted, blocked, not found or taken over"),
        _gone,
        "pages",
        f"?state={StateChoice.GONE}",
        day="told",
        advice=_("Correct the address in the registry, or take the page out of it."),
    ),
    Kind(
        "unread",
        Part.BROKEN,
        _("Pages that the last reading failed to collect"),
        _unread,
        "pages",
        f"?state={StateChoice.UNREAD}",
        day="state__measured_on",
    ),
    Kind(
        "stale",
        Part.BROKEN,
        _("Pages without a number for over 3 days"),
        _stale,
        "pages",
        f"?state={StateChoice.STALE}",
        day="state__measured_on",
    ),
    Kind(
        "gaps",
        Part.BROKEN,
        _("Days with gaps in the data"),
        lambda region, _user, now: gaps.hardly_collected(region, local_day(now, region.time_zone)),
        "gaps",
        "#days-title",
        day="day",
        advice=_("Excuse what nobody could help; awards need 95 % of the data."),
    ),
    Kind(
        "renamed",
        Part.BROKEN,
        _("Pages renamed in the last 7 days"),
        _renamed,
        "events",
        f"?kind={EventKind.RENAMED}&since={{recent}}",
        day="day",
    ),
    Kind(
        "sleeping",
        Part.BROKEN,
        _("Sleeping pages"),
        _sleeping,
        "sleeping",
        day="quiet_since",
        advice=_("No post for 14 days and more."),
    ),
    Kind(
        "invitations",
        Part.TERMS,
        _("Invitations that expire within 2 days"),
        _invitations,
        "access",
        moment="expires_at",
        of_region=False,
        seen=may_invite,
    ),
]
# What takes more than a count: each gives the items that it has, by queries of its own.
COUNTERS: list[Callable[[Region, User, dt.datetime], Iterable[Item]]] = []


def desk(region: Region, user: User, now: dt.datetime) -> list[tuple[Part, list[Item]]]:
    """What waits at that moment (aware), by part, the oldest first; parts in which nothing waits are left out."""
    items = [*counted(region, user, now), *(item for counter in COUNTERS for item in counter(region, user, now))]
    items.sort(key=lambda item: item.since or dt.date.max)
    parts = [(part, [item for item in items if item.part == part]) for part in Part]
    return [(part, found) for part, found in parts if found]


def counted(region: Region, user: User, now: dt.datetime) -> list[Item]:
    """Items of KINDS, by one query for all of them."""
    kinds = {kind.code: kind for kind in KINDS if kind.seen(user)}
    first, *rest = [_count(kind, region, user, now) for kind in kinds.values()]
    today = local_day(now, region.time_zone)
    return [
        item_of(kinds[code], region, count, since, today)
        for code, count, since in first.union(*rest, all=True)
        if count
    ]


def _count(kind: Kind, region: Region, user: User, now: dt.datetime) -> QuerySet:
    """One row: the kind's code, how many there are, and the first day of them."""
    day = TruncDate(kind.moment, tzinfo=ZoneInfo(region.time_zone)) if kind.moment else F(kind.day)
    found = kind.rows(region, user, now).order_by().values(code=Value(kind.code))
    return found.annotate(count=Count("pk"), since=Min(day, output_field=DateField())).values_list(
        "code", "count", "since"
    )


def item_of(kind: Kind, region: Region, count: int, since: dt.date | None, today: dt.date) -> Item:
    """What stands on the desk of so many rows of the kind."""
    recent = today - dt.timedelta(days=RECENT_DAYS)
    url = reverse(kind.address, args=[region.code] if kind.of_region else []) + kind.query.format(recent=recent)
    days = (today - since).days if since else None
    return Item(kind.part, kind.title, count, since, days, url, kind.advice)
