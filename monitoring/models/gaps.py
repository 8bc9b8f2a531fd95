"""Gaps in the data that somebody answers for: they are excused with a reason and count against nobody."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .registry import Page, PlatformCode, Region


class GapExcuseQuerySet(models.QuerySet["GapExcuse"]):
    def touching(self, region: Region, first: dt.date, last: dt.date) -> "GapExcuseQuerySet":
        """Those of the region that speak of any local day of the span (both ends included)."""
        return self.filter(region=region, first__lte=last, last__gte=first)

    def of_slots(self) -> Q:
        """A condition on slots: one of these excuses covers them."""
        found = Q(pk__in=[])
        for each in self:
            one = Q(day__range=(each.first, each.last))
            if each.page_id:
                one &= Q(page=each.page_id)
            elif each.platform:
                one &= Q(platform=each.platform)
            found |= one
        return found


class GapExcuse(models.Model):
    """Readings that are missing on these local days (both included) are excused, for the reason given: they leave what
    shares of collected data are counted of. What was measured stays.

    platform "" = every network; page NULL = every page of the network.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="gap_excuses", verbose_name=_("region"))
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode, blank=True)
    page = models.ForeignKey(
        Page, models.CASCADE, null=True, blank=True, related_name="gap_excuses", verbose_name=_("page")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=500)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared at"))

    objects = GapExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = _("excused gap")
        verbose_name_plural = _("excused gaps")
        ordering = ["-last", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="gap_excuse_days_in_order")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.platform} {self.first}–{self.last}"
