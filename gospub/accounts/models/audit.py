"""The audit trail as it is stored."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .users import User


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: "User") -> "AuditQuerySet":
        """All entries for the operator and the auditor of the installation, those of the own region for its auditor."""
        if user.rights.everywhere:
            return self
        return self.filter(Q(region__in=user.rights.auditor))

    def update(self, **fields: object) -> int:
        raise ValidationError(_("The audit trail is only ever appended to."))

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ValidationError(_("The audit trail is only ever appended to."))


class AuditEntry(models.Model):
    """Who did what, to what, when and from where: appended by `accounts.audit.record`, never changed.

    Each row's digest covers the row and the digest before it, so that a row changed or taken away breaks the chain.
    `previous` is unique: the chain has no forks. actor: the e-mail as it was. region: its key, 0 = none; no foreign
    key, for what was done stays when a region goes.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.CharField(_("who"), max_length=254, blank=True)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("of what"), max_length=200)
    region = models.BigIntegerField(_("region"), default=0, db_index=True)
    address = models.CharField(_("from where"), max_length=45, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    previous = models.CharField(_("digest before"), max_length=64, unique=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.action} {self.subject}"

    def save(self, *args: object, **options: object) -> None:
        if self.pk is not None:
            raise ValidationError(_("The audit trail is only ever appended to."))
        super().save(*args, **options)

    def delete(self, *args: object, **options: object) -> tuple[int, dict[str, int]]:
        raise ValidationError(_("The audit trail is only ever appended to."))
