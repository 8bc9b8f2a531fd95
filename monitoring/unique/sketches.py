"""Sketches of sets of people: counted without keeping who they are.

HyperLogLog (4 bits, 2^14 registers) counts a union to about 0.8 %; theta sketches (2^12 hashes) tell intersections with
bounds. Source of the errors: Apache DataSketches, both are unbiased with known standard errors.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from datasketches import (
    compact_theta_sketch,
    hll_sketch,
    hll_union,
    tgt_hll_type,
    theta_intersection,
    theta_union,
    update_theta_sketch,
)

MOST = 2**63 - 1  # of a number of a person; larger ones are nonsense and harmless
LG_HLL, LG_THETA = 14, 12
# Bounds of two standard errors: 95 % of the time the truth lies between them.
STANDARD_ERRORS = 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """People: between low and high with 95 % confidence."""

    people: float
    low: float
    high: float

    @property
    def error(self) -> float | None:
        """Half of the interval as a share of the estimate; None for nobody."""
        return (self.high - self.low) / 2 / self.people if self.people else None


def salted(ids: Iterable[int], key: bytes) -> Iterable[int]:
    """64 bits of a keyed hash of each id: without the key nobody can tell whose they are."""
    for each in ids:
        digest = hashlib.blake2b((each & MOST).to_bytes(8, "big"), key=key, digest_size=8).digest()
        yield int.from_bytes(digest, "big", signed=True)


class Members:
    """The members of one page, or of many together, as two sketches."""

    def __init__(self) -> None:
        self._hll = hll_union(LG_HLL)
        self._theta = theta_union(LG_THETA)

    def add(self, ids: Iterable[int], key: bytes) -> None:
        """Take in people by their numbers."""
        hll, theta = hll_sketch(LG_HLL, tgt_hll_type.HLL_4), update_theta_sketch(LG_THETA)
        for each in salted(ids, key):
            hll.update(each)
            theta.update(each)
        self._hll.update(hll)
        self._theta.update(theta)

    def join(self, hll: bytes, theta: bytes) -> None:
        """Take in what was stored before; empty = nobody."""
        if hll:
            self._hll.update(hll_sketch.deserialize(bytes(hll)))
        if theta:
            self._theta.update(compact_theta_sketch.deserialize(bytes(theta)))

    def stored(self) -> tuple[bytes, bytes]:
        """The two sketches as they are kept."""
        return self._hll.get_result(tgt_hll_type.HLL_4).serialize_compact(), self._theta.get_result().serialize()

    def estimate(self) -> Estimate:
        found = self._hll.get_result(tgt_hll_type.HLL_4)
        return _estimate(found)


def overlap(one: bytes, other: bytes) -> Estimate:
    """People who are in both of two stored theta sketches."""
    found = theta_intersection()
    for each in (one, other):
        found.update(compact_theta_sketch.deserialize(bytes(each)))
    return _estimate(found.get_result())


def together(one: bytes, other: bytes) -> Estimate:
    """People who are in one of the two or in both."""
    found = theta_union(LG_THETA)
    for each in (one, other):
        found.update(compact_theta_sketch.deserialize(bytes(each)))
    return _estimate(found.get_result())


def _estimate(sketch: object) -> Estimate:
    low, high = sketch.get_lower_bound(STANDARD_ERRORS), sketch.get_upper_bound(STANDARD_ERRORS)
    return Estimate(sketch.get_estimate(), low, high)
