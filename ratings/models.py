"""Methodologies, ratings and scores."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Page, Region

if TYPE_CHECKING:
    from gospub.accounts.models import User


class MethodologyQuerySet(models.QuerySet["Methodology"]):
    def in_force(self, slug: str, day: dt.date) -> "Methodology | None":
        """The version that counts on that day; of several the one that came into force last."""
        begun = Q(since=None) | Q(since__lte=day)
        not_over = Q(until=None) | Q(until__gte=day)
        return self.filter(begun, not_over, slug=slug).order_by(models.F("since").desc(nulls_last=True)).first()


class Methodology(models.Model):
    """One version of a methodology: data that `ratings.rules` reads. A version that was used is never rewritten."""

    slug = models.SlugField(_("short name"), max_length=60)
    version = models.CharField(_("version"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    since = models.DateField(_("in force since"), null=True, blank=True)
    until = models.DateField(_("in force until"), null=True, blank=True)
    data = models.JSONField(_("items, steps and zones"))

    objects = MethodologyQuerySet.as_manager()

    class Meta:
        verbose_name = _("methodology")
        verbose_name_plural = _("methodologies")
        ordering = ["name", "version"]
        constraints = [models.UniqueConstraint("slug", "version", name="methodology_version")]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class Period(models.TextChoices):
    """How long a time a rating speaks of. Weeks, months and years are means of days."""

    DAY = "day", _("day")


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: "User") -> "RatingQuerySet":
        """Ratings of the regions in which the user has any right."""
        return self.filter(region__in=Region.objects.visible_to(user))


class Rating(models.Model):
    """The pages of a region scored by one version of a methodology. `day`: the period's last local day."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="ratings", db_index=False, verbose_name=_("region"))
    methodology = models.ForeignKey(Methodology, models.PROTECT, related_name="ratings", verbose_name=_("methodology"))
    period = models.CharField(_("period"), max_length=8, choices=Period, default=Period.DAY)
    day = models.DateField(_("local day"))
    computed_at = models.DateTimeField(_("computed at"))
    digest = models.CharField(_("sha256 of rules and scores"), max_length=64, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint("region", "methodology", "period", "day", name="rating_once")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"


class Zone(models.TextChoices):
    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: "User") -> "ScoreQuerySet":
        """Scores of the pages that the user may see."""
        return self if user.is_superuser else self.filter(page__in=Page.objects.visible_to(user))


class Score(models.Model):
    """One page's score. NULL points = no item could be counted, and so no place; `items` is empty where the page was
    never measured.

    items: [{"indicator", "state": known | unknown | not_applicable, "value", "points", "max"}, …] in the order of the
    methodology; value and points are null unless known.
    """

    rating = models.ForeignKey(Rating, models.CASCADE, related_name="scores", db_index=False, verbose_name=_("rating"))
    page = models.ForeignKey(Page, models.CASCADE, related_name="scores", verbose_name=_("page"))
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True, blank=True)
    zone = models.CharField(_("zone"), max_length=8, choices=Zone, blank=True)
    place = models.PositiveIntegerField(_("place"), null=True, blank=True)
    items = models.JSONField(_("items"), default=list)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint("rating", "page", name="score_once"),
            models.CheckConstraint(
                condition=Q(points=None, place=None, zone="")
                | Q(points__range=(0, 100), place__gte=1, zone__in=["green", "yellow", "red"]),
                name="score_place_with_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.points}"
