"""Celery tasks, each body one call. The Slot rows are the record of what is owed; tasks only wake workers."""

import datetime as dt

from celery import shared_task

from gospub import clock

from .collection.batch import collect_batch as collect
from .collection.planning import Batch
from .collection.run import hand_out_all, roll_up_all


@shared_task(soft_time_limit=300, time_limit=330)
def collect_batch(region_id: int, platform: str, day: str, page_ids: list[int], now: str | None = None) -> None:
    """Read one batch. `day` and `now` are ISO; no `now` = the clock's."""
    moment = dt.datetime.fromisoformat(now) if now else clock.now()
    collect(Batch(region_id, platform, dt.date.fromisoformat(day), tuple(page_ids)), moment)


@shared_task
def collect_due() -> None:
    """Plan the local day of every region and hand out what is due."""
    hand_out_all(clock.now(), collect_batch.delay)


@shared_task
def roll_up() -> None:
    """Bring the roll-ups of every region in line with its present day."""
    roll_up_all(clock.now())
