"""Fact sheets and their figures: written once, never changed."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import PlatformCode, Region

from .sources import Dates

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gospub.accounts.models import User


class FrozenError(Exception):
    """What was issued is never changed: a correction is another fact sheet."""


class Frozen(models.Model):
    """Rows that are written once; what goes past this is found by `manage.py verify_press`."""

    class Meta:
        abstract = True

    def save(self, *args: object, **options: object) -> None:
        """Raises FrozenError where the row is there already."""
        if self.pk is not None:
            raise FrozenError
        super().save(*args, **options)

    def delete(self, *args: object, **options: object) -> tuple[int, dict[str, int]]:
        """Raises FrozenError."""
        raise FrozenError


class FactSheetQuerySet(models.QuerySet["FactSheet"]):
    def visible_to(self, user: "User") -> "FactSheetQuerySet":
        """Sheets of the regions that the user sees as a whole."""
        return self if user.rights.everywhere else self.filter(region__in=user.rights.whole)


class FactSheet(Frozen):
    """The figures of a region as of a local day, as they were issued. against: the day compared with, NULL = none.
    first, last: the days whose posts are counted; earlier_…: those they are compared with. definitions: what each kind
    of figure meant, in words, and their version. digest: sha256 over all of it but the publication."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="fact_sheets", verbose_name=_("region"))
    day = models.DateField(_("as of"))
    against = models.DateField(_("compared with"), null=True)
    first = models.DateField(_("posts from"))
    last = models.DateField(_("posts until"))
    earlier_first = models.DateField(_("compared with posts from"), null=True)
    earlier_last = models.DateField(_("compared with posts until"), null=True)
    version = models.PositiveSmallIntegerField(_("version of the definitions"))
    definitions = models.JSONField(_("definitions"), default=dict)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    digest = models.CharField(_("sha256 of the sheet"), max_length=64)
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )

    objects = FactSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheets")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.region}, {self.day:%d.%m.%Y}"

    @property
    def dates(self) -> Dates:
        return Dates(self.day, self.against, self.first, self.last)


class Kind(models.TextChoices):
    """What a figure tells, in the order of the sheet."""

    PAGES = "pages", _("Pages")
    SUBSCRIBERS = "subscribers", _("Subscribers")
    SHARE = "share", _("Share of all subscribers")
    MEAN = "mean", _("Subscribers a page")
    SAME_PAGES = "same_pages", _("Subscribers of the same pages")
    GAINED = "gained", _("Pages gained")
    LOST = "lost", _("Pages lost")
    POSTS = "posts", _("Posts")
    EVENTS = "events", _("Trainings held")
    TRAINED = "trained", _("People trained")


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: "User | AnonymousUser") -> "FigureQuerySet":
        """Figures of published sheets for anybody; others for those who see the whole region."""
        if not user.is_authenticated:
            return self.filter(sheet__published_at__isnull=False)
        if user.rights.everywhere:
            return self
        return self.filter(Q(sheet__published_at__isnull=False) | Q(sheet__region__in=user.rights.whole))


class Figure(Frozen):
    """One number of a sheet, exact: value ÷ parts, parts NULL = the value itself. network "" = all of `networks`.

    code: of its permanent address `/f/<code>/`. value NULL = no data. earlier, earlier_parts: of the day or days
    compared with; not_compared: in words, why there is nothing to compare with. measured of pages: coverage, of pages
    that were there how many gave what the figure counts. page_set: sha256 over the keys of these pages. inputs: by
    network what the figure was made of, «now» and «then», and under «missing» [network, reason, pages] of those that
    gave nothing."""

    sheet = models.ForeignKey(FactSheet, models.PROTECT, related_name="figures", verbose_name=_("fact sheet"))
    code = models.CharField(_("code"), max_length=16, unique=True)
    kind = models.CharField(_("figure"), max_length=12, choices=Kind)
    network = models.CharField(_("network"), max_length=10, choices=PlatformCode, blank=True)
    networks = models.JSONField(_("networks it spans"), default=list)
    value = models.PositiveBigIntegerField(_("value"), null=True)
    parts = models.PositiveBigIntegerField(_("divided by"), null=True)
    earlier = models.PositiveBigIntegerField(_("earlier value"), null=True)
    earlier_parts = models.PositiveBigIntegerField(_("earlier divided by"), null=True)
    not_compared = models.CharField(_("why it is not compared"), max_length=200, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    measured = models.PositiveIntegerField(_("measured of them"), null=True)
    page_set = models.CharField(_("sha256 of the page set"), max_length=64, blank=True)
    inputs = models.JSONField(_("inputs"), default=dict)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("press figure")
        verbose_name_plural = _("press figures")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("sheet", "kind", "network", name="figure_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def now(self) -> int | Decimal | None:
        return _quotient(self.value, self.parts)

    @property
    def then(self) -> int | Decimal | None:
        return _quotient(self.earlier, self.earlier_parts)

    @property
    def change(self) -> int | Decimal | None:
        """None where there is nothing to compare with."""
        return None if self.now is None or self.then is None else self.now - self.then

    @property
    def growth(self) -> Decimal | None:
        """The change as a share of the earlier value; None also where that was 0."""
        return None if self.change is None or not self.then else Decimal(self.change) / self.then


def _quotient(value: int | None, parts: int | None) -> int | Decimal | None:
    return value if value is None or parts is None else Decimal(value) / parts
