"""A contest: its stages, its nominations, who takes part, what the jury and the public said."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Page, Person, Region
from ratings.models import Rating, Score

if TYPE_CHECKING:
    from gospub.accounts.models import User


class Stage(models.TextChoices):
    """In the order in which they follow each other; any but the first and the last two may be left out."""

    LONG_LIST = "long_list", _("long list")
    GATE = "gate", _("conditions of taking part")
    SHORT_LIST = "short_list", _("short list")
    JURY = "jury", _("jury")
    VOTE = "vote", _("popular vote")
    PLACES = "places", _("final places")
    PROTOCOL = "protocol", _("protocol")


class Origin(models.TextChoices):
    """How one came on the long list."""

    RATING = "rating", _("from the rating")
    APPLICATION = "application", _("by application")


class Reason(models.TextChoices):
    """Why a candidate is out."""

    NO_DATA = "no_data", _("no data for this nomination")
    WON_BEFORE = "won_before", _("won in the years before")
    BEST_OF_BEST = "best_of_best", _("won in the years before: competes in “Best of the best”")
    GATE = "gate", _("does not meet the conditions of taking part")
    THIN = "thin", _("too few data, not ranked")
    NOTHING = "nothing", _("nothing could be counted")
    TWICE = "twice", _("the same person stands higher in this nomination")
    BELOW = "below", _("below the line of the short list")


class ContestState(models.TextChoices):
    RUNNING = "running", _("running")
    SIGNED = "signed", _("signed off")


class ContestQuerySet(models.QuerySet["Contest"]):
    def visible_to(self, user: "User") -> "ContestQuerySet":
        """All contests for those who see the whole region; for others of the region those that take applications or
        are signed off."""
        if user.rights.everywhere:
            return self
        open_to_all = Q(state=ContestState.SIGNED) | Q(by_application=True)
        return self.filter(Q(region__in=user.rights.whole) | Q(region__in=user.rights.regions) & open_to_all)


class Contest(models.Model):
    """One award campaign over a rating. stages: codes of those that take place. stage: the one it is in.

    rules: the award rules as they were when the contest was opened (see `ratings.award_rules`). by_application: the
    long list is what institutions handed in until applications_until, else everybody the rating has.
    weights: {"rating": 50, "jury": 40, "vote": 10} of what takes place, in the final points.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="contests", verbose_name=_("region"))
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    rating = models.ForeignKey(Rating, models.PROTECT, related_name="contests", verbose_name=_("rating"))
    rules = models.JSONField(_("award rules"))
    stages = models.JSONField(_("stages"), default=list)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.LONG_LIST)
    state = models.CharField(_("state"), max_length=8, choices=ContestState, default=ContestState.RUNNING)
    by_application = models.BooleanField(_("by application"), default=False)
    applications_until = models.DateField(_("applications until"), null=True, blank=True)
    weights = models.JSONField(_("weights"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        ordering = ["-year", "-pk"]
        constraints = [models.UniqueConstraint("region", "year", "title", name="contest_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.year}"


class Nomination(models.Model):
    """One of the contest's nominations. rule: code of the award rule it came from; value: of the field that rule
    divides by (the sector's name, the municipality's key, …), "" = it does not divide."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="nominations", verbose_name=_("contest"))
    name = models.CharField(_("name"), max_length=200)
    rule = models.CharField(_("award rule"), max_length=60)
    value = models.CharField(_("divided by"), max_length=255, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint("contest", "name", name="nomination_name_once"),
            models.UniqueConstraint("contest", "rule", "value", name="nomination_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Candidate(models.Model):
    """Somebody in a nomination. What is rated stands in `score`; the page, institution and person are those it is about
    as far as they are known. left_at: the stage after which it was out, "" = still in, and why."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="candidates", verbose_name=_("nomination"))
    score = models.ForeignKey(Score, models.PROTECT, null=True, related_name="candidates", verbose_name=_("score"))
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="candidates", verbose_name=_("page"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="candidates", verbose_name=_("institution")
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="candidates", verbose_name=_("person"))
    origin = models.CharField(_("origin"), max_length=12, choices=Origin, default=Origin.RATING)
    application = models.TextField(_("application"), blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("applied by")
    )
    value = models.FloatField(_("what the nomination is ordered by"), null=True)
    left_at = models.CharField(_("out after"), max_length=12, choices=Stage, blank=True)
    reason = models.CharField(_("why it is out"), max_length=12, choices=Reason, blank=True)
    votes = models.PositiveIntegerField(_("votes"), null=True)
    votes_source = models.CharField(_("source of the votes"), max_length=300, blank=True)
    points = models.FloatField(_("final points"), null=True)
    place = models.PositiveIntegerField(_("place"), null=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["nomination", "place", "-value", "pk"]
        constraints = [models.UniqueConstraint("nomination", "score", name="candidate_once")]

    def __str__(self) -> str:
        return f"candidate {self.pk}"


class Criterion(models.Model):
    """What the jury judges: marks from 0 to `best`, with a weight among the others."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="criteria", verbose_name=_("contest"))
    name = models.CharField(_("name"), max_length=200)
    best = models.PositiveSmallIntegerField(_("best mark"), default=10, validators=[MinValueValidator(1)])
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MaxValueValidator(100)])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint("contest", "name", name="criterion_once")]

    def __str__(self) -> str:
        return self.name


class JuryMark(models.Model):
    """What one expert gave a candidate for one criterion; entered by an official or analyst."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="jury_marks", verbose_name=_("candidate"))
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="marks", verbose_name=_("criterion"))
    expert = models.CharField(_("expert"), max_length=200)
    mark = models.DecimalField(_("mark"), max_digits=5, decimal_places=2)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("mark of the jury")
        verbose_name_plural = _("marks of the jury")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("candidate", "criterion", "expert", name="jury_mark_once")]

    def __str__(self) -> str:
        return f"{self.expert}: {self.mark}"
