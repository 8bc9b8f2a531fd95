"""How a client gets its turn: which token makes the next request, and what a refusal means for it."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from gospub import clock

from .base import Failure, PlatformError, Token

T = TypeVar("T")
Allows = Callable[[Token], bool]

# After these the token is refused everything (or one method); the next one may still serve.
REFUSALS = frozenset({Failure.THROTTLED, Failure.TOKEN_DEAD, Failure.NEEDS_PERSON})
# A throttling as short as this is waited out; a longer one takes the token out of the pool.
SHORT_PAUSE_SECONDS = 5
# So often one call may be refused for pace before it is given up, tokens that leave the pool apart.
MOST_REFUSALS = 4
BACKOFF_SECONDS = 0.5  # before a call is sent again, doubled each time, with jitter


def anyone(token: Token) -> bool:
    """Every token may make the call."""
    return True


class Access:
    """Calls through the given tokens, as fast as they come; `collection.pool.Pool` adds the paces, budgets and pauses
    that all workers share. One object may be used by many threads.

    calls: what went out, by token and method; failed: what of it met a refusal or no answer. at_once: requests that
    may be under way together.
    """

    at_once = 1

    def __init__(self, tokens: Iterable[Token]) -> None:
        self.tokens = list(tokens)
        self.calls: dict[Token, Counter[str]] = {}
        self.failed: dict[Token, Counter[str]] = {}
        self._gone: dict[tuple[Token, str], PlatformError] = {}
        self._lock = threading.Lock()

    def ask(self, charge: Mapping[str, int], send: Callable[[Token], T], allows: Allows = anyone, tries: int = 1) -> T:
        """What `send(token)` brings once a token's turn has come.

        charge: calls by method that each sending costs. tries: sendings in all where the network fails in passing;
        a refusal of one token is tried with the next. Raises PlatformError: what the last sending met, or why no
        token is left.
        """
        faults = refusals = 0
        while True:
            token = self._turn(charge, allows)
            self._count(self.calls, token, charge)
            try:
                return send(token)
            except PlatformError as error:
                self._count(self.failed, token, charge)
                self.report(token, error)
                if error.failure in REFUSALS:
                    refusals += 1
                    if refusals >= MOST_REFUSALS + len(self.tokens):
                        raise
                else:
                    faults += 1
                    if faults >= tries or not error.passing:
                        raise
            if faults:
                self.pause(BACKOFF_SECONDS * 2 ** (faults - 1) * random.uniform(1, 2))  # noqa: S311

    def can(self, charge: Iterable[str], allows: Allows = anyone) -> bool:
        """Whether some token may make calls of those methods at present."""
        return any(self._why_not(token, charge) is None for token in self.tokens if allows(token))

    def report(self, token: Token, error: PlatformError) -> None:
        """Take note of a refusal: the token, or one method of it, leaves for as long as the network says."""
        if error.failure not in REFUSALS:
            return
        seconds = (error.until - clock.now()).total_seconds() if error.until else None
        if seconds is not None and seconds <= SHORT_PAUSE_SECONDS:
            self.pause(max(seconds, 0))
        else:
            self._gone[token, error.method] = error

    def pause(self, seconds: float) -> None:
        """Wait. Raises PlatformError (interrupted) where the worker is told to stop meanwhile."""
        time.sleep(seconds)

    def _turn(self, charge: Mapping[str, int], allows: Allows) -> Token:
        """A token for the call, when it may be sent."""
        reasons = []
        for token in filter(allows, self.tokens):
            why = self._why_not(token, charge)
            if why is None:
                return token
            reasons.append(why)
        raise soonest(reasons)

    def _why_not(self, token: Token, methods: Iterable[str]) -> PlatformError | None:
        return next((self._gone[token, m] for m in ("", *methods) if (token, m) in self._gone), None)

    def _count(self, counts: dict[Token, Counter[str]], token: Token, charge: Mapping[str, int]) -> None:
        with self._lock:
            counts.setdefault(token, Counter()).update(charge)


def soonest(reasons: list[PlatformError]) -> PlatformError:
    """Of the reasons why each token is out, the one that passes first; without any token: there is none."""
    if not reasons:
        return PlatformError(Failure.NEEDS_PERSON, "no token of the kind that the call needs")
    passing = [error for error in reasons if error.until]
    return min(passing, key=lambda error: error.until) if passing else reasons[0]
