"""Reading many pages when some of them fail, and long walls a piece at a time."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from .base import PAGE_FAILURES, Failure, PageReading, PageRef, PlatformError, PostReading, WallReading

R = TypeVar("R", PageReading, WallReading)

# After these the network or the token refuses everything; asking on would only make it worse.
STOPPING = frozenset({Failure.THROTTLED, Failure.TOKEN_DEAD, Failure.NEEDS_PERSON})
# One page may be poison to the network; several in a row mean that the network itself is out.
FAULTS_IN_A_ROW = 3
# Pieces of one wall that are read at most; what lies further back stays unread, and the reading says so.
PIECES_OF_A_WALL = 10


def read_each(
    pages: Sequence[PageRef],
    read: Callable[[Sequence[PageRef]], list[R]],
    failed: Callable[[PageRef, PlatformError], R],
    size: int = 1,
) -> list[R]:
    """Read the pages `size` at a time with `read`; `failed` makes the reading of a page that could not be read.

    A failure of one part leaves the others alone. After a refusal, or three faults in a row, the rest is not asked
    for and gets the same failure. Raises that PlatformError where nothing was read at all before.
    """
    readings: list[R] = []
    faults = 0
    cause: PlatformError | None = None
    for start in range(0, len(pages), size):
        part = pages[start : start + size]
        try:
            answered = read(part)
        except PlatformError as error:
            cause = error
            answered = [failed(page, error) for page in part]
        readings += answered
        faults = faults + 1 if all(_is_fault(r) for r in answered) else 0
        refusal = next((r for r in answered if r.failure in STOPPING), None)
        if refusal or faults >= FAULTS_IN_A_ROW:
            last = refusal or answered[-1]
            if cause is None or cause.failure != last.failure:
                cause = PlatformError(last.failure, until=last.until)
            if all(_is_fault(r) for r in readings):
                raise cause
            return readings + [failed(page, cause) for page in pages[len(readings) :]]
    return readings


def _is_fault(reading: PageReading | WallReading) -> bool:
    return reading.failure is not None and reading.failure not in PAGE_FAILURES


def no_page(page: PageRef, error: PlatformError) -> PageReading:
    """The reading of a page that could not be read."""
    return PageReading(page.page_id, failure=error.failure, until=error.until)


def no_wall(page: PageRef, error: PlatformError) -> WallReading:
    """The reading of a wall that could not be read."""
    return WallReading(page.page_id, failure=error.failure, until=error.until)


@dataclass(slots=True)
class WallSoFar:
    """A wall that is read newest first, a piece at a time, back to `since` (aware)."""

    page_id: int
    since: dt.datetime
    failure: Failure | None = None
    until: dt.datetime | None = None
    pieces: int = 0
    _posts: dict[str, PostReading] = field(default_factory=dict)
    _oldest: dt.datetime | None = None
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
        self._ended = not more or (self._oldest is not None and self._oldest < self.since)
        self._repeats = proof in self._proofs  # a network that gives the same piece again has no way further
        self._proofs.append(proof)

    def fail(self, error: PlatformError) -> None:
        """The next piece could not be read: half a wall is no reading."""
        self.failure, self.until = error.failure, error.until

    def reading(self) -> WallReading:
        """What was read; where it was cut short, complete from the second after the oldest post on."""
        if self.failure:
            return WallReading(self.page_id, failure=self.failure, until=self.until)
        complete = self.since
        if not self._ended:
            if self._oldest is None:
                return WallReading(self.page_id, failure=Failure.BAD_ANSWER)
            complete = max(self.since, self._oldest + dt.timedelta(seconds=1))
        posts = tuple(post for post in self._posts.values() if post.published_at >= self.since)
        proof = (
            self._proofs[0] if len(self._proofs) == 1 else hashlib.sha256("".join(self._proofs).encode()).hexdigest()
        )
        return WallReading(self.page_id, posts, complete, proof)
