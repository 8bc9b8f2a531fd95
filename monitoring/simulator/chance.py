"""Chance without state: numbers mixed out of numbers, the same on any machine and in any order of asking."""

import math
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


def mix(*parts: int) -> int:
    """64 bits that depend on nothing but the parts (multiply and shift, as in SplitMix64)."""
    bits = 0x9E3779B97F4A7C15
    for part in parts:
        bits = (bits ^ part) * 0xBF58476D1CE4E5B9 & _MASK
        bits ^= bits >> 31
        bits = bits * 0x94D049BB133111EB & _MASK
        bits ^= bits >> 29
    return bits


def share(*parts: int) -> float:
    """A number in [0, 1) that depends on nothing but the parts."""
    return (mix(*parts) >> 11) / 9007199254740992


class Dice:
    """A row of throws that begins anew with the same seed."""

    def __init__(self, *seed: int) -> None:
        self._seed = mix(*seed)
        self._throws = 0

    def share(self) -> float:
        self._throws += 1
        return share(self._seed, self._throws)

    def happens(self, chance: float) -> bool:
        return self.share() < chance

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + int((high - low + 1) * self.share())

    def pick(self, options: Sequence[T]) -> T:
        return options[int(len(options) * self.share())]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """One of the options by weight."""
        at = self.share() * sum(weight for _option, weight in options)
        for option, weight in options:
            at -= weight
            if at < 0:
                return option
        return options[-1][0]

    def normal(self) -> float:
        """A standard normal number (Box-Muller)."""
        return math.sqrt(-2 * math.log(1 - self.share())) * math.cos(math.tau * self.share())
