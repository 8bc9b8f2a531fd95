"""Invited by mail: whoever opens the link sets a name and a password, and has the right that waited."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .audit import record
from .models import Grant, Invitation, Role, User
from .models.grants import SCOPES, Scope

LIFE = dt.timedelta(days=7)
TOKEN_BYTES = 32


class InvitationGoneError(Exception):
    """The invitation was accepted, taken back or has run out, or is another person's."""


def scope_problems(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, problem) of a role with the places it is to hold in, as typed into a form; fields that do not belong to
    the role must be empty."""
    role, region = fields.get("role"), fields.get("region")
    if not role:
        return
    scope = SCOPES[Role(role)]
    labels = {"region": _("the region"), "institution": _("the institution"), "founder": _("the founder")}
    for field, label in labels.items():
        if field in scope and not fields.get(field) and role != Role.AUDITOR:
            yield field, _("This role needs %s.") % label
        if field not in scope and fields.get(field):
            yield field, _("This role does not take %s: leave it empty.") % label
    institution, founder = fields.get("institution"), fields.get("founder")
    if institution and region and institution.region_id != region.pk:
        yield "institution", _("The institution is in another region.")
    if founder and region and "founder" in scope and not region.institutions.filter(founder=founder).exists():
        yield "founder", _("The registry of the region knows no such founder.")
    if fields.get("since") and fields.get("until") and fields["until"] < fields["since"]:
        yield "until", _("The right would end before it begins.")


def invite(email: str, scope: Scope, by: User, link: str, now: dt.datetime) -> Invitation:
    """Write to `email`; an open invitation to the same right is replaced. Raises OSError where no mail goes out: then
    nothing is kept. scope: a right that is not stored yet.

    link: address of the screen that accepts, with `TOKEN` in the place of the token.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    fields = scope_fields(scope)
    with transaction.atomic():
        Invitation.objects.open(now).filter(
            email=email.lower(),
            role=scope.role,
            region=scope.region,
            institution=scope.institution,
            founder=scope.founder,
        ).delete()
        found = Invitation.objects.create(
            email=email.lower(),
            token_digest=digest(token),
            invited_by=by,
            created_at=now,
            expires_at=now + LIFE,
            **fields,
        )
        record(by, "invitation.send", f"invitation {found.pk}", before={}, after=told(found), now=now,
               region=found.region_id)  # fmt: skip
        text = render_to_string(
            "mail/invitation.txt", {"invitation": found, "link": link.replace("TOKEN", token), "days": LIFE.days}
        )
        send_mail(_("Invitation to Gospub"), text, settings.DEFAULT_FROM_EMAIL, [found.email])
    return found


def find(token: str, now: dt.datetime) -> Invitation | None:
    """The open invitation with that token."""
    return (
        Invitation.objects.open(now).select_related("region", "institution").filter(token_digest=digest(token)).first()
    )


def accept(invitation: Invitation, user: User | None, now: dt.datetime, **fields: str) -> User:
    """Make the user (`full_name`, `password`), or give the right to the one who is there; an invitation serves once.

    Raises InvitationGoneError where somebody was quicker, or `user` has another address.
    """
    with transaction.atomic():
        mine = Invitation.objects.open(now).filter(pk=invitation.pk)
        if (user and user.email != invitation.email) or not mine.update(accepted_at=now):
            raise InvitationGoneError
        if user is None:
            user = User.objects.create_user(invitation.email, fields["password"], full_name=fields["full_name"])
        grant, _created = Grant.objects.update_or_create(
            user=user,
            **{name: value for name, value in scope_fields(invitation).items() if name not in ("since", "until")},
            defaults={"since": invitation.since, "until": invitation.until},
        )
        record(user, "grant.give", f"grant {grant.pk}", before={"by": invitation.invited_by.email},
               after=told(grant), now=now, region=grant.region_id)  # fmt: skip
    user.__dict__.pop("rights", None)
    return user


def withdraw(invitation: Invitation, by: User, now: dt.datetime) -> None:
    """Take back an invitation that nobody has accepted."""
    with transaction.atomic():
        record(by, "invitation.withdraw", f"invitation {invitation.pk}", before=told(invitation), after={}, now=now,
               region=invitation.region_id)  # fmt: skip
        invitation.delete()


def end(grant: Grant, by: User, now: dt.datetime) -> None:
    """Take a right away; it ends with the next request of whoever had it."""
    with transaction.atomic():
        record(by, "grant.end", f"grant {grant.pk}", before=told(grant), after={}, now=now, region=grant.region_id)
        grant.delete()


def scope_fields(scope: Scope) -> dict[str, Any]:
    """The fields of a right, or of an invitation to one."""
    return {
        "role": scope.role,
        "region": scope.region,
        "institution": scope.institution,
        "founder": scope.founder,
        "since": scope.since,
        "until": scope.until,
    }


def told(scope: Grant | Invitation) -> dict[str, object]:
    """A right as the audit trail has it."""
    return {
        "who": scope.email if isinstance(scope, Invitation) else scope.user.email,
        "role": str(scope.role),
        "place": scope.place,
        "since": f"{scope.since or ''}",
        "until": f"{scope.until or ''}",
    }


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
