"""Reading many pages when some of them fail, and long walls a piece at a time."""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .access import REFUSALS
from .base import PAGE_FAILURES, Failure, PageReading, PageRef, PlatformError, PostReading, WallReading

R = TypeVar("R", PageReading, WallReading)

# After these the network or the token refuses everything; asking on would only make it worse.
STOPPING = frozenset({*REFUSALS, Failure.INTERRUPTED})
# One page may be poison to the network; several in a row mean that the network itself is out.
FAULTS_IN_A_ROW = 3
# Pieces of one wall that are read at most; what lies further back stays unread, and the reading says so.
PIECES_OF_A_WALL = 10


def read_each(
    pages: Sequence[PageRef],
    read: Callable[[Sequence[PageRef]], list[R]],
    failed: Callable[..., R],
    at_once: int,
    size: int = 1,
) -> list[R]:
    """Read the pages `size` at a time with `read`, `at_once` parts together; `failed(page, error, asked)` makes the
    reading of a page that could not be read.

    A failure of one part leaves the others alone. After a refusal, or three faults in a row, the rest is not asked
    for and gets the same failure. Raises that PlatformError where nothing was read at all before.
    """
    parts = [pages[start : start + size] for start in range(0, len(pages), size)]
    run = _Run(read, failed)
    if at_once == 1 or len(parts) <= 1:
        readings = [reading for part in parts for reading in run.part(part)]
    else:
        with ThreadPoolExecutor(min(at_once, len(parts)), "read") as pool:
            readings = [reading for answered in pool.map(run.part, parts) for reading in answered]
    if run.cause and all(_is_fault(r) for r in readings):
        raise run.cause
    return readings


class _Run(Generic[R]):
    """What the parts of one run have met so far."""

    def __init__(self, read: Callable[[Sequence[PageRef]], list[R]], failed: Callable[..., R]) -> None:
        self._read, self._failed = read, failed
        self._faults = 0
        self._lock = threading.Lock()
        self.cause: PlatformError | None = None  # why nothing more is asked

    def part(self, pages: Sequence[PageRef]) -> list[R]:
        cause = self.cause
        if cause:
            return [self._failed(page, cause, asked=False) for page in pages]
        error = None
        try:
            answered = self._read(pages)
        except PlatformError as met:
            error = met
            answered = [self._failed(page, met, asked=met.failure not in STOPPING) for page in pages]
        with self._lock:
            self._note(answered, error)
        return answered

    def _note(self, answered: list[R], error: PlatformError | None) -> None:
        self._faults = self._faults + 1 if all(_is_fault(r) for r in answered) else 0
        refusal = next((r for r in answered if r.failure in STOPPING), None)
        if self.cause is None and (refusal or self._faults >= FAULTS_IN_A_ROW):
            last = refusal or answered[-1]
            if error is None or error.failure != last.failure:
                error = PlatformError(last.failure, until=last.until, answer_hash=last.answer_hash)
            self.cause = error


def _is_fault(reading: PageReading | WallReading) -> bool:
    return reading.failure is not None and reading.failure not in PAGE_FAILURES


def no_page(page: PageRef, error: PlatformError, asked: bool = True) -> PageReading:
    """The reading of a page that could not be read."""
    proof = error.answer_hash if asked else ""
    return PageReading(page.page_id, proof, error.failure, error.until, asked=asked)


def no_wall(page: PageRef, error: PlatformError, asked: bool = True) -> WallReading:
    """The reading of a wall that could not be read."""
    proof = error.answer_hash if asked else ""
    return WallReading(page.page_id, failure=error.failure, until=error.until, answer_hash=proof, asked=asked)


@dataclass(slots=True)
class WallSoFar:
    """A wall that is read newest first, a piece at a time, back to `since` (aware); posts that come along are kept
    back to `keep_from`, which is not later."""

    page_id: int
    since: dt.datetime
    keep_from: dt.datetime
    failure: Failure | None = None
    until: dt.datetime | None = None
    pieces: int = 0
    _posts: dict[str, PostReading] = field(default_factory=dict)
    _oldest: dt.datetime | None = None
    _more: bool = True
    _ended: bool = False
    _repeats: bool = False
    _proofs: list[str] = field(default_factory=list)

    @property
    def wants_more(self) -> bool:
        return not (self._ended or self._repeats or self.failure) and self.pieces < PIECES_OF_A_WALL

    @property
    def oldest(self) -> dt.datetime | None:
        """When the oldest post read so far was published; pinned ones do not count, they stand out of order."""
        return self._oldest

    def add(self, posts: Iterable[PostReading], proof: str, more: bool, oldest: dt.datetime | None = None) -> None:
        """Take the next piece.

        proof: hash of its answer. more: the network has older posts. oldest: how far back the piece goes where that
        is further than its posts, since others' posts among them were left out.
        """
        for post in posts:
            self._posts[post.external_id] = post
        dates = [post.published_at for post in self._posts.values() if not post.pinned]
        self._oldest = min((date for date in (oldest, self._oldest, *dates) if date), default=None)
        self.pieces += 1
        self._more = more
        self._ended = not more or (self._oldest is not None and self._oldest < self.since)
        self._repeats = proof in self._proofs  # a network that gives the same piece again has no way further
        self._proofs.append(proof)

    def fail(self, error: PlatformError) -> None:
        """The next piece could not be read: half a wall is no reading."""
        self.failure, self.until = error.failure, error.until
        self._proofs = [error.answer_hash]

    def reading(self) -> WallReading:
        """What was read; complete from the second after the oldest post on, at most from `keep_from` on."""
        if self.failure:
            return WallReading(self.page_id, failure=self.failure, until=self.until, answer_hash=self._proofs[-1])
        complete = self.keep_from
        if self._more:
            if self._oldest is None:
                return WallReading(self.page_id, failure=Failure.BAD_ANSWER, answer_hash=self._proofs[-1])
            complete = max(complete, self._oldest + dt.timedelta(seconds=1))
        posts = tuple(post for post in self._posts.values() if post.published_at >= self.keep_from)
        proof = (
            self._proofs[0] if len(self._proofs) == 1 else hashlib.sha256("".join(self._proofs).encode()).hexdigest()
        )
        return WallReading(self.page_id, posts, complete, proof)
