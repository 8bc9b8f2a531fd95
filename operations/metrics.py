"""Figures for Prometheus: requests, counted by every process of the web server, and the state of the collection and of
the outbox, read from the base when they are asked for, so that workers need no port of their own.

docs/operator.md says what each means and when to be alarmed.
"""

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError
from django.db.models import Count, Min, Q, Sum
from prometheus_client import CollectorRegistry, Counter, Histogram, exposition, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gospub.clock import day_bounds, local_day
from letters.models import Letter, LetterState
from monitoring.collection.claims import ready
from monitoring.collection.pool import NETWORK_ZONE
from monitoring.models import AccessPause, CallCount, Heartbeat, PlatformCode, Region, Slot, SlotStatus

from . import checks

CONTENT_TYPE = exposition.CONTENT_TYPE_LATEST
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = CollectorRegistry()
seconds_of_requests = Histogram(
    "gospub_request_seconds", "How long answers took, by view.", ["view"], buckets=BUCKETS, registry=REQUESTS
)
answers = Counter("gospub_requests", "Answers, by view, method and status.", ["view", "method", "status"],
                  registry=REQUESTS)  # fmt: skip


def note_request(view: str, method: str, status: int, seconds: float) -> None:
    """Count an answer. view: "" where no address was met."""
    name = view or "none"
    seconds_of_requests.labels(name).observe(seconds)
    answers.labels(name, method, str(status)).inc()


def text(now: dt.datetime) -> bytes:
    """All figures as Prometheus reads them. Where gunicorn's processes share a folder (gunicorn.conf.py), the requests
    of all of them. A base that is away takes its figures with it, not those of the requests."""
    requests: CollectorRegistry | None = REQUESTS
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    state = CollectorRegistry()
    state.register(State(now))
    return exposition.generate_latest(requests) + exposition.generate_latest(state)


class State:
    """What the base says at that moment."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the base before it is wanted."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """One family after the other; those that the base cannot tell are left out."""
        found = checks.parts(self._now)
        yield gauge("gospub_up", "1 where the part works.", {(str(part),): ok for part, ok in found.items()}, "part")
        if not found[checks.Part.MIGRATIONS]:
            return
        asked: tuple[Callable[[dt.datetime], Iterable[Metric]], ...] = (
            signs, slots_owed, slots_settled, calls, resting, outbox,
        )  # fmt: skip
        for ask in asked:
            try:
                yield from list(ask(self._now))
            except DatabaseError:
                return


def gauge(name: str, what: str, values: dict[tuple[str, ...], float], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def signs(now: dt.datetime) -> Iterator[Metric]:
    """How old each sign of life is."""
    ages = {(name,): (now - at).total_seconds() for name, at in Heartbeat.objects.values_list("name", "at")}
    yield gauge("gospub_heartbeat_age_seconds", "Age of the last sign of life: scheduler, backup, unwritten.", ages,
                "name")  # fmt: skip


def slots_owed(now: dt.datetime) -> Iterator[Metric]:
    """Readings that could be made now, and how long the one that waits longest could have been made."""
    due, lag = {}, {}
    for platform in PlatformCode.values:
        due[platform,], lag[platform,] = 0.0, 0.0
        rows = ready(platform, now).values_list("day", "page__institution__region__time_zone").annotate(
            number=Count("pk"), put_off=Min("next_attempt_at"), never=Count("pk", filter=Q(next_attempt_at=None))
        )  # fmt: skip
        for day, zone, number, put_off, never in rows:
            since = day_bounds(day, zone)[0] if never else put_off
            due[platform,] += number
            lag[platform,] = max(lag[platform,], (now - since).total_seconds())
    yield gauge("gospub_slots_due", "Readings that are owed and may be made now.", due, "network")
    yield gauge("gospub_collection_lag_seconds", "How long the oldest of them could have been made.", lag, "network")


def slots_settled(now: dt.datetime) -> Iterator[Metric]:
    """What became of the present local day of every region."""
    zones = Region.objects.filter(institutions__pages__isnull=False).values_list("time_zone", flat=True)
    today = Q(pk__in=[])
    days = {zone: local_day(now, zone) for zone in set(zones)}
    for day in set(days.values()):
        here = [zone for zone, its in days.items() if its == day]
        today |= Q(day=day, page__institution__region__time_zone__in=here)
    rows = Slot.objects.filter(today).values_list("platform", "status", "reason").annotate(number=Count("pk"))
    counts: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for platform, status, reason, number in rows:
        counts[platform, status, "" if status == SlotStatus.DUE else reason] += number
    yield gauge("gospub_slots", "Readings of the present local day, by what became of them.", counts,
                "network", "status", "reason")  # fmt: skip


def calls(now: dt.datetime) -> Iterator[Metric]:
    """Of the network's day (Moscow time), at whose end they begin anew, as counters may."""
    family = CounterMetricFamily("gospub_network_calls", "Calls made, by network and whether they were answered.",
                                 labels=("network", "outcome"))  # fmt: skip
    rows = CallCount.objects.filter(day=local_day(now, NETWORK_ZONE)).values_list("platform")
    for platform, made, failed in rows.annotate(made=Sum("calls"), bad=Sum("failed")):
        family.add_metric((platform, "answered"), max(made - failed, 0))
        family.add_metric((platform, "failed"), failed)
    yield family


def resting(now: dt.datetime) -> Iterator[Metric]:
    """Tokens out of the pool, those among them that an operator must see to, and networks left alone."""
    rest, person, away = ({(code,): 0.0 for code in PlatformCode.values} for _ in range(3))
    pauses = AccessPause.objects.filter(Q(until=None) | Q(until__gt=now), method="")
    for platform, token, until in pauses.values_list("platform", "token", "until"):
        if not token:
            away[platform,] = 1
            continue
        rest[platform,] += 1
        person[platform,] += until is None
    yield gauge("gospub_tokens_resting", "Tokens that are out of the pool.", rest, "network")
    yield gauge("gospub_tokens_need_operator", "Tokens that stay out until an operator acts.", person, "network")
    yield gauge("gospub_network_resting", "1 where the network answers nobody and is left alone.", away, "network")


def outbox(now: dt.datetime) -> Iterator[Metric]:
    """Letters that wait, and since when; letters refused for good in the last day."""
    open_ones = Letter.objects.filter(state__in=(LetterState.WAITING, LetterState.SENDING))
    found = open_ones.aggregate(number=Count("pk"), oldest=Min("created_at"))
    refused = Letter.objects.filter(state=LetterState.REFUSED, settled_at__gt=now - dt.timedelta(days=1)).count()
    age = max((now - found["oldest"]).total_seconds(), 0) if found["oldest"] else 0
    yield gauge("gospub_outbox_letters", "Letters that wait to be sent.", {(): found["number"]})
    yield gauge("gospub_outbox_oldest_seconds", "How long the oldest of them has waited.", {(): age})
    yield gauge("gospub_outbox_refused", "Letters refused for good in the last 24 hours.", {(): refused})
