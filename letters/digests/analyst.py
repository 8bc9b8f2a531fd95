"""The week of a region's collection, for its analyst: what broke, what waits for a decision, how much was read."""

import datetime as dt

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appeals.models import Appeal, AppealState
from gospub import clock
from gospub.accounts.models import User
from letters.links import absolute
from monitoring.dashboards.filters import StateChoice
from monitoring.dashboards.queries.troubles import stoppages, troubles
from monitoring.dashboards.showing import GONE, STALE
from monitoring.models import (
    Dimension,
    EvidenceCard,
    EvidenceDecision,
    GroupDay,
    Institution,
    Page,
    PageStatus,
    Region,
    Slot,
    SlotReason,
    SlotStatus,
    Suspect,
    SuspectState,
)
from monitoring.models.measures import GONE_REASONS
from monitoring.rollups.sums import NOT_EXCUSED
from monitoring.templatetags.figures import number, share, short_day

from .happened import GRAVE, events, line
from .parts import MOST_EVENTS, Digest, Figure, Line, Part, shortened
from .weeks import DAYS, days_of


def write(user: User, region: Region, week: dt.date, now: dt.datetime) -> Digest:
    """Every week: a letter that does not come would be taken for one that all is well."""
    yesterday = clock.local_day(now, region.time_zone) - dt.timedelta(days=1)
    screen = Line(_("collection of the region"), absolute("collection_status", region.code))
    broken = [*_troubles(region, yesterday, now, screen), *_failed(region, yesterday), *_stale(region, yesterday)]
    waiting = [*_suspects(region), *_evidence(region), *_appeals(region)]
    grave = [event for event in events(Institution.objects.filter(region=region), week) if event.kind in GRAVE]
    well = _("All is well: nothing is broken and nothing waits for you.")
    return Digest(
        subject=_("Collection in the week from %(first)s to %(last)s")
        % {"first": f"{week:%d.%m}", "last": short_day(week + dt.timedelta(days=DAYS - 1))},
        lead=f"{region}. {well}" if not (broken or waiting) else str(region),
        figures=[_collected(region, yesterday), *_week_figures(region, week)],
        screen=screen,
        parts=[
            Part(_("What broke"), shortened(broken, screen)),
            Part(_("What waits for a decision"), waiting),
            Part(_("What happened"), [line(event) for event in grave[:MOST_EVENTS]]),
        ],
    )


# --- figures ----------------------------------------------------------------------------------------------------------


def _read(region: Region, days: list[dt.date]) -> tuple[int, int]:
    """Readings that came in, and those that were owed by pages that existed."""
    owed = Slot.objects.filter(day__in=days, page__institution__region=region).exclude(reason__in=GONE_REASONS)
    return tuple(owed.aggregate(read=Count("pk", filter=Q(status=SlotStatus.OK)), owed=Count("pk")).values())


def _collected(region: Region, yesterday: dt.date) -> Figure:
    now, before = (_read(region, [day]) for day in (yesterday, yesterday - dt.timedelta(days=DAYS)))
    return Figure(_("Collected yesterday"), _of(*now), _("a week before: %(collected)s") % {"collected": _of(*before)})


def _of(read: int, owed: int) -> str:
    if not owed:
        return _("no data")
    return _("%(measured)s of %(pages)s") % {"measured": number(read), "pages": number(owed)}


def _week_figures(region: Region, week: dt.date) -> list[Figure]:
    """Seven days against the seven before."""
    spans = [days_of(monday) for monday in (week, week - dt.timedelta(days=DAYS))]
    shares = [read / owed if owed else None for read, owed in (_read(region, days) for days in spans)]
    posts = [_posts(region, days) for days in spans]
    return [
        Figure(
            _("Data of the week"),
            share(shares[0]),
            _("of the readings that were owed; the week before: %(share)s") % {"share": share(shares[1])},
        ),
        Figure(_("Posts of the week"), number(posts[0]), _("the week before: %(posts)s") % {"posts": number(posts[1])}),
    ]


def _posts(region: Region, days: list[dt.date]) -> int | None:
    """None unless every day was collected: seven days are not compared with three."""
    rows = GroupDay.objects.filter(region=region, dimension=Dimension.ALL, key="", day__in=days)
    sums = rows.aggregate(days=Count("pk"), posts=Sum("posts"))
    return sums["posts"] if sums["days"] == len(days) else None


# --- what broke -------------------------------------------------------------------------------------------------------


def _troubles(region: Region, day: dt.date, now: dt.datetime, screen: Line) -> list[Line]:
    """What the collection's screen says of that day: stoppages of networks, tokens at rest, pages put aside."""
    found = troubles(region, day, now, stoppages(clock.running(now)))
    return [Line(f"{trouble.text} {trouble.advice}".strip(), screen.url) for trouble in found]


def _failed(region: Region, day: dt.date) -> list[Line]:
    """Pages that show their figures and were not read that day, by reason."""
    reasons = (
        Slot.objects.filter(day=day, page__institution__region=region, status=SlotStatus.FAILED)
        .exclude(reason__in=(*NOT_EXCUSED, SlotReason.QUARANTINE))  # those put aside are among the troubles
        .values_list("reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason")
    )
    found = []
    for reason, count in reasons:
        text = ngettext(
            "%(count)s page was not read on %(day)s: %(reason)s.",
            "%(count)s pages were not read on %(day)s: %(reason)s.",
            count,
        )
        fields = {"count": number(count), "day": short_day(day), "reason": SlotReason(reason).label}
        found.append(Line(text % fields, absolute("pages", region.code, state=StateChoice.FAILED.value)))
    return found


def _stale(region: Region, day: dt.date) -> list[Line]:
    """Pages that show their figures, should have been read since, and have no number of the last days."""
    limit = day - STALE
    pages = Page.objects.watched().filter(institution__region=region, added_on__lt=limit)
    pages = pages.exclude(status__in=(*GONE, PageStatus.CLOSED))
    count = pages.filter(Q(state=None) | Q(state__measured_on=None) | Q(state__measured_on__lt=limit)).count()
    if not count:
        return []
    text = ngettext(
        "%(count)s page has no number newer than %(day)s.", "%(count)s pages have no number newer than %(day)s.", count
    )
    fields = {"count": number(count), "day": short_day(limit)}
    return [Line(text % fields, absolute("pages", region.code, state=StateChoice.EXISTING.value))]


# --- what waits -------------------------------------------------------------------------------------------------------


def _suspects(region: Region) -> list[Line]:
    rows = Suspect.objects.filter(page__institution__region=region, state=SuspectState.OPEN)
    count, since = rows.aggregate(count=Count("pk"), since=Min("day")).values()
    if not count:
        return []
    text = ngettext("%(count)s doubtful number, of %(day)s", "%(count)s doubtful numbers, the oldest of %(day)s", count)
    fields = {"count": number(count), "day": short_day(since)}
    return [Line(text % fields, absolute("suspects", region.code, state=SuspectState.OPEN.value))]


def _evidence(region: Region) -> list[Line]:
    cards = EvidenceCard.objects.open().filter(page__institution__region=region)
    explained = Count("pk", filter=~Q(explanation=""))
    count, since, answered = cards.aggregate(count=Count("pk"), since=Min("first_day"), answered=explained).values()
    if not count:
        return []
    text = ngettext("%(count)s sign of gaming, of %(day)s", "%(count)s signs of gaming, the oldest of %(day)s", count)
    text %= {"count": number(count), "day": short_day(since)}
    if answered:
        text += "; " + _("explained by the admin: %(count)s") % {"count": number(answered)}
    return [Line(text, absolute("evidence", region.code, decision=EvidenceDecision.OPEN.value))]


def _appeals(region: Region) -> list[Line]:
    rows = Appeal.objects.open().filter(institution__region=region)
    count, since = rows.aggregate(count=Count("pk"), since=Min("filed_at")).values()
    if not count:
        return []
    text = ngettext("%(count)s appeal, of %(day)s", "%(count)s appeals, the oldest of %(day)s", count)
    fields = {"count": number(count), "day": short_day(clock.local_day(since, region.time_zone))}
    address = absolute("appeals", region.code, state=AppealState.FILED.value, sort="filed")
    return [Line(text % fields, address)]
