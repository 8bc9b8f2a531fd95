"""What one running simulator knows: its regions, its clock, its faults, its limits and the calls it has served."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from .faults import Faults
from .limits import Limits
from .pages import Page
from .posts import Post, Rendered
from .world import RegionWorld


class Moment:
    """A moment and the local days that it falls on."""

    __slots__ = ("_days", "at", "unix")

    def __init__(self, at: dt.datetime) -> None:
        self.at = at
        self.unix = int(at.timestamp())
        self._days: dict[str, dt.date] = {}

    def day(self, zone: str) -> dt.date:
        found = self._days.get(zone)
        if found is None:
            found = self._days[zone] = self.at.astimezone(ZoneInfo(zone)).date()
        return found


class Simulation:
    def __init__(self, worlds: Iterable[RegionWorld], scale: float | None, faults: Iterable[str] = ()) -> None:
        """scale: of the limits, None = none. Raises UnknownFaultError."""
        self.worlds = list(worlds)
        self.faults = Faults(faults)
        self.limits = Limits(scale)
        self.calls: Counter[str] = Counter()
        self._set: Moment | None = None
        self._world_of: dict[int, RegionWorld] = {}
        self._by_id: dict[tuple[str, str], Page] = {}
        self._by_handle: dict[str, list[Page]] = {}
        for world in self.worlds:
            for page in world.pages:
                self._world_of[page.key] = world
                self._by_id[page.platform, page.external_id] = page
                for handle in filter(None, (page.handle, page.old_handle)):
                    self._by_handle.setdefault(handle, []).append(page)

    # --- clock ----------------------------------------------------------------------------------

    def now(self) -> Moment:
        """The moment that was set, at which the world stands still; the present one where none was."""
        return self._set or Moment(dt.datetime.now(dt.UTC))

    def set_clock(self, at: dt.datetime) -> None:
        """`at` is aware."""
        self._set = Moment(at)

    # --- pages ----------------------------------------------------------------------------------

    def by_id(self, platform: str, external_id: str, moment: Moment) -> Page | None:
        """The page that was ever made under that id, whatever became of it."""
        page = self._by_id.get((platform, external_id))
        return page if page and page.born <= moment.day(page.zone) else None

    def by_handle(self, handle: str, moment: Moment, platform: str = "") -> Page | None:
        """The page that has this short name now, in any letter case; "" = on any network."""
        name = handle.lower()
        for page in self._by_handle.get(name, ()):
            day = moment.day(page.zone)
            if platform in ("", page.platform) and page.born <= day and page.handle_on(day) == name:
                return page
        return None

    def exists(self, page: Page, moment: Moment) -> bool:
        return page.exists(moment.day(page.zone))

    def subscribers(self, page: Page, moment: Moment) -> int | None:
        """People; None where the page hides its counter."""
        return self._world_of[page.key].subscribers(page, moment.day(page.zone))

    # --- posts ----------------------------------------------------------------------------------

    def count_posts(self, page: Page, moment: Moment) -> int:
        return self._world_of[page.key].wall.count(page, moment.unix)

    def count_posts_before(self, page: Page, unix: int) -> int:
        return self._world_of[page.key].wall.count(page, unix)

    def post(self, page: Page, number: int, moment: Moment) -> Post:
        return self._world_of[page.key].wall.post(page, number, moment.unix)

    def newest(self, rendered: Rendered, page: Page, first: int, last: int, moment: Moment) -> list[bytes]:
        """Posts number `last` - 1 down to `first`, made by `rendered`; all of them are there already."""
        return rendered.newest(self._world_of[page.key].wall, page, first, last, moment.unix)
