"""Speaking to a running simulator: its clock."""

import datetime as dt

import httpx


def set_clock(address: str, moment: dt.datetime) -> None:
    """Make the simulator at `address` answer as of `moment` (aware). Raises httpx.HTTPError."""
    answer = httpx.post(f"{address}/_simulator/clock", json={"now": moment.isoformat()}, trust_env=False)
    answer.raise_for_status()
