"""The Celery application: the queue only wakes workers, the Slot rows are the record of what is owed."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gospub.settings")

TRANSPORT_ALIASES["filesystem"] = "gospub.broker:FileTransport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "gospub.broker:RedisTransport"
app = Celery("gospub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
