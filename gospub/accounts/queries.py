"""What the screens of accounts, rights and the audit trail show."""

import datetime as dt
import importlib
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from monitoring.dashboards.tables import Column
from monitoring.models import Institution, Region

from .actions import action_words, subject_words
from .models import AuditEntry, Grant, Invitation, User

GRANT_COLUMNS = (
    Column("user", _("User"), "user__email"),
    Column("role", _("Role"), "role"),
    Column("place", _("Where"), "region__name"),
    Column("until", _("Dates"), "until"),
    Column("signed-in", _("Last sign-in"), "user__last_login", numeric=True),
    Column("end", ""),
)
GRANT_SORT = "user"
AUDIT_COLUMNS = (
    Column("at", _("When"), "pk", numeric=True),
    Column("actor", _("Who"), "actor"),
    Column("action", _("What"), "action"),
    Column("subject", _("Of what"), "subject"),
    Column("address", _("From where"), "address"),
)
AUDIT_SORT = "-at"


@dataclass(frozen=True, slots=True)
class Account:
    """The own account: rights, sessions and second factors."""

    grants: list[Grant]
    sessions: list[UserSession]
    totp: bool
    keys: int
    codes: bool

    @property
    def protected(self) -> bool:
        return self.totp or self.keys > 0


def account_of(user: User) -> Account:
    """What the user sees of the own account."""
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return Account(
        list(user.grants.select_related("region", "institution").order_by("role", "pk")),
        live_sessions(user),
        Authenticator.Type.TOTP in kinds,
        kinds.count(Authenticator.Type.WEBAUTHN),
        Authenticator.Type.RECOVERY_CODES in kinds,
    )


def live_sessions(user: User) -> list[UserSession]:
    """Sessions in which the user is signed in, the latest first; those that have run out are forgotten."""
    store = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    known = list(UserSession.objects.filter(user=user).order_by("-created_at"))
    live = set(
        store.get_model_class()
        .objects.filter(session_key__in=[each.session_key for each in known])
        .values_list("session_key", flat=True)
    )
    UserSession.objects.filter(pk__in=[each.pk for each in known if each.session_key not in live]).delete()
    return [each for each in known if each.session_key in live]


def grants_given_by(user: User) -> QuerySet[Grant]:
    """Rights that the user may take away, with all that a row shows."""
    return Grant.objects.given_by(user).select_related("user", "region", "institution")


def open_invitations(user: User, now: dt.datetime) -> QuerySet[Invitation]:
    """Invitations that nobody has accepted yet, the latest first."""
    found = Invitation.objects.given_by(user).open(now).select_related("region", "institution", "invited_by")
    return found.order_by("-created_at")


def founders_of(regions: Iterable[Region]) -> list[str]:
    """Founders that the registry of these regions names."""
    names = Institution.objects.filter(region__in=regions).exclude(founder="").values_list("founder", flat=True)
    return sorted(set(names))


@dataclass(frozen=True, slots=True)
class AuditRow:
    """changes: (field, before, after) of an entry; what is the same in both says of what it speaks."""

    entry: AuditEntry
    action: str
    subject: str
    region: str
    changes: list[tuple[str, object, object]]


def audit_rows(entries: Iterable[AuditEntry]) -> list[AuditRow]:
    """Entries in words; regions are named where they still exist."""
    entries = list(entries)
    names = {each.pk: each.name for each in Region.objects.filter(pk__in={entry.region for entry in entries})}
    return [
        AuditRow(
            entry,
            action_words(entry.action),
            subject_words(entry.subject),
            names.get(entry.region, ""),
            [(name, entry.before.get(name), entry.after.get(name)) for name in sorted({*entry.before, *entry.after})],
        )
        for entry in entries
    ]


def zone_of(user: User) -> str:
    """The time zone in which the user reads moments: of the own region, or Moscow's where there are several."""
    zones = list(Region.objects.visible_to(user).order_by().values_list("time_zone", flat=True).distinct()[:2])
    return zones[0] if len(zones) == 1 else "Europe/Moscow"


def may_invite(user: User) -> bool:
    """The operator, and analysts in their regions."""
    return user.rights.operator or bool(user.rights.analyst)


def may_audit(user: User) -> bool:
    return user.rights.everywhere or bool(user.rights.auditor)
