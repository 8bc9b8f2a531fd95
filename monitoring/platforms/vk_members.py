"""What VK's groups.getMembers says: numbers of people, and how many there are."""

from typing import Any

import msgspec

from .answers import convert
from .base import MembersAsk, MembersReading, PlatformError


class _Members(msgspec.Struct):
    count: int
    items: list[int]


def read_members(ask: MembersAsk, answer: Any) -> MembersReading:
    """An answer, or the failure of the page that came instead of it, as a reading."""
    try:
        if isinstance(answer, PlatformError):
            raise answer
        found = convert(answer, _Members)
    except PlatformError as error:
        return MembersReading(ask.page_id, ask.offset, failure=error.failure)
    return MembersReading(ask.page_id, ask.offset, max(found.count, 0), tuple(found.items))
