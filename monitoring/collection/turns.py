"""When the next request with each token may go out, and what its day still allows: in Redis for all workers of all
machines, in memory for one process.

A turn is reserved, then waited for: the tokens' next free moments are kept, a request takes the earliest of them and
moves it on by the gap. So calls are evenly spaced however many workers ask, and none of them polls. (A window limiter
lets five calls into a second of three; asking again and again costs four times the commands and is unfair.)
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from redis import Redis

# A limit that was overrun is kept to at half the pace for so long.
SLOW_SECONDS = 600
DAY_SECONDS = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Budget:
    """A count of a day: `key` names token, method and day; `amount` is what the request costs."""

    key: str
    amount: int
    limit: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that may make the request. gap: seconds between its requests, 0 = no pace."""

    key: str
    gap: float
    budgets: tuple[Budget, ...] = ()


class Turn(NamedTuple):
    """index: of the candidate, None = none may. wait: seconds until its moment; without an index, until one may be
    reserved (0 = never: the budgets are spent). unknown: a budget whose count must be told first."""

    index: int | None
    wait: float = 0
    unknown: str = ""


class Turns(Protocol):
    def reserve(self, candidates: Sequence[Candidate], patience: float) -> Turn:
        """The earliest turn among the candidates whose budgets allow the request, charged at once; no turn where it
        is further off than `patience` seconds."""
        ...

    def give_back(self, candidate: Candidate) -> None:
        """The request of a reserved turn was not sent: its budgets are charged no more. The moment is lost."""
        ...

    def tell(self, key: str, count: int) -> None:
        """How much of a budget was spent before; ignored where it is known."""
        ...

    def hold(self, key: str, seconds: float) -> None:
        """No turn for the candidate for so long, then at half the pace for a while."""
        ...


class MemoryTurns:
    """The turns of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}
        self._slow: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def reserve(self, candidates: Sequence[Candidate], patience: float) -> Turn:
        """See `Turns`."""
        with self._lock:
            now = time.monotonic()
            best, at = None, 0.0
            for index, candidate in enumerate(candidates):
                unknown = next((b.key for b in candidate.budgets if b.key not in self._counts), "")
                if unknown:
                    return Turn(None, unknown=unknown)
                if any(self._counts[b.key] + b.amount > b.limit for b in candidate.budgets):
                    continue
                free = max(now, self._free.get(candidate.key, 0))
                if best is None or free < at:
                    best, at = index, free
            if best is None:
                return Turn(None)
            if at - now > patience:
                return Turn(None, at - now)
            chosen = candidates[best]
            slow = 2 if self._slow.get(chosen.key, 0) > now else 1
            self._free[chosen.key] = at + chosen.gap * slow
            for budget in chosen.budgets:
                self._counts[budget.key] += budget.amount
            return Turn(best, at - now)

    def give_back(self, candidate: Candidate) -> None:
        """See `Turns`."""
        with self._lock:
            for budget in candidate.budgets:
                self._counts[budget.key] -= budget.amount

    def tell(self, key: str, count: int) -> None:
        """See `Turns`."""
        with self._lock:
            self._counts.setdefault(key, count)

    def hold(self, key: str, seconds: float) -> None:
        """See `Turns`."""
        with self._lock:
            now = time.monotonic()
            self._free[key] = max(self._free.get(key, 0), now + seconds)
            self._slow[key] = now + seconds + SLOW_SECONDS


# Moments in milliseconds of Redis's own clock: the workers' clocks need not agree.
_RESERVE = """
local spec = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local best, at = nil, nil
for index, candidate in ipairs(spec.candidates) do
  local allowed = true
  for _, budget in ipairs(candidate.budgets) do
    local used = redis.call('GET', budget.key)
    if not used then return {'unknown', budget.key} end
    if tonumber(used) + budget.amount > budget.limit then allowed = false end
  end
  if allowed then
    local free = math.max(now, tonumber(redis.call('GET', candidate.key) or '0'))
    if not best or free < at then best, at = index, free end
  end
end
if not best then return {'spent', ''} end
if at - now > spec.patience then return {'later', tostring(at - now)} end
local chosen = spec.candidates[best]
local gap = chosen.gap
if redis.call('EXISTS', chosen.key .. ':slow') == 1 then gap = gap * 2 end
redis.call('SET', chosen.key, string.format('%.3f', at + gap), 'PX', math.ceil(at + gap - now) + 1000)
for _, budget in ipairs(chosen.budgets) do redis.call('INCRBY', budget.key, budget.amount) end
return {tostring(best), tostring(at - now)}
"""
_HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local free = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.3f', free), 'PX', math.ceil(free - now) + 1000)
redis.call('SET', KEYS[1] .. ':slow', '1', 'PX', math.ceil(ARGV[1]) + ARGV[2])
"""


class RedisTurns:
    """The turns of all workers that share a Redis."""

    PREFIX = "gospub:turn:"

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=3)
        self._reserve = self._redis.register_script(_RESERVE)
        self._hold = self._redis.register_script(_HOLD)

    def reserve(self, candidates: Sequence[Candidate], patience: float) -> Turn:
        """See `Turns`. Raises redis.RedisError where Redis is away."""
        spec = {"candidates": [self._spec(c) for c in candidates], "patience": patience * 1000}
        word, value = (part.decode() for part in self._reserve(args=[json.dumps(spec)]))
        match word:
            case "unknown":
                return Turn(None, unknown=value.removeprefix(self.PREFIX))
            case "spent":
                return Turn(None)
            case "later":
                return Turn(None, float(value) / 1000)
        return Turn(int(word) - 1, float(value) / 1000)

    def _spec(self, candidate: Candidate) -> dict[str, object]:
        budgets = [asdict(budget) | {"key": self.PREFIX + budget.key} for budget in candidate.budgets]
        return {"key": self.PREFIX + candidate.key, "gap": candidate.gap * 1000, "budgets": budgets}

    def give_back(self, candidate: Candidate) -> None:
        """See `Turns`."""
        for budget in candidate.budgets:
            self._redis.decrby(self.PREFIX + budget.key, budget.amount)

    def tell(self, key: str, count: int) -> None:
        """See `Turns`."""
        self._redis.set(self.PREFIX + key, count, nx=True, ex=DAY_SECONDS)

    def hold(self, key: str, seconds: float) -> None:
        """See `Turns`."""
        self._hold(keys=[self.PREFIX + key], args=[seconds * 1000, SLOW_SECONDS * 1000])


@lru_cache
def turns(redis_url: str) -> Turns:
    """The one store of this process: Redis where the settings name one, else memory."""
    return RedisTurns(redis_url.replace("redis+socket", "unix")) if redis_url else MemoryTurns()
