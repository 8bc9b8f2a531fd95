"""Celery tasks of the forum, each body one call."""

from celery import shared_task

from gospub import clock

from . import forgetting


@shared_task
def forget_names() -> None:
    """Take away names whose time is up."""
    forgetting.forget(clock.now())
