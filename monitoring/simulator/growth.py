"""How the counters of a post grow with its age, and when comments under it are written and answered."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from .chance import mix, share
from .pages import Page

DAY = 86_400
# From this age on the counters of a post stand still.
SETTLED = 25 * DAY
# Share of its views that a post has after so many hours: half of them come within a day.
GROWN = [(1 - math.exp(-h / 36)) / (1 - math.exp(-SETTLED / 3600 / 36)) for h in range(SETTLED // 3600 + 1)]
# Pages answer within ten minutes to three days.
_SOONEST, _TIMES_AS_LATE = 600, 3 * DAY / 600


@dataclass(frozen=True, slots=True)
class Comment:
    """number: unique under its post, from 0. at: Unix seconds. answers: number of the comment that the page answers
    with this one, None = written by somebody else. in_thread: stands below it rather than beside it."""

    number: int
    at: int
    answers: int | None = None
    in_thread: bool = False


def count_comments(page: Page, at: int, chance: int, talk: float, unix: int) -> int:
    """Comments and answers at that moment under a post published `at`; talk: people's comments in the end."""
    people = _people(at, talk, unix)
    if not people:
        return 0
    return people + sum(answered <= unix for _n, _written, answered, _way in _answers(page, at, chance, talk, people))


def comments(page: Page, at: int, chance: int, talk: float, unix: int) -> list[Comment]:
    """What `count_comments` counts, oldest first."""
    people = _people(at, talk, unix)
    found = [Comment(2 * nth, _written(at, talk, nth)) for nth in range(people)]
    for nth, _when, answered, in_thread in _answers(page, at, chance, talk, people):
        if answered <= unix:
            found.append(Comment(2 * nth + 1, answered, 2 * nth, in_thread))
    return sorted(found, key=lambda comment: (comment.at, comment.number))


def _people(at: int, talk: float, unix: int) -> int:
    return int(talk * GROWN[min((unix - at) // 3600, len(GROWN) - 1)])


def _written(at: int, talk: float, nth: int) -> int:
    """When the nth comment of the people comes: as soon as the post has grown so far."""
    return at + 3600 * bisect_left(GROWN, (nth + 1) / talk - 1e-12)


def _answers(page: Page, at: int, chance: int, talk: float, people: int) -> Iterator[tuple[int, int, int, bool]]:
    """Of the comments that are ever answered: number among the people's, when written and answered, in a thread or
    not. Each page has its own diligence."""
    diligence = share(page.key, 81)
    for nth in range(people):
        luck = mix(chance, nth)
        if (luck & 1023) / 1024 < diligence:
            written = _written(at, talk, nth)
            late = _SOONEST * _TIMES_AS_LATE ** ((luck >> 10 & 0xFFFF) / 0xFFFF)
            yield nth, written, min(written + int(late), at + SETTLED), luck >> 40 & 7 > 0
