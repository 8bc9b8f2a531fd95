"""Made-up regions: institutions and their pages. Everything is a function of the seed; nothing is stored."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from monitoring.registry.identifiers import is_inn, is_ogrn

from .audience import Audience, Total
from .chance import normal, pick, share

BIG_BANG = dt.date(2000, 1, 1)

# kind: name pattern, sectors in steps, level, founder, share of all institutions
KINDS = (
    ("МБОУ СОШ № {n}", ("Образование", "Школы"), "МО", "Управление образования", 0.30),
    ("МБДОУ «Детский сад № {n}»", ("Образование", "Детские сады"), "МО", "Управление образования", 0.26),
    (
        "МБУДО «Центр детского творчества № {n}»",
        ("Образование", "Дополнительное образование"),
        "МО",
        "Управление образования",
        0.05,
    ),
    ("Библиотека-филиал № {n}", ("Культура", "Библиотеки"), "МО", "Управление культуры", 0.10),
    ("Дом культуры № {n}", ("Культура", "Клубы"), "МО", "Управление культуры", 0.07),
    (
        "КГБУЗ «Районная больница № {n}»",
        ("Здравоохранение", "Больницы"),
        "Ведомство",
        "Министерство здравоохранения",
        0.05,
    ),
    (
        "КГБУЗ «Поликлиника № {n}»",
        ("Здравоохранение", "Поликлиники"),
        "Ведомство",
        "Министерство здравоохранения",
        0.04,
    ),
    ("Спортивная школа № {n}", ("Спорт", "Спортивные школы"), "МО", "Управление спорта", 0.05),
    (
        "Центр социального обслуживания № {n}",
        ("Социальная защита", "Центры обслуживания"),
        "Ведомство",
        "Министерство социальной защиты",
        0.04,
    ),
    ("Администрация сельского поселения № {n}", ("Управление", "Администрации"), "МО", "Администрация района", 0.03),
    ("Управление по делам № {n}", ("Управление", "Органы власти"), "Министерство", "Правительство", 0.01),
)
SURNAMES = ("Берёзкина", "Лугова", "Озёрная", "Полевая", "Рощина", "Соснова", "Тополева", "Ясенева")
NAMES = ("Анна", "Вера", "Дарья", "Ирина", "Мария", "Нина", "Ольга", "Юлия")
GROUNDS = "решение учредителя об отсутствии необходимости (учреждение малочисленно)"


@dataclass(frozen=True)
class Institution:
    number: int
    name: str
    ogrn: str
    inn: str
    municipality: str
    oktmo: str
    sectors: tuple[str, ...]
    level: str
    founder: str
    admin: str
    email: str
    ground: str = ""  # why it keeps no page, "" where it should


@dataclass(frozen=True, eq=False)
class Page:
    """A page of the simulated networks. `key` is unique over all regions; `born`/`died`: first and last day."""

    key: int
    platform: str
    handle: str
    external_id: str
    institution: Institution
    zone: str
    born: dt.date
    died: dt.date | None
    death: str  # deleted or banned
    size: float  # people, before the region's curve is laid over
    hidden: bool = False  # exists, but its counter is shown to nobody
    renamed_on: dt.date | None = None
    old_handle: str = ""

    def exists(self, day: dt.date) -> bool:
        return self.born <= day and (self.died is None or day < self.died)

    def handle_on(self, day: dt.date) -> str:
        return self.old_handle if self.renamed_on and day < self.renamed_on else self.handle

    def chance(self, *key: object) -> float:
        return share(self.key, *key)


@dataclass(frozen=True)
class Cohort:
    """Pages of one network that are born and die within a span of days."""

    platform: str
    count: int
    born: tuple[dt.date, dt.date] = (BIG_BANG, BIG_BANG)
    died: tuple[dt.date, dt.date] | None = None
    hidden: int = 0


@dataclass(frozen=True)
class RegionPlan:
    """What a made-up region consists of."""

    code: str
    name: str
    oktmo: str
    zone: str
    number: int
    prefix: str
    municipalities: tuple[str, ...]
    cohorts: tuple[Cohort, ...]
    totals: dict[str, tuple[Total, ...]] = field(default_factory=dict)
    without_pages: int = 0


class RegionWorld:
    """The institutions, pages and audience of one region."""

    def __init__(self, plan: RegionPlan, seed: int) -> None:
        self.plan = plan
        self.seed = seed
        self.audience = Audience(self.pages, plan.totals)

    @cached_property
    def institutions(self) -> list[Institution]:
        """As many as there are VK pages, and some without any page."""
        count = sum(c.count for c in self.plan.cohorts if c.platform == "vk") + self.plan.without_pages
        return [self._institution(n, grounded=n >= count - self.plan.without_pages // 2) for n in range(count)]

    def _institution(self, number: int, grounded: bool) -> Institution:
        plan, key = self.plan, (self.seed, self.plan.number, number)
        at, kind = share(*key, "kind"), KINDS[0]
        for kind in KINDS:
            at -= kind[4]
            if at < 0:
                break
        name, sectors, level, founder, _share = kind
        place = int(share(*key, "place") * len(plan.municipalities))
        town = plan.municipalities[place]
        admin = f"{pick(SURNAMES, *key, 'surname')} {pick(NAMES, *key, 'name')} {number} (вымышленное имя)"
        return Institution(
            number=number,
            name=f"{name.format(n=number + 1)} ({town})",
            ogrn=_with_check_digit(f"1{plan.number:02d}27{number:07d}", is_ogrn),
            inn=_with_check_digit(f"{27 + plan.number:02d}{number:07d}", is_inn),
            municipality=town,
            oktmo=f"{plan.oktmo[:2]}{600 + place:03d}000",
            sectors=sectors,
            level=level,
            founder=founder if level != "МО" else f"{founder} ({town})",
            admin=admin,
            email=f"admin{number}@{plan.prefix}.example",
            ground=GROUNDS if grounded else "",
        )

    @cached_property
    def pages(self) -> list[Page]:
        return list(self._pages())

    def _pages(self) -> Iterator[Page]:
        taken: dict[str, int] = {}
        for cohort in self.plan.cohorts:
            for index in range(cohort.count):
                number = taken.get(cohort.platform, 0)
                taken[cohort.platform] = number + 1
                yield self._page(cohort, number, hidden=index < cohort.hidden)

    def _page(self, cohort: Cohort, number: int, hidden: bool) -> Page:
        plan, platform = self.plan, cohort.platform
        networks = ("vk", "ok", "telegram", "max")
        key = plan.number * 1_000_000 + networks.index(platform) * 100_000 + number
        chance = (self.seed, key)
        handle = f"{plan.prefix}{number}_{ {'vk': 'gos', 'ok': 'okru', 'telegram': 'tg', 'max': 'max'}[platform] }"
        renamed = platform == "vk" and share(*chance, "renamed") < 0.006
        died = _within(cohort.died, *chance, "died") if cohort.died else None
        return Page(
            key=key,
            platform=platform,
            handle=handle,
            external_id=_external_id(platform, key),
            institution=self.institutions[number if platform == "vk" else number * 3 % len(self.institutions)],
            zone=plan.zone,
            born=_within(cohort.born, *chance, "born"),
            died=died,
            death="banned" if share(*chance, "death") < 0.2 else "deleted",
            size=260 * 2.718 ** (1.05 * normal(*chance, "size")),
            hidden=hidden,
            renamed_on=dt.date(2024, 10, 14) + dt.timedelta(days=int(share(*chance, "when") * 10)) if renamed else None,
            old_handle=f"old_{handle}" if renamed else "",
        )


def _external_id(platform: str, key: int) -> str:
    """Ids of the form that each network gives."""
    bases = {"vk": 200_000_000, "ok": 55_000_000_000_000, "telegram": 1_000_000_000, "max": 70_000_000_000_000}
    sign = "-" if platform == "max" else ""
    return f"{sign}{bases[platform] + key}"


def _within(span: tuple[dt.date, dt.date], *key: object) -> dt.date:
    first, last = span
    return first + dt.timedelta(days=int(share(*key) * ((last - first).days + 1)))


def _with_check_digit(body: str, valid) -> str:
    return next(body + digit for digit in "0123456789" if valid(body + digit))
