"""How the collection of a region goes: slots of the day, days before, budgets of the tokens."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Sum

from gospub.clock import local_day
from monitoring.collection.pool import NETWORK_ZONE
from monitoring.models import CallCount, Dimension, GroupDay, PlatformCode, Region, Slot, SlotStatus
from monitoring.models.measures import SlotReason
from monitoring.platforms import network as network_of
from monitoring.platforms import tokens_for
from monitoring.platforms.base import Token

from .comparison import ENOUGH_MEASURED

STRIP_DAYS = 14


@dataclass(frozen=True, slots=True)
class Failures:
    """Pages that were not read for one reason."""

    reason: SlotReason
    pages: int


@dataclass(frozen=True, slots=True)
class NetworkProgress:
    """Slots of the day of one network, or of all together (platform "")."""

    platform: str
    counts: Mapping[str, int]
    last_run: dt.datetime | None
    next_attempt: dt.datetime | None
    failures: list[Failures]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def due(self) -> int:
        return self.counts.get(SlotStatus.DUE, 0)

    @property
    def ok(self) -> int:
        return self.counts.get(SlotStatus.OK, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(SlotStatus.FAILED, 0)

    @property
    def skipped(self) -> int:
        return self.counts.get(SlotStatus.SKIPPED, 0)

    @property
    def done(self) -> int:
        return self.total - self.due

    @property
    def done_share(self) -> float | None:
        return self.done / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls of one method of a network today, by all its tokens; `limit` None = the network sets none."""

    platform: str
    method: str
    calls: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.calls, 0)


@dataclass(frozen=True, slots=True)
class StripDay:
    """Share of the accounts measured on a day, None where nothing was owed."""

    day: dt.date
    share: float | None

    @property
    def complete(self) -> bool:
        return self.share is not None and self.share >= ENOUGH_MEASURED


@dataclass(frozen=True, slots=True)
class CollectionStatus:
    """`strips`: the last days by network, "" = all together."""

    day: dt.date
    total: NetworkProgress
    networks: list[NetworkProgress]
    strips: dict[str, list[StripDay]]
    budgets: list[Budget]

    @property
    def days(self) -> list[dt.date]:
        return [strip.day for strip in self.strips[""]]

    @property
    def under_way(self) -> bool:
        return self.total.due > 0


def token_limits(platform: str) -> list[tuple[Token, Mapping[str, int]]]:
    """The network's tokens as the settings give them, each with the calls a day that it is allowed, by method."""
    return [(token, network_of(platform).daily_limits(token)) for token in tokens_for(platform)]


def daily_limits() -> dict[str, dict[str, int]]:
    """Calls a day by network and method that the networks allow all our tokens together."""
    limits: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for platform in PlatformCode.values:
        for _token, allowed in token_limits(platform):
            for method, limit in allowed.items():
                limits[platform][method] += limit
    return limits


def collection_status(region: Region, now: dt.datetime, limits: Mapping[str, Mapping[str, int]]) -> CollectionStatus:
    """The region's present local day. `limits`: calls a day by network and method, all tokens together."""
    day = local_day(now, region.time_zone)
    networks = progress(region, day)
    return CollectionStatus(
        day, together(networks), networks, strips(region, day), budgets(local_day(now, NETWORK_ZONE), limits)
    )


def progress(region: Region, day: dt.date) -> list[NetworkProgress]:
    """Slots of that local day by network."""
    slots = Slot.objects.filter(day=day, page__institution__region=region)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    reasons: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    finished: dict[str, list[dt.datetime]] = defaultdict(list)
    waiting: dict[str, list[dt.datetime]] = defaultdict(list)
    grouped = slots.values_list("page__platform", "status", "reason").annotate(
        Count("pk"), Max("finished_at"), Min("next_attempt_at")
    )
    for platform, status, reason, count, last, following in grouped:
        counts[platform][status] += count
        if reason and status != SlotStatus.OK:
            reasons[platform][reason] += count
        if last:
            finished[platform].append(last)
        if following and status == SlotStatus.DUE and reason:
            waiting[platform].append(following)
    return [
        NetworkProgress(
            platform,
            counts[platform],
            max(finished[platform], default=None),
            min(waiting[platform], default=None),
            by_number(reasons[platform]),
        )
        for platform in PlatformCode
        if platform in counts
    ]


def by_number(reasons: Mapping[str, int]) -> list[Failures]:
    return [
        Failures(SlotReason(reason), pages)
        for reason, pages in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]


def together(networks: list[NetworkProgress]) -> NetworkProgress:
    """The sum over the networks."""
    counts: dict[str, int] = defaultdict(int)
    reasons: dict[str, int] = defaultdict(int)
    for network in networks:
        for status, count in network.counts.items():
            counts[status] += count
        for failure in network.failures:
            reasons[failure.reason] += failure.pages
    return NetworkProgress(
        "",
        counts,
        max((network.last_run for network in networks if network.last_run), default=None),
        min((network.next_attempt for network in networks if network.next_attempt), default=None),
        by_number(reasons),
    )


def strips(region: Region, day: dt.date) -> dict[str, list[StripDay]]:
    """The last days up to `day` by network, "" = all of them, oldest first."""
    days = [day - dt.timedelta(days=back) for back in reversed(range(STRIP_DAYS))]
    rows = GroupDay.objects.filter(
        region=region, dimension__in=(Dimension.ALL, Dimension.PLATFORM), day__range=(days[0], day)
    )
    shares = {
        (key, on): measured / pages if pages else None
        for key, on, pages, measured in rows.values_list("key", "day", "pages", "measured")
    }
    keys = ["", *(code for code in PlatformCode.values if any(key == code for key, _ in shares))]
    return {key: [StripDay(on, shares.get((key, on))) for on in days] for key in keys}


def budgets(day: dt.date, limits: Mapping[str, Mapping[str, int]]) -> list[Budget]:
    """Calls of the networks' day by method, with what the network allows; methods with a limit come first."""
    rows = CallCount.objects.filter(day=day).values_list("platform", "method").annotate(Sum("calls"))
    calls = {(platform, method): total for platform, method, total in rows}
    known = [(platform, method) for platform in limits for method in limits[platform]]
    keys = [*known, *sorted(key for key in calls if key not in known)]
    return [Budget(p, m, calls.get((p, m), 0), limits.get(p, {}).get(m)) for p, m in keys]
