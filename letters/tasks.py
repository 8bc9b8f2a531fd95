"""Celery tasks of the letters, each body one call or two. Leases and pauses need a clock that runs, also in the demo,
where the world stands still."""

from celery import shared_task
from django.utils import timezone

from gospub import clock

from . import operators, sending
from .digests import due


@shared_task(soft_time_limit=240, time_limit=270)
def send() -> None:
    """Send what waits, messages to the operators among it."""
    operators.pass_on(clock.now())
    sending.send_waiting(timezone.now, clock.now())


@shared_task
def digests() -> None:
    """Into the outbox with the weekly letters of the regions whose Monday morning has come."""
    due.put_in(clock.now())


@shared_task
def forget() -> None:
    """Delete letters whose time is up."""
    sending.forget(timezone.now())
