"""The outbox."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a letter is about; digests and notices can be unsubscribed from, answers cannot."""

    ADMIN_DIGEST = "admin_digest", _("weekly letter to page admins")
    ANALYST_DIGEST = "analyst_digest", _("weekly letter to analysts")
    OFFICIAL_DIGEST = "official_digest", _("weekly letter to officials: terms")
    APPEAL_ANSWER = "appeal_answer", _("answer to an appeal")
    AWARD = "award", _("award or quality mark")
    EVENT = "event", _("invitation to an event")


class LetterState(models.TextChoices):
    WAITING = "waiting", _("waits to be sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("the mail server refused it for good")


class Letter(models.Model):
    """One letter to one user. key: what makes it the only one of its sort (`appeal 5: answer`): it is written once,
    whoever writes it twice, and goes out once."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters", verbose_name=_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=8, choices=LetterState, default=LetterState.WAITING)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [models.Index("state", "id", name="letter_state")]

    def __str__(self) -> str:
        return self.key
