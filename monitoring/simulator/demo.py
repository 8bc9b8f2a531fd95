"""The demo's world: two regions, the days on which they are played, and the registry files of those days."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from .plans import RegionPlan
from .regions import (
    KHABAROVSK,
    LAST_FILE,
    SPRING,
    SPRING_BEFORE,
    START,
    TODAY,
    YEAR_BEFORE,
    ZARECHNAYA,
    made_up_plan,
)
from .registry import registry_rows
from .world import RegionWorld

SEED = 20241034
DEMO_MOMENT = dt.datetime(2024, 10, 26, 20, tzinfo=ZoneInfo("Asia/Vladivostok"))
DAILY_DAYS = 14
# New registry files come on these days; pages that were made in between are first watched then.
REGISTRY_DAYS = (START, SPRING_BEFORE, YEAR_BEFORE, SPRING, LAST_FILE)

PLANS: dict[str, RegionPlan] = {plan.code: plan for plan in (KHABAROVSK, ZARECHNAYA)}
REGION_CODES = tuple(PLANS)


@cache
def demo_world(code: str) -> RegionWorld:
    """One of the demo's regions by its code."""
    return RegionWorld(PLANS[code], SEED)


@cache
def made_up_region(pages: int, seed: int) -> RegionWorld:
    """What `simulate --pages --seed` plays."""
    return RegionWorld(made_up_plan(pages), seed)


def demo_days() -> list[dt.date]:
    """The 26th of each month for two years, then every day of the last two weeks, oldest first."""
    months = {dt.date(2022 + (9 + n) // 12, (9 + n) % 12 + 1, 26) for n in range(25)}
    last = {TODAY - dt.timedelta(days=back) for back in range(DAILY_DAYS)}
    return sorted(months | last)


def demo_registry(code: str, day: dt.date) -> list[dict[str, str]]:
    """The registry of a region as it stood on that day; a file of it came on each of REGISTRY_DAYS."""
    return registry_rows(demo_world(code), day)
