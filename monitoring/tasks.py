"""Celery tasks, each body one call. The Slot rows are the record of what is owed; tasks only wake workers."""

import datetime as dt
import gc
import threading

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from gospub import clock
from gospub.accounts import retention as accounts_retention

from .collection import operators
from .collection.run import RUNNERS, Runner, plan_all, roll_up_all
from .collection.run import tick as wake_workers
from .models import PlatformCode
from .personal import retention as personal_retention
from .unique import counting

# A runner ends after so long, so that a task stays far below the broker's visibility time-out; the next tick wakes one.
RUN_SECONDS = 60
# A wake-up that no worker has taken by then is void: the next one is on its way.
WAKE_EXPIRES_SECONDS = 10

stop = threading.Event()
_counting = threading.BoundedSemaphore()
_free = {code: threading.BoundedSemaphore(RUNNERS) for code in PlatformCode.values}


@worker_init.connect
def look_for_garbage_less_often(**_: object) -> None:
    """Answers are made of many small objects without cycles: looking through them took an eighth of a night's time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@worker_shutting_down.connect
def stop_reading(**_: object) -> None:
    """Requests that went out are answered and stored, the others are left due; the worker ends within seconds."""
    stop.set()


@shared_task
def tick() -> None:
    """The heartbeat of the schedule: wake workers for what is due."""
    wake_workers(clock.now(), wake)


def wake(platform: str) -> None:
    """Two runners; a worker in which they run already drops the message."""
    for _ in range(RUNNERS):
        collect.apply_async((platform,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(soft_time_limit=240, time_limit=270)
def collect(platform: str, now: str | None = None) -> None:
    """Work off what a network owes. `now`: ISO moment that counts as the present one; none = the clock's."""
    if not _free[platform].acquire(blocking=False):
        return
    try:
        moment = dt.datetime.fromisoformat(now) if now else None
        Runner(platform, (lambda: moment) if moment else clock.now, stop).run(RUN_SECONDS)
    finally:
        _free[platform].release()


@shared_task
def plan() -> None:
    """Plan the local day of every region."""
    plan_all(clock.now())


@shared_task(soft_time_limit=240, time_limit=270)
def unique_audience() -> None:
    """Go on with the counts of unique audiences that are under way."""
    if _counting.acquire(blocking=False):
        try:
            counting.work(clock.now, stop, RUN_SECONDS)
        finally:
            _counting.release()


@shared_task
def roll_up() -> None:
    """Bring the roll-ups of every region in line with its present day."""
    roll_up_all(clock.now())


@shared_task
def tell_of_audit() -> None:
    """Once a week tell the operators where the audit trail ends."""
    operators.tell_of_audit(clock.now())


@shared_task
def retention() -> None:
    """Delete personal data whose time is up."""
    now = clock.now()
    personal_retention.apply(now)
    accounts_retention.forget(now)
