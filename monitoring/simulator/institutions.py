"""The institutions of a made-up region: names, numbers, places, founders, admins."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitoring.registry.identifiers import is_inn, is_ogrn

from . import words
from .chance import Dice
from .plans import Place, RegionPlan
from .words import Kind

# Institutions that there is one of in a place or a region take at most this share of a small region.
LONE_SHARE = 0.22
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    " ": "_",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Institution:
    """stem: Latin beginning of its pages' short names. size: people on its VK page in the middle of the range.

    lone: there is one of it in a place or a region. knows_ogrn: the registry has its ОГРН.
    """

    number: int
    name: str
    ogrn: str
    inn: str
    place: Place
    kind: Kind
    founder: str
    admin: str
    email: str
    stem: str
    size: float
    lone: bool
    knows_ogrn: bool


def institutions(plan: RegionPlan, seed: int, count: int) -> list[Institution]:
    """That many institutions, the lone ones (government, administrations, hospitals) first."""
    taken: Counter[tuple[str, str]] = Counter()
    found: list[Institution] = []
    for kind, place, word in _chosen(plan, seed, count):
        taken[kind.name, place.name] += 1
        number = taken[kind.name, place.name]
        found.append(_institution((plan, seed, len(found)), kind, place, word, number))
    return found


def _chosen(plan: RegionPlan, seed: int, count: int) -> Iterator[tuple[Kind, Place, str]]:
    dice = Dice(seed, plan.number, 1)
    lone = list(_lone(plan))[: max(1, int(count * LONE_SHARE))]
    yield from lone[:count]
    places = [(place, place.weight) for place in plan.places]
    for _ in range(count - len(lone)):
        place = dice.weighted(places)
        fitting = [
            (kind, kind.weight)
            for kind in words.COMMON
            if not (kind.only_in_cities and not place.city) and not (kind.only_in_districts and place.city)
        ]
        yield dice.weighted(fitting), place, ""


def _lone(plan: RegionPlan) -> Iterator[tuple[Kind, Place, str]]:
    capital = plan.places[0]
    yield from ((kind, capital, "") for kind in words.OF_REGION)
    yield from ((words.OF_PLACE[0], place, "") for place in plan.places)
    yield from ((words.MINISTRY, capital, word) for word in plan.ministries)
    yield from ((words.OF_PLACE[1], place, "") for place in plan.places)
    yield from ((kind, place, "") for kind in words.UNIVERSITIES for place in plan.places if place.city)
    yield from ((kind, place, "") for kind in words.OF_PLACE[2:] for place in plan.places)


def _institution(which: tuple[RegionPlan, int, int], kind: Kind, place: Place, word: str, nth: int) -> Institution:
    """which: region, seed, number. nth: which of its kind it is in its place."""
    plan, seed, number = which
    dice = Dice(seed, plan.number, 2, number)
    village = _nth(words.VILLAGES, nth - 1)
    said = {"n": nth, "town": place.town, "of": place.of, "region": plan.of, "budget": plan.budget}
    said |= {"word": word or _word(kind, nth), "village": village}
    lone = not kind.weight
    if "{village}" in kind.name:
        stem = f"{kind.slug}_{latin(village)}_{place.slug}"
    else:
        stem = f"{kind.slug}{'' if lone and nth == 1 else nth}_{place.slug}"
    return Institution(
        number=number,
        name=kind.name.format(**said),
        ogrn=_with_check_digit(f"1{dice.whole(2, 22):02d}{plan.tax_code}99{number:05d}", is_ogrn),
        inn=_with_check_digit(f"{plan.tax_code}99{number:05d}", is_inn),
        place=place,
        kind=kind,
        founder=kind.founder.format(**said),
        admin=_admin(number * 5 // 6),
        email=f"admin{number * 5 // 6 + 1}@{plan.code.lower()}.example",
        stem=stem,
        size=kind.size * ((place.weight / 4) ** 0.35 if kind in words.OF_PLACE else 1),
        lone=lone,
        knows_ogrn=lone or not dice.happens(0.004),
    )


def _word(kind: Kind, nth: int) -> str:
    """A name in quotes: in turn where a number tells institutions apart anyway, else numbered from the second on."""
    if not kind.words:
        return ""
    return kind.words[(nth - 1) % len(kind.words)] if "{n}" in kind.name else _nth(kind.words, nth - 1)


def _nth(options: tuple[str, ...], index: int) -> str:
    """The options in turn; from the second round on with a number."""
    turn, place = divmod(index, len(options))
    return f"{options[place]}-{turn + 1}" if turn else options[place]


def _admin(number: int) -> str:
    """A made-up person; every sixth runs the pages of two institutions."""
    rest, surname = divmod(number, len(words.SURNAMES))
    rest, name = divmod(rest, len(words.NAMES))
    rest, patronymic = divmod(rest, len(words.PATRONYMICS))
    person = f"{words.SURNAMES[surname]} {words.NAMES[name]} {words.PATRONYMICS[patronymic]}"
    return f"{person}{f' {rest + 1}-я' if rest else ''} {words.MADE_UP}"


def latin(text: str) -> str:
    """Russian words in Latin letters, as in short names."""
    return "".join(_LATIN.get(letter, letter) for letter in text.lower()).replace("-", "")


def _with_check_digit(body: str, valid: Callable[[str], bool]) -> str:
    return next(body + digit for digit in "0123456789" if valid(body + digit))
