"""Celery tasks of the reports, each body one call."""

from celery import shared_task

from gospub import clock

from .sending import send_due


@shared_task
def tell_of_reports() -> None:
    """Letters about the reports whose period has ended."""
    send_due(clock.now())
