"""What a day owes: one slot a watched page and local day, and of which pages the posts are owed too."""

import datetime as dt

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from gospub.clock import local_day
from monitoring import rollups
from monitoring.models import Network, NetworkState, Page, PageDay, PlatformCode, Region, Slot, SlotReason, SlotStatus
from monitoring.platforms import network, tokens_for

# A page without a post for so long is asleep: where the day's calls do not suffice, its posts are read less often.
ASLEEP = dt.timedelta(days=14)
# Share of the day's calls that is planned for; the rest is for second attempts and long walls.
PLANNED_SHARE = 0.9


def regions_with_pages() -> QuerySet[Region]:
    """Regions in which any institution has a page."""
    return Region.objects.filter(institutions__pages__isnull=False).distinct()


def plan_day(region: Region, now: dt.datetime) -> int:
    """Write the slots that the region's present local day owes; returns how many are new.

    What earlier days still owe is closed: a number read today is not yesterday's. Days on which nothing was planned
    (nobody was there to do it) are written down as missed.
    """
    day = local_day(now, region.time_zone)
    states = dict(Network.objects.values_list("platform", "state"))
    _close(region, day, now, states)
    off = [code for code, state in states.items() if state == NetworkState.OFF]
    slots = Slot.objects.filter(day=day, page__institution__region=region)
    slots.filter(reason=SlotReason.OFF).exclude(platform__in=off).update(
        status=SlotStatus.DUE, reason="", finished_at=None
    )
    slots.filter(status=SlotStatus.DUE, platform__in=off).update(
        status=SlotStatus.SKIPPED, reason=SlotReason.OFF, finished_at=now
    )
    if not slots.exists():
        _know_last_numbers(region, day)
    owed = _missing(region, day)
    if not owed:
        return 0
    _write_missed(region, day, now)
    without_posts = _posts_later(region, owed, now)
    new = []
    for page in owed:
        slot = Slot(page_id=page["pk"], day=day, platform=page["platform"], last_measured_on=page["measured_on"])
        slot.posts_owed = page["pk"] not in without_posts
        if slot.platform in off:
            slot.status, slot.reason, slot.finished_at = SlotStatus.SKIPPED, SlotReason.OFF, now
        new.append(slot)
    Slot.objects.bulk_create(new, batch_size=5000, ignore_conflicts=True)
    return len(new)


def _know_last_numbers(region: Region, day: dt.date) -> None:
    """The page states as of the last day before `day`, where pages were read after its last roll-up."""
    for last in rollups.collected_days(region, day - dt.timedelta(days=rollups.REFRESH_DAYS), day)[-1:]:
        read = PageDay.objects.filter(page__institution__region=region, day=last, subscribers__isnull=False)
        if read.exclude(page__state__measured_on__gte=last).exists():
            rollups.refresh_page_states(region, last)


def due(region: Region, day: dt.date, now: dt.datetime, platform: str | None = None) -> QuerySet[Slot]:
    """Slots of that local day that may be worked on now."""
    slots = Slot.objects.filter(page__institution__region=region, day=day, status=SlotStatus.DUE)
    slots = slots.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    return slots.filter(platform=platform) if platform else slots


def _missing(region: Region, day: dt.date) -> list[dict[str, object]]:
    """Watched pages without a slot of that day."""
    owed = Page.objects.watched().filter(institution__region=region, added_on__lte=day)
    planned = Slot.objects.filter(day=day, page__institution__region=region).values("page")
    return list(
        owed.exclude(pk__in=planned).values(
            "pk",
            "platform",
            "added_on",
            "posts_known_to",
            measured_on=F("state__measured_on"),
            last_post_at=F("state__last_post_at"),
        )
    )


def _close(region: Region, day: dt.date, now: dt.datetime, states: dict[str, str]) -> None:
    """Give earlier days' open slots their final state. Those that a worker holds end by themselves."""
    left = Slot.objects.filter(page__institution__region=region, day__lt=day, status=SlotStatus.DUE)
    left = left.exclude(attempts__gt=0, reason="", next_attempt_at__gt=now)
    final = {"finished_at": now, "next_attempt_at": None}
    paused = [code for code, state in states.items() if state == NetworkState.PAUSED]
    measured = PageDay.objects.filter(day=OuterRef("day"), page=OuterRef("page"), subscribers__isnull=False)
    left.filter(Exists(measured)).update(status=SlotStatus.OK, **final)
    left.filter(platform__in=paused).update(status=SlotStatus.SKIPPED, reason=SlotReason.PAUSED, **final)
    left.filter(reason="").update(status=SlotStatus.FAILED, reason=SlotReason.MISSED, **final)
    left.update(status=SlotStatus.FAILED, **final)


def _write_missed(region: Region, day: dt.date, now: dt.datetime) -> None:
    """Slots of the days before `day` that nobody planned, closed as missed: the scheduler was away, a page was added at
    the very end of a day or is watched again."""
    if region.daily_since is None:
        region.daily_since = day
        region.save(update_fields=["daily_since"])
    one_day = dt.timedelta(days=1)
    if day - one_day < region.daily_since:
        return
    left = {page["pk"]: page for page in _missing(region, day - one_day)}
    planned = Slot.objects.filter(page__in=list(left), day__lt=day).values_list("page")
    last = dict(planned.annotate(Max("day")))
    slots = []
    for pk, page in left.items():
        missed = max(region.daily_since, page["added_on"], last.get(pk, dt.date.min) + one_day)
        while missed < day:
            slot = Slot(page_id=pk, day=missed, platform=page["platform"], last_measured_on=page["measured_on"])
            slot.status, slot.reason, slot.finished_at = SlotStatus.FAILED, SlotReason.MISSED, now
            slots.append(slot)
            missed += one_day
    Slot.objects.bulk_create(slots, batch_size=5000, ignore_conflicts=True)


def _posts_later(region: Region, owed: list[dict[str, object]], now: dt.datetime) -> set[int]:
    """Pages whose posts the day's calls do not pay for: asleep, and read more lately than the others."""
    later: set[int] = set()
    for platform in PlatformCode.values:
        calls = walls_a_day(platform)
        pages = [page for page in owed if page["platform"] == platform]
        if calls is None or not pages:
            continue
        everywhere = Page.objects.watched().filter(platform=platform).count()
        share = int(calls * PLANNED_SHARE * len(pages) / everywhere)
        ordered = sorted(pages, key=lambda page: _urgency(page, now))
        later |= {page["pk"] for page in ordered[share:]}
    return later


def _urgency(page: dict[str, object], now: dt.datetime) -> tuple[bool, dt.datetime, int]:
    """Pages that post come first, among equals the one whose wall was not read for longest."""
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    known_to, last_post = page["posts_known_to"], page["last_post_at"]
    asleep = known_to is not None and (last_post is None or last_post < now - ASLEEP)
    return asleep, known_to or never, page["pk"]


def walls_a_day(platform: str) -> int | None:
    """Walls that all tokens together may read on a day; None = the network sets no limit, or there is no token yet."""
    client, tokens = network(platform), tokens_for(platform)
    if client.wall_method is None or not tokens:
        return None
    return sum(client.daily_limits(token).get(client.wall_method, 0) for token in tokens)
