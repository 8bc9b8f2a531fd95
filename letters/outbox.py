"""Writing letters: once each, whoever writes them twice."""

import datetime as dt

from gospub.accounts.models import User
from monitoring.models import Institution

from .models import Kind, Letter


def post(
    key: str,
    kind: Kind,
    user: User,
    *,
    subject: str,
    text: str,
    now: dt.datetime,
    institution: Institution | None = None,
) -> bool:
    """Put a letter into the outbox unless one with that key is there; True if it was put in.

    text: plain, paragraphs apart by an empty line; addresses of the installation (`links.absolute`) become links of the
    HTML twin. institution: whose matter it is; where the user does not see it any more when the letter is to go out, it
    does not. The schedule sends it. Inside a transaction it goes into the outbox with all else that the transaction
    does.
    """
    fields = {
        "kind": kind,
        "user": user,
        "institution": institution,
        "subject": " ".join(subject.split())[:200],
        "text": text,
        "created_at": now,
    }
    return Letter.objects.get_or_create(key=key, defaults=fields)[1]
