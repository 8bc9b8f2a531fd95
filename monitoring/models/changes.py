"""What people changed in the registry: who, when, from what to what. Kept for the cards, and to take it back."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Institution, Page, Region

if TYPE_CHECKING:
    from gospub.accounts.models import User


class ChangeKind(models.TextChoices):
    ADD = "add", _("added")
    EDIT = "edit", _("changed")
    ARCHIVE = "archive", _("archived")
    RESTORE = "restore", _("back from the archive")
    MOVE = "move", _("moved to another institution")
    MERGE = "merge", _("merged")
    BULK = "bulk", _("changed together with others")
    IMPORT = "import", _("changed by an import")
    UNDO = "undo", _("taken back")


class RegistryChangeQuerySet(models.QuerySet["RegistryChange"]):
    def visible_to(self, user: "User") -> "RegistryChangeQuerySet":
        """Those of the regions that the user sees as a whole."""
        return self if user.rights.everywhere else self.filter(region__in=user.rights.whole)


class RegistryChange(models.Model):
    """One act of one person on one or many rows of the registry; by NULL = the account is gone, or a command.

    total: how many rows. undoes: the change that this one took back. moved: rows of other tables that a merger moved to
    the institution that stays, {label of the model: [keys]}, so that they can be moved back.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False, verbose_name=_("region"))
    kind = models.CharField(_("what was done"), max_length=10, choices=ChangeKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    total = models.PositiveIntegerField(_("rows"), default=0)
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="undone_by", verbose_name=_("takes back")
    )
    moved = models.JSONField(_("rows that moved along"), default=dict)

    objects = RegistryChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the registry")
        verbose_name_plural = _("changes of the registry")
        ordering = ["-pk"]
        indexes = [models.Index("region", models.F("id").desc(), name="registrychange_region")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"


class ChangedRow(models.Model):
    """An institution or a page that a change touched, the `number`th: its changed fields before and after, as JSON
    values. A row that was added has nothing before. name: as it was called then; the row itself may be gone."""

    change = models.ForeignKey(
        RegistryChange, models.CASCADE, related_name="rows", db_index=False, verbose_name=_("change")
    )
    number = models.PositiveIntegerField(_("number"))
    institution = models.ForeignKey(
        Institution, models.SET_NULL, null=True, related_name="changes", verbose_name=_("institution")
    )
    page = models.ForeignKey(Page, models.SET_NULL, null=True, related_name="changes", verbose_name=_("page"))
    name = models.CharField(_("name"), max_length=500)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("changed row of the registry")
        verbose_name_plural = _("changed rows of the registry")
        ordering = ["change_id", "number"]
        constraints = [models.UniqueConstraint("change", "number", name="changedrow_number")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.name}"
