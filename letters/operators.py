"""What the operators are told goes out with all other letters: to each of them one."""

import datetime as dt

from django.db import transaction

from gospub.accounts.models import User
from monitoring.models import OperatorMessage

from .models import Kind
from .outbox import post


def pass_on(now: dt.datetime) -> int:
    """Put the messages that were not yet into the outbox, a letter for every active operator; returns how many messages
    they were. Without an operator they wait for one."""
    people = list(User.objects.operators(now))
    waiting = OperatorMessage.objects.filter(posted_at=None).order_by("pk") if people else ()
    passed = 0
    for message in waiting:
        with transaction.atomic():
            for user in people:
                key = f"operator:{message.pk}:{user.pk}"
                post(key, Kind.OPERATOR, user, subject=message.subject, text=message.text, now=now)
            passed += OperatorMessage.objects.filter(pk=message.pk, posted_at=None).update(posted_at=now)
    return passed
