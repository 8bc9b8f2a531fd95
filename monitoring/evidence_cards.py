"""Signs of gaming on cards: put up, explained by admins, decided by analysts.

A card is evidence for people: nothing here changes a figure or a rating.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, Region

DAY = dt.timedelta(days=1)


class AlreadyDecidedError(Exception):
    """Somebody else was quicker."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What the facts show of a page on local days (both ends included). size, facts: as on the card."""

    page_id: int
    kind: EvidenceKind
    first_day: dt.date
    last_day: dt.date
    size: float
    facts: dict[str, object]


def put_up(region: Region, signs: Iterable[Sign], now: dt.datetime) -> int:
    """Signs to cards, in a transaction; cards under change are held against a decision at the same time."""
    signs = sorted(signs, key=lambda sign: (sign.page_id, sign.kind, sign.first_day))
    since = min(sign.first_day for sign in signs) - DAY
    near = EvidenceCard.objects.filter(page__institution__region=region, last_day__gte=since)
    known: dict[tuple[int, str], list[EvidenceCard]] = defaultdict(list)
    for card in near.select_for_update(of=("self",)).order_by("pk"):
        known[card.page_id, card.kind].append(card)
    new: list[EvidenceCard] = []
    changed: dict[int, EvidenceCard] = {}
    for sign in signs:
        cards = known[sign.page_id, sign.kind]
        latest_first = sorted(cards, key=lambda card: card.first_day, reverse=True)
        card = next((card for card in latest_first if _is_of(card, sign)), None)
        if card is None:
            fields = {name: getattr(sign, name) for name in Sign.__dataclass_fields__}
            cards.append(EvidenceCard(**fields, found_at=now))
            new.append(cards[-1])
        elif card.is_open and _prolong(card, sign) and card.pk:
            changed[card.pk] = card
    EvidenceCard.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    EvidenceCard.objects.bulk_update(changed.values(), ["last_day", "size", "facts"], batch_size=500)
    return len(new)


def _is_of(card: EvidenceCard, sign: Sign) -> bool:
    """Whether the sign belongs to the card's spell: it shares days with it, or an open one's next day is its first."""
    margin = DAY if card.is_open else 0 * DAY
    return sign.first_day <= card.last_day + margin and sign.last_day >= card.first_day - margin


def _prolong(card: EvidenceCard, sign: Sign) -> bool:
    """Let the card follow its spell; whether anything changed. A sign that only the end of the window cut short, or
    an older one, says nothing new."""
    if sign.last_day < card.last_day:
        return False
    if sign.last_day == card.last_day and sign.first_day > card.first_day and sign.size <= card.size:
        return False
    before = (card.last_day, card.size, card.facts)
    card.last_day, card.size, card.facts = sign.last_day, sign.size, sign.facts
    return before != (card.last_day, card.size, card.facts)


# --- explanation and decision -----------------------------------------------------------------------


def explain(card: EvidenceCard, *, user: User, text: str, now: dt.datetime) -> None:
    """The admin of the page says how it came about; may be said anew until it is decided.

    Raises AlreadyDecidedError where it is.
    """
    with transaction.atomic():
        mine = EvidenceCard.objects.open().filter(pk=card.pk)
        if not mine.update(explanation=text, explained_by=user, explained_at=now):
            raise AlreadyDecidedError
        before, after = {"explanation": card.explanation}, {"explanation": text}
        record(
            user,
            "evidence.explain",
            f"evidence {card.pk}",
            before=before,
            after=after,
            now=now,
            region=card.page.institution.region_id,
        )


def decide(card: EvidenceCard, *, gaming: bool, user: User, note: str, now: dt.datetime) -> None:
    """An analyst takes the sign for gaming, or for explained; no figure and no rating changes by it.

    Raises AlreadyDecidedError where somebody else was quicker.
    """
    decision = EvidenceDecision.GAMING if gaming else EvidenceDecision.JUSTIFIED
    with transaction.atomic():
        mine = EvidenceCard.objects.open().filter(pk=card.pk)
        if not mine.update(decision=decision, note=note, decided_by=user, decided_at=now):
            raise AlreadyDecidedError
        before, after = {"decision": str(EvidenceDecision.OPEN)}, {"decision": str(decision), "note": note}
        record(
            user,
            "evidence.decide",
            f"evidence {card.pk}",
            before=before,
            after=after,
            now=now,
            region=card.page.institution.region_id,
        )
