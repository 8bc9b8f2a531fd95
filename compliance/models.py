"""The road map: what a region has set itself to reach by when. How far it has come is computed, never entered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.models import Municipality, Region


class Goal(models.TextChoices):
    """What is to be met: a duty of institutions (their presence), or a requirement of the checklist of pages."""

    ANY = "any", _("A page on at least one network")
    OBLIGATORY = "obligatory", _("Pages on every obligatory network")
    VK = "vk", _("A page on VK")
    OK = "ok", _("A page on Odnoklassniki")
    TELEGRAM = "telegram", _("A channel on Telegram")
    MAX = "max", _("A channel on MAX")
    STATE_MARK = "state_mark", _("State mark")
    AVATAR = "has_avatar", _("Avatar")
    DESCRIPTION = "has_description", _("Description")
    NAME = "names_institution", _("Name of the institution")
    CONTACTS = "has_contacts", _("Phone or e-mail")
    SITE = "has_site", _("Address of the site")
    COVER = "has_cover", _("Cover")
    POS_WIDGET = "pos_widget", _("ПОС widget")
    WIDGETS = "widgets", _("Two menu widgets")
    COMPONENT = "component", _("Connected to «Госпаблики»")
    POSTING = "posting", _("At least 3 posts in 7 days")


class Step(models.Model):
    """A goal with its term; municipality None = the whole region. responsible: a post or a body, in the region's own
    words."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="steps", verbose_name=_("region"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    goal = models.CharField(_("goal"), max_length=20, choices=Goal)
    due = models.DateField(_("term"))
    responsible = models.CharField(_("responsible"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("added at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("step of the road map")
        verbose_name_plural = _("steps of the road map")
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint("region", "municipality", "goal", name="step_in_municipality"),
            models.UniqueConstraint("region", "goal", condition=models.Q(municipality=None), name="step_in_region"),
        ]

    def __str__(self) -> str:
        return f"{self.get_goal_display()}: {self.due}"
