"""A child that collects again and again and is killed each time, at another moment of its storing; run as

    python -m tests.faults.kills before_commit|after_commit MOMENTS SEED [module of tests.faults.unguarded]

Each one that was killed is followed by one that ends the work when the leases are over; prints how many were killed and
how many rows were there twice. At the end a whole day is collected.
"""

import datetime as dt
import os
import random
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402

from gospub import clock  # noqa: E402
from monitoring.collection import batch, claims, run  # noqa: E402
from monitoring.models import PageDay, PlatformCode, Post, Slot, SlotStatus  # noqa: E402

# Statements of one storing and of what follows it; who makes fewer dies at the last moment.
BEFORE, AFTER = 18, 10
PAGES = 6  # of each moment


def before_commit(nth: int) -> None:
    """The process will die at the nth statement of its first storing."""
    store = batch._store

    def dying(*args: object) -> None:
        with connection.execute_wrapper(Countdown(nth)):
            store(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    batch._store = dying


def after_commit(nth: int) -> None:
    """The process will die at the nth statement after its first storing, before anybody is told that it is done."""
    store = batch._store

    def dying(*args: object) -> None:
        store(*args)
        connection.execute_wrappers.append(Countdown(nth))

    batch._store = dying


class Countdown:
    """Kills the process at the nth statement."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self, execute: Callable, *statement: object) -> object:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return execute(*statement)


def collect(platform: str, now: dt.datetime, prepare: Callable[[], None] = lambda: None, last: bool = True) -> bool:
    """Work off the network in a process of its own; whether it was killed. last: else it is killed at its end."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            run.Runner(platform, lambda: now, threading.Event()).run()
            connection.close()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        if last:
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit(1)
    return os.WIFSIGNALED(status)


def owe(slots: Iterable[int]) -> None:
    """Those slots, as in the morning."""
    due = Slot.objects.filter(pk__in=slots)
    due.update(status=SlotStatus.DUE, reason="", attempts=0, next_attempt_at=None, finished_at=None)


def double() -> int:
    """Page days and posts that are there more than once."""
    return sum(
        model.objects.values(*key).annotate(n=Count("pk")).filter(n__gt=1).count()
        for model, key in ((PageDay, ("page", "day")), (Post, ("page", "external_id")))
    )


def main(where: Callable[[int], None], statements: int, moments: int, seed: int) -> None:
    dice, now = random.Random(seed), clock.now()
    slots = {code: list(Slot.objects.filter(platform=code).values_list("pk", flat=True)) for code in PlatformCode}
    Slot.objects.update(status=SlotStatus.OK)
    killed = twice = 0
    for _ in range(moments):
        platform = dice.choice(PlatformCode.values)
        PageDay.objects.all()._raw_delete("default")
        owe(dice.sample(slots[platform], PAGES))
        nth = dice.randrange(statements)
        killed += collect(platform, now, lambda nth=nth: where(nth), last=False)
        now += claims.LEASE + dt.timedelta(seconds=1)
        collect(platform, now)
        twice += double()
    PageDay.objects.all()._raw_delete("default")
    for code in PlatformCode.values:
        owe(slots[code])
        collect(code, now)
    print(killed, twice)


MOMENTS = {"before_commit": (before_commit, BEFORE), "after_commit": (after_commit, AFTER)}

if __name__ == "__main__":
    if len(sys.argv) > 4:
        import_module(f"tests.faults.unguarded.{sys.argv[4]}")
    main(*MOMENTS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]))
