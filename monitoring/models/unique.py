"""How many different people a region's subscriptions on VK are: sketches of member lists, never the lists."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Page, Region


class AudienceSwitch(models.Model):
    """Whether member lists of a region's pages may be read at all; no row = off. Only an operator turns it on."""

    region = models.OneToOneField(
        Region, models.CASCADE, primary_key=True, related_name="audience_switch", verbose_name=_("region")
    )
    on = models.BooleanField(_("on"), default=False)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("switch of the unique audience")
        verbose_name_plural = _("switches of the unique audience")

    def __str__(self) -> str:
        return f"{self.region_id}: {self.on}"


class RunState(models.TextChoices):
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")


class AudienceRun(models.Model):
    """One count of a region, which goes on wherever it was interrupted.

    key_mark: fingerprint of the key that salts the ids; sketches of different keys cannot be joined. not_before: the
    network refused, for `reason`, until then. lease_until: a worker is at it until then.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="audience_runs", verbose_name=_("region"))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)
    key_mark = models.CharField(_("fingerprint of the key"), max_length=12)
    not_before = models.DateTimeField(_("not before"), null=True)
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    lease_until = models.DateTimeField(_("held until"), null=True)

    class Meta:
        verbose_name = _("count of the unique audience")
        verbose_name_plural = _("counts of the unique audience")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("region", condition=models.Q(state="running"), name="audiencerun_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.started_at:%Y-%m-%d}: {self.state}"


class MemberSketch(models.Model):
    """What a run has read of a page's members: two sketches of salted ids, and how far it got.

    members: as VK counts them. read: ids that went in. failure: why the page shows none (platforms.base.Failure).
    """

    run = models.ForeignKey(AudienceRun, models.CASCADE, related_name="sketches", verbose_name=_("count"))
    page = models.ForeignKey(Page, models.CASCADE, related_name="+", verbose_name=_("page"))
    members = models.PositiveIntegerField(_("members"), null=True)
    read = models.PositiveIntegerField(_("members read"), default=0)
    done = models.BooleanField(_("done"), default=False)
    failure = models.CharField(_("reason"), max_length=16, blank=True)
    hll = models.BinaryField(_("HyperLogLog sketch"), default=b"")
    theta = models.BinaryField(_("theta sketch"), default=b"")

    class Meta:
        verbose_name = _("sketch of a page's members")
        verbose_name_plural = _("sketches of pages' members")
        constraints = [models.UniqueConstraint("run", "page", name="membersketch_once")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.read}"


class AudienceGroup(models.Model):
    """Different people behind a group of pages, as a run that is done found them. dimension, key: as in GroupDay.

    pages: of the group on VK; read: those whose members were read; members: subscriptions of these. people: different
    ones, between low and high with 95 % confidence. theta: joined sketch, from which overlaps are told; empty once a
    later run is done.
    """

    run = models.ForeignKey(AudienceRun, models.CASCADE, related_name="groups", verbose_name=_("count"))
    dimension = models.CharField(_("grouped by"), max_length=12)
    key = models.CharField(_("group"), max_length=255, blank=True)
    pages = models.PositiveIntegerField(_("pages"))
    read = models.PositiveIntegerField(_("pages read"))
    members = models.PositiveBigIntegerField(_("subscriptions"))
    people = models.FloatField(_("different people"))
    low = models.FloatField(_("at least"))
    high = models.FloatField(_("at most"))
    theta = models.BinaryField(_("theta sketch"), default=b"")

    class Meta:
        verbose_name = _("unique audience of a group")
        verbose_name_plural = _("unique audiences of groups")
        constraints = [models.UniqueConstraint("run", "dimension", "key", name="audiencegroup_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.dimension} {self.key}: {self.people:.0f}"
