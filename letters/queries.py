"""The outbox as the operator sees it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from .models import Letter, LetterState

LISTED = 20


@dataclass(frozen=True, slots=True)
class Outbox:
    """oldest: when the letter that waits longest was written, None = none waits. held_up: why letters were put off, as
    the mail server said. refused: the latest ones."""

    waiting: int
    oldest: dt.datetime | None
    sent: int
    held_up: list[str]
    refused: list[Letter]


def outbox() -> Outbox:
    """Numbers of all letters that are still kept."""
    open_ = Q(state__in=(LetterState.WAITING, LetterState.SENDING))
    counts = Letter.objects.aggregate(
        waiting=Count("pk", filter=open_),
        oldest=Min("created_at", filter=open_),
        sent=Count("pk", filter=Q(state=LetterState.SENT)),
    )
    reasons = Letter.objects.filter(open_).exclude(reason="").order_by("reason").values_list("reason", flat=True)
    refused = Letter.objects.filter(state=LetterState.REFUSED).select_related("user").order_by("-settled_at")
    return Outbox(**counts, held_up=list(reasons.distinct()[:3]), refused=list(refused[:LISTED]))
