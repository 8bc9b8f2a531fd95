"""Methodologies, ratings and scores."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Municipality, Page, Person, Region

from .engine import Status
from .periods import Period, Unit

if TYPE_CHECKING:
    from gospub.accounts.models import User


class MethodologyQuerySet(models.QuerySet["Methodology"]):
    def of(self, slug: str) -> "MethodologyQuerySet":
        """All versions, the one that came into force last at the end."""
        return self.filter(slug=slug).order_by(models.F("since").asc(nulls_first=True), "pk")

    def in_force(self, slug: str, day: dt.date) -> "Methodology | None":
        """The version that counts on that day; of several the one that came into force last."""
        begun = Q(since=None) | Q(since__lte=day)
        not_over = Q(until=None) | Q(until__gte=day)
        return self.of(slug).filter(begun, not_over).last()

    def visible_to(self, user: "User") -> "MethodologyQuerySet":
        """Published methodologies, and those of the regions in which the user sees everything."""
        return self if user.rights.everywhere else self.filter(Q(region=None) | Q(region__in=user.rights.whole))


class Methodology(models.Model):
    """One version of a methodology: data that `ratings.rules_data` reads. A version that was used is never rewritten.

    region: whose own it is; NULL = published for all. open: its ratings are a working figure, which institutions see
    before anybody has passed them.
    """

    slug = models.SlugField(_("short name"), max_length=60)
    version = models.CharField(_("version"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    region = models.ForeignKey(
        Region, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    open = models.BooleanField(_("working figure"), default=False)
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


class RatingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PRELIMINARY = "preliminary", _("preliminary")
    FINAL = "final", _("final")


class PeriodUnit(models.TextChoices):
    DAY = Unit.DAY.value, _("day")
    WEEK = Unit.WEEK.value, _("week")
    MONTH = Unit.MONTH.value, _("month")
    QUARTER = Unit.QUARTER.value, _("quarter")
    YEAR = Unit.YEAR.value, _("year")


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: "User") -> "RatingQuerySet":
        """Ratings of the user's regions; drafts only for those who see the whole region, unless they are open."""
        if user.rights.everywhere:
            return self
        passed = Q(region__in=user.rights.regions) & (~Q(state=RatingState.DRAFT) | Q(methodology__open=True))
        return self.filter(Q(region__in=user.rights.whole) | passed)


class Rating(models.Model):
    """The subjects of a region scored by one version of a methodology over a period of local days (both ends included).

    read_to: the last day whose data went in, earlier than `last` while the period runs. edition: 1, 2, …: what
    has been passed is never changed, and what is corrected later is the next edition. groups: what each peer group is
    made of. report: what the computation tells of itself (see `computing`), among it the keys of the corrections that
    it honoured. digest: seal over rules, inputs and scores.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="ratings", db_index=False, verbose_name=_("region"))
    methodology = models.ForeignKey(Methodology, models.PROTECT, related_name="ratings", verbose_name=_("methodology"))
    unit = models.CharField(_("period"), max_length=8, choices=PeriodUnit)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    read_to = models.DateField(_("data up to"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    state = models.CharField(_("state"), max_length=12, choices=RatingState, default=RatingState.DRAFT)
    computed_at = models.DateTimeField(_("computed at"))
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("computed by"),
    )
    groups = models.JSONField(_("peer groups"), default=list)
    report = models.JSONField(_("report of the computation"), default=dict)
    digest = models.CharField(_("sha256 of rules, inputs and scores"), max_length=64, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-last", "-first", "-edition"]
        constraints = [
            models.UniqueConstraint("region", "methodology", "first", "last", "edition", name="rating_once"),
            models.UniqueConstraint(
                "region",
                "methodology",
                "first",
                "last",
                condition=Q(state="draft"),
                name="rating_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.methodology.name}, {self.period}"

    @property
    def period(self) -> Period:
        return Period(self.first, self.last, Unit(self.unit))

    @property
    def frozen(self) -> bool:
        """Whether it is kept as it is: all but drafts are."""
        return self.state != RatingState.DRAFT


class RatingInputs(models.Model):
    """What the engine was given, as `ratings.tables_data` packs it: enough to compute the rating again."""

    rating = models.OneToOneField(Rating, models.CASCADE, primary_key=True, related_name="inputs")
    packed = models.BinaryField(_("tables"))

    class Meta:
        verbose_name = _("inputs of a rating")
        verbose_name_plural = _("inputs of ratings")

    def __str__(self) -> str:
        return f"{self.rating_id}"


class Correction(models.Model):
    """What an indicator of a page amounts to over a span of local days (both included), entered by hand over what was
    measured. Never changed: of several for the same span the last one counts.

    indicator, params: as a methodology names a measure. numerator, denominator: as in `parts.Readings`; before_*: as
    they were until then, NULL = not known. basis: by what, such as `appeal 5`.
    """

    page = models.ForeignKey(Page, models.PROTECT, related_name="corrections", verbose_name=_("page"))
    indicator = models.CharField(_("indicator"), max_length=40)
    params = models.JSONField(_("parameters"), default=dict)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    before_numerator = models.FloatField(_("numerator before"), null=True)
    before_denominator = models.FloatField(_("denominator before"), null=True)
    numerator = models.FloatField(_("numerator"))
    denominator = models.FloatField(_("denominator"))
    basis = models.CharField(_("basis"), max_length=100)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(denominator__gt=0, last__gte=models.F("first")), name="correction_makes_a_ratio"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.indicator}, {self.first}–{self.last}"


class Passage(models.Model):
    """A rating went from one state to the next: who let it pass, what stood in its way then, and why it passed."""

    rating = models.ForeignKey(Rating, models.CASCADE, related_name="passages", verbose_name=_("rating"))
    state = models.CharField(_("passed to"), max_length=12, choices=RatingState)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    reason = models.TextField(_("reason"), blank=True)
    obstacles = models.JSONField(_("what stood in its way"), default=list)
    digest = models.CharField(_("seal of the rating then"), max_length=64)

    class Meta:
        verbose_name = _("passage of a rating")
        verbose_name_plural = _("passages of ratings")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint("rating", "state", name="passage_once")]

    def __str__(self) -> str:
        return f"{self.rating_id} → {self.state}"


class ScoreStatus(models.IntegerChoices):
    RANKED = Status.RANKED.value, _("has a place")
    GATE = Status.GATE.value, _("does not meet the conditions of taking part")
    THIN = Status.THIN.value, _("too few data, not ranked")
    NOTHING = Status.NOTHING.value, _("nothing could be counted")


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: "User") -> "ScoreQuerySet":
        """All scores of the regions where the user sees everything; elsewhere those of the own institution, its pages
        and the people who run them."""
        if user.rights.everywhere:
            return self
        own = Institution.objects.visible_to(user)
        return self.filter(
            Q(rating__region__in=user.rights.whole)
            | Q(rating__in=Rating.objects.visible_to(user))
            & (
                Q(page__institution__in=own)
                | Q(institution__in=own)
                | Q(person__in=Person.objects.filter(stewardships__page__institution__in=own))
            )
        )


class Score(models.Model):
    """One subject's score. key: of the page, institution, person or municipality, or the founder's name.

    points: NULL = no score, and so no place (see status). low, high: what the points would be if all that is unknown
    were at its worst, at its best. group: number in the rating's groups. expected: points where subjects of that size,
    population and age usually stand. place_low, place_high: 90 % of the draws put it between these; award_chance: share
    of the draws in which it is awarded; settled: whether its place before the next one holds in 95 % of them.

    items: {code: [state, numerator, denominator, normalised 0–100, contribution]} in the engine's numbers; the last two
    are null unless known. facts: mean subscribers, adults, days of age.
    """

    rating = models.ForeignKey(Rating, models.CASCADE, related_name="scores", db_index=False, verbose_name=_("rating"))
    key = models.CharField(_("subject"), max_length=255)
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="scores", verbose_name=_("page"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="scores", verbose_name=_("institution")
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="scores", verbose_name=_("person"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, related_name="scores", verbose_name=_("municipality")
    )
    status = models.PositiveSmallIntegerField(_("status"), choices=ScoreStatus)
    group = models.PositiveIntegerField(_("peer group"), default=0)
    exact = models.FloatField(_("exact score"), null=True)
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=4, null=True)
    low = models.FloatField(_("at worst"), null=True)
    high = models.FloatField(_("at best"), null=True)
    place = models.PositiveIntegerField(_("place"), null=True)
    zone = models.CharField(_("zone"), max_length=20, blank=True)
    items = models.JSONField(_("items"), default=dict)
    facts = models.JSONField(_("facts"), default=dict)
    expected = models.FloatField(_("expected points"), null=True)
    place_low = models.PositiveIntegerField(_("best place of the draws"), null=True)
    place_high = models.PositiveIntegerField(_("worst place of the draws"), null=True)
    award_chance = models.FloatField(_("chance of an award"), null=True)
    settled = models.BooleanField(_("order before the next one is settled"), null=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [models.Index("rating", "group", "place", name="score_group_place")]
        constraints = [
            models.UniqueConstraint("rating", "key", name="score_once"),
            models.CheckConstraint(
                condition=Q(place=None) | Q(points__range=(0, 100), place__gte=1, status=Status.RANKED.value),
                name="score_place_with_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.points}"
