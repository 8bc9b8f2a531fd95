"""Keeping views under a name, and giving them away by a link."""

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.http import QueryDict

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Region

from .models import LONGEST_QUERY, SavedView, ViewLink
from .sources import SCREENS, Asked, region_seen

CODE_BYTES = 32
# Of the address, but not of the filter.
NOT_KEPT = ("page", "table", "subject", "paused")


class ViewGoneError(Exception):
    """There is no such screen for the user."""


def plain_query(text: str) -> str:
    """The query string of a screen without what is no filter; ViewGoneError where it is too long."""
    try:
        query = QueryDict(text.removeprefix("?"), mutable=True)
    except ValueError as error:  # more fields than Django reads
        raise ViewGoneError from error
    for name in [name for name in query if name in NOT_KEPT or not any(query.getlist(name))]:
        del query[name]
    encoded = query.urlencode()
    if len(encoded) > LONGEST_QUERY or "%00" in encoded:
        raise ViewGoneError
    return encoded


def asked_for(screen: str, region: Region, user: User, query: str, now: dt.datetime, *, subject: int | None) -> Asked:
    """The question that the screen's tables answer; ViewGoneError where the user may not open the screen there."""
    found = SCREENS.get(screen)
    if found is None or found.of_rating != (subject is not None):
        raise ViewGoneError
    if not user.is_active or not region_seen(found, user).filter(pk=region.pk).exists():
        raise ViewGoneError
    return Asked(region, user, QueryDict(plain_query(query)), now, subject)


def save_view(name: str, screen: str, asked: Asked, *, shared: bool) -> SavedView:
    """Keep the view under the name; one of the owner with that name there is replaced."""
    with transaction.atomic():
        view, _made = SavedView.objects.update_or_create(
            owner=asked.user,
            region=asked.region,
            name=name,
            defaults={
                "screen": screen,
                "subject": asked.subject,
                "query": asked.query.urlencode(),
                "shared": shared,
                "made_at": asked.now,
            },
        )
        if shared:
            after = {"name": name, "screen": screen, "query": view.query}
            record(asked.user, "view.share", f"saved_view {view.pk}", before={}, after=after, now=asked.now,
                   region=asked.region.pk)  # fmt: skip
    return view


def rename_view(view: SavedView, name: str, by: User, now: dt.datetime) -> bool:
    """Give it another name; False where its owner has a view of that name. Of a shared one the trail is told."""
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name)
            if view.shared:
                record(by, "view.rename", f"saved_view {view.pk}", before={"name": view.name}, after={"name": name},
                       now=now, region=view.region_id)  # fmt: skip
    except IntegrityError:
        return False
    return True


def remove_view(view: SavedView, by: User, now: dt.datetime) -> None:
    """Forget the view; of a shared one the trail is told."""
    with transaction.atomic():
        if view.shared:
            before = {"name": view.name, "screen": view.screen, "query": view.query}
            record(by, "view.remove", f"saved_view {view.pk}", before=before, after={}, now=now, region=view.region_id)
        view.delete()


def make_link(name: str, screen: str, asked: Asked, days: int) -> tuple[ViewLink, str]:
    """A link that is open for so many days, and its secret code, which nobody can read again."""
    code = secrets.token_urlsafe(CODE_BYTES)
    with transaction.atomic():
        link = ViewLink.objects.create(
            region=asked.region,
            screen=screen,
            subject=asked.subject,
            query=asked.query.urlencode(),
            name=name,
            made_at=asked.now,
            made_by=asked.user,
            expires_at=asked.now + dt.timedelta(days=days),
            code_digest=digest(code),
        )
        after = {"name": name, "screen": screen, "query": link.query, "until": link.expires_at.isoformat()}
        record(asked.user, "link.make", f"view_link {link.pk}", before={}, after=after, now=asked.now,
               region=asked.region.pk)  # fmt: skip
    return link, code


def revoke_link(link: ViewLink, by: User, now: dt.datetime) -> bool:
    """Close the link from now on; False where it was closed before."""
    with transaction.atomic():
        if not ViewLink.objects.open(now).filter(pk=link.pk).update(revoked_at=now):
            return False
        record(by, "link.revoke", f"view_link {link.pk}", before={"name": link.name, "screen": link.screen},
               after={}, now=now, region=link.region_id)  # fmt: skip
    return True


def find_link(code: str, now: dt.datetime) -> ViewLink | None:
    """The open link with that code."""
    found = ViewLink.objects.open(now).select_related("region", "made_by")
    return found.filter(code_digest=digest(code)).first()


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
