"""The outbox, and who wants which letters."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Region


class Kind(models.TextChoices):
    """What a letter is about."""

    ADMIN_DIGEST = "admin_digest", _("weekly letter to institution admins")
    ANALYST_DIGEST = "analyst_digest", _("weekly letter to analysts")
    OFFICIAL_DIGEST = "official_digest", _("weekly letter to officials: terms")
    APPEAL_ANSWER = "appeal_answer", _("answer to an appeal")
    AWARD = "award", _("award or quality mark")
    EVENT = "event", _("invitation to an event, or a change of it")
    REPORT = "report", _("report of a region")
    OPERATOR = "operator", _("message to the operators")


# Whoever asked is answered, and operators are told what needs them: from these nobody unsubscribes.
OBLIGATORY = (Kind.APPEAL_ANSWER, Kind.OPERATOR)


class LetterState(models.TextChoices):
    WAITING = "waiting", _("waits to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("the mail server refused it for good")
    DROPPED = "dropped", _("not needed any more")


class Letter(models.Model):
    """One letter to one user. key: what makes it the only one of its sort (`appeal 5: answer`): it is written once,
    whoever writes it twice, and goes out once.

    region, week: of a digest, which is written when it goes out (week: the Monday of the week it tells of); it keeps no
    text. institution: whose matter it is; who does not see it any more does not get the letter. reason: why it was
    refused, put off or dropped. next_try_at: not before. lease_until: a worker is at it until then. tries: how often
    one took it up, which is also the fence: whoever took over has a higher one.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters", verbose_name=_("to"))
    region = models.ForeignKey(Region, models.CASCADE, null=True, related_name="+", verbose_name=_("region"))
    week = models.DateField(_("week from"), null=True)
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, related_name="+", verbose_name=_("institution")
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=LetterState, default=LetterState.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"))
    next_try_at = models.DateTimeField(_("not before"), null=True)
    lease_until = models.DateTimeField(_("held until"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(week=None, region=None) & ~models.Q(text="")
                | models.Q(week__isnull=False, region__isnull=False, text=""),
                name="letter_has_a_text_or_is_a_digest",
            ),
        ]
        indexes = [
            models.Index("id", condition=models.Q(state__in=("waiting", "sending")), name="letter_open"),
            models.Index("state", "settled_at", name="letter_state"),
        ]

    def __str__(self) -> str:
        return self.key


class Unsubscription(models.Model):
    """A kind of letters that the user does not want; no row = they are sent."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="unsubscriptions", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("unsubscription")
        verbose_name_plural = _("unsubscriptions")
        constraints = [
            models.UniqueConstraint("user", "kind", name="unsubscription_once"),
            models.CheckConstraint(condition=~models.Q(kind__in=OBLIGATORY), name="unsubscription_of_what_may_end"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
