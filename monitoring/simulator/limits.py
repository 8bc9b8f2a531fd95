"""Limits of the networks: requests a second and calls a day."""

import datetime as dt
import time
from collections import Counter

# A second. Telegram's is a polite guess, since it publishes none.
VK_CALLS, VK_COMMUNITY_CALLS, OK_CALLS, TELEGRAM_PAGES, MAX_CALLS = 3, 20, 3, 1, 30
# A day.
WALL_GETS, NAME_LOOK_UPS = 5000, 200


class Limits:
    """scale: 1 = as documented, 2 = twice that, None = no limits.

    A second's limit is a bucket that fills evenly: who keeps an even pace at the limit is never refused.
    """

    def __init__(self, scale: float | None) -> None:
        self._scale = scale
        self._buckets: dict[str, tuple[float, float]] = {}
        self._spent: Counter[tuple[str, dt.date]] = Counter()

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

    def spend(self, what: str, day: dt.date, per_day: int) -> bool:
        """Charge the day's budget of `what` with one; False where it is spent."""
        if self._scale is None:
            return True
        if self._spent[what, day] >= per_day * self._scale:
            return False
        self._spent[what, day] += 1
        return True
