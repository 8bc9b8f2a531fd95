"""Making keys to open data, ending them, and whose a key is."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Region

from .models import ApiKey

PREFIX = "gp_"
BYTES = 24
SHOWN = 8


def make(holder: str, region: Region | None, *, user: User, now: dt.datetime) -> tuple[ApiKey, str]:
    """A new key and its text, which is told this once. holder: who will use it. region: whose analyst makes it."""
    text = PREFIX + secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        key = ApiKey.objects.create(
            holder=holder, region=region, digest=digest(text), begins=text[:SHOWN], made_at=now, made_by=user
        )
        record(user, "api_key.make", f"api_key {key.pk}", before={}, after={"holder": holder, "begins": key.begins},
               now=now, region=key.region_id)  # fmt: skip
    return key, text


def end(key: ApiKey, *, user: User, now: dt.datetime) -> None:
    """The key works no more from the next request on; a second time it changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=now):
            before = {"holder": key.holder, "begins": key.begins}
            record(user, "api_key.end", f"api_key {key.pk}", before=before, after={}, now=now, region=key.region_id)


def digest(text: str) -> str:
    """What is stored of a key: random enough for a plain hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def works(text: str) -> ApiKey | None:
    """The key of that text, while nobody has ended it and whoever made it may still make such keys."""
    key = ApiKey.objects.live().filter(digest=digest(text)).select_related("made_by").first()
    return key if key and key.made_by.is_active and may_make(key.made_by, key.region_id) else None


def may_make(user: User, region: int | None) -> bool:
    """The operator, and analysts for their regions."""
    return user.rights.operator or region in user.rights.analyst


def may_see(user: User) -> bool:
    return user.rights.operator or bool(user.rights.analyst)
