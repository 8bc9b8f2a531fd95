"""Access to the networks: switches, calls made, tokens at rest, what the operator is to be told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.platforms.base import Failure

from .registry import PlatformCode


class NetworkState(models.TextChoices):
    ON = "on", _("collected")
    PAUSED = "paused", _("paused")
    OFF = "off", _("switched off")


class Network(models.Model):
    """The installation's switch of a network; no row = collected. Paused: its slots are planned and wait; off: none
    are owed. `since`: when its collection was stopped, or began again."""

    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode, primary_key=True)
    state = models.CharField(_("state"), max_length=8, choices=NetworkState, default=NetworkState.ON)
    since = models.DateTimeField(_("since"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return f"{self.platform}: {self.state}"


class CallCount(models.Model):
    """Calls made to a network by one token on one day of the network (Moscow time), by method. failed: those among them
    that met a refusal or no answer."""

    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    token = models.CharField(_("token's fingerprint"), max_length=12, blank=True)
    method = models.CharField(_("method"), max_length=60)
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    failed = models.PositiveIntegerField(_("failed calls"), default=0, db_default=0)

    class Meta:
        verbose_name = _("calls made")
        verbose_name_plural = _("calls made")
        constraints = [models.UniqueConstraint("day", "platform", "token", "method", name="callcount_key")]

    def __str__(self) -> str:
        return f"{self.platform} {self.method} {self.day}: {self.calls}"


class AccessPause(models.Model):
    """A token that is out of the pool, or with token "" the whole network; method "" = all methods.

    until: back at that moment; NULL = not before an operator acts. times: faults in a row, which lengthen the pause.
    """

    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    token = models.CharField(_("token's fingerprint"), max_length=12, blank=True)
    method = models.CharField(_("method"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=[(f.value, f.value) for f in Failure])
    detail = models.CharField(_("what the network said"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("times in a row"), default=1)

    class Meta:
        verbose_name = _("token at rest")
        verbose_name_plural = _("tokens at rest")
        constraints = [models.UniqueConstraint("platform", "token", "method", name="accesspause_key")]

    def __str__(self) -> str:
        return f"{self.platform} {self.token} {self.method}: {self.reason}"


class OperatorMessage(models.Model):
    """Something the operators are told: written once by its key. posted_at: when letters to them were put into the
    outbox."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written at"))
    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message to the operators")
        verbose_name_plural = _("messages to the operators")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject


class Heartbeat(models.Model):
    """When something that must go round was last alive: "scheduler" = a worker has run a task of the schedule,
    "unwritten" = one could not write what it had read."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
