"""Documents of an award list: a region's own wording, and the jobs that make the files."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.models import Region

from .contests import Nomination
from .lists import AwardList

if TYPE_CHECKING:
    from gospub.accounts.models import User


class PaperKind(models.TextChoices):
    XLSX = "xlsx", _("award list, Excel workbook")
    CSV = "csv", _("award list, CSV for a Russian Excel")
    PLAIN_CSV = "plain_csv", _("award list, CSV for programs (RFC 4180)")
    ORDER = "order", _("order to be signed, Word")
    LIST = "list", _("award list, PDF")
    DIPLOMAS = "diplomas", _("diplomas, one PDF")
    DIPLOMAS_ZIP = "diplomas_zip", _("diplomas, a file for each winner")


class WordingKind(models.TextChoices):
    ORDER = "order", _("order")
    LIST = "list", _("award list")
    DIPLOMA = "diploma", _("diploma")
    CERTIFICATE = "certificate", _("certificate of a training")
    REMINDER = "reminder", _("letter to those who lag")


class Wording(models.Model):
    """A region's own texts of a kind of document; what it has none of comes from `awards/papers/wording`. crest,
    signature: PNG or JPEG. docx: a Word template of the region's own, for orders."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="wordings", verbose_name=_("region"))
    kind = models.CharField(_("document"), max_length=12, choices=WordingKind)
    texts = models.JSONField(_("texts"), default=dict)
    crest = models.BinaryField(_("crest"), null=True)
    signature = models.BinaryField(_("signature"), null=True)
    docx = models.BinaryField(_("Word template"), null=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("wording of a document")
        verbose_name_plural = _("wordings of documents")
        constraints = [models.UniqueConstraint("region", "kind", name="wording_once")]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.kind}"


class JobState(models.TextChoices):
    WAITING = "waiting", _("waits")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be made")


class PaperJobQuerySet(models.QuerySet["PaperJob"]):
    def visible_to(self, user: "User") -> "PaperJobQuerySet":
        """Files of the lists of regions that the user sees as a whole: they hold names."""
        if user.rights.everywhere:
            return self
        return self.filter(list__contest__region__in=user.rights.whole)


class PaperJob(models.Model):
    """A file that somebody asked for. nomination, degree: the filter, NULL = all. done, total: documents in it. file:
    random name in the folder of papers, "" until it is ready. lease_until: a worker is at it until then; one that died
    lets another take over. attempts: how often one began."""

    list = models.ForeignKey(AwardList, models.CASCADE, related_name="papers", verbose_name=_("award list"))
    kind = models.CharField(_("document"), max_length=12, choices=PaperKind)
    nomination = models.ForeignKey(
        Nomination, models.CASCADE, null=True, related_name="+", verbose_name=_("nomination")
    )
    degree = models.PositiveSmallIntegerField(_("degree"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    file = models.CharField(_("file"), max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("held until"), null=True)
    asked_at = models.DateTimeField(_("asked for at"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    ready_at = models.DateTimeField(_("ready at"), null=True)

    objects = PaperJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
