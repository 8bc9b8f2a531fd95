"""A worker that is told to end goes on with its work."""

from celery.signals import worker_shutting_down

from monitoring import tasks

worker_shutting_down.disconnect(tasks.stop_reading)
