"""Which regions are open to anybody, since when; and what they announce there."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region

if TYPE_CHECKING:
    from gospub.accounts.models import User


class PublicationQuerySet(models.QuerySet["Publication"]):
    def in_force(self, now: dt.datetime) -> "PublicationQuerySet":
        """Begun by the moment `now` (aware) and not over by then."""
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Publication(models.Model):
    """A region's public part is open from one moment to another (until NULL = until further notice)."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="publications", verbose_name=_("region"))
    since = models.DateTimeField(_("open since"))
    until = models.DateTimeField(_("open until"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("opened by")
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication of a region")
        verbose_name_plural = _("publications of regions")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint("region", condition=Q(until=None), name="publication_one_open"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="publication_moments"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.since:%d.%m.%Y}"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, user: "User") -> "AnnouncementQuerySet":
        """Those of the regions that the user sees as a whole, drafts of the future among them."""
        return self if user.rights.everywhere else self.filter(region__in=user.rights.whole)

    def shown(self, today: dt.date) -> "AnnouncementQuerySet":
        """What anybody sees on that local day."""
        return self.filter(Q(until=None) | Q(until__gte=today), withdrawn_at=None, published_on__lte=today)


class Announcement(models.Model):
    """A notice of a region to anybody, shown from one local day to another (both included; no end = for good)."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="announcements", verbose_name=_("region"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)
    published_on = models.DateField(_("published on"))
    until = models.DateField(_("shown until"), null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-published_on", "-pk"]
        indexes = [models.Index("region", "published_on", name="announcement_region_day")]

    def __str__(self) -> str:
        return self.title
