"""Saved views of the screens, read-only links to them, and reports that are made from them."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region

if TYPE_CHECKING:
    from gospub.accounts.models import User

LONGEST_QUERY = 4000


class View(models.Model):
    """A screen of a region with its filter. subject: key of the rating that it is of, where it is of one."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", verbose_name=_("region"))
    screen = models.CharField(_("screen"), max_length=40)
    subject = models.BigIntegerField(_("object of the screen"), null=True, blank=True)
    query = models.CharField(_("filter"), max_length=LONGEST_QUERY, blank=True)
    name = models.CharField(_("name"), max_length=120)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        abstract = True


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: "User") -> "SavedViewQuerySet":
        """The own ones, and those that are shared in a region in which the user has any right."""
        shared = Q(shared=True) if user.rights.everywhere else Q(shared=True, region__in=user.rights.regions)
        return self.filter(Q(owner=user.pk) | shared)

    def given_by(self, user: "User") -> "SavedViewQuerySet":
        """Those that the user may rename and delete: the own ones, and as an analyst the shared ones of the region."""
        kept = Q(shared=True) if user.rights.operator else Q(shared=True, region__in=user.rights.analyst)
        return self.filter(Q(owner=user.pk) | kept)


class SavedView(View):
    """What opens again under a name. It gives no right: the screen shows what whoever opens it may see."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    shared = models.BooleanField(_("shared in the region"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("owner", "region", "name", name="saved_view_name")]

    def __str__(self) -> str:
        return self.name


class ViewLinkQuerySet(models.QuerySet["ViewLink"]):
    def given_by(self, user: "User") -> "ViewLinkQuerySet":
        """Those that the user may revoke: all of the regions that the user keeps."""
        return self if user.rights.operator else self.filter(region__in=user.rights.analyst)

    def open(self, now: dt.datetime) -> "ViewLinkQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=now)


class ViewLink(View):
    """Shows the tables of a screen to whoever has the address, with the filter as it was and the rights that `made_by`
    has when it is opened. code_digest: SHA-256 of the secret code in the address, which is not kept."""

    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by"))
    expires_at = models.DateTimeField(_("open until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ViewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("read-only link")
        verbose_name_plural = _("read-only links")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Cadence(models.TextChoices):
    """What period a report is of."""

    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


class ReportQuerySet(models.QuerySet["Report"]):
    def given_by(self, user: "User") -> "ReportQuerySet":
        """Those that the user may send and stop: all of the regions that the user keeps."""
        return self if user.rights.operator else self.filter(region__in=user.rights.analyst)

    def visible_to(self, user: "User") -> "ReportQuerySet":
        """Those that go to the user or that the user keeps; a stopped one is nobody's any more."""
        kept = Q() if user.rights.operator else Q(region__in=user.rights.analyst) | Q(recipients=user.pk)
        return self.filter(kept, stopped_at=None).distinct()


class Report(models.Model):
    """Tables of some screens over a period that is over. It holds no figures: whoever opens it gets what their rights
    of that moment show. scheduled: a letter goes out when a period has ended. screens: names of SCREENS."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", verbose_name=_("region"))
    name = models.CharField(_("name"), max_length=120)
    screens = models.JSONField(_("screens"), default=list)
    cadence = models.CharField(_("period"), max_length=8, choices=Cadence, default=Cadence.MONTH)
    scheduled = models.BooleanField(_("sent when a period has ended"), default=False)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="received_reports", verbose_name=_("recipients")
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
