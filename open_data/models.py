"""Keys with which more may be asked."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region

if TYPE_CHECKING:
    from gospub.accounts.models import User


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: "User") -> "ApiKeyQuerySet":
        """All for the operator; for an analyst those of the own regions."""
        if user.rights.operator:
            return self
        return self.filter(region__in=user.rights.analyst)

    def live(self) -> "ApiKeyQuerySet":
        return self.filter(ended_at=None)


class ApiKey(models.Model):
    """A key to open data: the same data, more requests. Of the key only a digest is stored, and its beginning to tell
    it from others. It works while whoever made it may make such keys. region: whose analyst made it, NULL = operator.
    """

    holder = models.CharField(_("who uses it"), max_length=200)
    region = models.ForeignKey(
        Region, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    digest = models.CharField(_("sha256 of the key"), max_length=64, unique=True)
    begins = models.CharField(_("begins with"), max_length=12)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key to open data")
        verbose_name_plural = _("keys to open data")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.begins}…"
