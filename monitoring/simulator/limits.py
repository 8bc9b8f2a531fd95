"""Limits of the networks: requests a second and calls a day."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping

# A second. Telegram's is a polite guess, since it publishes none.
VK_CALLS, VK_COMMUNITY_CALLS, OK_CALLS, TELEGRAM_PAGES, MAX_CALLS = 3, 20, 3, 1, 30
# A day, of one token: VK's walls, and look-ups of names by Telegram's bots.
DAY_LIMITS = {"wall.get": 5000, "getChat": 200}


class Limits:
    """scale: 1 = as documented, 2 = twice that, None = no limits. day_limits: calls a day by method (those of
    DAY_LIMITS) in place of the scaled ones, whatever the scale.

    A second's limit is a bucket that fills evenly: who keeps an even pace at the limit is never refused.
    """

    def __init__(self, scale: float | None, day_limits: Mapping[str, int] | None = None) -> None:
        self._scale = scale
        documented = {} if scale is None else {method: count * scale for method, count in DAY_LIMITS.items()}
        self._day_limits: dict[str, float] = {**documented, **(day_limits or {})}
        self._buckets: dict[str, tuple[float, float]] = {}
        self._spent: Counter[tuple[str, str, dt.date]] = Counter()

    def allow(self, who: str, per_second: float) -> bool:
        """Whether one more request may come from `who` now; a refused one costs nothing."""
        if self._scale is None:
            return True
        rate, now = per_second * self._scale, time.monotonic()
        size = max(rate, 1)
        left, since = self._buckets.get(who, (size, now))
        left = min(size, left + (now - since) * rate)
        allowed = left >= 1
        self._buckets[who] = (left - allowed, now)
        return allowed

    def spend(self, method: str, who: str, day: dt.date) -> bool:
        """Charge the day's budget that `who` has for the method with one; False where it is spent."""
        if method not in self._day_limits:
            return True
        if self._spent[method, who, day] >= self._day_limits[method]:
            return False
        self._spent[method, who, day] += 1
        return True
