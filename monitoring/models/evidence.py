"""Signs of gaming: what looks like bought numbers or mass posting, what the admin says of it, and what was decided."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Page

if TYPE_CHECKING:
    from gospub.accounts.models import User


class EvidenceKind(models.TextChoices):
    JUMP_WITHOUT_VIEWS = "jump_without_views", _("jump of subscribers without views")
    VIEWS_WITHOUT_REACH = "views_without_reach", _("views without reach")
    EQUAL_POSTS = "equal_posts", _("burst of equal posts")
    MASS_POSTS = "mass_posts", _("mostly mass-distributed posts")


class EvidenceDecision(models.TextChoices):
    OPEN = "open", _("waits for a decision")
    JUSTIFIED = "justified", _("explained, no gaming")
    GAMING = "gaming", _("recognised as gaming")


class EvidenceQuerySet(models.QuerySet["EvidenceCard"]):
    def visible_to(self, user: "User") -> "EvidenceQuerySet":
        """Cards of the pages that the user may see."""
        return self if user.rights.everywhere else self.filter(user.rights.own("page__institution__"))

    def open(self) -> "EvidenceQuerySet":
        """Cards that nobody has decided."""
        return self.filter(decision=EvidenceDecision.OPEN)

    def touching(self, first: dt.date, last: dt.date) -> "EvidenceQuerySet":
        """Cards that speak of any local day of the span (both ends included)."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class EvidenceCard(models.Model):
    """One spell of one sign on one page. It is evidence for people and changes no figure and no rating by itself.

    size: growth of the subscribers as a share of those before (jump_without_views, 0.25 = 25 %); how many times the
    views exceed what the audience could give (views_without_reach); number of posts (equal_posts); share of the posts
    (mass_posts, 0 … 1). facts: the numbers that the card shows, see the functions of `monitoring.evidence`. While the
    card is open, its last day, size and facts follow the spell.
    """

    page = models.ForeignKey(
        Page, models.CASCADE, related_name="evidence_cards", db_index=False, verbose_name=_("page")
    )
    kind = models.CharField(_("sign"), max_length=20, choices=EvidenceKind)
    first_day = models.DateField(_("first local day"))
    last_day = models.DateField(_("last local day"))
    size = models.FloatField(_("size"))
    facts = models.JSONField(_("evidence"), default=dict)
    found_at = models.DateTimeField(_("found at"))
    explanation = models.CharField(_("explanation of the page's admin"), max_length=1000, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("explained by"),
    )
    explained_at = models.DateTimeField(_("explained at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=EvidenceDecision, default=EvidenceDecision.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign of gaming")
        verbose_name_plural = _("signs of gaming")
        constraints = [
            models.UniqueConstraint("page", "kind", "first_day", name="evidence_page_kind_first"),
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="evidence_days"),
        ]
        indexes = [models.Index("page", condition=models.Q(decision="open"), name="evidence_open")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.kind} {self.first_day}"

    @property
    def is_open(self) -> bool:
        return self.decision == EvidenceDecision.OPEN
