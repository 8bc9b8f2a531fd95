"""Rights: a role, where it holds, from when until when; and the invitations that lead to them."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from .users import User


class Role(models.TextChoices):
    OPERATOR = "operator", _("Operator of the installation")
    ANALYST = "analyst", _("Analyst of a region")
    OFFICIAL = "official", _("Official of a region")
    CURATOR = "curator", _("Founder's curator")
    INSTITUTION_ADMIN = "institution_admin", _("Institution admin")
    AUDITOR = "auditor", _("Auditor")


# Where each role holds: what must be filled in, all else stays empty. An auditor without a region sees them all.
SCOPES = {
    Role.OPERATOR: (),
    Role.ANALYST: ("region",),
    Role.OFFICIAL: ("region",),
    Role.CURATOR: ("region", "founder"),
    Role.INSTITUTION_ADMIN: ("region", "institution"),
    Role.AUDITOR: ("region",),
}


def _scope_rule() -> Q:
    rule = Q()
    for role, scope in SCOPES.items():
        needed = Q(role=role, institution__isnull="institution" not in scope)
        if role != Role.AUDITOR:
            needed &= Q(region__isnull="region" not in scope)
        rule |= needed & (~Q(founder="") if "founder" in scope else Q(founder=""))
    return rule


class Scope(models.Model):
    """A role and where it holds, from one day to another (both included; none = without a bound)."""

    role = models.CharField(_("role"), max_length=20, choices=Role)
    region = models.ForeignKey(
        "monitoring.Region", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    institution = models.ForeignKey(
        "monitoring.Institution",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
        help_text=_("Only for an institution admin: the one institution that is seen."),
    )
    founder = models.CharField(
        _("founder"),
        max_length=255,
        blank=True,
        help_text=_("Only for a curator: as the registry names the founder of the institutions that are seen."),
    )
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """Where the right holds, in words; empty = the whole installation."""
        return str(self.institution or self.founder or self.region or "")


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: dt.date) -> "GrantQuerySet":
        """Those that hold on that local day."""
        begun = Q(since=None) | Q(since__lte=day)
        return self.filter(begun, Q(until=None) | Q(until__gte=day))

    def given_by(self, user: User) -> "GrantQuerySet":
        """Rights that the user may give and take: all for the operator, in the own region those of institution admins
        and curators for its analyst."""
        if user.rights.operator:
            return self
        return self.filter(role__in=(Role.INSTITUTION_ADMIN, Role.CURATOR), region__in=user.rights.analyst)


class Grant(Scope):
    """One right of one user."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        constraints = [
            models.UniqueConstraint(
                "user", "role", Coalesce("region", 0), Coalesce("institution", 0), "founder", name="grant_once"
            ),
            models.CheckConstraint(condition=_scope_rule(), name="grant_scope_of_its_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: dt.datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, expires_at__gt=now)

    def given_by(self, user: User) -> "InvitationQuerySet":
        """As `Grant`'s."""
        if user.rights.operator:
            return self
        return self.filter(role__in=(Role.INSTITUTION_ADMIN, Role.CURATOR), region__in=user.rights.analyst)


class Invitation(Scope):
    """A right that waits for its user. Of the address in the mail only a digest is stored."""

    email = models.EmailField(_("e-mail"))
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.CheckConstraint(condition=_scope_rule(), name="invitation_scope_of_its_role")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"
