"""What page admins agreed to: without a consent in force no name is published."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .registry import Person

if TYPE_CHECKING:
    from gospub.accounts.models import User


class ConsentScope(models.TextChoices):
    """Where the name may stand."""

    AWARDS = "awards", _("Award list and hall of the public part")
    OPEN_DATA = "open_data", _("Open data and files of ratings")


class ConsentText(models.Model):
    """A version of the text that people sign; what was signed once is never reworded."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    text = models.TextField(_("text"))
    since = models.DateField(_("in use since"))

    class Meta:
        verbose_name = _("text of a consent")
        verbose_name_plural = _("texts of consents")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return self.version


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, now: dt.datetime) -> "ConsentQuerySet":
        """Recorded by the moment `now` (aware) and not withdrawn by then."""
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=now), recorded_at__lte=now)

    def visible_to(self, user: "User") -> "ConsentQuerySet":
        """Those of the people whom the user sees."""
        return self.filter(person__in=Person.objects.visible_to(user))


class Consent(models.Model):
    """A person's consent, given on paper as a document of its own. Withdrawn ones stay: they prove what was lawful."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name=_("person"))
    text = models.ForeignKey(
        ConsentText, models.PROTECT, related_name="consents", verbose_name=_("version of the text")
    )
    scope = models.CharField(_("scope"), max_length=20, choices=ConsentScope)
    given_on = models.DateField(_("given on"))
    document = models.CharField(
        _("document"), max_length=200, help_text=_("Number and date of the signed paper, without the name.")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawal recorded by"),
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint("person", "scope", condition=Q(withdrawn_at=None), name="consent_one_in_force"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("recorded_at")), name="consent_moments"
            ),
            models.CheckConstraint(condition=Q(scope__in=ConsentScope.values), name="consent_scope"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
