"""Chance without state: the same key gives the same number, on any machine and in any order."""

import zlib
from statistics import NormalDist

_NORMAL = NormalDist()


def share(*key: object) -> float:
    """A number in [0, 1) that depends on nothing but the key."""
    return zlib.crc32(repr(key).encode()) / 2**32


def pick(options, *key: object):
    """One of the options, evenly."""
    return options[int(share(*key) * len(options))]


def normal(*key: object) -> float:
    """A standard normal number."""
    return _NORMAL.inv_cdf(min(max(share(*key), 1e-6), 1 - 1e-6))
