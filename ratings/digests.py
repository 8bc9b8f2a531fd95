"""The seal of a rating: whoever changes a score, what went into it, or the rules behind it, breaks it."""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from monitoring.models import Region

from .models import Rating
from .tables_data import canonical

# What of a score is sealed, in this order.
SEALED = (
    "key",
    "status",
    "group",
    "exact",
    "points",
    "low",
    "high",
    "place",
    "zone",
    "expected",
    "place_low",
    "place_high",
    "award_chance",
    "settled",
    "items",
)


def digest(rating: Rating) -> str:
    """SHA-256 (hex) over the rules, the tables that the engine was given, and every score, in a canonical form."""
    return seal(header(rating), bytes(rating.inputs.packed), sealed_rows(rating))


def sealed_rows(rating: Rating) -> list[list[Any]]:
    """The sealed fields of every score as JSON has them, by key; bases sort text each in its own way."""
    return sorted((sealed(row) for row in rating.scores.values_list(*SEALED)), key=lambda row: row[0])


def header(rating: Rating) -> dict[str, Any]:
    """What is rated, by what, over which days."""
    return {
        "region": rating.region.code,
        "methodology": rating.methodology.slug,
        "version": rating.methodology.version,
        "rules": rating.methodology.data,
        "period": str(rating.period),
        "read_to": rating.read_to.isoformat(),
        "edition": rating.edition,
        "groups": rating.groups,
    }


def sealed(row: tuple[Any, ...]) -> list[Any]:
    """A score's sealed fields as JSON has them, the same on every base."""
    return [f"{value:.4f}" if isinstance(value, Decimal) else value for value in row]


def seal(head: dict[str, Any], packed: bytes, rows: Iterable[list[Any]]) -> str:
    """SHA-256 (hex) of a rating's parts."""
    result = hashlib.sha256(canonical(head))
    result.update(hashlib.sha256(packed).digest())
    for row in rows:
        result.update(canonical(row))
    return result.hexdigest()


def changed(region: Region) -> Iterator[Rating]:
    """Ratings of the region that are no longer as they were computed."""
    for rating in Rating.objects.filter(region=region).select_related("methodology", "region", "inputs"):
        if digest(rating) != rating.digest:
            yield rating
