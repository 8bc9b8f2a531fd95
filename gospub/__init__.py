"""Gospub: registry, collection and ratings of the official pages of public bodies."""

from .celery import app as celery_app

__all__ = ["celery_app"]
