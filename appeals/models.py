"""Appeals and what is handed in with them."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.models import Institution
from ratings.catalogue import INDICATORS
from ratings.models import Correction, Score

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from gospub.accounts.models import User


class AppealState(models.TextChoices):
    DRAFT = "draft", _("not sent yet")
    FILED = "filed", _("waits for a decision")
    ACCEPTED = "accepted", pgettext_lazy("appeal", "accepted")
    REJECTED = "rejected", pgettext_lazy("appeal", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")


DECIDED = (AppealState.ACCEPTED, AppealState.REJECTED)


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: "User") -> "AppealQuerySet":
        """Appeals of the institutions that the user sees; drafts are their author's alone."""
        seen = self.filter(~Q(state=AppealState.DRAFT) | Q(author=user))
        return seen if user.rights.everywhere else seen.filter(user.rights.own("institution__"))

    def open(self) -> "AppealQuerySet":
        """Those that wait for a decision."""
        return self.filter(state=AppealState.FILED)


class Appeal(models.Model):
    """An institution says that a value of one of its scores is wrong.

    item: code of what is contested in the rating's methodology; indicator: what that measures. key: made with the form,
    so that what is sent twice is one appeal. wanted: what the value should be, as typed; day, post: which of them is
    meant, if any. until: last local day on which the appeal could be filed. effect: what accepting it was to do to the
    rating (`effect.promise`).
    """

    score = models.ForeignKey(Score, models.PROTECT, related_name="appeals", verbose_name=_("score"))
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="appeals", verbose_name=_("institution"))
    item = models.CharField(_("what is contested"), max_length=255)
    indicator = models.CharField(_("indicator"), max_length=40)
    key = models.UUIDField(_("key of the form"), unique=True, default=uuid.uuid4)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appeals", verbose_name=_("author")
    )
    wanted = models.CharField(_("what it should be"), max_length=40, blank=True)
    day = models.DateField(_("day"), null=True)
    post = models.CharField(_("post"), max_length=300, blank=True)
    text = models.TextField(_("grounds"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AppealState, default=AppealState.DRAFT)
    until = models.DateField(_("term"), null=True)
    changed_at = models.DateTimeField(_("changed at"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    answer = models.TextField(_("answer"), blank=True)
    corrections = models.ManyToManyField(Correction, related_name="appeals", verbose_name=_("corrections"))
    effect = models.JSONField(_("effect"), default=dict)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-pk"]
        indexes = [models.Index("state", "institution", name="appeal_state")]
        constraints = [
            models.UniqueConstraint("score", "item", condition=Q(state=AppealState.FILED), name="appeal_open_once"),
            models.UniqueConstraint(
                "author", "score", "item", condition=Q(state=AppealState.DRAFT), name="appeal_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False) | ~Q(state__in=DECIDED) & Q(decided_at=None),
                name="appeal_decided_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.item}"

    @property
    def label(self) -> "str | Promise":
        """What is contested, in words."""
        return INDICATORS[self.indicator].label

    @property
    def waits(self) -> bool:
        return self.state == AppealState.FILED


class EvidenceKind(models.TextChoices):
    """What a file is by its content; the value is the ending that it is handed out with."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpg", "JPEG"
    XLSX = "xlsx", "XLSX"
    DOCX = "docx", "DOCX"
    TXT = "txt", _("text")


class Evidence(models.Model):
    """A file of an appeal. name: what its author called it, for reading alone; file: the random name it is kept under,
    outside of what the web server hands out."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="evidence", verbose_name=_("appeal"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=4, choices=EvidenceKind)
    file = models.CharField(_("file"), max_length=32, unique=True)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField("sha256", max_length=64)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("appeal", "sha256", name="evidence_once")]

    def __str__(self) -> str:
        return self.name
