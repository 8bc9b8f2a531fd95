"""The Celery application: the queue only wakes workers, the Slot rows are the record of what is owed."""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gospub.settings")

TRANSPORT_ALIASES["filesystem"] = "gospub.broker:FileTransport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "gospub.broker:RedisTransport"
app = Celery("gospub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The log of a task names it, and the request that asked for it.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_the_web_does(**_: object) -> None:
    """Celery would set up a log of its own."""
    logging.config.dictConfig(settings.LOGGING)
