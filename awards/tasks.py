"""Celery tasks of the awards, each body one call. The rows of the jobs are the truth; tasks only wake workers.

Leases need a clock that runs, also in the demo, where the world stands still.
"""

from celery import shared_task
from django.utils import timezone

from .papers import making


@shared_task
def papers() -> None:
    """Make every file that waits."""
    for key in making.due(timezone.now()):
        paper.apply_async((key,), expires=60)


@shared_task(soft_time_limit=240, time_limit=270)
def paper(key: int) -> None:
    """Make one file."""
    making.make(key, timezone.now)


@shared_task
def forget_papers() -> None:
    """Delete files whose time is up."""
    making.forget(timezone.now())
