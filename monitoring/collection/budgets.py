"""How fast and how often each token may be used."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db.models import F, Sum
from pyrate_limiter import GCRA, InMemoryStateStore, Limiter, Rate, RedisStateStore, StateBucket
from redis import Redis

from gospub.clock import local_day
from monitoring.models import CallCount
from monitoring.platforms.base import Token

# The networks count their days in Moscow time.
NETWORK_ZONE = "Europe/Moscow"
# Evenly spaced calls, 2 % slower than the limit: a window limiter lets five calls into a second of three.
SPACING_MS_PER_RATE = 1020

_limiters: dict[tuple[str, str], Limiter] = {}
_lock = threading.Lock()


def pace_for(platform: str, token: Token) -> Callable[[], None]:
    """A function that returns when the next request with this token may go out.

    Shared by all workers through Redis where there is one, else by the threads of this process.
    """
    rate = settings.REQUESTS_PER_SECOND[platform]
    if not rate:
        return lambda: None
    limiter = _limiter(platform, token.fingerprint, rate)
    return lambda: limiter.try_acquire("call")


def _limiter(platform: str, fingerprint: str, rate: float) -> Limiter:
    with _lock:
        key = (platform, fingerprint)
        if key not in _limiters:
            store = InMemoryStateStore()
            if settings.REDIS_URL:
                name = f"gospub:pace:{platform}:{fingerprint}"
                store = RedisStateStore(Redis.from_url(settings.REDIS_URL.replace("redis+socket", "unix")), name)
            spacing = Rate(1, round(SPACING_MS_PER_RATE / rate))
            _limiters[key] = Limiter(StateBucket([spacing], algorithm=GCRA(), store=store), buffer_ms=1)
        return _limiters[key]


def charge(platform: str, token: Token, calls: Mapping[str, int], now: dt.datetime) -> None:
    """Add calls made (by method) to the token's count of the network's day."""
    day = local_day(now, NETWORK_ZONE)
    for method, count in calls.items():
        row, _ = CallCount.objects.get_or_create(day=day, platform=platform, token=token.fingerprint, method=method)
        CallCount.objects.filter(pk=row.pk).update(calls=F("calls") + count)


def least_used(platform: str, tokens: list[Token], now: dt.datetime) -> Token:
    """The token with the fewest calls today, so that several share the load."""
    day = local_day(now, NETWORK_ZONE)
    used = dict(CallCount.objects.filter(day=day, platform=platform).values_list("token").annotate(total=Sum("calls")))
    return min(tokens, key=lambda token: used.get(token.fingerprint, 0))
