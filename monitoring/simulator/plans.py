"""What a made-up region consists of, as data."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

PLATFORMS = ("vk", "ok", "telegram", "max")


class Total(NamedTuple):
    """On that day all readable pages of a network together have exactly so many subscribers."""

    day: dt.date
    people: int


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality. `town` stands behind the names of its institutions, `of` in «Администрация …»."""

    name: str
    town: str
    of: str
    slug: str
    oktmo: str
    weight: float
    city: bool = False


@dataclass(frozen=True, slots=True)
class Wave:
    """Pages that are made in the days before `enters` (when a registry file names them first), and pages that are
    given up after the wave before, until `ends`."""

    enters: dt.date
    ends: dt.date
    made: int
    gone: int


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """start: pages on the first day. hidden: of them, pages that never show their counter. totals: oldest first;
    without them pages grow freely."""

    start: int
    waves: tuple[Wave, ...] = ()
    totals: tuple[Total, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """of: the name in the genitive; budget: first letters of its institutions (КГ, ОГ); tax_code: two digits in ОГРН
    and ИНН; number: tells regions of one simulator apart; lately: days on which pages are renamed, lose marks, jump."""

    number: int
    code: str
    name: str
    of: str
    budget: str
    tax_code: str
    oktmo: str
    zone: str
    places: tuple[Place, ...]
    networks: dict[str, NetworkPlan]
    first_day: dt.date
    lately: tuple[dt.date, dt.date]
    ministries: tuple[str, ...] = ()
    without_pages: int = 0
    without_vk: int = 0
    plain_names: bool = False  # sim0_gos instead of school5_bikin
    specimens: bool = False  # one page of each quirk
    wrong_telegram: int = 0  # Telegram addresses of the registry that never existed
    events: dict[str, int] = field(default_factory=dict)  # how many pages: renamed, jump, mark_lost, widget_lost
