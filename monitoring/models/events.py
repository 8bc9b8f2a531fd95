"""What happened to a page, found while ingesting."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Page

if TYPE_CHECKING:
    from gospub.accounts.models import User


class EventKind(models.TextChoices):
    RENAMED = "renamed", _("renamed")
    DELETED = "deleted", _("deleted")
    CLOSED = "closed", _("closed")
    BLOCKED = "blocked", _("blocked by the network")
    NOT_FOUND = "not_found", _("no longer found")
    REOPENED = "reopened", _("open again")
    REPLACED = "replaced", _("address taken over by another community")
    SILENT = "silent", _("silent for a long time")
    GAIN = "gain", _("sudden gain of subscribers")
    LOSS = "loss", _("sudden loss of subscribers")
    MILESTONE = "milestone", _("milestone passed")
    MARK_GAINED = "mark_gained", _("state mark received")
    MARK_LOST = "mark_lost", _("state mark lost")
    WIDGET_GAINED = "widget_gained", _("ПОС widget put up")
    WIDGET_LOST = "widget_lost", _("ПОС widget lost")


class PageEventQuerySet(models.QuerySet["PageEvent"]):
    def visible_to(self, user: "User") -> "PageEventQuerySet":
        """Events of the pages that the user may see."""
        return self if user.rights.everywhere else self.filter(user.rights.own("page__institution__"))


class PageEvent(models.Model):
    """One event of a page on a local day; `old` and `new` as the network named them."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="events", db_index=False, verbose_name=_("page"))
    day = models.DateField(_("local day"))
    kind = models.CharField(_("event"), max_length=16, choices=EventKind)
    old = models.CharField(_("before"), max_length=300, blank=True)
    new = models.CharField(_("after"), max_length=300, blank=True)

    objects = PageEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint("page", "day", "kind", name="pageevent_once")]
        indexes = [models.Index("day", name="pageevent_day")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day} {self.kind}"
