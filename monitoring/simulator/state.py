"""What one running simulator knows: its regions, its clock, its faults, its limits and the calls it has served."""

import datetime as dt
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from .changes import CHANGES, nameless, stranger
from .faults import Faults
from .growth import Comment
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


_NUMBERED = re.compile(r"(?:club|public|event|group)?0*(-?\d+)")
# Requests of which `arrivals` remembers when they came.
REMEMBERED = 20_000


class Simulation:
    def __init__(
        self,
        worlds: Iterable[RegionWorld],
        scale: float | None,
        faults: Iterable[str] = (),
        day_limits: Mapping[str, int] | None = None,
    ) -> None:
        """scale: of the limits, None = none. day_limits: see `Limits`. Raises UnknownFaultError."""
        self.worlds = list(worlds)
        self.seed = self.worlds[0].seed if self.worlds else 1
        self.faults = Faults(faults, self.seed)
        self.limits = Limits(scale, day_limits)
        self.calls: Counter[str] = Counter()
        self.arrivals: deque[tuple[str, str, float]] = deque(maxlen=REMEMBERED)
        self._set: Moment | None = None
        self.undo_changes()

    # --- clock ----------------------------------------------------------------------------------

    def now(self) -> Moment:
        """The moment that was set, at which the world stands still; the present one where none was."""
        return self._set or Moment(dt.datetime.now(dt.UTC))

    def set_clock(self, at: dt.datetime) -> None:
        """`at` is aware."""
        self._set = Moment(at)

    # --- changes from outside -------------------------------------------------------------------

    def undo_changes(self) -> None:
        """All pages as they were made."""
        self._world_of: dict[int, RegionWorld] = {}
        self._by_id: dict[tuple[str, str], Page] = {}
        self._by_handle: dict[str, list[Page]] = {}
        self._counts: dict[int, int] = {}
        self._strangers = 0
        for world in self.worlds:
            for page in world.pages:
                self._add(page, world)

    def change(self, page: Page, change: str, value: Any = None) -> None:
        """Let that happen to the page today. Raises ValueError for an unknown change or a value that is of no use.

        renamed: value is the new short name. subscribers: value is the exact count from now on, None = as made up.
        """
        day, world = self.now().day(page.zone), self._world_of[page.key]
        if change == "subscribers":
            if value is not None and (not isinstance(value, int) or value < 0):
                raise ValueError("subscribers needs a whole number or null as its value")
            self._counts.pop(page.key, None)
            self._counts |= {} if value is None else {page.key: value}
        elif change == "taken_over":
            other = stranger(page, day, self._strangers)
            self._strangers += 1
            self._counts[other.key] = 3 * (world.audience.people(page, day)) + 1234
            self._replace(page, nameless(page, day))
            self._add(other, world)
        elif change in CHANGES:
            changed = CHANGES[change](page, day, value)
            if change == "renamed" and self.by_handle(changed.handle, self.now(), page.platform) not in (None, page):
                raise ValueError(f"the name is not free: {value}")
            self._replace(page, changed)
        else:
            raise ValueError(f"unknown change: {change}")

    def _add(self, page: Page, world: RegionWorld) -> None:
        self._world_of[page.key] = world
        self._by_id[page.platform, page.external_id] = page
        for handle in filter(None, (page.handle, page.old_handle)):
            self._by_handle.setdefault(handle, []).append(page)

    def _replace(self, page: Page, changed: Page) -> None:
        for handle in filter(None, (page.handle, page.old_handle)):
            self._by_handle[handle].remove(page)
        self._add(changed, self._world_of[page.key])

    # --- pages ----------------------------------------------------------------------------------

    def named(self, platform: str, name: str, moment: Moment) -> Page | None:
        """By number (also `club5`, `group5` and so on) or short name, in any letter case."""
        numbered = _NUMBERED.fullmatch(name.lower())
        page = self.by_id(platform, numbered[1], moment) if numbered else None
        return page or self.by_handle(name, moment, platform)

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
        day = moment.day(page.zone)
        if page.key in self._counts and page.exists(day) and not page.hidden:
            return self._counts[page.key]
        return self._world_of[page.key].subscribers(page, day)

    def members(self, page: Page, first: int, last: int) -> list[int]:
        """Numbers of the page's subscribers from `first` to `last` (exclusive)."""
        return self._world_of[page.key].people.of(page, first, last)

    # --- posts ----------------------------------------------------------------------------------

    def count_posts(self, page: Page, moment: Moment) -> int:
        return self._world_of[page.key].wall.count(page, moment.unix)

    def count_posts_before(self, page: Page, unix: int) -> int:
        return self._world_of[page.key].wall.count(page, unix)

    def post(self, page: Page, number: int, moment: Moment) -> Post:
        return self._world_of[page.key].wall.post(page, number, moment.unix)

    def comments(self, page: Page, number: int, moment: Moment) -> list[Comment]:
        """Under that post, the page's answers among them; oldest first."""
        return self._world_of[page.key].wall.comments(page, number, moment.unix)

    def newest(self, rendered: Rendered, page: Page, first: int, last: int, moment: Moment) -> list[bytes]:
        """Posts number `last` - 1 down to `first`, made by `rendered`; all of them are there already."""
        return rendered.newest(self._world_of[page.key].wall, page, first, last, moment.unix)
