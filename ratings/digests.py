"""The seal of a rating: whoever changes a score, or the rules behind it, breaks it."""

import hashlib
import json
from collections.abc import Iterator

from monitoring.models import Region

from .models import Rating, Score


def digest(rating: Rating) -> str:
    """SHA-256 (hex) over the methodology's rules and every score, in a canonical form."""
    seal = hashlib.sha256(_canonical(rating.methodology.data))
    rows = Score.objects.filter(rating=rating).order_by("page").values_list("page", "points", "zone", "place", "items")
    for page, points, zone, place, items in rows.iterator(2000):
        seal.update(_canonical([page, None if points is None else f"{points:.2f}", zone, place, items]))
    return seal.hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def changed(region: Region) -> Iterator[Rating]:
    """Ratings of the region that are no longer as they were computed."""
    for rating in Rating.objects.filter(region=region).select_related("methodology"):
        if digest(rating) != rating.digest:
            yield rating
