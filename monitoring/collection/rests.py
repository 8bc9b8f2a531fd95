"""Which tokens of a network rest, and until when: known at once to all threads of this process, through the base within
a second to all others.

Threads that read the network add to it in memory; only `sync`, called by threads that own a connection, asks the base.
"""

import datetime as dt
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from monitoring.models import AccessPause
from monitoring.platforms.base import Failure, PlatformError, Token

from . import operators

logger = logging.getLogger(__name__)

# A throttled token that comes back later than this is told of; others come and go.
LONG_REST = dt.timedelta(minutes=30)
# Rests that ended so long ago are forgotten: how often in a row a network failed counts until then.
FORGOTTEN = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Rest:
    """error.until None = not before an operator acts. whose: the token, None = the whole network. since None = as
    stored; a rest that this process found has its moment and is still to be written."""

    error: PlatformError
    times: int = 1
    whose: Token | None = None
    since: dt.datetime | None = None


def name_of(token: Token) -> str:
    """What a rest calls a token: its fingerprint; its kind where it has none, so that "" is the network."""
    return token.fingerprint or token.kind


class Rests:
    """Of one network; keys are (name of the token or "" for all, method or "" for all)."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Rest] = {}
        self._new: dict[tuple[str, str], Rest] = {}

    def add(self, token: Token | None, error: PlatformError, now: dt.datetime, times: int = 1) -> None:
        """The token (None = the network), or one method of it, rests until `error.until`."""
        name = name_of(token) if token else ""
        rest = Rest(error, times, token, now)
        with self._lock:
            self._new[name, error.method] = rest
            self._known = {**self._known, (name, error.method): rest}
        logger.warning("%s: %s rests until %s: %s", self.platform, name or "the network", error.until, error)

    def why(self, token: Token, methods: Iterable[str], now: dt.datetime) -> PlatformError | None:
        """Why the token may make no call of those methods; None where it may."""
        known = self._known
        for name in ("", name_of(token)):
            for method in ("", *methods):
                rest = known.get((name, method))
                if rest and (rest.error.until is None or rest.error.until > now):
                    return rest.error
        return None

    def outage(self) -> Rest | None:
        """The rest of the whole network, also one that is over: how often in a row it has failed."""
        return self._known.get(("", ""))

    def sync(self, now: dt.datetime) -> None:
        """Write what this process has found, read what all have; the operators are told of what needs them."""
        with self._lock:
            new, self._new = self._new, {}
        for (name, method), rest in new.items():
            self._write(name, method, rest)
        rows = list(AccessPause.objects.filter(platform=self.platform))
        stored = {}
        for row in rows:
            error = PlatformError(Failure(row.reason), row.detail, row.until, row.method)
            stored[row.token, row.method] = Rest(error, row.times)
        with self._lock:
            self._known = stored | self._new
        if any(row.until and row.until <= now - FORGOTTEN for row in rows):
            AccessPause.objects.filter(platform=self.platform, until__lte=now - FORGOTTEN).delete()

    def _write(self, name: str, method: str, rest: Rest) -> None:
        error = rest.error
        fields = {"reason": error.failure.value, "detail": error.detail[:200], "since": rest.since}
        fields |= {"until": error.until, "times": rest.times}
        AccessPause.objects.update_or_create(platform=self.platform, token=name, method=method, defaults=fields)
        if rest.whose and error.failure in (Failure.TOKEN_DEAD, Failure.NEEDS_PERSON):
            operators.tell_of_token(self.platform, rest.whose, error, rest.since)
        # A second source is spent by design: bots look a few names up every day.
        elif rest.whose and not rest.whose.aside and error.until and error.until - rest.since > LONG_REST:
            operators.tell_of_rest(self.platform, rest.whose, error, rest.since)

    def end_outage(self) -> None:
        """The network answers again."""
        if ("", "") not in self._known:
            return
        with self._lock:
            self._new.pop(("", ""), None)
            self._known = {key: rest for key, rest in self._known.items() if key != ("", "")}
        AccessPause.objects.filter(platform=self.platform, token="", method="").delete()


@lru_cache
def rests_of(platform: str) -> Rests:
    """The one of this process."""
    return Rests(platform)
