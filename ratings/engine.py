"""Rules and inputs -> scores. Pure: no clock, no database, no network; exact fractions, so no tolerance is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .indicators import INDICATORS, PageInputs, Ratio, State
from .rules import Item, Rules


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What one item gave. value (in the indicator's unit) and points are None unless the state is `known`."""

    indicator: str
    state: State
    max_points: Fraction
    value: Fraction | None = None
    points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PageScore:
    """points: 0–100, rounded; None, no zone and no place where no item is known. place: 1 is the best."""

    points: Decimal | None
    zone: str
    place: int | None
    items: tuple[ItemScore, ...]


def rate(rules: Rules, pages: Mapping[int, PageInputs]) -> dict[int, PageScore]:
    """Score of every page by its key.

    Points = 100 · Σ points ÷ Σ max points over the known items: the weight of an item that is unknown or does not
    apply is spread over the others in proportion. Equal points share a place, and the next place follows at once;
    equal means equal before rounding.
    """
    items = {page: [score_item(item, inputs) for item in rules.items] for page, inputs in pages.items()}
    exact = {page: total(scores) for page, scores in items.items()}
    places = dense_places({page: points for page, points in exact.items() if points is not None})
    result = {}
    for page, points in exact.items():
        rounded = None if points is None else round_half_away(points, rules.digits)
        zone = "" if rounded is None else zone_of(rounded, rules)
        result[page] = PageScore(rounded, zone, places.get(page), tuple(items[page]))
    return result


def score_item(item: Item, page: PageInputs) -> ItemScore:
    """What the item gives to the page."""
    reading = State.NOT_APPLICABLE if page.page_class in item.not_for else INDICATORS[item.indicator].measure(page)
    if not isinstance(reading, Ratio):
        return ItemScore(item.indicator, reading, item.max_points)
    points = item.points_for(reading.value)
    return ItemScore(item.indicator, State.KNOWN, item.max_points, reading.value, points)


def total(items: list[ItemScore]) -> Fraction | None:
    """Points out of 100 over the known items; None if there are none."""
    known = [item for item in items if item.points is not None]
    if not known:
        return None
    return Fraction(100) * sum(item.points for item in known) / sum(item.max_points for item in known)


def dense_places(points: Mapping[int, Fraction]) -> dict[int, int]:
    """1, 2, 2, 3: the most points first, equal points share a place, no place is left out."""
    order = {value: place for place, value in enumerate(sorted(set(points.values()), reverse=True), start=1)}
    return {page: order[value] for page, value in points.items()}


def round_half_away(value: Fraction, digits: int) -> Decimal:
    """Rounded half away from zero: 0.125 -> 0.13, −0.125 -> −0.13."""
    scaled = int(abs(value) * 10**digits + Fraction(1, 2))
    return Decimal(scaled if value >= 0 else -scaled).scaleb(-digits)


def zone_of(points: Decimal, rules: Rules) -> str:
    """The zone of the points as shown, that is rounded: 89.99 lies below a bound of 90, 90.00 does not."""
    return next(each.zone for each in rules.zones if points >= each.bound)
