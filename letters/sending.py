"""Sending what waits in the outbox: once each, however many workers do it at once. docs/mail.md says what is promised.

A worker takes a letter up by one compare-and-set and holds it for LEASE; one that died lets another take it over. That
a letter went out is remembered in two places: in its row, and before that in the cache, which outlives a base that is
restored from a copy, or that is away at that very moment.
"""

import datetime as dt
import logging
import re
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet

from . import writing
from .models import Letter, LetterState

logger = logging.getLogger(__name__)

# Longer than any sending takes: every answer of the server is waited for EMAIL_TIMEOUT seconds, and there are ten.
LEASE = dt.timedelta(minutes=5)
PAUSES = tuple(dt.timedelta(minutes=n) for n in (1, 5, 15, 30, 60))  # then every hour
MEMORY = dt.timedelta(days=30)
RUN_SECONDS = 45
BATCH = 500
# The server does not trust us (RFC 3463, x.7.x; RFC 4954): no fault of the letter, which waits until that is mended.
NOT_TRUSTED = re.compile(r"530\b|5\d\d [45]\.7\.")

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a letter. away: the server takes no letters at all for now."""

    state: LetterState
    reason: str = ""
    away: bool = False


def send_waiting(clock: Clock, now: dt.datetime, seconds: float = RUN_SECONDS) -> int:
    """Send what is due, for at most so many seconds; returns how many letters went out.

    clock: runs, for leases and pauses; now: the moment that letters tell of, which stands still in the demo. The first
    sign that the server is away ends the run.
    """
    end, sent = time.monotonic() + seconds, 0
    server = get_connection()
    try:
        for key in due(clock()):
            letter = claim(key, clock())
            if letter is None:
                continue
            fate = _send(letter, server, now)
            settle(letter, fate, clock())
            sent += fate.state == LetterState.SENT
            if fate.away or time.monotonic() > end:
                break
    finally:
        server.close()
    return sent


def _free(now: dt.datetime) -> QuerySet[Letter]:
    waiting = Q(state=LetterState.WAITING) & (Q(next_try_at=None) | Q(next_try_at__lte=now))
    return Letter.objects.filter(waiting | Q(state=LetterState.SENDING, lease_until__lt=now))


def due(now: dt.datetime) -> list[int]:
    """Letters that wait, and those whose worker has died, the oldest first."""
    return list(_free(now).order_by("pk").values_list("pk", flat=True)[:BATCH])


def claim(key: int, now: dt.datetime) -> Letter | None:
    """The letter, held by us, with its user fresh from the base; None where another worker has it."""
    held = {"state": LetterState.SENDING, "tries": F("tries") + 1, "lease_until": now + LEASE}
    if not _free(now).filter(pk=key).update(**held):
        return None
    return Letter.objects.select_related("user", "region", "institution").get(pk=key)


def settle(letter: Letter, fate: Fate, now: dt.datetime) -> None:
    """Write down what became of it, unless another worker has taken it over."""
    mine = Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING, tries=letter.tries)
    done = {"state": fate.state, "reason": fate.reason[:300], "lease_until": None}
    if fate.state == LetterState.WAITING:
        mine.update(**done, next_try_at=now + PAUSES[min(letter.tries, len(PAUSES)) - 1])
    else:
        mine.update(**done, settled_at=now)


def _send(letter: Letter, server: BaseEmailBackend, now: dt.datetime) -> Fate:
    """Hand the letter over, unless it was before; whatever goes wrong with one letter leaves the others alone."""
    if cache.get(_memory(letter)):
        return Fate(LetterState.SENT)
    try:
        message = writing.message(letter, now)
        message.connection = server
        message.send()
    except Exception as error:
        return _fate_of(letter, error)
    cache.set(_memory(letter), True, MEMORY.total_seconds())
    return Fate(LetterState.SENT)


def _fate_of(letter: Letter, error: Exception) -> Fate:
    match error:
        case writing.UnneededError():
            return Fate(LetterState.DROPPED, str(error))
        case smtplib.SMTPRecipientsRefused():
            return _refused(*next(iter(error.recipients.values())))
        case smtplib.SMTPDataError():
            return _refused(error.smtp_code, error.smtp_error)
        case OSError():  # every other word of a mail server is one, too
            logger.warning("The mail server does not take letters: %s", type(error).__name__)
            return Fate(LetterState.WAITING, _said(error), away=True)
    logger.error("Letter %s could not be written", letter.pk, exc_info=error)
    return Fate(LetterState.WAITING, type(error).__name__)


def _memory(letter: Letter) -> str:
    return f"letter-sent:{writing.mark_of(letter)}"


def _refused(code: int, words: bytes) -> Fate:
    """5xx is for good, 421 says that the server closes (RFC 5321, 4.2.1 and 3.8), all else passes."""
    reason = f"{code} {words.decode(errors='replace')}"
    for_good = 500 <= code < 600 and not NOT_TRUSTED.match(reason)
    return Fate(LetterState.REFUSED if for_good else LetterState.WAITING, reason, away=code == 421)


def _said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException) and isinstance(error.smtp_error, bytes):
        return f"{error.smtp_code} {error.smtp_error.decode(errors='replace')}"
    return type(error).__name__


def forget(now: dt.datetime, kept: dt.timedelta = dt.timedelta(days=90)) -> int:
    """Delete letters that were settled long ago; returns how many."""
    return Letter.objects.filter(settled_at__lt=now - kept).delete()[0]
