"""Who wants which letters: chosen on the account's screen, or by the link in a letter without any sign-in."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import Region

from .digests import regions_of
from .models import OBLIGATORY, Kind, Unsubscription

SALT = "letters.unsubscribe"


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of letters that the user may have. when: how often it comes, in words. regions: of which a digest can be
    looked at."""

    kind: Kind
    wanted: bool
    when: str | Promise
    regions: list[Region]


def offers(user: User) -> list[Offer]:
    """What the user's rights give, in the order of the kinds; what nobody unsubscribes from is not among it."""
    off = unsubscribed(user)
    found = []
    for kind in Kind:
        digest = kind in (Kind.ADMIN_DIGEST, Kind.ANALYST_DIGEST, Kind.OFFICIAL_DIGEST)
        regions = list(regions_of(kind, user)) if digest else []
        notices = {
            Kind.AWARD: bool(user.rights.institutions),
            Kind.EVENT: bool(user.rights.roles),
            Kind.REPORT: kind == Kind.REPORT and user.received_reports.filter(stopped_at=None).exists(),
        }
        if regions or notices.get(kind, False):
            when = _("once a week, on Monday morning") if digest else _("as it happens")
            found.append(Offer(kind, kind not in off, when, regions))
    return found


def unsubscribed(user: User) -> set[str]:
    return set(user.unsubscriptions.values_list("kind", flat=True))


def choose(user: User, wanted: Collection[str], now: dt.datetime) -> bool:
    """Of the kinds that are offered, get those of `wanted` and no others; False where that changes nothing."""
    offered = {offer.kind for offer in offers(user)}
    with transaction.atomic():
        before = unsubscribed(user)
        after = (before - offered) | (offered - set(wanted))
        if after == before:
            return False
        user.unsubscriptions.exclude(kind__in=after).delete()
        for kind in after - before:
            Unsubscription.objects.get_or_create(user=user, kind=kind, defaults={"since": now})
        audit.record(user, "letters.choose", f"user {user.pk}", before={"off": sorted(before)},
                     after={"off": sorted(after)}, now=now)  # fmt: skip
    return True


def token_of(user: User, kind: Kind) -> str:
    """What the link in a letter carries: signed, so that nobody unsubscribes others; it does not run out, as letters
    are kept for years."""
    return signing.dumps([user.pk, kind], salt=SALT)


def read_token(token: str) -> tuple[User, Kind] | None:
    """Whose letters of which kind the link is about; None where it is none of ours, or the user is gone."""
    try:
        key, kind = signing.loads(token, salt=SALT)
        found = Kind(kind)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=key).first()
    return None if user is None or found in OBLIGATORY else (user, found)


def unsubscribe(user: User, kind: Kind, now: dt.datetime) -> None:
    """No more letters of that kind; a second time changes nothing."""
    with transaction.atomic():
        if Unsubscription.objects.get_or_create(user=user, kind=kind, defaults={"since": now})[1]:
            audit.record(user, "letters.unsubscribe", f"user {user.pk}", before={}, after={"kind": kind}, now=now)
