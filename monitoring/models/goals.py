"""What a region means to reach by a day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Region


class GoalMeasure(models.TextChoices):
    """Both are columns of GroupDay."""

    SUBSCRIBERS = "subscribers", _("subscribers on all networks")
    PAGES = "pages", _("pages on all networks")


class Goal(models.Model):
    """`value` of the measure, to be reached on `day` at the latest. start: what it was when the goal was set, NULL
    where nothing had been collected."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="goals", verbose_name=_("region"))
    measure = models.CharField(_("measure"), max_length=12, choices=GoalMeasure)
    value = models.PositiveBigIntegerField(_("value"))
    day = models.DateField(_("until"))
    start = models.PositiveBigIntegerField(_("value when it was set"), null=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [models.UniqueConstraint("region", "measure", "value", "day", name="goal_once")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.measure} {self.value} {self.day}"
