"""The pool of a network's tokens: who makes the next request and when, who rests and until when, what a day allows."""

import datetime as dt
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from redis import RedisError

from gospub.clock import day_bounds, local_day
from monitoring.models import CallCount
from monitoring.platforms import network, tokens_for
from monitoring.platforms.access import SHORT_PAUSE_SECONDS, Access, Allows, soonest
from monitoring.platforms.base import Failure, PlatformError, Token

from .rests import rests_of
from .turns import Budget, Candidate, turns

logger = logging.getLogger(__name__)

# The networks count their days in Moscow time.
NETWORK_ZONE = "Europe/Moscow"
# Calls are spaced 2 % wider than the limit: 334 ms between calls put four into a second now and then.
SPACING = 1.02
# Answers slower than this are waited for by fewer requests than the rate would allow.
LATENCY_SECONDS = 2
MOST_AT_ONCE = 64
# A turn that is taken so much too late is given up and another one reserved.
OVERSLEPT_SECONDS = 0.1
# A turn further off than this is not waited for: the pages stay due.
PATIENCE_SECONDS = 60
# A network that answers nobody is left alone for so long, doubled each time.
OUTAGE_SECONDS, LONGEST_OUTAGE_SECONDS = 30, 1800

Clock = Callable[[], dt.datetime]
T = TypeVar("T")


class Pool(Access):
    """Access to one network for this process; batches of several threads share it.

    now: the clock. stop: set when the worker is told to end, which ends every wait.
    """

    def __init__(self, platform: str, now: Clock, stop: threading.Event) -> None:
        super().__init__(tokens_for(platform))
        self.platform = platform
        self._now, self._stop = now, stop
        self._turns = turns(settings.REDIS_URL)
        self._rate = settings.REQUESTS_PER_SECOND[platform]
        self._limits = {token: network(platform).daily_limits(token) for token in self.tokens}
        self._rests = rests_of(platform)
        self._owner = threading.get_ident()  # the thread whose connection to the base is kept
        self._tell_day(local_day(now(), NETWORK_ZONE))
        self.sync()

    @property
    def at_once(self) -> int:
        """Requests that keep the limit busy while answers take LATENCY_SECONDS."""
        if not self._rate:
            return super().at_once
        rate = sum(self._rate * token.pace for token in self.tokens if not token.aside)
        return max(1, min(MOST_AT_ONCE, math.ceil(rate * LATENCY_SECONDS) + 1))

    # --- turns ----------------------------------------------------------------------------------

    def _turn(self, charge: Mapping[str, int], allows: Allows) -> Token:
        while True:
            token, candidate, wait = self._reserve(charge, allows)
            began = time.monotonic()
            self.pause(wait)
            # Meanwhile another thread may have learnt that the token is dead. Who overslept would meet the next turns'
            # requests: after a stall of the machine they would go out all together.
            in_time = time.monotonic() - began - wait < OVERSLEPT_SECONDS or not candidate.gap
            if in_time and self._why_not(token, charge) is None:
                return token
            self._try_turns(lambda candidate=candidate: self._turns.give_back(candidate))

    def _reserve(self, charge: Mapping[str, int], allows: Allows) -> tuple[Token, Candidate, float]:
        day = local_day(self._now(), NETWORK_ZONE)
        while True:
            able, reasons = self._able(charge, allows)
            if not able:
                raise soonest(reasons)
            candidates = [self._candidate(token, charge, day) for token in able]
            turn = self._try_turns(lambda candidates=candidates: self._turns.reserve(candidates, PATIENCE_SECONDS))
            if turn.unknown:
                self._try_turns(lambda: self._tell_day(day))
                if threading.get_ident() != self._owner:
                    connection.close()
                continue
            if turn.index is not None:
                return able[turn.index], candidates[turn.index], turn.wait
            if turn.wait:
                until = self._now() + dt.timedelta(seconds=turn.wait)
                raise PlatformError(Failure.THROTTLED, "the next turn is too far off", until)
            for token in able:
                self._note_spent(token, charge, day)

    def _try_turns(self, ask: Callable[[], T]) -> T:
        """Without Redis nobody knows whose turn it is: nothing is sent, the pages stay due."""
        try:
            return ask()
        except RedisError as error:
            raise PlatformError(Failure.INTERRUPTED, f"Redis: {type(error).__name__}") from None

    def _able(self, charge: Iterable[str], allows: Allows) -> tuple[list[Token], list[PlatformError]]:
        able, reasons = [], []
        for token in filter(allows, self.tokens):
            why = self._why_not(token, charge)
            if why is None:
                able.append(token)
            else:
                reasons.append(why)
        return able, reasons

    def _candidate(self, token: Token, charge: Mapping[str, int], day: dt.date) -> Candidate:
        gap = SPACING / (self._rate * token.pace) if self._rate else 0
        key = f"{self.platform}:{token.fingerprint}"
        limits = self._limits[token]
        budgets = tuple(Budget(f"{key}:{m}:{day}", n, limits[m]) for m, n in charge.items() if m in limits)
        return Candidate(key, gap, budgets)

    def _tell_day(self, day: dt.date) -> None:
        """Tell the turns what the base knows to be spent of the day's budgets; what they know better stays."""
        rows = CallCount.objects.filter(platform=self.platform, day=day) if any(self._limits.values()) else ()
        spent = {(row.token, row.method): row.calls for row in rows}
        for token, limits in self._limits.items():
            for method in limits:
                key = f"{self.platform}:{token.fingerprint}:{method}:{day}"
                self._turns.tell(key, spent.get((token.fingerprint, method), 0))

    def _note_spent(self, token: Token, charge: Mapping[str, int], day: dt.date) -> None:
        """The day's budget of a method is spent: until the network's next day."""
        tomorrow = day_bounds(day, NETWORK_ZONE)[1]
        for method in charge.keys() & self._limits[token].keys():
            spent = PlatformError(Failure.THROTTLED, f"{method}: the day's calls are spent", tomorrow, method)
            self._rests.add(token, spent, self._now())

    def pause(self, seconds: float) -> None:
        """Wait. Raises PlatformError (interrupted) where the worker is told to stop meanwhile."""
        if self._stop.wait(seconds) if seconds > 0 else self._stop.is_set():
            raise PlatformError(Failure.INTERRUPTED, "the worker is stopping")

    # --- pauses ---------------------------------------------------------------------------------

    def report(self, token: Token, error: PlatformError) -> None:
        """A short throttling holds back the token's next turn; anything longer is noted for all workers."""
        match error.failure:
            case Failure.THROTTLED:
                until = error.until or self._now() + dt.timedelta(seconds=OUTAGE_SECONDS)
                seconds = max((until - self._now()).total_seconds(), 1)
                if not error.method:
                    self._hold(token, seconds)
                if seconds > SHORT_PAUSE_SECONDS:
                    rest = PlatformError(error.failure, error.detail, until, error.method)
                    self._rests.add(token, rest, self._now())
            case Failure.TOKEN_DEAD | Failure.NEEDS_PERSON:
                self._rests.add(token, error, self._now())

    def _hold(self, token: Token, seconds: float) -> None:
        try:
            self._turns.hold(f"{self.platform}:{token.fingerprint}", min(seconds, PATIENCE_SECONDS))
        except RedisError:
            logger.warning("Redis is away: the pace of %s is not held back", self.platform)

    def _why_not(self, token: Token, methods: Iterable[str]) -> PlatformError | None:
        return self._rests.why(token, methods, self._now())

    def network_failed(self, error: PlatformError) -> None:
        """Nobody is answered: the network is left alone for a while, longer each time."""
        before = self._rests.outage()
        times = before.times + 1 if before else 1
        seconds = min(OUTAGE_SECONDS * 2 ** (times - 1), LONGEST_OUTAGE_SECONDS)
        until = self._now() + dt.timedelta(seconds=seconds)
        self._rests.add(None, PlatformError(error.failure, error.detail, until), self._now(), times)

    def network_answered(self) -> None:
        """The outage is over."""
        self._rests.end_outage()

    def sync(self) -> None:
        """Exchange with the other workers, through the base, who rests."""
        self._rests.sync(self._now())

    def why_closed(self) -> PlatformError | None:
        """Why no token may make any call now; None where one may, or where the network has no token at all."""
        able, reasons = self._able((), lambda token: not token.aside)
        return None if able or not reasons else soonest(reasons)

    # --- counts ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """Add the calls made since the last time to the network's day, and exchange who rests."""
        with self._lock:
            calls, failed = self.calls, self.failed
            self.calls, self.failed = {}, {}
        charge(self.platform, calls, self._now(), failed)
        self.sync()


Counts = Mapping[Token, Mapping[str, int]]


def charge(platform: str, calls: Counts, now: dt.datetime, failed: Counts = MappingProxyType({})) -> None:
    """Add calls made, by token and method, and those among them that failed, to the counts of the network's day."""
    day = local_day(now, NETWORK_ZONE)
    with transaction.atomic():
        for token in calls.keys() | failed.keys():
            made, bad = calls.get(token, {}), failed.get(token, {})
            for method in made.keys() | bad.keys():
                key = {"day": day, "platform": platform, "token": token.fingerprint, "method": method}
                _add(key, made.get(method, 0), bad.get(method, 0))


def _add(key: Mapping[str, object], calls: int, failed: int) -> None:
    more = {"calls": F("calls") + calls, "failed": F("failed") + failed}
    if CallCount.objects.filter(**key).update(**more):
        return
    row, made = CallCount.objects.get_or_create(**key, defaults={"calls": calls, "failed": failed})
    if not made:
        CallCount.objects.filter(pk=row.pk).update(**more)
