"""How often one may ask: so many requests a minute, counted in a cache that everybody's readers share."""

import ipaddress
import time

from django.core.cache import BaseCache, caches

MINUTE = 60


def wait(what: str, who: str, most: int, now: float | None = None) -> int:
    """Count a request of `who` for `what`; 0 = go on, else after how many seconds to come back.

    most: requests in a minute of the clock, 0 = without a limit. now: seconds since 1970; None = the clock. Where the
    cache is away nobody is kept off.
    """
    if not most:
        return 0
    now = time.time() if now is None else now
    minute, second = divmod(int(now), MINUTE)
    count = _counted(caches["public"], f"asked:{what}:{who}:{minute}")
    return MINUTE - second if count > most else 0


def _counted(cache: BaseCache, key: str) -> int:
    cache.add(key, 0, 2 * MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # it went between the two calls
        return 1


def network_of(address: str) -> str:
    """Whom an address stands for: itself, of IPv6 the network of 64 bits that one household has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
