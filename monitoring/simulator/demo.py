"""The demo's two regions and the days on which it is played."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from .audience import Total
from .registry import registry_rows
from .world import Cohort, RegionPlan, RegionWorld

SEED = 20241026
DEMO_MOMENT = dt.datetime(2024, 10, 26, 20, tzinfo=ZoneInfo("Asia/Vladivostok"))
START, YEAR_BEFORE, TODAY = dt.date(2022, 10, 26), dt.date(2023, 10, 26), dt.date(2024, 10, 26)
DAILY_DAYS = 14
# New registry files come on these days; pages made in between are first watched then.
REGISTRY_DAYS = (START, dt.date(2023, 4, 26), YEAR_BEFORE, dt.date(2024, 4, 26), dt.date(2024, 10, 14))

FIRST = (START + dt.timedelta(days=1), YEAR_BEFORE - dt.timedelta(days=1))
SECOND = (YEAR_BEFORE + dt.timedelta(days=1), dt.date(2024, 10, 12))
LATELY = (dt.date(2024, 10, 15), dt.date(2024, 10, 24))
TOWNS = (
    "Хабаровск", "Комсомольск-на-Амуре", "Амурский район", "Бикинский район", "Ванинский район",
    "Верхнебуреинский район", "Вяземский район", "Комсомольский район", "Нанайский район", "Николаевский район",
    "Охотский район", "Район имени Лазо", "Район имени Полины Осипенко", "Советско-Гаванский район",
    "Солнечный район", "Тугуро-Чумиканский район", "Ульчский район", "Хабаровский район", "Аяно-Майский район",
)  # fmt: skip

# A region of 1 643 accounts and 1 093 477 subscribers, a year before 1 700 and 827 391.
# Source: the region's press release of 26.10.2024; the split of the year before is made up.
KHABAROVSK = RegionPlan(
    code="RU-KHA",
    name="Хабаровский край",
    oktmo="08000000",
    zone="Asia/Vladivostok",
    number=1,
    prefix="khv",
    municipalities=TOWNS,
    without_pages=36,
    cohorts=(
        Cohort("vk", 972), Cohort("vk", 20, died=FIRST), Cohort("vk", 106, died=SECOND),
        Cohort("vk", 12, died=LATELY), Cohort("vk", 138, born=FIRST), Cohort("vk", 70, born=SECOND),
        Cohort("ok", 283, hidden=5), Cohort("ok", 6, died=FIRST), Cohort("ok", 31, died=SECOND),
        Cohort("ok", 35, born=FIRST), Cohort("ok", 12, born=SECOND),
        Cohort("telegram", 84), Cohort("telegram", 2, died=FIRST), Cohort("telegram", 4, died=SECOND),
        Cohort("telegram", 35, born=FIRST), Cohort("telegram", 14, born=SECOND),
    ),
    totals={
        "vk": (Total(START, 298_410), Total(YEAR_BEFORE, 391_420), Total(TODAY, 482_075)),
        "ok": (Total(START, 178_904), Total(YEAR_BEFORE, 228_306), Total(TODAY, 277_671)),
        "telegram": (Total(START, 134_077), Total(YEAR_BEFORE, 207_665), Total(TODAY, 333_731)),
    },
)  # fmt: skip

ZARECHNAYA = RegionPlan(
    code="RU-X01",
    name="Заречная область (вымышленная)",
    oktmo="39000000",
    zone="Europe/Kaliningrad",
    number=2,
    prefix="zar",
    municipalities=("Заречный", "Луговской район", "Озёрный район", "Сосновский район"),
    without_pages=6,
    cohorts=(
        Cohort("vk", 58), Cohort("vk", 3, died=SECOND), Cohort("vk", 6, born=FIRST),
        Cohort("ok", 26, hidden=1), Cohort("telegram", 18), Cohort("max", 12, born=SECOND),
    ),
)  # fmt: skip
PLANS = {plan.code: plan for plan in (KHABAROVSK, ZARECHNAYA)}
REGION_CODES = tuple(PLANS)


@cache
def demo_world(code: str) -> RegionWorld:
    """One of the demo's regions by its code."""
    return RegionWorld(PLANS[code], SEED)


def demo_days() -> list[dt.date]:
    """A day a month for two years, then every day of the last two weeks, oldest first."""
    months = {dt.date(2022 + (9 + n) // 12, (9 + n) % 12 + 1, 26) for n in range(25)}
    last = {TODAY - dt.timedelta(days=back) for back in range(DAILY_DAYS)}
    return sorted(months | last)


def demo_registry(code: str, day: dt.date) -> list[dict[str, str]]:
    """The registry file of a region as it came on one of REGISTRY_DAYS."""
    return registry_rows(demo_world(code), day)


def made_up_region(pages: int, seed: int) -> RegionWorld:
    """A region of about `pages` pages on four networks, for `simulate --pages`."""
    vk, ok, telegram = round(pages * 0.6), round(pages * 0.2), round(pages * 0.12)
    plan = RegionPlan(
        code="RU-X02",
        name="Вымышленная область",
        oktmo="31000000",
        zone="Asia/Yakutsk",
        number=3,
        prefix="sim",
        municipalities=("Первый район", "Второй район", "Третий район"),
        without_pages=2,
        cohorts=(
            Cohort("vk", vk),
            Cohort("ok", ok),
            Cohort("telegram", telegram),
            Cohort("max", pages - vk - ok - telegram),
        ),
    )
    return RegionWorld(plan, seed)
