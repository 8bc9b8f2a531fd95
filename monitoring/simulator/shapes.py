"""Lists of an answer in a shape that networks sometimes give them."""

from collections.abc import Sequence
from itertools import count
from typing import TypeVar

from .chance import mix

T = TypeVar("T")
_TIMES = count()


def reshaped(items: Sequence[T], faults: frozenset[str]) -> Sequence[T]:
    """The items as the faults `missing_items`, `duplicate_items` and `shuffled` leave them."""
    if "missing_items" in faults:
        items = [item for place, item in enumerate(items, 1) if place % 10]
    if "duplicate_items" in faults:
        items = [item for item in items for _ in range(2)]
    if "shuffled" in faults:
        nth = next(_TIMES)
        order = sorted(range(len(items)), key=lambda place: mix(nth, place, 91))
        items = [items[place] for place in order]
    return items
