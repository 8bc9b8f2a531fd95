"""What one running simulator knows: its worlds, its clock, its faults and the calls it has served."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from . import posts
from .posts import Post
from .world import Page, RegionWorld

# Requests a second that the networks allow; Telegram's is a polite guess, it publishes none.
DOCUMENTED_RATES = {"vk": 3, "vk_community": 20, "ok": 3, "telegram": 1, "max": 30}
WALL_GETS_A_DAY = 5000
RESOLVES_A_DAY = 200


class Faults:
    """Named faults; `name*3` strikes three times, a bare name every time."""

    def __init__(self, names: Iterable[str]) -> None:
        self._left: dict[str, int | None] = {}
        for entry in names:
            name, _star, times = entry.partition("*")
            self._left[name] = int(times) if times else None

    def strike(self, name: str) -> bool:
        """Whether the fault happens now."""
        if name not in self._left:
            return False
        left = self._left[name]
        if left is None:
            return True
        self._left[name] = left - 1
        if left <= 1:
            del self._left[name]
        return left > 0


class Simulation:
    def __init__(self, worlds: Iterable[RegionWorld], rate: float | None, faults: Iterable[str]) -> None:
        """`rate`: None = no limits, 1 = as documented, 2 = twice that."""
        self.worlds = list(worlds)
        self.rate = rate
        self.faults = Faults(faults)
        self.calls: Counter[str] = Counter()
        self.stands_at: dt.datetime | None = None
        self._windows: dict[str, list[float]] = {}
        self._spent: Counter[tuple[str, dt.date]] = Counter()
        self._by_id: dict[tuple[str, str], tuple[RegionWorld, Page]] = {}
        self._by_handle: dict[str, tuple[RegionWorld, Page]] = {}
        for world in self.worlds:
            for page in world.pages:
                self._by_id[page.platform, page.external_id] = (world, page)
                for handle in filter(None, (page.handle, page.old_handle)):
                    self._by_handle[handle] = (world, page)

    # --- clock ----------------------------------------------------------------------------------

    @property
    def now(self) -> dt.datetime:
        """The real clock, or the moment at which the simulator was told to stand still."""
        return self.stands_at or dt.datetime.now(dt.UTC)

    def day(self, page: Page) -> dt.date:
        return self.now.astimezone(ZoneInfo(page.zone)).date()

    # --- pages ----------------------------------------------------------------------------------

    def by_id(self, platform: str, external_id: str) -> Page | None:
        """The page that was ever made under that id, whatever became of it."""
        found = self._by_id.get((platform, external_id))
        return found[1] if found and found[1].born <= self.day(found[1]) else None

    def by_handle(self, handle: str, platform: str | None = None) -> Page | None:
        """The page that has this short name now."""
        found = self._by_handle.get(handle.lower())
        if not found or (platform and found[1].platform != platform):
            return None
        page = found[1]
        day = self.day(page)
        return page if page.born <= day and page.handle_on(day) == handle.lower() else None

    def subscribers(self, page: Page) -> int | None:
        world, _page = self._by_id[page.platform, page.external_id]
        return world.audience.subscribers(page, self.day(page))

    def posts(self, page: Page, days: int) -> Iterable[Post]:
        """Posts of the last `days` days, newest first."""
        return posts.posts(page, self.day(page) - dt.timedelta(days=days), self.now)

    # --- limits ---------------------------------------------------------------------------------

    def too_fast(self, who: str, limit: str) -> bool:
        """Whether this request is over the limit of a second; it counts in any case but that one."""
        if self.rate is None:
            return False
        now = time.monotonic()
        window = [at for at in self._windows.get(who, ()) if at > now - 1]
        over = len(window) >= DOCUMENTED_RATES[limit] * self.rate
        self._windows[who] = window if over else [*window, now]
        return over

    def spend(self, what: str, limit: int) -> bool:
        """Charge the day's budget of `what`; False where it is spent."""
        key = (what, self.now.date())
        if self.rate is not None and self._spent[key] >= limit * max(self.rate, 1):
            return False
        self._spent[key] += 1
        return True
