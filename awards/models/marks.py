"""The quality mark (знак качества): pass or fail, for all above the gate and a threshold, for a year, revocable."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Page
from ratings.models import Score

from .contests import Contest

if TYPE_CHECKING:
    from gospub.accounts.models import User


class QualityMarkQuerySet(models.QuerySet["QualityMark"]):
    def visible_to(self, user: "User") -> "QualityMarkQuerySet":
        """Marks of the pages that the user sees."""
        return self.filter(page__in=Page.objects.visible_to(user))

    def in_force(self, day: dt.date) -> "QualityMarkQuerySet":
        """Issued by the local day, not over on it and not withdrawn."""
        return self.filter(issued_on__lte=day, valid_until__gte=day, withdrawn_at=None)


class QualityMark(models.Model):
    """A page's mark for a year. code: short, not to be guessed, in the public address `/b/<code>/`. title: what the
    page was called when the mark was issued. withdrawn_*: the public address says since when, not by whom or why."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="marks", verbose_name=_("contest"))
    page = models.ForeignKey(Page, models.PROTECT, related_name="quality_marks", verbose_name=_("page"))
    score = models.ForeignKey(Score, models.PROTECT, null=True, related_name="+", verbose_name=_("score"))
    title = models.CharField(_("title"), max_length=400)
    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(_("code"), max_length=16, unique=True)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )
    reason = models.TextField(_("why it was withdrawn"), blank=True)

    objects = QualityMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality mark")
        verbose_name_plural = _("quality marks")
        ordering = ["-year", "page"]
        constraints = [
            models.UniqueConstraint("contest", "page", name="quality_mark_once"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("issued_on")), name="quality_mark_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code
