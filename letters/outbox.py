"""Writing letters: once each, whoever writes them twice."""

import datetime as dt

from gospub.accounts.models import User

from .models import Kind, Letter


def post(key: str, kind: Kind, user: User, *, subject: str, text: str, now: dt.datetime) -> bool:
    """Put a letter into the outbox unless one with that key is there; True if it was put in.

    The schedule sends it. Inside a transaction it goes into the outbox with all else that the transaction does.
    """
    fields = {"kind": kind, "user": user, "subject": subject[:200], "text": text, "created_at": now}
    return Letter.objects.get_or_create(key=key, defaults=fields)[1]
