"""Celery tasks of the appeals, each body one call."""

from celery import shared_task
from django.utils import timezone

from gospub import clock

from . import evidence, filing


@shared_task
def forget_drafts() -> None:
    """Delete drafts whose time is up, and files that belong to no appeal."""
    filing.forget(clock.now())
    evidence.forget_orphans(timezone.now())  # files have the time of this machine, also in the demo
